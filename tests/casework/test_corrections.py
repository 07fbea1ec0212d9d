"""Corrections: a new record by two with a reason; what was sealed first stays, both are shown."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, case_view, chronology, opening
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import Corrections, record_correction
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import TO_CAPTURE, Practice, real_png

WHY = "The name of the class was wrong."


@pytest.fixture
def case(practice: Practice, tmp_path: Path) -> CaseFile:
    """An incident with a note, an address and an exhibit."""
    found = practice.case()
    capture.record_note(found, "told: Seen by two pupils of 9Y.")
    capture.capture_address(found, "https://forum.example.net/1", "insults of 9Y", "saw it")
    path = tmp_path / "s.png"
    path.write_bytes(real_png())
    capture.capture_file(found, path, "A post of 9Y", "Gwen Example, by stick")
    return found


def last(case: CaseFile, kind: str) -> OpenRecord:
    return next(r for r in reversed(case.records) if r.type == kind)


def shot(case: CaseFile) -> OpenRecord:
    return last(case, "screenshot")


def test_a_correction_is_a_record_of_both_beside_the_original(
    case: CaseFile, practice: Practice
) -> None:
    note = last(case, "note")
    receipt = record_correction(case, note.seq, "text", "told: Seen by two pupils of 9X.", WHY)
    assert receipt.type == "correction"
    practice.close()
    again = opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    assert last(again, "note").field_text("text") == "told: Seen by two pupils of 9Y."
    sealed = last(again, "correction")
    assert dict(sealed.fields) == {
        "of": note.seq, "field": "text", "was": "told: Seen by two pupils of 9Y.",
        "now": "told: Seen by two pupils of 9X.", "reason": WHY,
    }  # fmt: skip
    assert sealed.by == tuple(sorted(practice.ids[i] for i in ("AB", "CD")))


def test_the_newest_counts_and_all_are_shown(case: CaseFile) -> None:
    note = last(case, "note")
    first = record_correction(case, note.seq, "text", "told: Seen by two pupils of 9X.", WHY)
    second = record_correction(
        case, first.seq, "now", "told: Seen by three pupils of 9X.", "Three, not two."
    )
    third = record_correction(
        case, note.seq, "text", "told: Seen by some pupils of 9X.", "Nobody counted."
    )
    known = Corrections(case.records)
    assert known.current_text(note, "text") == "told: Seen by some pupils of 9X."
    assert [c.seq for c in known.corrections_of(note, "text")] == [first.seq, second.seq, third.seq]
    assert last(case, "correction").field_text("was") == "told: Seen by three pupils of 9X."
    marked = f"corrected, see #{first.seq} and #{second.seq} and #{third.seq}"
    shown = {e.seq: e for e in chronology.list_acts(case)}
    assert shown[note.seq].detail == (
        f"told: Seen by two pupils of 9Y.\n[{marked}; it reads: told: Seen by some pupils of 9X.]"
    )
    for receipt, was, now, why in (
        (first, "two pupils of 9Y", "two pupils of 9X", WHY),
        (second, "two pupils of 9X", "three pupils of 9X", "Three, not two."),
        (third, "three pupils of 9X", "some pupils of 9X", "Nobody counted."),
    ):
        event = shown[receipt.seq]
        assert event.what == f"Correction of #{note.seq} (text)"
        assert (
            event.detail == f"Was: told: Seen by {was}.\nIt reads: told: Seen by {now}.\nWhy: {why}"
        )
        assert event.by == "AB, CD" or event.by == "CD, AB"
        assert event.when.year == int(receipt.at[:4])


NO_WORDS = (
    *((k, f) for k in ("screenshot", "url") for f in ("seq", "at", "of", "now", "text")),
    *(("screenshot", f) for f in ("exhibit", "sha256", "blob", "size", "media", "name")),
    ("screenshot", "producer"), ("url", "url"), ("url", "how_known"), ("note", "now"),
    ("incident.opened", "named_others"), ("correction", "reason"), ("correction", "was"),
    ("gate", "confirmed"), ("answer", "option"), ("answer", "values"),
)  # fmt: skip


def test_only_words_are_corrected(case: CaseFile) -> None:
    record_correction(case, last(case, "note").seq, "text", "told: Seen by one pupil.", WHY)
    size = case.session.store.chain.size
    for kind, field in NO_WORDS:
        with pytest.raises(BadInput):
            record_correction(case, last(case, kind).seq, field, "something else", WHY)
            raise AssertionError((kind, field))
    assert case.session.store.chain.size == size


def test_no_reason_no_change_no_words_no_other_incident(case: CaseFile) -> None:
    note = last(case, "note")
    other = opening.open_new_incident(case.session)
    strange = capture.record_note(other, "told: of another incident")
    size = case.session.store.chain.size
    for seq, words, reason in (
        (note.seq, "other words", " "), (note.seq, "", WHY), (note.seq, "a\x1bb", WHY),
        (note.seq, " told: Seen by two pupils of 9Y.\r\n", WHY), (strange.seq, "told: x", WHY),
        (-1, "x", WHY), (size + 5, "x", WHY),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            record_correction(case, seq, "text", words, reason)
    assert case.session.store.chain.size == size


def test_one_officer_alone_corrects_nothing(case: CaseFile, practice: Practice) -> None:
    seq = last(case, "note").seq
    practice.close()
    alone = opening.reopen_incident(practice.sign_in("EF"), case.inc)
    with pytest.raises(NotEligible):
        record_correction(alone, seq, "text", "x", WHY)
    named: dict[str, Json] = {"of": seq, "field": "text", "was": "x", "now": "y", "reason": "z"}
    with pytest.raises(NotEligible):
        alone.write_record("correction", named)


def test_a_correction_that_does_not_fit_counts_for_nothing(case: CaseFile) -> None:
    """Two who write past the verb change nothing that is shown, and the form says so."""
    note, picture = last(case, "note"), shot(case)
    good = note.field_text("text")
    ahead = case.session.store.chain.size + 20
    strange: tuple[dict[str, Json], ...] = (
        {"of": note.seq, "field": "text", "was": "other words", "now": "y"},
        {
            "of": picture.seq,
            "field": "sha256",
            "was": picture.field_text("sha256"),
            "now": "00" * 32,
        },
        {"of": str(note.seq), "field": "text", "was": good, "now": "y"},
        {"of": note.seq, "field": "text", "was": good, "now": 7},
        {"of": ahead, "field": "text", "was": "", "now": "y"},
        {},
    )
    for named in strange:
        case.write_record("correction", {**named, "reason": WHY})
    capture.record_note(case, "told: later")
    known = Corrections(case.records)
    assert known.current_text(note, "text") == good and not known.correction_mark(note, "text")
    events = [e for e in chronology.list_acts(case) if e.what.startswith("Correction of")]
    assert len(events) == 6
    assert all(e.detail.startswith("Does not count") for e in events)


def test_an_answer_is_corrected_by_answering_again(case: CaseFile) -> None:
    reported = next(r for r in case.records if r.field_text("step") == "reported")
    receipt = record_correction(
        case, reported.seq, "words", "told: Nasty messages on a forum.", WHY
    )
    assert receipt.type == "answer.changed"
    given = case.state.answer_to_step("reported")
    assert given is not None and given.single_value("words") == "told: Nasty messages on a forum."
    assert given.single_value("group") == "9X"
    [change] = chronology.list_changed_answers(case)
    assert change.reason == WHY
    with pytest.raises(Refused):
        record_correction(case, reported.seq, "words", "x", WHY)
    with pytest.raises(BadInput):
        record_correction(case, receipt.seq, "words", "told: Nasty messages on a forum.", WHY)


def test_screens_show_the_new_words_with_a_mark(case: CaseFile) -> None:
    note, url, picture = last(case, "note"), last(case, "url"), shot(case)
    for record, field in ((note, "text"), (url, "concern"), (picture, "description")):
        record_correction(
            case, record.seq, field, record.field_text(field).replace("9Y", "9X"), WHY
        )
    seen = case_view.view_case(case, "PC 1")
    n = case.session.store.chain.size - 3
    assert seen.notes == (f"told: Seen by two pupils of 9X.  (corrected, see #{n})",)
    assert [(i.detail, i.corrected) for i in seen.items] == [
        ("insults of 9X", f"corrected, see #{n + 1}"),
        ("A post of 9X", f"corrected, see #{n + 2}"),
    ]
    offered = {(w.seq, w.name): w for w in seen.wordings}
    assert offered[picture.seq, "provenance"].words == "Gwen Example, by stick"
    assert offered[picture.seq, "description"].label == f"#{picture.seq} AB/1: description"
    assert offered[note.seq, "text"].words == "told: Seen by two pupils of 9X."


def test_form_and_pack_show_both(practice: Practice, case: CaseFile, tmp_path: Path) -> None:
    picture, url = shot(case), last(case, "url")
    signed_form.render_form(case, reason="not all is known yet")
    assert case_view.view_case(case, "").form_current
    one = record_correction(case, picture.seq, "description", "A post of 9X", WHY)
    assert not case_view.view_case(case, "").form_current
    two = record_correction(case, url.seq, "concern", "insults of 9X", WHY)
    record_correction(case, picture.seq, "provenance", "Gwen Example, by phone", WHY)
    view = signed_form.render_form(case, reason="not all is known yet").view
    assert view.exhibits[0].description == (
        f"A post of 9Y\n[corrected, see #{one.seq}; it reads: A post of 9X]"
    )
    assert f"[corrected, see #{two.seq}; it reads: insults of 9X]" in view.rows[0].concern
    for person in case.session.people:
        signed_form.sign_form(case, person.id, practice.words[person.initials])
    words = [(practice.ids[i], practice.words[i]) for i in ("AB", "CD")]
    order = pack_source.PackOrder(tmp_path / "stick", "police", "test", words, True, "a portal")
    order.target.mkdir()
    done = evidence_pack.export_pack(case, order, lambda *_: None)
    sheet = (done.path / "data/exhibit-list.csv").read_text("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(sheet))
    assert row["Description"] == "A post of 9X"
    assert row["Corrections"] == f"corrected, see #{one.seq}; first written: A post of 9Y"
    copies = sorted((done.path / "data/records").glob("*.json"))
    assert sum(json.loads(p.read_bytes())["type"] == "correction" for p in copies) == 3
    assert "by phone" in (done.path / "data/continuity.csv").read_text("utf-8-sig")


def test_what_is_added_after_the_review_sends_back_to_it(practice: Practice) -> None:
    """Guards ``review_stale``, and that reading it again is a record that ends it."""
    case = practice.case()
    for step, values in REST:
        assert case.record_answer(step, values) is not None, step
    assert case.state.at == "sign" and not case.is_review_stale
    assert case.record_answer("review", {"done": "yes"}) is None
    note = capture.record_note(case, "told: One word more.")
    assert case_view.view_case(case, "").review_stale
    receipt = case.record_answer("review", {"done": "yes"})
    assert receipt is not None and receipt.type == "answer"
    assert not case.is_review_stale and case.state.at == "sign"
    record_correction(case, note.seq, "text", "told: Two words more.", WHY)
    assert case.is_review_stale
    inc = case.inc
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), inc)
    assert again.is_review_stale and again.state.at == "sign"
    assert len(again.state.answers) == len(TO_CAPTURE) + len(REST)


REST: tuple[tuple[str, dict[str, Json]], ...] = (
    ("urls", {"done": "none", "why_none": "there are none"}),
    ("files", {"done": "none", "why_none": "there are none"}),
    ("findings", {"saw": "saw: Insults."}),
    ("substance", {"option": "2"}),
    ("no-substance", {"conclusion": "Nothing there."}),
    ("informed", {"options": ["head"]}),
    ("review", {"done": "yes"}),
)  # fmt: skip
