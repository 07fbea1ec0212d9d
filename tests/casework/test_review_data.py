"""What one officer alone, with every key they hold, cannot make the store believe."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data import ledger
from esafety_tui.data.age import Recipient, encrypt_to
from esafety_tui.data.commits import OpenEntry
from esafety_tui.data.holds import Hold
from esafety_tui.data.store import EntryDraft
from esafety_tui.kernel.canon import Json, canonical_bytes
from esafety_tui.kernel.errors import BadInput, Frozen, Tampered
from esafety_tui.kernel.records import UNREADABLE
from tests.casework.support import PNG, Practice


def planted(session: OpenSession, inc: str, kind: str, fields: dict[str, Json]) -> None:
    """Write an entry as the officers signed in could without the program's own refusals."""
    store, card = session.store, session.read_case_card(inc)
    rows = ledger.salt_fields(fields)
    draft = EntryDraft(kind, fields, inc, Recipient.parse_text(card.recipient))
    line = store._make_line(draft, rows, session.entry_signers(), store.chain)
    data = line.to_bytes()
    sigs = {o.id: base64.b64encode(o.sign_message(ledger.SIGN_PREFIX + data)).decode()
            for o in session.officers}  # fmt: skip
    record = ledger.record_bytes(inc, line.seq, kind, rows)
    sealed = encrypt_to(record, [draft.recipient])
    made = OpenEntry(line, data, canonical_bytes(sigs), sealed, None, store.chain.chain_after(data))
    with store.mutex:
        store._commit_entries([made], [draft], None)
    session.pin_current_head()


def appended(case: CaseFile, kind: str, fields: dict[str, Json]) -> None:
    """Ask the store itself, past the gates that casework asks."""
    draft = EntryDraft(kind, fields, case.inc, Recipient.parse_text(case.card.recipient))
    case.session.store.append_entry(draft, case.session.entry_signers())


@pytest.mark.parametrize("kind", ["screenshot", "file", "url", "gate", "released", "decision"])
def test_a_record_planted_by_one_officer_counts_for_nothing_on_reading(
    practice: Practice, kind: str
) -> None:
    """Guards ``ledger.unwitnessed`` in Store.read; it keeps nobody else from reading."""
    inc = opening.open_new_incident(practice.sign_in()).inc
    practice.close()
    alone = practice.sign_in("EF")
    planted(alone, inc, kind, {"producer": practice.ids["EF"], "step": "triage", "values": {}})
    practice.close()
    session = practice.sign_in()
    last = opening.reopen_incident(session, inc).records[-2]
    assert (last.type, last.fields, last.by) == (UNREADABLE, {}, (practice.ids["EF"],))
    assert any("Finchley alone signed, cannot be read" in text for text in session.warnings)


def test_the_producer_was_present(practice: Practice) -> None:
    """Guards the producer's part of ``ledger.unwitnessed``, on writing and on reading."""
    session = practice.sign_in()
    case = opening.open_new_incident(session)
    fields: dict[str, Json] = {"producer": practice.ids["EF"], "exhibit": "EF/1"}
    with pytest.raises(Tampered, match="producer was not present"):
        appended(case, "file", fields)
    planted(session, case.inc, "file", fields)
    practice.close()
    with pytest.raises(Tampered, match="producer was not present"):
        opening.reopen_incident(practice.sign_in(), case.inc)


def test_a_capture_without_a_producer_is_refused(practice: Practice) -> None:
    """Guards the other half: leaving the name out is no way around it."""
    session = practice.sign_in()
    case = opening.open_new_incident(session)
    with pytest.raises(Tampered, match="no producer"):
        appended(case, "screenshot", {"exhibit": "EF/1"})
    planted(session, case.inc, "screenshot", {"exhibit": "EF/1"})
    practice.close()
    with pytest.raises(Tampered, match="no producer"):
        opening.reopen_incident(practice.sign_in(), case.inc)


def stopped(practice: Practice, folder: Path) -> tuple[str, str, int, Any]:
    """Return incident, frozen blob, number of a pair's last entry, and the LEDGER box."""
    case = practice.case()
    path = folder / "s.png"
    path.write_bytes(PNG)
    record = capture.capture_file(case, path, "x", "y")
    stop.record_stop(case)
    last = case.session.store.lines_of_incident(case.inc)[-1].seq
    practice.close()
    return case.inc, record.field_text("blob"), last, case.session.keyring.box


def put(practice: Practice, box: Any, seq: int, hold: Hold) -> None:
    place = f"evidence-hold/v1/{practice.origin}/{seq}"
    practice.sql(
        "INSERT OR REPLACE INTO hold VALUES (?, ?)", seq, box.seal_bytes(hold.to_bytes(), place)
    )


