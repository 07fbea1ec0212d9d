"""What the answers allow: derived from the procedure and the recorded events alone.

Casework calls :func:`facts` and :func:`may_capture` itself, whatever a screen showed. Rule: never
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
    FREEZING,
    ONE_OPTION,
    Answer,
    Event,
    IncidentClass,
    Kind,
    Option,
    Procedure,
    Step,
    Stopped,
)
from esafety_tui.kernel.errors import BadInput

CaptureKind: TypeAlias = Literal["url", "screenshot", "file"]

_STRICTEST_FIRST = (IncidentClass.A, IncidentClass.UNSURE, IncidentClass.B, IncidentClass.C)
_WARY = FREEZING | {IncidentClass.B}
_GATE_WORDS = {
    "two-seniors": "two senior members of staff",
    "designated-computer": "the designated computer",
    "watched": "the watched and recorded connection",
    "isolated": "the computer in question left alone",
}
_CAPTURE_WORDS = {"url": "address", "screenshot": "screenshot", "file": "file"}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the answers so far amount to.

    Attributes:
        incident_class: the strictest class among the answers in force, or None before triage.
        advice_recorded: police advice that allows recording stands in an answer in force, given
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
class Refusal:
    """Why nothing may be captured, and what to do instead: two sentences."""

    what: str
    do: str


def chosen(procedure: Procedure, answer: Answer) -> tuple[Step, Option | None]:
    """Return the step and, where one option was chosen, that option.

    Raises BadInput if the procedure has no such step or option: a fact must never be derived
    from an answer that belongs to another procedure.
    """
    if answer.step not in procedure:
        raise _foreign(answer.step)
    step = procedure.step(answer.step)
    if step.kind not in ONE_OPTION:
        return step, None
    option = step.option(answer.one("option"))
    if option is None:
        raise _foreign(answer.step)
    return step, option


def facts(
    procedure: Procedure, events: Sequence[Event], way: Collection[str] | None = None
) -> CaseFacts:
    """Return what ``events`` (oldest first, changes included) amount to. Raises BadInput.

    ``way``: steps on the way taken; what was said on another one neither advises nor clears.
    """
    heard = _heard(procedure, events)
    opened = {procedure.opens_as} - {None}
    gates: set[str] = set()
    options: list[tuple[Step, Option]] = []
    for answer in heard.in_force.values():
        step, option = chosen(procedure, answer)
        if option is not None:
            options.append((step, option))
        elif _confirms(step, answer):
            gates.update(step.gates)
    classes = {option.incident_class for _, option in options} | opened
    newer = [(s, o) for s, o in options if s.id in heard.said and (way is None or s.id in way)]
    calm = [o for s, o in newer if s.id in heard.calm and s.kind is Kind.WAIT]
    offered = [o.carry_on for _, o in newer if o.carry_on and (o in calm or not o.cleared)]
    return CaseFacts(
        incident_class=next((c for c in _STRICTEST_FIRST if c in classes), None),
        advice_recorded=any(option.advice for option in calm),
        gates=frozenset(gates),
        stopped=heard.stopped,
        frozen=heard.stopped or bool((heard.ever | opened) & FREEZING),
        cleared=any(option.cleared for option in calm),
        carry_on=tuple(dict.fromkeys(offered)),
    )


@dataclass(slots=True)
class _Heard:
    """What the events said, one after another.

    ``said``: steps answered since STOP and since an answer that gives a class was changed;
    ``calm``: of these, since a crime or a doubt was named. ``ever``: every class ever given.
    """

    stopped: bool = False
    ever: set[IncidentClass | None] = field(default_factory=set)
    in_force: dict[str, Answer] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    calm: set[str] = field(default_factory=set)


def _heard(procedure: Procedure, events: Sequence[Event]) -> _Heard:
    heard = _Heard()
    for event in events:
        if isinstance(event, Stopped):
            heard.stopped = True
            heard.said.clear()  # whatever was said before was not said of this
            heard.calm.clear()
            continue
        _, option = chosen(procedure, event)
        named = option.incident_class if option is not None else None
        heard.ever.add(named)
        before = heard.in_force.get(event.step)
        if _reclassed(procedure, before, option):
            heard.said.clear()  # whoever gave advice was told something else
            heard.calm.clear()
        elif before is None and named in _WARY:
            heard.calm.clear()
        heard.in_force[event.step] = event
        heard.said.add(event.step)
        heard.calm.add(event.step)
    return heard


def _reclassed(procedure: Procedure, before: Answer | None, option: Option | None) -> bool:
    """Whether another option takes the place of an answer, and one of the two gives a class."""
    was = chosen(procedure, before)[1] if before is not None else None
    if was is None or option is None or was is option:
        return False
    return was.incident_class is not None or option.incident_class is not None


def may_capture(known: CaseFacts, kind: CaptureKind) -> Refusal | None:
    """Return None if an address, screenshot or file may be taken, else why not."""
    thing = _CAPTURE_WORDS[kind]
    words = "Write it down in words instead."
    if known.stopped:
        return Refusal(f"STOP was pressed: no {thing} can be taken in this incident.", words)
    if known.incident_class in FREEZING or known.frozen:
        return Refusal(f"This incident is frozen: no {thing} can be taken.", words)
    if known.incident_class is None:
        return Refusal(
            f"No {thing} can be taken before the first question is answered.",
            "Answer whether this could be against the law.",
        )
    if known.incident_class is IncidentClass.B and not known.advice_recorded:
        return Refusal(
            f"The police come first: no {thing} can be taken until they say so.",
            "Record what the police said, or write it down in words.",
        )
    missing = sorted(REQUIRED_GATES - known.gates)
    if missing:
        names = ", ".join(_GATE_WORDS[gate] for gate in missing)
        return Refusal(f"No {thing} can be taken yet. Missing: {names}.", "Confirm these first.")
    return None


def _confirms(step: Step, answer: Answer) -> bool:
    """Whether a gate is passed: every one of its statements is confirmed."""
    needed = {statement.key for statement in step.statements}
    return step.kind is Kind.GATE and needed <= set(answer.many("confirmed"))


def _foreign(step_id: str) -> BadInput:
    return BadInput(
        f"The recorded answer to step {step_id!r} does not belong to this procedure.",
        "Open the incident with the procedure it was started with.",
    )
