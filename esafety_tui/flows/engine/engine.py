"""Walking a procedure: pure functions on a frozen State. No I/O, no clock, no randomness.

Rule: a state is what its events make of it, so the recorded answers bring anybody back to the
same step. Back only moves the view. A changed answer keeps the old one and needs a reason; what
was already reviewed, signed or exported then has to be done again. A capture step that
:mod:`effects` refuses is never current: the way goes on at the procedure's ``after_stop`` step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from esafety_tui.flows.engine.answers import check_answer_values
from esafety_tui.flows.engine.effects import (
    CaptureKind,
    CaseFacts,
    capture_refusal,
    chosen_option,
    derive_case_facts,
)
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import (
    CLOSING_KINDS,
    FREEZING_CLASSES,
    Answer,
    CaptureContent,
    GivenValues,
    Problem,
    Procedure,
    ProcedureEvent,
    Step,
    StopEvent,
    build_answer,
)
from esafety_tui.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class _PathTaken:
    """The steps on the way in one procedure, and whether it has left for the words after STOP."""

    procedure: Procedure
    steps: tuple[str, ...]
    diverted: bool


@dataclass(frozen=True, slots=True)
class FlowState:
    """The state of one procedure in one incident.

    Attributes:
        digest: the procedure this state belongs to.
        at: id of the step shown.
        answers: answers in force, one a step, in the order of their recording.
        history: answers replaced, or to be given again after a change.
        log: every recorded event, oldest first; enough for :func:`replay_events`.
    """

    digest: str
    at: str
    answers: tuple[Answer, ...] = ()
    history: tuple[Answer, ...] = ()
    log: tuple[ProcedureEvent, ...] = ()
    # Kept from steps_on_path(), so that the next answer need not walk from the start.
    _path_taken: _PathTaken | None = field(default=None, compare=False, repr=False)

    @property
    def stopped(self) -> bool:
        """True once STOP was pressed."""
        return any(isinstance(event, StopEvent) for event in self.log)

    def answer_to_step(self, step_id: str) -> Answer | None:
        """Return the answer in force, or None."""
        return next((a for a in self.answers if a.step == step_id), None)

    def last_given_values(self, step_id: str) -> Mapping[str, str | list[str]]:
        """Return the last values given to a step, in force or not, to fill its screen with."""
        found = self.answer_to_step(step_id) or next(
            (a for a in reversed(self.history) if a.step == step_id), None
        )
        return found.to_json_values() if found else {}


@dataclass(frozen=True, slots=True)
class StepProgress:
    """For the head line: step ``number`` of ``about`` so many; ``next_title`` "" at the end."""

    number: int
    about: int
    next_title: str


def start_procedure(procedure: Procedure) -> FlowState:
    """Return the state before anything is answered."""
    return FlowState(procedure.digest, procedure.first)


def current_step(procedure: Procedure, state: FlowState) -> Step:
    """Return the step to show. Raises BadInput if the state is of another procedure."""
    if state.digest != procedure.digest:
        raise BadInput(
            "This incident was started with another version of the procedure.",
            "Open it with the version it was started with.",
        )
    return procedure.get_step(state.at)


def steps_on_path(procedure: Procedure, state: FlowState) -> tuple[str, ...]:
    """Return the ids of the steps on the way: all answered ones and the first unanswered one."""
    known = state._path_taken
    if known is None or known.procedure is not procedure:
        known = _walk_onward(procedure, state, procedure.first)
    return known.steps


def _walk_onward(
    procedure: Procedure, state: FlowState, step_id: str, before: tuple[str, ...] = ()
) -> _PathTaken:
    """Return the way on from ``step_id``; ``before``: steps of it up to there, not diverted."""
    words = graph.cached_reachable_ids(procedure, procedure.after_stop)
    stopped, known = state.stopped, None
    in_force = {given.step: given for given in state.answers}
    steps, diverted = [*before], False
    while True:
        step, given = procedure.get_step(step_id), in_force.get(step_id)
        if known is None and step.is_capture and given is None:
            known = derive_case_facts(procedure, state.log, steps)
        if not diverted and (
            (stopped and (given is None or step_id in words))
            or (known is not None and given is None and _is_forbidden_capture(step, known))
        ):
            diverted, step_id = True, procedure.after_stop
            continue
        steps.append(step_id)
        if given is None:
            return _PathTaken(procedure, tuple(steps), diverted)
        step_id = following_step_id(procedure, given)


def following_step_id(procedure: Procedure, answer: Answer) -> str:
    """Return the id of the step the flowchart puts after this answer."""
    step, option = chosen_option(procedure, answer)
    return option.next if option is not None and option.next else step.next


def answer_step(
    procedure: Procedure, state: FlowState, step_id: str, values: GivenValues, reason: str = ""
) -> FlowState | Problem:
    """Return the state after answering a step on the way, or why it cannot be taken.

    Confirming an earlier answer unchanged records nothing and moves one step on. A changed one
    needs ``reason``, and so does advice that is given again in the same words after it no longer
    counted. Raises BadInput if the state is of another procedure.
    """
    current_step(procedure, state)
    way = steps_on_path(procedure, state)
    if step_id not in way:
        return Problem("This step is not on the way you have taken. Answer the step shown.")
    step = procedure.get_step(step_id)
    checked = check_answer_values(step, values)
    if isinstance(checked, Problem):
        return checked
    old = state.answer_to_step(step_id)
    new = build_answer(step_id, checked, reason.strip() if old else "")
    if old is not None and old.values == new.values and not _counts_again(procedure, state, new):
        return replace(state, at=way[min(way.index(step_id) + 1, len(way) - 1)])
    problem = _find_change_problem(procedure, old, new)
    if problem is not None:
        return problem
    changed = _record_answer(procedure, state, new)
    known = state._path_taken
    if old is None and known is not None and known.procedure is procedure and not known.diverted:
        # A first answer to the last step changes nothing before it: no capture there is open.
        after = _walk_onward(procedure, changed, following_step_id(procedure, new), way)
    else:
        after = _walk_onward(procedure, changed, procedure.first)
    return replace(changed, at=after.steps[-1], _path_taken=after)


def step_back(procedure: Procedure, state: FlowState) -> FlowState:
    """Return the state showing the step before. Nothing is lost; at the first step, no change."""
    way = steps_on_path(procedure, state)
    where = way.index(state.at)
    return replace(state, at=way[max(where - 1, 0)])


def stop_procedure(procedure: Procedure, state: FlowState) -> FlowState:
    """Return the state after STOP: frozen for good, the way goes on in words only.

    A second STOP moves nothing, but what was said before it is asked for again.
    """
    if state.stopped:
        again = isinstance(state.log[-1], Answer)
        return replace(state, log=(*state.log, StopEvent())) if again else state
    kept, outdated = _split_outdated(procedure, state.answers)
    log = (*state.log, StopEvent())
    history = (*state.history, *outdated)
    stopped = replace(state, answers=kept, history=history, log=log, _path_taken=None)
    after = _walk_onward(procedure, stopped, procedure.first)
    return replace(stopped, at=after.steps[-1], _path_taken=after)


def measure_progress(procedure: Procedure, state: FlowState) -> StepProgress:
    """Return the step number, about how many there will be, and the title of the next one."""
    way = steps_on_path(procedure, state)
    number = way.index(state.at) + 1
    rest = graph.longest_path_length(procedure, way[-1])
    step_id = way[number] if number < len(way) else _likely_next_id(procedure, state.at)
    title = procedure.get_step(step_id).title if step_id else ""
    return StepProgress(number, len(way) - 1 + rest, title)


def case_facts(procedure: Procedure, state: FlowState) -> CaseFacts:
    """Return what the events of this state amount to."""
    return derive_case_facts(procedure, state.log, steps_on_path(procedure, state))


def answered_off_path(procedure: Procedure, state: FlowState) -> tuple[str, ...]:
    """Return the steps whose answers are kept although the way no longer passes them."""
    way = frozenset(steps_on_path(procedure, state))
    return tuple(a.step for a in state.answers if a.step not in way)


def replay_events(procedure: Procedure, events: Iterable[ProcedureEvent]) -> FlowState:
    """Return the state that recorded events lead to: the same step, answers and history.

    Raises BadInput if they do not fit this procedure.
    """
    state = start_procedure(procedure)
    for event in events:
        if isinstance(event, StopEvent):
            state = stop_procedure(procedure, state)
            continue
        after = answer_step(procedure, state, event.step, event.to_json_values(), event.reason)
        if isinstance(after, Problem):
            raise BadInput(
                f"The recorded answer to step {event.step!r} does not fit this procedure.",
                "Open the incident with the procedure it was started with.",
            )
        state = after
    return state


def _is_forbidden_capture(step: Step, known: CaseFacts) -> bool:
    """Return whether a step captures what may not be captured."""
    kind: CaptureKind = "url" if step.takes is CaptureContent.ADDRESSES else "file"
    allowed = known.incident_class in step.classes and capture_refusal(known, kind) is None
    return step.is_capture and not allowed


def _counts_again(procedure: Procedure, state: FlowState, new: Answer) -> bool:
    """Return whether the same words would count again for something they no longer count for."""
    option = chosen_option(procedure, new)[1]
    if option is None or not (option.advice or option.cleared or option.carry_on):
        return False
    before = derive_case_facts(procedure, state.log)
    return derive_case_facts(procedure, (*state.log, new)) != before


def _find_change_problem(procedure: Procedure, old: Answer | None, new: Answer) -> Problem | None:
    if old is None:
        return None
    if not new.reason:
        return Problem("Say in a few words why this answer is changed.", "reason")
    before, after = chosen_option(procedure, old)[1], chosen_option(procedure, new)[1]
    was = before.incident_class if before else None
    becomes = after.incident_class if after else None
    if was in FREEZING_CLASSES and becomes not in FREEZING_CLASSES:
        return Problem(
            "This incident stays frozen, whatever is answered here later. If the police confirm "
            "that nothing is illegal, carry on in a new incident linked to this one."
        )
    return None


def _record_answer(procedure: Procedure, state: FlowState, new: Answer) -> FlowState:
    """Return the state with ``new`` in force; a change outdates review, signing and export."""
    old = state.answer_to_step(new.step)
    log = (*state.log, new)
    if old is None:
        return replace(state, answers=(*state.answers, new), log=log)
    others = tuple(a for a in state.answers if a is not old)
    closing = procedure.get_step(new.step).kind in CLOSING_KINDS
    kept, outdated = (others, ()) if closing else _split_outdated(procedure, others)
    history = (*state.history, old, *outdated)
    return replace(state, answers=(*kept, new), history=history, log=log)


def _split_outdated(
    procedure: Procedure, answers: tuple[Answer, ...]
) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """Return the answers still valid, and those a change outdates: review, sign, export."""
    outdated = tuple(a for a in answers if procedure.get_step(a.step).kind in CLOSING_KINDS)
    return tuple(a for a in answers if a not in outdated), outdated


def _likely_next_id(procedure: Procedure, step_id: str) -> str:
    """Return the step that follows whatever is answered, or the first that may."""
    return next(iter(graph.follower_ids(procedure.get_step(step_id))), "")
