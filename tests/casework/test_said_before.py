"""What was said before STOP, of another crime or on another way opens nothing later on."""

from __future__ import annotations

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.disclosure import readiness
from esafety_tui.casework.incident import capture, opening, retention, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.age import Recipient
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.flows.engine import engine
from esafety_tui.guide.engine_input import list_engine_events
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, Refused
from tests.casework.hostile import append
from tests.casework.policies import adopt, changed, shipped_bytes
from tests.casework.support import PNG, TO_CAPTURE, Practice, walk
from tests.flows.ways import good_answer

URL = ("https://forum.example.net/t/1", "Unkind words", "saw it")
CLEARED = {"option": "2", "said": "Nothing here is against the law."}


def onward(case: CaseFile, until: str) -> None:
    while (step := engine.current_step(case.procedure, case.state)).id != until:
        walk(case, [(step.id, dict(good_answer(step, "2" if step.options else "")))])


def cleared(practice: Practice) -> CaseFile:
    """Return an incident of doubt in which nothing illegal was confirmed."""
    case = opening.open_new_incident(practice.sign_in())
    doubt = ("triage", {"option": "3"}), ("told-unsure", {"options": ["dsl"]})
    walk(case, [*TO_CAPTURE[:2], *doubt])
    onward(case, "answer")
    walk(case, [("answer", CLEARED)])
    assert case.outcome_of_answers.cleared and case.outcome_of_answers.carry_on == ("misuse",)
    return case


def test_stop_after_the_all_clear_is_not_covered_by_it(practice: Practice) -> None:
    case = cleared(practice)
    assert retention.retention_status(case).waiting_for == ""
    stop.record_stop(case)
    assert not case.outcome_of_answers.cleared and not case.outcome_of_answers.carry_on
    assert retention.retention_status(case).waiting_for == "the police"
    with pytest.raises(Refused, match="No answer in this incident"):
        opening.open_linked_incident(case, "misuse")
    with pytest.raises(BadInput, match="why this answer is changed"):
        case.record_answer("answer", CLEARED)
    assert case.record_answer("answer", CLEARED, "They looked at this, too.") is not None
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert again.outcome_of_answers == case.outcome_of_answers and again.outcome_of_answers.cleared
    assert opening.open_linked_incident(again, "misuse").card.linked == case.inc


def test_a_second_stop_after_the_all_clear_is_written_down(practice: Practice) -> None:
    desk = Desk(practice.folder, SystemClock(), FLOOR, practice.home / "sheets")
    (first, one), (second, two) = [(practice.ids[w], practice.words[w]) for w in ("AB", "CD")]
    desk.unlock(first, one, second, two, ())
    case = desk.context.load_case(desk.open_incident((), "", False).inc)
    desk.stop(case.inc)
    desk.tick(case.inc, 2, "CAD 123")
    assert desk.case(case.inc).ticks == (2,)
    onward(case, "answer")
    walk(case, [("answer", CLEARED)])
    at = case.state.at
    assert desk.stop(case.inc).receipt.seq == desk.stop(case.inc).receipt.seq
    assert [r.type for r in case.records].count("stop") == 2 and case.state.at == at
    assert not case.outcome_of_answers.cleared and not case.outcome_of_answers.carry_on
    assert desk.case(case.inc).ticks == ()  # the police know nothing of this one yet
    seen = engine.replay_events(case.procedure, list_engine_events(desk.case(case.inc)))
    assert seen.log == case.state.log and seen.at == case.state.at
    desk.close()
    assert not opening.reopen_incident(practice.sign_in(), case.inc).outcome_of_answers.cleared


def test_the_all_clear_counts_on_its_own_way(practice: Practice) -> None:
    """A question without a class leads past the answer: what was said there clears nothing."""
    session = practice.sign_in()
    row = '{ key = "2", label = "No child is at immediate risk" },'
    past = row.replace(" },", ', next = "review" },')
    adopt(practice, session, changed("misuse", (row, f"{row}\n  {past.replace('2', '9', 1)}")))
    case = cleared(practice)
    case.record_answer("risk", {"option": "9"}, "another way")
    assert not case.outcome_of_answers.cleared and not case.outcome_of_answers.carry_on
    assert retention.retention_status(case).waiting_for == "the police"


