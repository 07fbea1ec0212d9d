"""A lawful restore, end to end with a third officer; and what one dishonest officer may try."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.data import heads, platform
from esafety_tui.kernel.errors import RolledBack, Tampered
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import Practice, put_back, snapshot
from tests.casework.test_heads_alarms import damage, gap, grow, rewrite, size_of

REASON = "The disk broke. We put last week's copy back."


def accept(practice: Practice, *who: str, reason: str = REASON) -> OpenSession:
    """Sign in with a reason, as the two officers would."""
    logins = practice.logins(*(who or ("AB", "CD")))
    session = unlock_vault(practice.folder, logins, platform.SystemClock(), accept=reason)
    practice.sessions.append(session)
    return session


def record_of(session: OpenSession, seq: int) -> OpenRecord:
    assert session.keyring.vault is not None
    return session.store.read_vault_record(seq, session.keyring.vault)


@pytest.fixture
def restored(practice: Practice) -> Practice:
    """All three remember a long history; an older copy of six entries was put back."""
    grow(practice, by=6 - size_of(practice) - 1)
    old = snapshot(practice, "older")
    grow(practice, "AB", "EF", by=10)
    grow(practice, "AB", "CD", by=20)
    put_back(practice, old)
    return practice


def test_two_officers_accept_and_a_third_is_told_of_it(restored: Practice) -> None:
    true = (
        heads.read_pinned_heads(restored.officer("CD"), restored.folder, restored.origin)
        .memories[0]
        .as_checkpoint_head
    )
    with pytest.raises(RolledBack, match="remembers 38 entries"):
        restored.sign_in()
    with pytest.raises(RolledBack, match="cannot be told apart"):
        accept(restored, reason="  ")
    with pytest.raises(RolledBack, match="second officer"):
        accept(restored, "CD")
    assert size_of(restored) == 6
    session = accept(restored)
    entry = record_of(session, 6)
    assert (entry.type, len(entry.by)) == ("history.accepted", 2)
    assert {k: entry.fields[k] for k in ("reason", "have", "missing", "upto")} == {
        "reason": REASON, "have": 6, "missing": 32, "upto": 38,
    }  # fmt: skip
    assert entry.fields["remembered"] == [f"{true[0]}:{true[1]}"] and true[0] == 38
    assert session.checked == 6, "and all witnesses were verified first"
    assert any("accepted the loss of 32 entries" in w for w in session.warnings)
    restored.close()
    for who in (("AB", "CD"), ("CD",)):
        assert restored.sign_in(*who).warnings == []
        restored.close()
    with pytest.raises(RolledBack, match="second officer"):
        restored.sign_in("EF")
    session = restored.sign_in("EF", "CD")
    (told,) = session.warnings
    assert "accepted the loss of 32 entries" in told and "Ada Bellweather" in told
    assert "Cosmo Dunnock" in told and REASON in told and "What Effie Finchley remembers" in told
    assert session.checked == session.store.chain.size - 1
    restored.close()
    assert restored.sign_in("EF").warnings == []


def test_what_was_listed_excuses_also_a_memory_that_was_not_rewritten(restored: Practice) -> None:
    """A stick with an old memory, or a power cut between the entry and the memory."""
    beside, state = heads.sidecar_paths(restored.ids["CD"], restored.key_file("CD").parent)
    old = state.read_bytes()
    accept(restored)
    restored.close()
    for path in (beside, state):
        path.write_bytes(old)
    assert any("What Cosmo Dunnock remembers" in w for w in restored.sign_in().warnings)


def test_an_acceptance_excuses_nothing_that_came_after_it(restored: Practice) -> None:
    """Replay: the copy right after the acceptance, put back once more by one officer."""
    accept(restored)
    copy = snapshot(restored, "accepted")
    grow(restored, "EF", "CD", by=3)
    assert 6 < size_of(restored) < 38
    put_back(restored, copy)
    for who in (("EF", "AB"), ("EF", "CD"), ("AB", "CD")):
        with pytest.raises(RolledBack, match="cannot be told apart"):
            restored.sign_in(*who)


def test_nor_what_an_officer_did_alone_after_it(practice: Practice) -> None:
    """EF never looked through the entries as one of two there, so nothing is excused silently."""
    grow(practice, by=6 - size_of(practice) - 1)
    old = snapshot(practice, "older")
    grow(practice, by=20)
    put_back(practice, old)
    accept(practice)
    copy = snapshot(practice, "accepted")
    grow(practice, "EF", by=5)
    put_back(practice, copy)
    with pytest.raises(RolledBack, match="goes further than they knew"):
        practice.sign_in("EF", "AB")


def test_a_forged_large_memory_excuses_nobody_else(practice: Practice) -> None:
    """AB claims to remember a million entries; CD remembers no more than was put back."""
    grow(practice, by=6 - size_of(practice) - 1)
    old = snapshot(practice, "older")
    theirs = heads.sidecar_paths(practice.ids["CD"], practice.key_file("CD").parent)
    kept = {path: path.read_bytes() for path in theirs}
    grow(practice, "AB", "EF", by=10)
    put_back(practice, old)
    for path, data in kept.items():
        path.write_bytes(data)
    mine = practice.officer("AB")
    heads.pin_head(mine, practice.key_file("AB").parent, practice.origin, (10**6, "ab" * 32))
    session = accept(practice)
    assert record_of(session, 6).fields["upto"] == 6, "the lesser of the two"
    practice.close()
    with pytest.raises(RolledBack, match="accepted that entries are missing from no"):
        practice.sign_in("EF", "CD")
    grow(practice, by=30)  # also where the vault has outgrown what EF remembers
    with pytest.raises(RolledBack, match="both of you can accept it too"):
        practice.sign_in("EF", "CD")
    session = accept(practice, "EF", "CD")
    entry = record_of(session, session.store.chain.size - 2)
    assert (entry.type, entry.fields["missing"]) == ("history.accepted", 11)
    practice.close()
    assert practice.sign_in("EF", "AB").warnings == []


def fork(practice: Practice) -> None:
    rewrite(practice, keep=4, extra=60)


def forged(practice: Practice) -> None:
    heads.sidecar_paths(practice.ids["CD"], practice.key_file("CD").parent)[0].write_bytes(
        b"forged"
    )


def unwitnessed(practice: Practice) -> None:
    practice.sql("UPDATE entry SET sigs = (SELECT sigs FROM entry WHERE seq = 3) WHERE seq = 2")


@pytest.mark.parametrize(
    ("act", "alarm"),
    [
        (gap, "are missing, and later"), (damage, "is damaged"), (fork, "not the ones"),
        (forged, "was altered"), (unwitnessed, "altered or belongs elsewhere"),
    ],
)  # fmt: skip
def test_nothing_else_can_be_accepted(
    restored: Practice, act: Callable[[Practice], None], alarm: str
) -> None:
    act(restored)
    before = size_of(restored)
    with pytest.raises(Tampered, match=alarm):
        accept(restored)
    assert size_of(restored) == before


def test_a_second_restore_after_a_first(restored: Practice) -> None:
    """What was accepted on a branch that is itself given up later blocks nobody for ever."""
    older = Path(shutil.copytree(restored.folder, restored.home / "six"))
    accept(restored)
    grow(restored, "EF", "CD", by=40)
    put_back(restored, older)
    accept(restored)
    restored.close()
    grow(restored, by=60)
    assert any("What Effie" in w for w in restored.sign_in("EF", "CD").warnings)


def test_a_reason_where_nothing_is_wrong_writes_nothing(practice: Practice) -> None:
    before = size_of(practice)
    session = accept(practice)
    assert session.store.chain.size == before + 1 and session.warnings == []
