"""A new generation of keys: what goes on, what ends, and what a cut leaves behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.access import rekey, rekey_cleanup
from esafety_tui.casework.access.rekey import NewKeyHolder, VaultChange
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import capture
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import generations, platform
from esafety_tui.data.officers import FLOOR, OfficerKeys
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NotEligible,
    Refused,
    StorageFailed,
)
from tests.casework.support import Practice, put_back, snapshot

ROTATE = VaultChange("generation.rotated", ("the keys are new",))


def words(practice: Practice, *who: str) -> dict[str, str]:
    return {practice.ids[i]: practice.words[i] for i in who or ("AB", "CD")}


def enrolment(practice: Practice, session: OpenSession) -> tuple[VaultChange, OfficerKeys]:
    officer = OfficerKeys.generate_keys("Gita Harbour")
    rekey.write_officer_key(session, officer, "practice words of GH five", FLOOR)
    fresh = NewKeyHolder(officer, "officer", "Head of year", "GH")
    return VaultChange("officer.enrolled", ("Gita Harbour joins",), fresh=(fresh,)), officer


def test_everything_goes_on_under_the_new_keys(practice: Practice) -> None:
    case = practice.case()
    capture.record_note(case, "told: before")
    session = case.session
    lines = list(session.store.raw)
    old = {p.name for p in (practice.folder / "keyring/g1").iterdir()}
    receipt = rekey.rekey_vault(session, ROTATE, words(practice), "the yearly change")
    assert receipt.type == "generation.rotated"
    capture.record_note(case, "told: after")
    practice.close()
    assert (practice.folder / "keyring/current").read_text() == "g2\n"
    assert sorted(p.name for p in (practice.folder / "keyring").iterdir()) == ["current", "g2"]
    assert {p.name for p in (practice.folder / "keyring/g2").iterdir()} == old
    session = practice.sign_in("AB", "EF")
    assert session.warnings == []
    assert session.store.raw[: len(lines)] == lines
    records = session.read_all(session.read_case_card(case.inc))
    assert [r.field_text("text") for r in records if r.type == "note"] == [
        "told: before",
        "told: after",
    ]
    practice.close()
    assert "1 incidents" in " ".join(audit_vault(practice.folder, *login(practice, "CD")))


def login(practice: Practice, who: str) -> tuple[str, str]:
    return practice.ids[who], practice.words[who]


def test_somebody_joins_and_somebody_leaves(practice: Practice) -> None:
    session = practice.sign_in()
    change, _ = enrolment(practice, session)
    rekey.rekey_vault(session, change, words(practice), "a new deputy")
    practice.close()
    newcomer = Login(change.fresh[0].officer.id, "practice words of GH five")
    session = unlock_vault(
        practice.folder, [*practice.logins("AB"), newcomer], platform.SystemClock()
    )
    assert session.is_pair and session.warnings == []
    leave = VaultChange("officer.removed", ("Cosmo Dunnock leaves",), leaving=(practice.ids["CD"],))
    both = {**words(practice, "AB"), newcomer.officer_id: newcomer.passphrase}
    key = practice.key_file("CD").read_bytes()
    rekey.rekey_vault(session, leave, both, "moved school")
    session.close_session()
    assert not practice.key_file("CD").exists()
    practice.key_file("CD").write_bytes(key)  # a copy of the file was kept at home
    with pytest.raises(BadInput, match="who has left"):
        practice.sign_in("CD")
    # Whose key is tried first depends on the ids, which are random.
    with pytest.raises((BadInput, NotEligible), match=r"no longer has a part|who has left"):
        practice.sign_in("CD", "AB")
    session = practice.sign_in("AB", "EF")
    assert session.warnings == [] and not practice.key_file("CD").exists()
    assert [p.initials for p in session.keyring.directory.officers_present] == ["AB", "EF", "GH"]
    assert len(session.keyring.directory.people) == 6
    assert (
        session.store.check_signatures(session.keyring.directory.people) == session.store.chain.size
    )


def test_who_leaves_does_not_decide_it(practice: Practice) -> None:
    session = practice.sign_in()
    leave = VaultChange("officer.removed", ("leaves",), leaving=(practice.ids["CD"],))
    with pytest.raises(NotEligible, match="cannot be one of the two"):
        rekey.rekey_vault(session, leave, words(practice), "moved")
    with pytest.raises(BadInput, match="reason"):
        rekey.rekey_vault(session, ROTATE, words(practice), " ")
    with pytest.raises(NotEligible):
        rekey.rekey_vault(session, ROTATE, words(practice, "AB"), "why")
    wrong = {**words(practice), practice.ids["AB"]: "guessed"}
    with pytest.raises(EvidenceError, match="passphrase"):
        rekey.rekey_vault(session, ROTATE, wrong, "why")
    third = VaultChange("officer.removed", ("x",), leaving=(practice.ids["EF"], "0" * 64))
    with pytest.raises(BadInput, match="no such officer"):
        rekey.rekey_vault(session, third, words(practice), "why")
    out = VaultChange("officer.removed", ("EF leaves",), leaving=(practice.ids["EF"],))
    rekey.rekey_vault(session, out, words(practice), "why")
    with pytest.raises(Refused, match="Fewer than two officers"):
        last = replace(out, leaving=tuple(
            p.id for p in session.keyring.directory.officers_present if p.id not in words(practice)
        ) or (practice.ids["AB"],))  # fmt: skip
        rekey.refuse_unfit_change(session_without(session), last, "why")
    assert (practice.folder / "keyring/current").read_text() == "g2\n"


def session_without(session: OpenSession) -> OpenSession:
    """A session as two paper keys would have it: nobody signed in is an officer."""

    class Paper:
        officers = ()
        keyring = session.keyring

    return Paper()  # type: ignore[return-value]


@pytest.mark.parametrize("cut", ["stage", "commit", "rename", "clear"])
def test_cut_off_anywhere_one_generation_is_complete(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    case = practice.case()
    inc, session = case.inc, case.session

    class Cut(BaseException):
        pass

    def stop(*_args: object, **_named: object) -> None:
        raise Cut

    if cut == "stage":
        monkeypatch.setattr(generations, "prove_generation", stop)
    elif cut == "commit":
        monkeypatch.setattr(type(session.store), "append_entry", stop)
    elif cut == "rename":
        monkeypatch.setattr(generations, "put_in_force", stop)
    else:
        monkeypatch.setattr(rekey_cleanup, "remove_leftovers", stop)
    with pytest.raises(Cut):
        rekey.rekey_vault(session, ROTATE, words(practice), "the yearly change")
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(practice.home / ".home/state"))
    session.store.close()
    practice.sessions.clear()
    again = practice.sign_in("AB", "EF")
    name = "g1" if cut in {"stage", "commit"} else "g2"
    assert sorted(p.name for p in (practice.folder / "keyring").iterdir()) == ["current", name]
    assert again.keyring.directory.generation == int(name[1:])
    assert again.read_all(again.read_case_card(inc))
    assert again.warnings == []


def test_parts_of_two_times_are_refused(practice: Practice) -> None:
    session = practice.sign_in()
    old = snapshot(practice, "old")
    session = practice.sign_in()
    rekey.rekey_vault(session, ROTATE, words(practice), "the yearly change")
    practice.close()
    new = snapshot(practice, "new")
    for part in ("evidence.db", "keyring"):
        put_back(practice, new)
        take = practice.folder / part
        if part == "keyring":
            import shutil

            shutil.rmtree(take)
            shutil.copytree(old / part, take)
        else:
            take.write_bytes((old / part).read_bytes())
        before = sorted(p for p in practice.folder.rglob("*"))
        with pytest.raises(EvidenceError, match="different times"):
            practice.sign_in()
        assert sorted(p for p in practice.folder.rglob("*")) == before


def test_a_restricted_incident_is_left_to_those_who_may_open_it(practice: Practice) -> None:
    from esafety_tui.casework.incident.opening import open_new_incident

    session = practice.sign_in("AB", "CD")
    case = open_new_incident(session, named=[practice.ids["EF"]])
    practice.close()
    session = practice.sign_in("AB", "EF")
    receipt = rekey.rekey_vault(session, ROTATE, words(practice, "AB", "EF"), "why")
    left = session.store.read_vault_record(
        receipt.seq, session.keyring.require_vault_identity()
    ).fields["left"]
    assert left == [case.inc]
    with pytest.raises(NotEligible):
        session.current_case_identity(session.read_case_card(case.inc))
    practice.close()
    session = practice.sign_in("AB", "CD")
    assert session.current_case_identity(session.read_case_card(case.inc))
    change, officer = enrolment(practice, session)
    rekey.rekey_vault(session, change, words(practice), "a new deputy")
    practice.close()
    newcomer = Login(officer.id, "practice words of GH five")
    session = unlock_vault(
        practice.folder, [*practice.logins("AB"), newcomer], platform.SystemClock()
    )
    with pytest.raises(NotEligible):
        session.current_case_identity(session.read_case_card(case.inc))
    session.close_session()
    session = practice.sign_in("AB", "CD")
    assert session.current_case_identity(session.read_case_card(case.inc))


def test_one_stolen_key_cannot_go_back_to_an_older_list(practice: Practice, tmp_path: Path) -> None:
    """With the LEDGER key one officer can seal a directory anew, but not sign for a second one."""
    from esafety_tui.data import directory
    from esafety_tui.data.keyring import Keyring

    session = practice.sign_in()
    change, stranger = enrolment(practice, session)
    thief = practice.officer("AB")
    ring = Keyring(practice.folder / "keyring", practice.origin, [thief])
    path = ring.folder / "directory.sealed"
    good = path.read_bytes()
    known = ring.directory
    forged = {**known.copy_body, "generation": 2, "entry": 5}
    for signers in ([thief], [thief, stranger]):
        people = [directory.person_row(p) for p in known.people]
        if len(signers) == 2:
            from esafety_tui.kernel.records import Person

            row = Person(stranger.id, "officer", "X", "Y", "XX", stranger.spki,
                         stranger.identity.recipient.to_text, b"", 5)  # fmt: skip
            people.append(directory.person_row(row))
        link = directory.sign_directory({**forged, "officers": people}, signers)
        path.write_bytes(directory.seal_directory_chain(ring.box, [*known.chain, link]))
        (practice.folder / "keyring/current").write_bytes(b"g1\n")
        practice.close()
        with pytest.raises(EvidenceError, match="altered"):
            practice.sign_in("CD")
        path.write_bytes(good)
    session = practice.sign_in("CD")
    assert change.fresh


def test_an_older_list_put_back_by_one_officer_is_an_alarm(practice: Practice) -> None:
    """An officer holds the LEDGER key: the chain of directories can be sealed without its end."""
    from esafety_tui.data import directory
    from esafety_tui.data.keyring import Keyring
    from esafety_tui.kernel.errors import RolledBack

    session = practice.sign_in()
    rekey.rekey_vault(session, ROTATE, words(practice), "why")
    practice.close()
    practice.sign_in("EF")
    practice.close()
    ring = Keyring(practice.folder / "keyring", practice.origin, [practice.officer("AB")])
    older = directory.seal_directory_chain(ring.box, ring.directory.chain[:1])
    (ring.folder / "directory.sealed").write_bytes(older)
    ring.folder.rename(ring.folder.with_name("g1"))
    (practice.folder / "keyring/current").write_bytes(b"g1\n")
    practice.sql("UPDATE meta SET v = '1' WHERE k = 'generation'")
    with pytest.raises(RolledBack, match="list of officers in this vault is older"):
        practice.sign_in("EF")
    with pytest.raises(EvidenceError):
        practice.sign_in("CD", "EF")


def test_a_new_generation_that_could_not_be_named_is_not_thrown_away(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit stands, the disk refuses ``keyring/current``: the only keys that fit stay."""
    session = practice.sign_in()

    def refused(root: Path, name: str) -> None:
        raise StorageFailed("The disk is read-only.", "Make it writable.")

    with monkeypatch.context() as patch:
        patch.setattr(generations, "put_in_force", refused)
        rekey.rekey_vault(session, ROTATE, words(practice), "the yearly change")
    assert (practice.folder / "keyring/current").read_text() == "g1\n"
    assert (practice.folder / "keyring/g2").is_dir()
    practice.close()
    session = practice.sign_in()
    assert sorted(p.name for p in (practice.folder / "keyring").iterdir()) == ["current", "g2"]
    assert session.keyring.directory.generation == 2
