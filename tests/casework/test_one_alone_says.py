"""What one officer alone seals past the program is nobody's comparison, copy or review."""

from __future__ import annotations

from esafety_tui.casework.disclosure import pack_source, readiness, route_view
from esafety_tui.casework.incident import capture, clock_check, opening
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.age import Recipient
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.model import FieldCheck
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import LONDON
from tests.casework.hostile import append
from tests.casework.support import PNG, Practice, walk
from tests.flows.ways import good_answer

CLOCKS = {"clock-start", "clock-end"}


def forged(practice: Practice, case: CaseFile, *rows: tuple[str, dict[str, Json]]) -> CaseFile:
    """Return the incident as two others open it, after one officer alone wrote these."""
    practice.close()
    card = Recipient.parse_text(case.card.recipient)
    for kind, fields in rows:
        append(practice, "AB", kind, case.inc, recipient=card, fields=fields)
    return opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)


def missing(case: CaseFile) -> set[str]:
    return {row.key for row in readiness.judge_readiness(case).missing}


def compare(case: CaseFile) -> None:
    now = case.session.clock.read_clock().wall.astimezone(LONDON)
    clock_check.record_comparison(case.session, case, "speaking clock", now.strftime("%H:%M:%S"))


def test_a_comparison_of_the_clock_takes_two(practice: Practice) -> None:
    said: dict[str, Json] = {"found": "compared", "text": "Agrees with it."}
    rows = [("clock.checked", {**said, "moment": moment}) for moment in ("start", "end")]
    case = forged(practice, practice.case(), *rows)
    assert missing(case) >= CLOCKS
    compare(case)
    assert missing(case) & CLOCKS == {"clock-end"}


def test_the_clock_at_the_end_is_compared_after_the_last_thing_taken(practice: Practice) -> None:
    case = practice.case()
    compare(case)
    compare(case)
    assert not missing(case) & CLOCKS
    capture.capture_address(case, "https://forum.example.net/t/1", "Unkind words", "saw it")
    assert missing(case) & CLOCKS == {"clock-end"}
    compare(case)
    assert not missing(case) & CLOCKS


def test_a_copy_that_one_alone_claims_is_said_to_be_one_officers(practice: Practice) -> None:
    case = practice.case()
    picture = practice.home / "s.png"
    picture.write_bytes(PNG)
    ref = capture.capture_file(case, picture, "A picture", "here").field_text("exhibit")
    said: dict[str, Json] = {"exhibit": ref, "act": "copied", "reason": "for the press"}
    rows = pack_source.continuity_rows(forged(practice, case, ("custody", said)))
    notes = [row.note for row in rows if "press" in row.note]
    assert notes == ["Does not count: one officer alone wrote this. for the press"]


def test_words_of_one_are_no_programs_note(practice: Practice) -> None:
    """A note that calls itself the program's makes a review one of less than everything."""
    alone = opening.open_new_incident(practice.sign_in(), words_only=True)
    while (step := engine.current_step(alone.procedure, alone.state)).id != "review":
        walk(alone, [(step.id, dict(good_answer(step)))])
    walk(alone, [("review", {"done": "yes"})])
    assert not alone.is_review_stale
    said: dict[str, Json] = {"text": "saw: He confessed.", "program": True}
    assert forged(practice, alone, ("note", said)).is_review_stale


def test_who_opened_an_incident_alone_answers_nothing_once_two_were_there(
    practice: Practice,
) -> None:
    alone = opening.open_new_incident(practice.sign_in("AB"), words_only=True)
    step = engine.current_step(alone.procedure, alone.state)
    walk(alone, [(step.id, dict(good_answer(step)))])
    practice.close()
    two = opening.reopen_incident(practice.sign_in("CD", "EF"), alone.inc)
    given = two.state.answer_to_step(step.id)
    assert given is not None  # what one alone answered before counts
    name = next(f.name for f in step.fields if f.check is FieldCheck.STATEMENT)
    ours = {**given.to_json_values(), name: "told: Words of two."}
    two.record_answer(step.id, ours, "they told us more")
    forgery: dict[str, Json] = {
        "step": step.id, "values": {**ours, name: "told: Words of one."}, "reason": "a slip",
    }  # fmt: skip
    again = forged(practice, alone, ("answer.changed", forgery), ("answer", forgery))
    found = again.state.answer_to_step(step.id)
    assert found is not None and found.single_value(name) == "told: Words of two."
    assert route_view.answers_in_force(again)[step.id].fields["values"] == ours


def test_what_was_passed_over_is_not_printed_as_the_answer(practice: Practice) -> None:
    alone = opening.open_new_incident(practice.sign_in("AB"), words_only=True)
    step = engine.current_step(alone.procedure, alone.state)
    walk(alone, [(step.id, dict(good_answer(step)))])
    forgery: dict[str, Json] = {"step": step.id, "values": {"nothing": "that is asked"}}
    again = forged(practice, alone, ("answer", forgery))
    assert "nothing" not in str(route_view.answers_in_force(again)[step.id].fields["values"])