def advice_first() -> bytes:
    """Return misuse with the police asked before anybody says what it is."""
    text = shipped_bytes("misuse").decode()
    asked = text.index('[[step]]\nid = "advice"')
    danger, told = text.index('id = "danger"'), text.index('id = "told-b"')
    text = text[:asked] + text[asked:].replace(
        'next = "staff", without', 'next = "triage", without', 1
    )
    text = text[:told] + text[told:].replace('next = "advice"', 'next = "staff"', 1)
    return (text[:danger] + text[danger:].replace('next = "triage"', 'next = "advice"', 1)).encode()


def test_advice_given_before_the_crime_was_named_is_no_advice_on_it(practice: Practice) -> None:
    with pytest.raises(Refused, match="class B captures only behind recorded police advice"):
        adopt(practice, practice.sign_in(), advice_first())


def test_a_review_said_again_after_a_change_stays_said(practice: Practice) -> None:
    case = cleared(practice)
    walk(case, [("review", {"done": "yes"})])
    given = case.state.answer_to_step("account")
    assert given is not None
    case.record_answer(
        "account", {**given.to_json_values(), "account": "saw: It was another page."}, "a slip"
    )
    assert case.state.at == "review"
    walk(case, [("review", {"done": "yes"})])
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert again.state == case.state and again.state.at != "review"


def test_a_tick_of_stop_without_a_stop_tells_nobody(practice: Practice) -> None:
    """One officer alone seals that the police were told, past the program."""
    case = opening.open_new_incident(practice.sign_in())
    later = {"done": "none", "why_none": "later"}
    walk(case, [*TO_CAPTURE[:2], ("triage", {"option": "1"}), ("told-a", later)])
    practice.close()
    card = Recipient.parse_text(case.card.recipient)
    said: dict[str, Json] = {"number": "2", "note": "CAD 123"}
    append(practice, "AB", "stop.tick", case.inc, recipient=card, fields=said)
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert "told-police" in {m.key for m in readiness.judge_readiness(again).missing}


def two_gates() -> bytes:
    """Return misuse with the gate of two once more, on a way of its own."""
    text = shipped_bytes("misuse").decode()
    first = text.index('[[step]]\nid = "two-seniors"')
    last = text.index("[[step]]", first + 1)
    text = (
        text[:last]
        + text[first:last].replace('id = "two-seniors"', 'id = "two-more"')
        + text[last:]
    )
    first = text.index('[[step]]\nid = "staff"')
    row = next(r for r in text[first:].split("\n") if '{ key = "2"' in r)
    other = row.replace('key = "2"', 'key = "8"').replace('"two-seniors"', '"two-more"')
    return text.replace(row, f"{row}\n{other}").encode()


def test_the_gate_of_two_counts_on_its_own_way(practice: Practice) -> None:
    session = practice.sign_in()
    adopt(practice, session, two_gates())
    case = opening.open_new_incident(session)
    walk(case, TO_CAPTURE)
    capture.capture_address(case, *URL)
    practice.close()
    other = opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    other.record_answer("staff", {"option": "8"}, "another way")
    walk(other, [("two-more", TO_CAPTURE[5][1])])
    other.record_answer("staff", {"option": "2"}, "back again")
    with pytest.raises(Refused, match="two senior people"):
        capture.capture_address(other, *URL)
    other.record_answer("two-seniors", TO_CAPTURE[5][1])
    capture.capture_address(other, *URL)


def asked_last() -> bytes:
    """Return misuse with a question between the gates and what is taken."""
    text = shipped_bytes("misuse").decode()
    first = text.index('id = "isolated"')
    text = text[:first] + text[first:].replace('next = "urls"', 'next = "agreed"', 1)
    asked = """[[step]]
id = "agreed"
kind = "question"
title = "does the head agree"
question = "Does the {head} agree that you look?"
why = "If not, write down words."
source = "general practice, to be confirmed"
status = "to be confirmed"
options = [
  { key = "1", label = "Yes", next = "urls" },
  { key = "2", label = "No", next = "findings" },
]

"""
    place = text.index('[[step]]\nid = "urls"')
    return (text[:place] + asked + text[place:]).encode()


def test_nothing_is_taken_before_the_last_question_that_may_lead_elsewhere(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    adopt(practice, session, asked_last())
    case = opening.open_new_incident(session)
    walk(case, TO_CAPTURE)
    with pytest.raises(Refused, match="lead to no step"):
        capture.capture_address(case, *URL)
    walk(case, [("agreed", {"option": "1"})])
    capture.capture_address(case, *URL)
    picture = practice.home / "s.png"
    picture.write_bytes(PNG)
    capture.capture_file(case, picture, "A picture", "here")  # the step after this one takes it
