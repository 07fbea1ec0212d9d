"""Shredding: what stands against it, what is gone afterwards, and what goes on as before."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.access.vault_records import read_vault_records
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.destruction import certificate, shredding, verify_gone
from esafety_tui.casework.incident import capture, retention, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_new_incident, reopen_incident
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.data.age import NoMatchingKey, decrypt_file
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.data.wraps import wrap_identity
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    Frozen,
    NotEligible,
    NotSound,
    Refused,
    Tampered,
    WrongPassphrase,
)
from tests.casework.shreds import REASON, due_now, shred, with_file, words
from tests.casework.support import PNG, Practice


def test_what_is_shredded_is_gone_and_everything_else_goes_on(practice: Practice) -> None:
    session = practice.sign_in()
    gone, kept = with_file(practice, session), with_file(practice, session)
    due_now(practice, gone)
    seqs = [line.seq for line in session.store.lines_of_incident(gone.inc)]
    sealed = [session.store.sealed_record(n) for n in seqs]
    identity = session.current_case_identity(gone.card)
    assert decrypt_file(sealed[0], [identity])
    [blob] = [name for r in gone.records for name in r.blobs]
    [other] = [name for r in kept.records for name in r.blobs]
    raw = list(session.store.raw)

    done = shred(practice, gone)

    assert done.receipt.type == "shredded"
    assert session.store.raw[: len(raw)] == raw, "the chain itself is not touched"
    database = practice.db.read_bytes()
    assert not any(record[-64:] in database for record in sealed), "vacuumed, not only unlinked"
    named = [p.name for p in practice.folder.rglob("*") if gone.inc in p.name or blob in p.name]
    assert named == []
    assert (practice.folder / "blobs" / f"{other}.age").is_file()
    for path in practice.folder.rglob("*.age"):
        with pytest.raises(NoMatchingKey):
            decrypt_file(path.read_bytes(), [identity])
    with pytest.raises(Refused, match="destroyed"):
        reopen_incident(session, gone.inc)
    assert [r.inc for r in retention.list_reviews(session)] == [kept.inc]
    capture.record_note(kept, "told: goes on")
    practice.close()

    again = practice.sign_in("CD", "EF")
    assert again.warnings == []
    assert [
        r.field_text("text") for r in reopen_incident(again, kept.inc).records if r.type == "note"
    ] == ["told: goes on"]
    practice.close()
    found = audit_vault(practice.folder, practice.ids["EF"], practice.words["EF"])
    assert "1 incidents" in " ".join(found)


def test_the_entry_keeps_counts_and_decisions_and_nothing_of_what_was_in_it(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    case = with_file(practice, session)
    capture.record_note(case, "told: Gwen said it was Rhys")
    retention.set_legal_hold(case, "The police asked.", "12/345")
    retention.lift_legal_holds(case, "The police closed it.", words(practice))
    session.append_record("backup.made", {"copy": "c0", "label": "red stick", "generation": 1,
                                   "keys": True})  # fmt: skip
    for copy in ("c1", "c2"):
        session.append_record("backup.made", {"copy": copy, "label": "blue stick", "generation": 1,
                                       "keys": True})  # fmt: skip
    session.append_record(
        "backup.made", {"copy": "c3", "label": "share", "generation": 1, "keys": False}
    )
    due_now(practice, case)
    entries = len(session.store.lines_of_incident(case.inc))
    receipt = shred(practice, case).receipt
    [record] = [r for r in read_vault_records(session, "shredded") if r.seq == receipt.seq]
    [row] = certificate._read_rows(record, "incidents")
    assert row["entries"] == entries + 1, "reading it before is an entry, too"
    assert (row["files"], row["holds_lifted"], row["reference"]) == (1, 1, case.card.reference)
    assert row["bytes"] > len(PNG) and row["decided"]["reason"] == "The pupils are grown up."
    assert row["decided"]["by"] == sorted(o.id for o in session.officers)
    assert "Gwen" not in str(record.fields) and "Rhys" not in str(record.fields)
    assert record.field_text("reason") == REASON
    copies = [(c["label"], c["count"], c["copy"]) for c in certificate._read_rows(record, "copies")]
    assert copies == [("red stick", 1, "c0"), ("blue stick", 2, "c2")]


def test_a_copy_from_before_the_incident_holds_no_key_of_it(practice: Practice) -> None:
    session = practice.sign_in()
    session.append_record(
        "backup.made", {"copy": "c", "label": "old", "generation": 1, "keys": True}
    )
    case = practice.case(session)
    due_now(practice, case)
    receipt = shred(practice, case).receipt
    [record] = [r for r in read_vault_records(session, "shredded") if r.seq == receipt.seq]
    assert certificate._read_rows(record, "copies") == []


def refused(practice: Practice, case: CaseFile, error: type[EvidenceError], why: str) -> None:
    """Nothing is destroyed, for this reason."""
    session = case.session
    ring = sorted(p.name for p in (practice.folder / "keyring").rglob("*"))
    with pytest.raises(error, match=why):
        shred(practice, case)
    assert sorted(p.name for p in (practice.folder / "keyring").rglob("*")) == ring
    assert not session.store.shredded
    assert session.store.sealed_record(session.store.lines_of_incident(case.inc)[0].seq)


def test_what_stands_against_it_first_what_binds_longest(practice: Practice) -> None:
    session = practice.sign_in()
    case = with_file(practice, session)
    refused(practice, case, Refused, "to be kept until")
    due_now(practice, case)
    stop.record_stop(case)
    retention.set_legal_hold(case, "The police asked.", "12/345")
    refused(practice, case, Refused, "legal hold")
    retention.lift_legal_holds(case, "They closed it.", words(practice))
    refused(practice, case, Frozen, "frozen items")
    [seq] = [r.seq for r in case.records if r.type == "screenshot"]
    stop.release_exhibit(case, seq, "12/345", tuple(words(practice).items()))
    refused(practice, case, Refused, "outcome")
    retention.record_outcome(case, "No further action.", "12/345", words(practice))
    assert shred(practice, case).receipt.type == "shredded"


def test_a_freeze_taken_out_of_the_database_still_stands_by_the_records(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    case = with_file(practice, session)
    stop.record_stop(case)
    retention.record_outcome(case, "No further action.", "12/345", words(practice))
    due_now(practice, case)
    session.store.holds.frozen.clear()
    session.store.holds.blobs.clear()
    assert shredding.list_unreleased(case)


def test_two_officers_their_passphrases_and_the_reference(practice: Practice) -> None:
    case = practice.case()
    due_now(practice, case)
    ref = case.card.reference
    for typed in ({}, {case.inc: ""}, {case.inc: ref[:-1]}, {"x": ref}):
        with pytest.raises(BadInput, match="not the reference"):
            shred(practice, case, typed=typed)
    wrong = {**words(practice), practice.ids["AB"]: "not the words of AB"}
    for given, error in ((wrong, WrongPassphrase), (words(practice, "AB"), NotEligible),
                         (words(practice, "AB", "EF"), NotEligible)):  # fmt: skip
        with pytest.raises(error):
            shred(practice, case, passphrases=given)
    with pytest.raises(BadInput, match="reason"):
        shred(practice, case, reason=" ")
    with pytest.raises(BadInput, match="one twice"):
        shredding.destroy_incidents(case.session, [case.inc] * 2, {}, words(practice), REASON)
    assert not case.session.store.shredded
    practice.close()
    alone = practice.sign_in("AB")
    with pytest.raises(NotEligible):
        shredding.destroy_incidents(
            alone, [case.inc], {case.inc: ref}, words(practice, "AB"), REASON
        )


def test_nothing_is_shredded_twice(practice: Practice) -> None:
    case = practice.case()
    due_now(practice, case)
    shred(practice, case)
    with pytest.raises(Refused, match="destroyed"):
        shred(practice, case)


def test_a_restricted_incident_only_by_an_eligible_pair(practice: Practice) -> None:
    case = open_new_incident(practice.sign_in(), named=[practice.ids["EF"]])
    retention.record_outcome(case, "Unfounded.", "", words(practice))
    due_now(practice, case)
    practice.close()
    session = practice.sign_in("AB", "EF")
    with pytest.raises(NotEligible):
        shredding.destroy_incidents(
            session, [case.inc], {case.inc: case.card.reference}, words(practice, "AB", "EF"), "x"
        )
    practice.close()
    again = reopen_incident(practice.sign_in(), case.inc)
    assert shred(practice, again).receipt.type == "shredded"
    left = [p.name for p in (practice.folder / "keyring").rglob(f"*{case.inc}*")]
    assert left == []


@contextlib.contextmanager
def put_back(practice: Practice, case: CaseFile, how: str, old: Path) -> Iterator[None]:
    """Put something back that was destroyed, and take it away again."""
    lines, ring = case.session.store.lines_of_incident(case.inc), case.session.keyring
    assert ring.vault is not None and case.identity is not None
    blob = f"{next(name for line in lines for name in line.blobs)}.age"
    made = {
        "file": practice.folder / "blobs" / blob,
        "key": ring.folder / "inc" / f"{case.inc}.age",
        "generation": ring.folder.parent / "g1",
        "disguised": ring.folder / "inc" / f"{'0' * 32}.age",
    }.get(how)
    if made is None:
        practice.sql("INSERT INTO rec VALUES (?, ?)", lines[0].seq, b"age-encryption.org/v1\n")
    elif how == "disguised":
        made.write_bytes(wrap_identity(case.identity, ring.vault.recipient))
    elif how == "generation":
        shutil.copytree(old / "keyring/g1", made, ignore=shutil.ignore_patterns("inc"))
    else:
        was = old / "blobs" / blob if how == "file" else old / "keyring/g1/inc" / made.name
        shutil.copy(was, made)
    yield
    if made is None:
        practice.sql("DELETE FROM rec WHERE seq = ?", lines[0].seq)
    elif made.is_dir():
        shutil.rmtree(made)
    else:
        made.unlink()


def test_what_is_not_gone_is_found(practice: Practice) -> None:
    session = practice.sign_in()
    case = with_file(practice, session)
    due_now(practice, case)
    old = Path(shutil.copytree(practice.folder, practice.home / "old"))
    entry = shred(practice, case).receipt.seq
    gone = certificate.list_destroyed(certificate._find_destruction(session, entry))
    for how, error, item in (
        ("record", Tampered, "."),
        ("file", NotSound, "sealed file is still"),
        ("key", NotSound, "key that was destroyed"),
        ("generation", NotSound, "key that was destroyed"),
        ("disguised", NotSound, "still holds the key"),
    ):
        assert len(verify_gone.prove_destruction(session, gone)) == 4
        with put_back(practice, case, how, old):
            with pytest.raises(error, match=item):
                verify_gone.prove_destruction(session, gone)
            with pytest.raises(error, match=item):
                certificate.make_certificate(session, entry, words(practice), practice.home)
        assert certificate.list_uncertified(session) == (entry,), (
            "no certificate of what is not gone"
        )
    never = replace(gone[0], inc=practice.case(session).inc)
    with pytest.raises(NotSound, match="does not list it"):
        verify_gone.prove_destruction(session, [never])


def test_stop_is_never_refused_because_an_incident_was_destroyed(practice: Practice) -> None:
    desk = Desk(practice.folder, SystemClock(), FLOOR, practice.home)
    ids, passphrases = practice.ids, practice.words
    desk.unlock(ids["AB"], passphrases["AB"], ids["CD"], passphrases["CD"], ())
    try:
        case = desk.context.load_case(desk.open_incident((), "", False).inc)
        retention.record_outcome(case, "Nothing to do with the police.", "", words(practice))
        due_now(practice, case)
        desk.context.open_cases.clear()
        shred(practice, case)
        assert desk.stop(case.inc).inc != case.inc
    finally:
        desk.close()
