"""Derives what the answers allow from the procedure and the recorded events alone.

Casework calls :func:`derive_case_facts` and :func:`capture_refusal` itself. Rule: never
in class A, while unsure, after STOP or once frozen; in class B only on recorded police advice;
never without a class or with a gate missing. Freezing is sticky: no later answer lifts it. The
release of single items is a verb of casework, and carrying on is a new, linked incident.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from esafety_tui.flows.procedure.enums import REQUIRED_GATES
from esafety_tui.flows.procedure.model import (
    FREEZING_CLASSES,
    ONE_OPTION_KINDS,
    Answer,
    IncidentClass,
    Option,
    Procedure,
    ProcedureEvent,
    Step,
    StepKind,
    StopEvent,
)
from esafety_tui.kernel.errors import BadInput

CaptureKind: TypeAlias = Literal["url", "screenshot", "file"]

_STRICTEST_FIRST = (IncidentClass.A, IncidentClass.UNSURE, IncidentClass.B, IncidentClass.C)
_WARY_CLASSES = FREEZING_CLASSES | {IncidentClass.B}
_GATE_TEXTS = {
    "two-seniors": "two senior members of staff",
    "designated-computer": "the designated computer",
    "watched": "the watched and recorded connection",
    "isolated": "the computer in question left alone",
}
_CAPTURE_TEXTS = {"url": "address", "screenshot": "screenshot", "file": "file"}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts that follow from the answers so far.

    Attributes:
        incident_class: the strictest class among the answers in force, or None before triage.
        advice_recorded: police advice that allows recording is in an answer in force, given
            since the class was last changed, since STOP, and since a crime or a doubt was last
            named. The same holds for ``cleared``; for ``carry_on`` the first two.
        gates: names of the gates whose every statement is confirmed.
        stopped: STOP was pressed at any time.
        frozen: stopped, or it was opened as class A or unsure, or any answer ever made it so.
        cleared: an answer in force says that nothing illegal was confirmed.
        carry_on: procedures of a new, linked incident that answers in force offer.
    """

    incident_class: IncidentClass | None = None
    advice_recorded: bool = False
    gates: frozenset[str] = frozenset()
    stopped: bool = False
    frozen: bool = False
    cleared: bool = False
    carry_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaptureRefusal:
    """Why nothing may be captured, and what to do instead: two sentences."""

    what: str
    do: str


def chosen_option(procedure: Procedure, answer: Answer) -> tuple[Step, Option | None]:
    """Return the step and, where one option was chosen, that option.

    Raises BadInput if the procedure has no such step or option: a fact must never be derived
    from an answer that belongs to another procedure.
    """
    if answer.step not in procedure:
        raise _foreign_answer_error(answer.step)
    step = procedure.get_step(answer.step)
    if step.kind not in ONE_OPTION_KINDS:
        return step, None
    option = step.find_option(answer.single_value("option"))
    if option is None:
        raise _foreign_answer_error(answer.step)
    return step, option


def derive_case_facts(
    procedure: Procedure, events: Sequence[ProcedureEvent], way: Collection[str] | None = None
) -> CaseFacts:
    """Return what ``events`` (oldest first, changes included) amount to. Raises BadInput.

    ``way``: steps on the way taken; what was said on another one neither advises nor clears.
    """
    heard = _tally_events(procedure, events)
    opened = {procedure.opens_as} - {None}
    gates: set[str] = set()
    options: list[tuple[Step, Option]] = []
    for answer in heard.in_force.values():
        step, option = chosen_option(procedure, answer)
        if option is not None:
            options.append((step, option))
        elif _passes_gate(step, answer):
            gates.update(step.gates)
    classes = {option.incident_class for _, option in options} | opened
    newer = [
        (s, o) for s, o in options if s.id in heard.still_counting and (way is None or s.id in way)
    ]
    calm = [o for s, o in newer if s.id in heard.undoubted_since and s.kind is StepKind.WAIT]
    offered = [o.carry_on for _, o in newer if o.carry_on and (o in calm or not o.cleared)]
    return CaseFacts(
        incident_class=next((c for c in _STRICTEST_FIRST if c in classes), None),
        advice_recorded=any(option.advice for option in calm),
        gates=frozenset(gates),
        stopped=heard.stopped,
        frozen=heard.stopped or bool((heard.classes_ever | opened) & FREEZING_CLASSES),
        cleared=any(option.cleared for option in calm),
        carry_on=tuple(dict.fromkeys(offered)),
    )


