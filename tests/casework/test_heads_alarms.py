"""Each alarm about a vault's history on a real vault, told apart, in a sentence that says so."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.data import heads, ledger, platform
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.store import EntryDraft, EntrySigners, EvidenceStore
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import RolledBack, Tampered
from tests.casework.support import Practice, put_back, snapshot


@pytest.fixture
def used(practice: Practice) -> Practice:
    """A vault in which AB and CD were signed in, and said goodbye."""
    practice.sign_in()
    practice.close()
    return practice


def grow(practice: Practice, *who: str, by: int = 1) -> None:
    """Sign in, write a few entries, and sign out."""
    session = practice.sign_in(*who)
    for _ in range(by):
        session.append_record("clock.checked", {})
    practice.close()


def thief(practice: Practice) -> tuple[OfficerKeys, Keyring]:
    """One stolen key with its passphrase, and the whole disk."""
    mine = practice.officer("AB")
    return mine, Keyring(practice.folder / "keyring", practice.origin, [mine])


def rewrite(practice: Practice, keep: int, extra: int) -> None:
    """Cut to ``keep`` entries and add ``extra``, signed with AB's key alone, AB's memory set."""
    mine, ring = thief(practice)
    chain = ledger.EntryChain()
    for seq, ct in practice.sql("SELECT seq, ct FROM entry WHERE seq < ? ORDER BY seq", keep):
        chain.append_line(ring.box.open_bytes(ct, f"evidence-entry/v1/{practice.origin}/{seq}"))
    for name in ("entry", "rec", "hold"):
        practice.sql(f"DELETE FROM {name} WHERE seq >= ?", keep)
    set_head(practice, Checkpoint(practice.origin, chain.size, chain.merkle_root))
    store = EvidenceStore(practice.folder, practice.origin, ring.box)
    witness = EntrySigners(
        [mine], platform.machine_fingerprint(), platform.SystemClock().read_clock
    )
    for _ in range(extra):
        store.append_entry(
            EntryDraft("clock.checked", {}, "", ring.directory.vault_recipient), witness
        )
    last = store.current_head()
    store.close()
    beside = practice.key_file("AB").parent
    heads.pin_head(mine, beside, practice.origin, (last.size, last.root.hex()))


def set_head(practice: Practice, head: Checkpoint) -> None:
    practice.sql("UPDATE meta SET v = ? WHERE k = 'head'", head.signed_body().decode())


def size_of(practice: Practice) -> int:
    return int(practice.sql("SELECT count(*) FROM entry")[0][0])


def test_an_older_copy_is_told_honestly_and_a_lone_officer_is_sent_for_a_second(
    used: Practice,
) -> None:
    old, have = snapshot(used, "older"), size_of(used)
    grow(used)
    put_back(used, old)
    with pytest.raises(RolledBack, match=rf"holds {have} entries, but .* remembers") as both:
        used.sign_in()
    assert "cannot be told apart" in both.value.what and "with a reason" in both.value.do
    with pytest.raises(RolledBack, match="cannot be told apart") as alone:
        used.sign_in("CD")
    assert "Cosmo Dunnock" in alone.value.what and "second officer" in alone.value.do


def cut(practice: Practice) -> None:
    for name in ("entry", "rec"):
        practice.sql(f"DELETE FROM {name} WHERE seq >= ?", size_of(practice) - 2)


def gap(practice: Practice) -> None:
    practice.sql("DELETE FROM entry WHERE seq IN (2, 3)")


def swap(practice: Practice) -> None:
    for old, new in ((2, -1), (3, 2), (-1, 3)):
        practice.sql("UPDATE entry SET seq = ? WHERE seq = ?", new, old)


def copy_over(practice: Practice) -> None:
    practice.sql("UPDATE entry SET ct = (SELECT ct FROM entry WHERE seq = 1) WHERE seq = 3")


def damage(practice: Practice) -> None:
    practice.sql("UPDATE entry SET ct = zeroblob(400) WHERE seq = 2")


def resealed(
    practice: Practice, place: int, change: Callable[[ledger.EntryLine], ledger.EntryLine]
) -> None:
    """Seal an altered line in its place, as somebody with the LEDGER key can."""
    mine, ring = thief(practice)
    store = EvidenceStore(practice.folder, practice.origin, ring.box)
    data = change(store.lines[place]).to_bytes()
    store.close()
    sigs = {mine.id: base64.b64encode(mine.sign_message(ledger.SIGN_PREFIX + data)).decode()}
    where = f"{practice.origin}/{place}"
    practice.sql(
        "UPDATE entry SET ct = ?, sigs = ? WHERE seq = ?",
        ring.box.seal_bytes(data, f"evidence-entry/v1/{where}"),
        ring.box.seal_bytes(canonical_bytes({**sigs}), f"evidence-sigs/v1/{where}"),
        place,
    )


def altered(practice: Practice) -> None:
    resealed(practice, 2, lambda line: line._replace(machine="ab" * 32))


def other_number(practice: Practice) -> None:
    resealed(practice, 2, lambda line: line._replace(seq=3))


def earlier_number(practice: Practice) -> None:
    resealed(practice, 3, lambda line: line._replace(seq=2))


def left_out(practice: Practice) -> None:
    resealed(practice, 2, lambda line: line._replace(iseq=line.iseq + 1))


def note_ahead(practice: Practice) -> None:
    set_head(practice, Checkpoint(practice.origin, size_of(practice), bytes(32)))


def note_behind(practice: Practice) -> None:
    set_head(practice, Checkpoint(practice.origin, 2, bytes(32)))


SENTENCES: dict[Callable[[Practice], None], str] = {
    cut: "entries, and 4 are there: the last 2 were cut off",
    gap: "Entries 2 to 3 are missing, and later entries are there",
    swap: "Entry 3 stands where entry 2 should be: entries were exchanged",
    copy_over: "Entry 1 stands where entry 3 should be",
    damage: "Entry 2 is damaged",
    altered: "Entry 3 does not follow from the entry before it: one of the two was altered",
    other_number: "Entry 2 is missing",
    earlier_number: "Entry 2 stands where entry 3 should be",
    left_out: "Entry 2 has a wrong number within its incident",
    note_ahead: "the same number, but others",
    note_behind: "some were put in past this program",
}


@pytest.mark.parametrize("act", SENTENCES, ids=lambda act: act.__name__)
def test_what_the_entries_themselves_tell(used: Practice, act: Callable[[Practice], None]) -> None:
    grow(used, by=6 - size_of(used) - 1)
    assert size_of(used) == 6
    act(used)
    with pytest.raises(Tampered) as caught:
        used.sign_in()
    assert SENTENCES[act] in caught.value.what
    assert "Do not add" in caught.value.do or "Do not use" in caught.value.do


def test_a_fork_by_both_officers(used: Practice) -> None:
    old = snapshot(used, "older")
    grow(used)
    memories = {p: p.read_bytes() for p in (used.home / ".home").rglob("*.heads")}
    true_size = size_of(used)
    put_back(used, old)
    for path in memories:
        path.unlink()
    grow(used, by=4)
    assert size_of(used) > true_size
    for path, data in memories.items():
        path.write_bytes(data)
    for who in (("AB", "CD"), ("CD",)):
        with pytest.raises(RolledBack, match="or a copy of the vault went on by itself"):
            used.sign_in(*who)


@pytest.mark.parametrize("extra", [1, 30])
def test_a_tail_signed_again_with_one_stolen_key_is_caught_by_the_other_officers_memory(
    used: Practice, extra: int
) -> None:
    grow(used)
    rewrite(used, keep=3, extra=extra)
    for who in (("CD",), ("AB", "CD")):
        with pytest.raises(RolledBack) as caught:
            used.sign_in(*who)
        assert "Cosmo Dunnock remembers" in caught.value.what
        assert "signed by Ada Bellweather alone" in caught.value.what
        assert ("history was rewritten" in caught.value.what) is (extra == 30)
    used.sign_in("AB")  # the thief's own memory says nothing: this is why both are asked


def test_only_what_is_new_to_every_officer_is_verified_again(used: Practice) -> None:
    session = used.sign_in()
    assert session.checked == 0
    assert session.keyring.vault is not None
    opened = session.store.read_vault_record(session.store.chain.size - 1, session.keyring.vault)
    assert (opened.fields["checked"], opened.fields["entries"]) == (0, opened.seq)
    used.close()
    grow(used, "AB", by=5)
    assert used.sign_in("AB").checked == 0
    used.close()
    session = used.sign_in()
    assert session.checked == 7, "what AB did alone is new to CD"
    used.close()
    for path in heads.sidecar_paths(used.ids["CD"], used.key_file("CD").parent):
        path.unlink()
    session = used.sign_in()
    assert session.checked == session.store.chain.size - 1


def test_a_forged_memory_of_ones_own_does_not_hide_a_signature(used: Practice) -> None:
    """The least of what the two remember counts, not the most."""
    mine, ring = thief(used)
    store = EvidenceStore(used.folder, used.origin, ring.box)
    both = tuple(sorted((mine.id, used.ids["CD"])))
    last, chain = store.lines[-1], store.chain
    line = last._replace(
        seq=chain.size, prev=chain.prev, inc="", iseq=chain.incidents[""], rec="a" * 64, by=both
    )
    data = line.to_bytes()
    head = Checkpoint(used.origin, line.seq + 1, chain.chain_after(data).merkle_root)
    store.close()
    signed = base64.b64encode(mine.sign_message(ledger.SIGN_PREFIX + data)).decode()
    place = f"{used.origin}/{line.seq}"
    used.sql(
        "INSERT INTO entry VALUES (?, ?, ?)",
        line.seq,
        ring.box.seal_bytes(data, f"evidence-entry/v1/{place}"),
        ring.box.seal_bytes(
            canonical_bytes(dict.fromkeys(both, signed)), f"evidence-sigs/v1/{place}"
        ),
    )
    used.sql("INSERT INTO rec VALUES (?, x'00')", line.seq)
    set_head(used, head)
    heads.pin_head(mine, used.key_file("AB").parent, used.origin, (head.size, head.root.hex()))
    with pytest.raises(Tampered, match="not witnessed"):
        used.sign_in()


def test_a_signed_head_inside_the_vault_that_does_not_fit(used: Practice) -> None:
    session = used.sign_in()
    good = session.store.current_head()
    wrong = {
        "root": Checkpoint(good.origin, good.size, bytes(32)),
        "later": Checkpoint(good.origin, good.size + 9, good.root),
        "foreign": Checkpoint("other.example/evidence", good.size, good.root),
    }
    used.close()
    for what, head in wrong.items():
        copy = snapshot(used, what)
        session = used.sign_in()
        sigs = {
            o.id: base64.b64encode(o.sign_message(head.signed_body())).decode()
            for o in session.officers
        }
        session.append_record(
            "head.signed", {"checkpoint": head.signed_body().decode(), "sigs": {**sigs}}
        )
        with pytest.raises(RolledBack, match="holds a signed head"):
            used.sign_in()
        used.sign_in("CD")  # one officer alone cannot read it
        _forget_and_put_back(used, copy)


def _forget_and_put_back(practice: Practice, copy: Path) -> None:
    put_back(practice, copy)
    shutil.rmtree(platform.state_folder())


@pytest.mark.parametrize("signers", [1, 2])
def test_a_signed_head_that_one_officer_signed_for_both(used: Practice, signers: int) -> None:
    session = used.sign_in()
    head = session.store.current_head().signed_body()
    mine = session.officers[0]
    names = session.officers[:signers]
    sigs = {o.id: base64.b64encode(mine.sign_message(head)).decode() for o in names}
    session.append_record("head.signed", {"checkpoint": head.decode(), "sigs": {**sigs}})
    used.close()
    with pytest.raises(RolledBack, match="its signatures are not those"):
        used.sign_in()
