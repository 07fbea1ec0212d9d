"""What was said on a way that was left again opens nothing on another one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.incident import capture, opening, permissions
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.model import CaptureContent, IncidentClass
from esafety_tui.kernel.errors import Refused
from tests.casework.policies import adopt, changed, shipped_bytes
from tests.casework.support import PNG, TO_CAPTURE, Practice, walk
from tests.flows.ways import good_answer

URL = ("https://forum.example.net/t/1", "Unkind words", "saw it")


def two_ways() -> bytes:
    """Return misuse with a second crime, about which the police are asked on a way of its own."""
    text = shipped_bytes("misuse").decode()
    first = text.index('[[step]]\nid = "told-b"')
    last = text.index('[[step]]\nid = "account-words"')
    own = text[first:last].replace('"told-b"', '"told-b2"').replace('"advice"', '"advice2"')
    option = next(row for row in text.split("\n") if 'class = "B", next = "told-b"' in row)
    other = option.replace('key = "2"', 'key = "9"').replace('"told-b"', '"told-b2"')
    return (text[:last] + own + text[last:]).replace(option, f"{option}\n{other}").encode()


def test_what_the_police_said_of_one_crime_lets_nothing_of_another_be_taken(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    adopt(practice, session, two_ways())
    case = opening.open_new_incident(session)
    walk(case, TO_CAPTURE[:2])
    told = {"options": ["police", "dsl"]}
    walk(case, [("triage", {"option": "2"}), ("told-b", told), ("advice", {"option": "1"})])
    walk(case, TO_CAPTURE[4:])
    capture.capture_address(case, *URL)
    case.record_answer("triage", {"option": "9"}, "it is another crime")
    walk(case, [("told-b2", told)])
    with pytest.raises(Refused, match="police come first"):
        capture.capture_address(case, *URL)
    walk(case, [("advice2", {"option": "1"})])
    capture.capture_address(case, *URL)


def test_advice_is_asked_for_again_once_it_is_another_crime(practice: Practice) -> None:
    """Two crimes lead to one question; what was said of the first is no advice on the other."""
    session = practice.sign_in()
    text = shipped_bytes("misuse").decode()
    option = next(row for row in text.split("\n") if 'class = "B", next = "told-b"' in row)
    other = option.replace('key = "2"', 'key = "9"')
    adopt(practice, session, text.replace(option, f"{option}\n{other}").encode())
    case = opening.open_new_incident(session)
    walk(case, TO_CAPTURE[:2])
    walk(case, [("triage", {"option": "2"}), ("told-b", {"options": ["police", "dsl"]}),
                ("advice", {"option": "1"}), *TO_CAPTURE[4:]])  # fmt: skip
    capture.capture_address(case, *URL)
    case.record_answer("told-b", {"options": ["police"]}, "not the lead")
    capture.capture_address(case, *URL)
    case.record_answer("triage", {"option": "9"}, "it is another crime")
    with pytest.raises(Refused, match="police come first"):
        capture.capture_address(case, *URL)
    case.record_answer("advice", {"option": "1", "said": "This one, too."}, "asked again")
    capture.capture_address(case, *URL)


def test_that_nothing_is_illegal_was_said_of_what_was_known_then(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    walk(
        case, [*TO_CAPTURE[:2], ("triage", {"option": "3"}), ("told-unsure", {"options": ["dsl"]})]
    )
    while (step := engine.current_step(case.procedure, case.state)).id != "answer":
        walk(case, [(step.id, dict(good_answer(step, "2" if step.options else "")))])
    offered = next(option.key for option in step.options if option.carry_on)
    walk(case, [("answer", {"option": offered})])
    assert case.outcome_of_answers.carry_on == ("misuse",) and case.outcome_of_answers.cleared
    case.record_answer("triage", {"option": "1"}, "it is an image after all")
    assert not case.outcome_of_answers.carry_on and not case.outcome_of_answers.cleared
    with pytest.raises(Refused, match="No answer in this incident"):
        opening.open_linked_incident(case, "misuse")


def test_nothing_is_taken_from_the_step_on_that_forbids_copying(practice: Practice) -> None:
    session = practice.sign_in()
    told = 'id = "informed"\n'
    adopt(practice, session, changed("misuse", (told, f'{told}forbids = ["copy"]\n')))
    case = opening.open_new_incident(session)
    walk(case, TO_CAPTURE)
    capture.capture_address(case, *URL)
    walk(case, [("urls", {"done": "yes"}), ("files", {"done": "none", "why_none": "none"}),
                ("findings", {"saw": "saw: it"}), ("substance", {"option": "2"})])  # fmt: skip
    capture.capture_address(case, *URL)
    walk(case, [("no-substance", {"conclusion": "An old page."})])
    with pytest.raises(Refused, match="on nobody looks at anything or copies it"):
        capture.capture_address(case, *URL)


def test_what_was_taken_is_not_looked_at_where_looking_is_forbidden(
    practice: Practice, tmp_path: Path
) -> None:
    """A doubt about staff comes up after the capture: nobody looks again; the pack goes all the
    same."""
    case = practice.case()
    picture = tmp_path / "s.png"
    picture.write_bytes(PNG)
    taken = capture.capture_file(case, picture, "A picture", "here")
    assert b"".join(capture.view_exhibit(case, taken.seq, "look")) == PNG
    case.record_answer("staff", {"option": "3"}, "a teacher may be involved")
    case.record_answer("told-doubt", {"options": ["lado"]})
    with pytest.raises(Refused, match="nobody looks"):
        capture.view_exhibit(case, taken.seq, "look")
    assert case.records[-1].type == "answer"


def test_a_step_takes_only_what_its_class_allows(practice: Practice) -> None:
    """The proof bars such a procedure; what takes the file does not rely on that."""
    case = opening.open_new_incident(practice.sign_in())
    walk(case, TO_CAPTURE[:2])
    walk(case, [("triage", {"option": "2"}), ("told-b", {"options": ["police", "dsl"]}),
                ("advice", {"option": "1"}), *TO_CAPTURE[4:]])  # fmt: skip
    steps = (
        replace(step, classes=(IncidentClass.C,)) if step.takes is CaptureContent.FILES else step
        for step in case.procedure.steps
    )
    narrow = replace(case.procedure, steps=tuple(steps))
    permissions.refuse_capture(
        case.session, case.procedure, case.state, case.counted_answers, "file"
    )
    permissions.refuse_capture(case.session, narrow, case.state, case.counted_answers, "url")
    with pytest.raises(Refused, match="no step at which this is taken"):
        permissions.refuse_capture(case.session, narrow, case.state, case.counted_answers, "file")
