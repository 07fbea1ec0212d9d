"""The timers of the profile that run in an incident, and when each is due. Pure; rings nothing.

Rule: only answers in force on the way taken start and meet timers. An answer that was replaced, or
that the way no longer passes, counts for nothing. One that was changed and still says the same of
a timer keeps the time at which it first did: nobody gains time by answering again. A step
that starts a timer and asks for a time in a field ``when`` starts it then, if that is earlier than
its answer: the 72 hours run from when the school became aware, not from when it was typed. A start
while the timer runs moves nothing, because such a deadline does not move; after it was met, a newer
start begins it again. Newer is what was recorded later, whatever the clock showed: a clock put back
hides no start. Nor can an answer be later than one recorded after it, so that a clock which was
ahead gives no time away. "None of these" meets nothing, and STOP ends none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from esafety_tui.flows.engine import checks, engine
from esafety_tui.flows.procedure.enums import SourceStatus
from esafety_tui.flows.procedure.model import (
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    Answer,
    Option,
    Problem,
    Procedure,
    ProcedureEvent,
    StopEvent,
)
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.kernel.timeline import is_believable_time

TimedEvent: TypeAlias = tuple[ProcedureEvent, datetime]
"""A recorded answer or STOP and its time, which needs a zone."""


@dataclass(frozen=True, slots=True)
class RunningTimer:
    """One timer that runs.

    Attributes:
        key, label, source, status: of the profile's timer.
        step: id of the step whose answer began it, at ``start``.
        by: when it is due, in UK time.
    """

    key: str
    label: str
    step: str
    start: datetime
    by: datetime
    source: str
    status: SourceStatus


def find_running_timers(
    procedure: Procedure,
    profile: Profile,
    timed: Sequence[TimedEvent],
    state: engine.FlowState | None = None,
) -> tuple[RunningTimer, ...]:
    """Return the timers that run after the events of ``timed`` (oldest first), first due first.

    ``state``: where they lead, if that is known already. A key that the profile has no timer for
    is left out; the proof of a procedure with its profile finds it before it is used.
    """
    state = state or _replay_fitting_events(procedure, timed)
    way = _steps_on_path(procedure, state)
    timers = {timer.key: timer for timer in profile.timers}
    latest = _latest_times(timed)
    happened: dict[str, list[tuple[int, bool, str, datetime]]] = {}
    for given in state.answers:
        if given.step not in way:
            continue
        for begins in (True, False):
            for key in _timer_keys(procedure, given, begins):
                place = _find_first_saying(procedure, timed, given.step, key, begins)
                at = min(latest[place], timed[place][1])
                if begins and key in procedure.get_step(given.step).starts:
                    at = min(at, checks.parse_recorded_time(given.single_value("when")) or at)
                # One answer that begins and meets a timer has met it: starts sort first.
                happened.setdefault(key, []).append((place, not begins, given.step, at))
    running = []
    for key, rows in happened.items():
        start = _find_unmet_start(rows)
        if start is not None and key in timers:
            timer, (at, step) = timers[key], start
            by = timer.compute_due_time(at)
            running.append(RunningTimer(key, timer.label, step, at, by, timer.source, timer.status))
    return tuple(sorted(running, key=lambda one: (one.by, one.key)))


def _steps_on_path(procedure: Procedure, state: engine.FlowState) -> set[str]:
    """Return the steps on the way taken; STOP turns it aside, and ends no time that ran by then."""
    way = set(engine.steps_on_path(procedure, state))
    if state.stopped:
        log = tuple(event for event in state.log if isinstance(event, Answer))
        way.update(
            engine.steps_on_path(
                procedure, engine.FlowState(state.digest, state.at, state.answers, (), log)
            )
        )
    return way


def _latest_times(timed: Sequence[TimedEvent]) -> list[datetime]:
    """Return for each event when it can have happened at the latest, by the answers after it.

    What no clock of a school can have shown says nothing, nor does a STOP: one officer alone may
    have sealed it with any time.
    """
    found: list[datetime] = []
    least = datetime.max.replace(tzinfo=UTC)
    for event, at in reversed(timed):
        if isinstance(event, Answer) and is_believable_time(at):
            least = min(least, at)
        found.append(least)
    return found[::-1]


def _find_unmet_start(
    rows: Iterable[tuple[int, bool, str, datetime]],
) -> tuple[datetime, str] | None:
    """Return time and step of the start that nothing has met yet, or None."""
    start: tuple[datetime, str] | None = None
    for _, meets, step, at in sorted(rows):
        if meets:
            start = None
        elif start is None:
            start = (at, step)
    return start


def _find_first_saying(
    procedure: Procedure, timed: Sequence[TimedEvent], step_id: str, key: str, begins: bool
) -> int:
    """Return since which event the answers to a step have all said this of a timer."""
    since, latest = -1, 0
    for place, (event, _) in enumerate(timed):
        if isinstance(event, Answer) and event.step == step_id:
            says = key in _timer_keys(procedure, event, begins)
            since = (since if since >= 0 else place) if says else -1
            latest = place if says else latest
    # None only where the last of these answers was passed over, as it did not fit the way.
    return since if since >= 0 else latest


def _timer_keys(procedure: Procedure, given: Answer, begins: bool) -> tuple[str, ...]:
    """Return the timers that an answer begins, or meets."""
    step = procedure.get_step(given.step)
    nothing = given.single_value("done") == "none"
    chosen: list[Option | None] = []
    if step.kind in ONE_OPTION_KINDS:
        chosen = [step.find_option(given.single_value("option"))]
    elif step.kind in TICKED_KINDS:
        chosen = [step.find_option(key) for key in given.list_values("options")]
    options = [option for option in chosen if option is not None]
    if begins:
        return (*step.starts, *(key for option in options for key in option.starts))
    met = (*step.ends, *(key for option in options for key in option.ends))
    return () if nothing else met


def _replay_fitting_events(procedure: Procedure, timed: Sequence[TimedEvent]) -> engine.FlowState:
    """Return where the events lead; what does not fit the way is passed over."""
    state = engine.start_procedure(procedure)
    for event, _ in timed:
        if isinstance(event, StopEvent):
            state = engine.stop_procedure(procedure, state)
        elif event.step in procedure:
            after = engine.answer_step(
                procedure, state, event.step, event.to_json_values(), event.reason
            )
            state = state if isinstance(after, Problem) else after
    return state
