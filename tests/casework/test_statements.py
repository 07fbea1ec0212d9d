"""What is only thought: sealed apart, put together for people here, and left behind otherwise."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from esafety_tui.casework.desk import disclosing
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import (
    capture,
    case_view,
    chronology,
    entries,
    opening,
    opinions,
    stop,
)
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import Corrections, record_correction
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.output.verify import verify_path
from tests.casework.support import TO_CAPTURE, Practice, walk

WHY = "not all is known yet"
OPINION = "Zebedee wrote every line himself"
NOTE = f"told: Rhys says it was not him.\nthink: {OPINION}.\ndid: We wrote it down."
FACTS = "told: Rhys says it was not him.\ndid: We wrote it down."
ITEM = {
    "told": "Gwen Example",
    "holder": "A pupil of 9X",
    "words": f"told: a picture\nthink: {OPINION}",
}


def last(case: CaseFile, kind: str) -> OpenRecord:
    return next(r for r in reversed(case.records) if r.type == kind)


def nudes(practice: Practice) -> CaseFile:
    """An incident of class A from its opening, at its first step."""
    return opening.open_new_incident(practice.sign_in(), procedure="nudes")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("words", "Line 1 does not say how you know"),
        ("told: one\nwords", "Line 2 does not say how you know"),
        ("think:", "There is nothing here yet"),
        ("", "There is nothing here yet"),
    ],
)
def test_a_note_says_how_it_is_known(practice: Practice, text: str, why: str) -> None:
    case = opening.open_new_incident(practice.sign_in())
    size = case.session.store.chain.size
    with pytest.raises(BadInput, match=why):
        capture.record_note(case, text)
    assert case.session.store.chain.size == size


def test_a_thought_is_a_disclosure_of_its_own(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    capture.record_note(case, NOTE)
    capture.record_note(case, f"THINK:  {OPINION} ")
    inc = case.inc
    practice.close()
    again = opening.reopen_incident(practice.sign_in("CD", "EF"), inc)
    first, second = (r for r in again.records if r.type == "note")
    assert dict(first.fields) == {
        "text": FACTS, "thought": {"text": [[1, f"think: {OPINION}."]]},
    }  # fmt: skip
    assert [d[1] for d in first.disclosures] == ["text", "thought"]
    assert dict(second.fields) == {"text": "", "thought": {"text": [[0, f"think: {OPINION}"]]}}
    assert case_view.view_case(again, "").notes == (NOTE, f"think: {OPINION}")
    assert [w.words for w in case_view.view_case(again, "").wordings] == [NOTE, f"think: {OPINION}"]


def test_an_answer_is_replayed_as_it_was_typed(practice: Practice) -> None:
    """The record has its thoughts apart; engine and screens have the words that were typed."""
    case = opening.open_new_incident(practice.sign_in())
    values = {**TO_CAPTURE[0][1], "words": NOTE}
    case.record_answer("reported", values)
    typed = case.state.answer_to_step("reported")
    sealed = last(case, "answer").fields
    assert sealed["values"] == {**values, "words": FACTS, "when": sealed["values"]["when"]}  # type: ignore[index,call-overload]
    assert sealed["thought"] == {"words": [[1, f"think: {OPINION}."]]}
    assert case.record_answer("reported", values) is None  # the same words again: nothing to record
    inc = case.inc
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), inc)
    assert again.state.answer_to_step("reported") == typed and typed is not None
    assert typed.single_value("words") == NOTE
    shown = case_view.view_case(again, "").answers[0].values
    assert shown["words"] == NOTE
    event = next(e for e in chronology.list_acts(again) if "Gwen" in e.detail)
    assert OPINION not in event.detail and "[1 line of opinion left out]" in event.detail


def test_a_correction_keeps_the_discipline(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    seq = capture.record_note(case, NOTE).seq
    with pytest.raises(BadInput, match="does not say how you know"):
        record_correction(case, seq, "text", "It was not him.", "shorter")
    with pytest.raises(BadInput, match="as they stand"):
        record_correction(case, seq, "text", f"{NOTE}\n", "the same")
    record_correction(case, seq, "text", NOTE.replace("Zebedee", "Somebody"), "no name")
    sealed = last(case, "correction")
    assert sealed.field_text("was") == sealed.field_text("now") == FACTS
    assert sealed.fields["thought"] == {
        "was": [[1, f"think: {OPINION}."]],
        "now": [[1, f"think: {OPINION.replace('Zebedee', 'Somebody')}."]],
    }  # fmt: skip
    record_correction(case, seq, "text", "did: We wrote it down.", "not needed")
    note = next(r for r in case.records if r.seq == seq)
    known = Corrections(case.records)
    assert (
        len(known.corrections_of(note, "text")) == 2
        and known.current_text(note, "text") == "did: We wrote it down."
    )
    printed = "\n".join(e.detail for e in chronology.list_acts(case))
    assert "Zebedee" not in printed and "Somebody" not in printed
    chosen = "\n".join(e.detail for e in chronology.list_acts(case, opinions.print_as_opinion))
    assert f"[opinion] think: {OPINION}." in chosen and "[opinion] think: Somebody" in chosen


def test_what_the_program_notes_stays_plain(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    seq = case.write_record("note", {"text": "A pack was marked.", "program": True}).seq
    assert record_correction(case, seq, "text", "A pack was marked as incomplete.", "clearer").type
    assert "thought" not in last(case, "correction").fields


def test_rows_that_are_none_count_for_nothing(practice: Practice) -> None:
    """One officer alone may have written them: they must keep nobody out."""
    case = opening.open_new_incident(practice.sign_in())
    rows: list[Json] = [["x"], [True, "think: a"], [-1, "think: b"], [0, 7], 7, [0, "think: c"]]
    odd: tuple[Json, ...] = ({"text": rows}, {"text": 7}, {"text": "think"}, [], "x")
    for thought in odd:
        case.write_record("note", {"text": "told: one", "thought": thought})
    notes = [r for r in case.records if r.type == "note"]
    assert [opinions.text_as_typed(r, "text") for r in notes] == [
        "think: c\ntold: one",
        *["told: one"] * 4,
    ]
    assert opinions.count_opinions(case.records) == 1
    assert len(case_view.view_case(case, "").notes) == len(chronology.list_acts(case)) - 1 == 5


@pytest.mark.tool("pdftotext")
@pytest.mark.parametrize("chosen", [pytest.param(False, marks=pytest.mark.long("True")), True])
def test_form_and_pack_follow_what_was_chosen(
    practice: Practice, tmp_path: Path, chosen: bool
) -> None:
    case = practice.case()
    capture.record_note(case, NOTE)
    case.record_answer("reported", {**TO_CAPTURE[0][1], "words": NOTE}, "more is known")
    seq = last(case, "note").seq
    record_correction(case, seq, "text", NOTE.replace("Rhys", "He"), "no name")
    if chosen:  # an older choice counts for nothing
        signed_form.render_form(case, reason=WHY)
    signed_form.render_form(case, reason=WHY, thoughts=chosen)
    assert last(case, "form.rendered").fields["thoughts"] is chosen
    for person in case.session.people:
        signed_form.sign_form(case, person.id, practice.words[person.initials])
    (tmp_path / "form.pdf").write_bytes(signed_form.release_form_for_paper(case))
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "form.pdf", "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert (OPINION in text) is chosen and ("[opinion] think:" in text) is chosen
    assert ("[1 line of opinion left out]" in text) is not chosen
    assert ("4 lines of opinion left out" in text) is not chosen
    words = tuple((practice.ids[i], practice.words[i]) for i in ("AB", "CD"))
    order = pack_source.PackOrder(tmp_path / "stick", "police", "test", words, True, "a portal")
    order.target.mkdir()
    done = evidence_pack.export_pack(case, order, lambda *_: None)
    files = [p for p in done.path.rglob("*") if p.is_file()]
    holding = [p.name for p in files if OPINION.encode() in p.read_bytes()]
    records = [json.loads(p.read_bytes()) for p in (done.path / "data/records").iterdir()]
    apart = [r for r in records if len(r["disclosures"]) < len(r["digests"])]
    assert bool(holding) is chosen
    assert {r["type"] for r in apart} == {"form.rendered", "form.signed"} | (
        set() if chosen else {"note", "answer.changed", "correction"}
    )
    verdict = verify_path(done.path, passphrase=None, check_code=done.code)
    assert verdict.authentic and verdict.not_signed_by == ()
    assert f"{len(apart)} records leave fields out." in "\n".join(verdict.sentences)


def test_opinion_written_after_the_form_stays_behind(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    capture.record_note(case, f"think: {OPINION}")
    signed_form.render_form(case, reason=WHY, thoughts=True)
    capture.record_note(case, "think: And his brother")
    words = tuple((practice.ids[i], practice.words[i]) for i in ("AB", "CD"))
    done = evidence_pack.export_pack(
        case,
        pack_source.PackOrder(tmp_path, "police", "test", words, True, "a portal"),
        lambda *_: None,
    )
    files = b"".join(p.read_bytes() for p in done.path.rglob("*") if p.is_file())
    assert OPINION.encode() in files and b"And his brother" not in files
    assert verify_path(done.path, passphrase=None, check_code=done.code).authentic


def test_a_correction_takes_no_opinion_out_of_its_place(practice: Practice) -> None:
    """One officer alone may have sealed it in words that are no statement."""
    case = opening.open_new_incident(practice.sign_in())
    thought: Json = {"text": [[0, f"think: {OPINION}"]]}
    seq = case.write_record("referral", {"text": "They rang.", "thought": thought}).seq
    record_correction(case, seq, "text", "We rang.", "it was us")
    made = last(case, "correction")
    assert (made.field_text("was"), made.field_text("now")) == ("They rang.", "We rang.")
    assert Corrections(case.records).does_count(made)
    assert OPINION not in str(chronology.list_acts(case))
    assert record_correction(case, seq, "text", "We rang them.", "clearer").type


def test_one_after_another_in_words_though_frozen(practice: Practice) -> None:
    case = nudes(practice)
    assert case.outcome_of_answers.frozen
    receipt = entries.record_description(case, "described", ITEM)
    stop.record_stop(case)
    entries.record_description(case, "described", {**ITEM, "place": "A phone"})
    record = next(r for r in case.records if r.seq == receipt.seq)
    assert record.type == "described" and record.field_text("step") == "described"
    assert record.fields["values"] == {**ITEM, "words": "told: a picture"}
    assert record.fields["thought"] == {"words": [[1, f"think: {OPINION}"]]}
    assert record.field_text("question") == case.procedure.get_step("described").question
    inc = case.inc
    practice.close()
    again = opening.reopen_incident(practice.sign_in("CD", "EF"), inc)
    view = case_view.view_case(again, "")
    assert [d.step_id for d in view.described] == ["described", "described"]
    assert view.described[0].words == (
        f"Who told you: Gwen Example\nWho has it, or had it, as said: A pupil of 9X\n"
        f"As it was said: told: a picture\nthink: {OPINION}"
    )
    assert view.notes == ()
    event = next(e for e in chronology.list_acts(again) if e.seq == receipt.seq)
    assert event.what == record.field_text("question")
    assert event.detail.endswith("As it was said:\ntold: a picture\n[1 line of opinion left out]")


def test_what_is_described_is_checked_and_on_the_way(practice: Practice) -> None:
    case = nudes(practice)
    size = case.session.store.chain.size
    for step, values in (
        ("described", {**ITEM, "words": "a picture"}), ("described", {"told": "Gwen Example"}),
        ("described", {**ITEM, "path": "x"}), ("described", {}),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            entries.record_description(case, step, values)
    for step in ("reported", "nowhere", "danger"):
        with pytest.raises(Refused):
            entries.record_description(case, step, ITEM)
    other = practice.case(case.session)
    with pytest.raises(Refused):
        entries.record_description(other, "described", ITEM)
    assert case.session.store.chain.size - size == len(other.records)


def test_one_officer_alone_describes_nothing_of_two(practice: Practice) -> None:
    case = nudes(practice)
    inc = case.inc
    practice.close()
    with pytest.raises(NotEligible):
        entries.record_description(
            opening.reopen_incident(practice.sign_in("EF"), inc), "described", ITEM
        )


def test_a_step_behind_the_way_taken_takes_nothing(practice: Practice) -> None:
    """The evidence of lost media is described only where there is some."""
    case = opening.open_new_incident(practice.sign_in(), procedure="lost-media")
    given = {"reference": "AB/1", "what": "a stick"}
    entries.record_description(case, "which-evidence", given)
    told = {**TO_CAPTURE[0][1], "media": "a stick"}
    del told["group"]
    walk(case, [("reported", told), ("stolen", {"option": "2"}), ("encrypted", {"option": "1"})])
    while case.state.at != "evidence":
        case.record_answer(case.state.at, {"done": "none", "why_none": "none"})
    entries.record_description(case, "which-evidence", given)
    case.record_answer("evidence", {"option": "2"})
    with pytest.raises(Refused):
        entries.record_description(case, "which-evidence", given)


def test_what_is_described_is_corrected_field_by_field(practice: Practice) -> None:
    case = nudes(practice)
    seq = entries.record_description(case, "described", ITEM).seq
    capture.record_note(case, "a plain text", "described")
    offered = [(w.name, w.label) for w in case_view.view_case(case, "").wordings if w.seq == seq]
    assert offered[0] == ("told", f"#{seq} Who told you")
    for field, text in (("words", "unmarked"), ("place", "x"), ("step", "x")):
        with pytest.raises(BadInput):
            record_correction(case, seq, field, text, WHY)
    record_correction(case, seq, "words", "told: two pictures", "she rang again")
    record_correction(case, seq, "holder", "A pupil of 9Y", "the class was wrong")
    shown = case_view.view_case(case, "")
    assert "As it was said: told: two pictures" in shown.described[0].words
    assert "A pupil of 9Y" in shown.described[0].words
    assert shown.notes == ("a plain text",)
    view = signed_form.render_form(case, reason=WHY).view
    assert "holder" not in " ".join(e.what for e in view.chronology)
    assert "As it was said: told: two pictures" in view.findings and view.conclusion == ""
    assert [m for m in view.missing if "statement" in m] == []
    event = next(e for e in chronology.list_acts(case) if e.seq == seq)
    assert "it reads: told: two pictures]" in event.detail and OPINION not in event.detail


def test_a_lone_officers_sheet_has_no_opinion(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in("EF"))
    capture.record_note(case, NOTE)
    printed = "\n".join(detail for _, detail in disclosing._words(case))
    assert FACTS in printed and "[1 line of opinion left out]" in printed
    assert OPINION not in printed