def test_a_hold_stands_beside_an_entry_that_can_have_brought_it(
    practice: Practice, tmp_path: Path
) -> None:
    """Guards ``Hold.belongs_to`` and the range check at loading, one rule after the other."""
    inc, blob, last, box = stopped(practice, tmp_path)
    alone = practice.sign_in("EF")
    note = capture.record_note(opening.reopen_incident(alone, inc), "told: words").seq
    practice.close()
    forged = {
        "no such entry": (9999, Hold(inc, "freeze", ())),
        "before the first": (-1, Hold(inc, "freeze", ())),
        "entry of the vault": (0, Hold(inc, "freeze", ())),
        "of another incident": (last, Hold("ab" * 16, "freeze", ())),
        "of no incident": (0, Hold("", "freeze", ())),
        "a file of nobody": (last, Hold(inc, "freeze", ("cd" * 32,))),
        "a release by one": (note, Hold(inc, "release", (blob,))),
    }
    for what, (seq, hold) in forged.items():
        put(practice, box, seq, hold)
        with pytest.raises(Tampered, match="freeze has been altered"):
            practice.sign_in()
            raise AssertionError(what)
        practice.sql("DELETE FROM hold WHERE seq = ?", seq)
    assert blob in practice.sign_in().store.holds.blobs


def test_the_police_reference_is_not_in_the_hold(practice: Practice, tmp_path: Path) -> None:
    """Guards ``Hold.to_bytes``: a lone officer opens holds; the reference is for two."""
    case = practice.case()
    path = tmp_path / "s.png"
    path.write_bytes(PNG)
    seq = capture.capture_file(case, path, "x", "y").seq
    stop.record_stop(case)
    words = [(practice.ids[i], practice.words[i]) for i in ("AB", "CD")]
    receipt = stop.release_exhibit(case, seq, "CAD 12345", words)
    practice.close()
    alone = practice.sign_in("EF").store
    for number, ct in practice.sql("SELECT seq, ct FROM hold"):
        plain = alone._box.open_bytes(ct, f"evidence-hold/v1/{practice.origin}/{number}")
        assert b"CAD" not in plain
    assert alone.held[receipt.seq].act == "release"
    assert [h.act for h in alone.held.values()].count("freeze") >= 1


def test_a_hold_fits_its_record_or_is_not_written(practice: Practice, tmp_path: Path) -> None:
    """Guards ``Draft.refuse_stray_hold``: what would be refused later is refused before."""
    inc, blob, _, _ = stopped(practice, tmp_path)
    case = opening.reopen_incident(practice.sign_in(), inc)
    for hold in (Hold(inc, "release", (blob,)), Hold("ab" * 16, "freeze", ())):
        with pytest.raises(BadInput):
            case.write_record("note", {"text": "x"}, hold=hold)


def test_stop_pressed_just_before_the_commit_keeps_the_capture_out(practice: Practice) -> None:
    """Guards the last question inside the transaction."""
    case = opening.open_new_incident(practice.sign_in())
    store, commit, size = (
        case.session.store,
        case.session.store._commit_entries,
        case.session.store.chain.size,
    )

    def late(*args: Any) -> None:
        stop.freeze_now(case)
        commit(*args)

    store._commit_entries = late  # type: ignore[method-assign, assignment]
    fields: dict[str, Json] = {"producer": case.session.presenting}
    with pytest.raises(Frozen):
        appended(case, "file", fields)
    assert store.chain.size == size
    assert practice.sql("SELECT count(*) FROM entry") == [(size,)]


def test_a_missing_head_with_entries_is_found(practice: Practice) -> None:
    """Guards the rule that only an empty database has no head."""
    practice.sql("DELETE FROM meta WHERE k = 'head'")
    with pytest.raises(Tampered, match="head"):
        practice.sign_in()


def test_reprs_show_no_words(practice: Practice) -> None:
    """Guards repr=False of OpenRecord and Draft."""
    session = practice.sign_in()
    case = opening.open_new_incident(session)
    capture.record_note(case, "told: Gwen Example said so")
    words = repr(case.records[-1]) + repr(opening.reopen_incident(session, case.inc).records)
    made = EntryDraft(
        "note", {"text": "Gwen Example"}, case.inc, Recipient.parse_text(case.card.recipient)
    )
    assert "Gwen" not in words + repr(made)


def test_a_restricted_incident_has_no_register_card(practice: Practice) -> None:
    """Guards Keyring.write_register: a named officer's pair opens VAULT, too."""
    session = practice.sign_in("AB", "CD")
    case = opening.open_new_incident(session, named=[practice.ids["EF"]])
    capture.record_note(case, "told: words")
    path = practice.folder / "keyring/g1/inc" / f"{case.inc}.reg"
    assert not path.exists()
    session.keyring.write_register(case.inc, {"state": "x", "category": "A", "due": ""})
    assert not path.exists()
    practice.close()
    named = practice.sign_in("AB", "EF").keyring
    assert named.read_register(case.inc) == {}
