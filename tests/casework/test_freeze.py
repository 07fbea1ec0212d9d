"""After STOP nothing frozen comes out and nothing goes in, whoever calls, whatever happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import pack_source
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.data import schema
from esafety_tui.data.holds import Hold
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    Frozen,
    NotEligible,
    Refused,
    Tampered,
    WrongPassphrase,
)
from tests.casework.freezing import bytes_of, refuses_everything, taken
from tests.casework.support import PNG, Practice, walk


def test_stop_refuses_every_way_in_and_out_and_survives_a_restart(
    practice: Practice, tmp_path: Path
) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    assert bytes_of(case, record) == PNG
    receipt = stop.record_stop(case)
    assert receipt.type == "stop"
    assert [r.type for r in case.records[-2:]] == ["stop", "frozen"]
    refuses_everything(case, record, tmp_path)
    practice.close()
    again = opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    refuses_everything(again, record, tmp_path)
    assert capture.record_note(again, "told: Words are always possible.").type == "note"
    assert pack_source.list_disclosable(again) == []
    assert [w.ref for w in pack_source.list_withheld(again)] == [record.field_text("exhibit")]


@pytest.mark.parametrize("option", ["1", "3"])
def test_class_a_and_unsure_freeze_by_themselves(practice: Practice, option: str) -> None:
    case = opening.open_new_incident(practice.sign_in())
    walk(
        case,
        [
            (
                "reported",
                {
                    "by": "Gwen Example",
                    "when": "20 Nov 2026",
                    "group": "9X",
                    "words": "told: Somebody said so.",
                },
            ),
            ("danger", {"option": "2"}),
        ],
    )
    assert not case.is_frozen
    case.record_answer("triage", {"option": option})
    assert case.is_frozen
    assert case.records[-1].type == "frozen"
    assert case.inc in case.session.store.holds.frozen
    assert practice.sql("SELECT count(*) FROM hold") == [(1,)]


def test_a_late_doubt_freezes_what_was_taken(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    capture.capture_address(case, "https://forum.example.net/1", "insults", "saw it")
    record = taken(case, tmp_path / "s.png")
    walk(
        case,
        [
            ("urls", {"done": "yes"}),
            ("files", {"done": "yes"}),
            ("findings", {"saw": "saw: Unkind sentences."}),
            ("substance", {"option": "3"}),
        ],
    )
    refuses_everything(case, record, tmp_path)


def test_stop_by_one_officer_freezes_for_everybody(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    practice.close()
    alone = opening.reopen_incident(practice.sign_in("EF"), case.inc)
    stop.record_stop(alone)
    practice.close()
    refuses_everything(opening.reopen_incident(practice.sign_in(), case.inc), record, tmp_path)


HOLD = next(str(row.sql) for row in schema.SCHEMAS[schema.NEWEST] if row.name == "hold")


@pytest.mark.parametrize(
    "attack",
    ["DELETE FROM hold", f"DROP TABLE hold; {HOLD}"],
)
def test_deleting_the_holds_does_not_thaw(practice: Practice, tmp_path: Path, attack: str) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    stop.record_stop(case)
    practice.close()
    for statement in attack.split(";"):
        practice.sql(statement)
    session = practice.sign_in()
    again = opening.reopen_incident(session, case.inc)
    refuses_everything(again, record, tmp_path)
    assert "freeze" in " ".join(session.warnings), "it did not go unnoticed"


@pytest.mark.parametrize("beside", ["no entry", "an entry by two"])
def test_a_release_forged_by_one_officer_does_not_thaw(
    practice: Practice, tmp_path: Path, beside: str
) -> None:
    """One officer holds the LEDGER key, so could write a hold row; only records by two release."""
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    stop.record_stop(case)
    practice.close()
    alone = practice.sign_in("EF")
    box, blob = alone.keyring.box, record.field_text("blob")
    lone = opening.reopen_incident(alone, case.inc)
    with pytest.raises(NotEligible):
        lone.write_record("released", {"blob": blob, "reference": "made up", "exhibit": "AB/1"})
    practice.close()
    forged = Hold(case.inc, "release", (blob,)).to_bytes()
    seq = 9999 if beside == "no entry" else case.records[-1].seq
    place = f"evidence-hold/v1/{practice.origin}/{seq}"
    practice.sql("INSERT INTO hold VALUES (?, ?)", seq, box.seal_bytes(forged, place))
    try:
        session = practice.sign_in()
    except Tampered:  # found at the door already
        return
    refuses_everything(opening.reopen_incident(session, case.inc), record, tmp_path)


def test_release_is_one_item_by_two_with_both_passphrases_and_a_reference(
    practice: Practice, tmp_path: Path
) -> None:
    case = practice.case()
    one, two = taken(case, tmp_path / "1.png"), taken(case, tmp_path / "2.png")
    stop.record_stop(case)
    a, c = practice.ids["AB"], practice.ids["CD"]
    good = [(a, practice.words["AB"]), (c, practice.words["CD"])]
    for passphrases, error in (
        (good[:1], NotEligible),
        ([good[0], good[0]], NotEligible),
        ([], NotEligible),
        ([good[0], (c, "wrong words")], WrongPassphrase),
        ([good[0], (practice.ids["EF"], practice.words["EF"])], NotEligible),
    ):
        with pytest.raises(error):
            stop.release_exhibit(case, one.seq, "PRACTICE-1", passphrases)
    with pytest.raises(BadInput, match="reference"):
        stop.release_exhibit(case, one.seq, "  ", good)
    stop.release_exhibit(case, one.seq, "PRACTICE-1", good)
    assert bytes_of(case, one) == PNG
    with pytest.raises(Frozen):
        bytes_of(case, two)
    with pytest.raises(Refused):
        stop.release_exhibit(case, one.seq, "PRACTICE-1", good)
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert bytes_of(again, one) == PNG
    with pytest.raises(Frozen):
        bytes_of(again, two)
    with pytest.raises(Refused):
        taken(again, tmp_path / "3.png")
    stop.record_stop(again)
    with pytest.raises(Frozen):
        bytes_of(again, one)


def test_one_person_with_two_key_files_is_not_two(practice: Practice, tmp_path: Path) -> None:
    """The second officer's key file replaced by a copy of the first one's."""
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    stop.record_stop(case)
    practice.key_file("CD").write_bytes(practice.key_file("AB").read_bytes())
    both = [(practice.ids[who], practice.words["AB"]) for who in ("AB", "CD")]
    with pytest.raises(EvidenceError):
        stop.release_exhibit(case, record.seq, "PRACTICE-1", both)
    with pytest.raises(Frozen):
        bytes_of(case, record)