@dataclass(slots=True)
class _EventTally:
    """The content of the events, added up one after another.

    ``still_counting``: steps answered since STOP and since a class-giving answer was changed;
    ``undoubted_since``: of these, since a crime or a doubt was named. ``classes_ever``: every
    class ever given.
    """

    stopped: bool = False
    classes_ever: set[IncidentClass | None] = field(default_factory=set)
    in_force: dict[str, Answer] = field(default_factory=dict)
    still_counting: set[str] = field(default_factory=set)
    undoubted_since: set[str] = field(default_factory=set)


def _tally_events(procedure: Procedure, events: Sequence[ProcedureEvent]) -> _EventTally:
    heard = _EventTally()
    for event in events:
        if isinstance(event, StopEvent):
            heard.stopped = True
            heard.still_counting.clear()  # earlier answers were not about this
            heard.undoubted_since.clear()
            continue
        _, option = chosen_option(procedure, event)
        named = option.incident_class if option is not None else None
        heard.classes_ever.add(named)
        before = heard.in_force.get(event.step)
        if _changes_class(procedure, before, option):
            heard.still_counting.clear()  # the advice was given on other facts
            heard.undoubted_since.clear()
        elif before is None and named in _WARY_CLASSES:
            heard.undoubted_since.clear()
        heard.in_force[event.step] = event
        heard.still_counting.add(event.step)
        heard.undoubted_since.add(event.step)
    return heard


def _changes_class(procedure: Procedure, before: Answer | None, option: Option | None) -> bool:
    """Return whether another option replaces an answer, and one of the two gives a class."""
    was = chosen_option(procedure, before)[1] if before is not None else None
    if was is None or option is None or was is option:
        return False
    return was.incident_class is not None or option.incident_class is not None


def capture_refusal(known: CaseFacts, kind: CaptureKind) -> CaptureRefusal | None:
    """Return None if an address, screenshot or file may be taken, else why not."""
    thing = _CAPTURE_TEXTS[kind]
    words = "Write it down in words instead."
    if known.stopped:
        return CaptureRefusal(f"STOP was pressed: no {thing} can be taken in this incident.", words)
    if known.incident_class in FREEZING_CLASSES or known.frozen:
        return CaptureRefusal(f"This incident is frozen: no {thing} can be taken.", words)
    if known.incident_class is None:
        return CaptureRefusal(
            f"No {thing} can be taken before the first question is answered.",
            "Answer whether this could be against the law.",
        )
    if known.incident_class is IncidentClass.B and not known.advice_recorded:
        return CaptureRefusal(
            f"The police come first: no {thing} can be taken until they say so.",
            "Record what the police said, or write it down in words.",
        )
    missing = sorted(REQUIRED_GATES - known.gates)
    if missing:
        names = ", ".join(_GATE_TEXTS[gate] for gate in missing)
        return CaptureRefusal(
            f"No {thing} can be taken yet. Missing: {names}.", "Confirm these first."
        )
    return None


def _passes_gate(step: Step, answer: Answer) -> bool:
    """Return whether a gate is passed: every one of its statements is confirmed."""
    needed = {statement.key for statement in step.statements}
    return step.kind is StepKind.GATE and needed <= set(answer.list_values("confirmed"))


def _foreign_answer_error(step_id: str) -> BadInput:
    return BadInput(
        f"The recorded answer to step {step_id!r} does not belong to this procedure.",
        "Open the incident with the procedure it was started with.",
    )
