"""What a face knows of an incident comes from the case that the desk returned, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import Problem, StepKind
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.guide.case_state import CHANGED, DONE_LATER, MOVED, REVIEW_STALE, CaseState
from esafety_tui.guide.ports import CaseView, GivenAnswer, Values
from esafety_tui.kernel.errors import EvidenceError
from tests.flows.ways import good_answer

PROFILE = load_profile()
EMPTY = CaseView("inc1", "HVS-2026-0001", "misuse", (), False, "PC", True, (), ())
REPORTED: Values = {"by": "A parent", "when": "21 Nov 2026", "words": "told: Insults."}


def open_state(name: str = "misuse", case: CaseView = EMPTY) -> CaseState:
    """Return the state of an incident of a shipped procedure."""
    return CaseState(case, fit_procedure(load_procedure(name), PROFILE), PROFILE)


def seal(incident: CaseState, values: Values, reason: str = "-") -> None:
    """Answer the step shown as a desk would: the case comes back with one answer more."""
    given = incident.prepare_answer(values)
    sealed = GivenAnswer(given.step_id, values, reason if given.owes else given.reason)
    more = (sealed,) if given.new else ()
    incident.accept_case(
        replace(incident.case, answers=(*incident.case.answers, *more)), given.next_step
    )


@pytest.mark.parametrize("name", shipped_procedures())
def test_what_the_desk_returns_leads_where_the_engine_leads(name: str) -> None:
    """Guards one truth of the answers: replayed from the case, never carried on beside it."""
    incident = open_state(name)
    beside = incident.state
    while incident.current_step.kind is not StepKind.END:
        values = good_answer(incident.current_step)
        after = engine.answer_step(incident.procedure, beside, incident.current_step.id, values)
        assert not isinstance(after, Problem), after
        seal(incident, values)
        assert (incident.state.at, incident.state.answers) == (after.at, after.answers)
        beside = after
    assert len(incident.path_step_ids) > 5


def test_an_answer_changed_owes_a_reason_and_leads_back_to_the_end_of_the_path() -> None:
    incident = open_state()
    seal(incident, REPORTED)
    seal(incident, {"option": "2"})
    last = incident.current_step.id
    incident.show_step("reported")
    given = incident.prepare_answer({**REPORTED, "by": "A neighbour"})
    assert (given.owes, given.reason, given.new, given.next_step) == (CHANGED, "", True, "")
    seal(incident, given.values, "We misheard.")
    assert incident.current_step.id == last
    assert incident.state.history[0].single_value("by") == "A parent"


def test_an_answer_kept_seals_nothing_and_one_at_another_computer_owes_its_reason() -> None:
    incident = open_state()
    seal(incident, REPORTED)
    incident.show_step("reported")
    kept = incident.prepare_answer(REPORTED)
    assert (kept.owes, kept.new) == ("", False)
    again = replace(incident.case, gate_elsewhere="reported", gates_again=("reported",))
    incident.accept_case(again, "reported")
    moved = incident.prepare_answer(REPORTED)
    assert (moved.owes, moved.new) == (MOVED, True)


def test_what_does_not_fit_is_refused_and_moves_nothing() -> None:
    incident = open_state()
    before = incident.state
    assert incident.find_problem({"by": ""}) is not None
    with pytest.raises(EvidenceError) as refused:
        incident.prepare_answer({"by": ""})
    assert refused.value.do == "Nothing was saved."
    assert incident.state == before and incident.find_problem(REPORTED) is None


def test_before_the_form_is_signed_a_stale_review_is_read_again_once_said() -> None:
    incident = open_state()
    while incident.current_step.kind is not StepKind.SIGN:
        seal(incident, good_answer(incident.current_step))
    incident.repeat_stale_review()
    assert incident.said == ""
    incident.accept_case(replace(incident.case, review_stale=True))
    incident.repeat_stale_review()
    assert incident.current_step.id == incident.path_step_ids[-2]
    assert (incident.take_pending_notice(), incident.take_pending_notice()) == (REVIEW_STALE, "")
    given = incident.prepare_answer({"done": "yes"})
    assert (given.owes, given.new) == ("", True)


def test_signing_later_needs_no_reason_of_its_own_and_the_first_step_has_none_before_it() -> None:
    incident = open_state()
    assert not incident.show_previous()
    while incident.current_step.kind is not StepKind.EXPORT:
        here = incident.current_step
        later = {"done": "none", "why_none": "Tomorrow."}
        seal(incident, later if here.kind is StepKind.SIGN else good_answer(here))
    assert incident.show_previous() and incident.current_step.id == incident.path_step_ids[-2]
    given = incident.prepare_answer({"done": "yes"})
    assert (given.owes, given.reason, given.new) == ("", DONE_LATER, True)
