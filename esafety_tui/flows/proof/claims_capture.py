"""Claims on capturing: never before, never without, never after. Source: domain of the policies.

Each function yields the breaches of one claim; its docstring says why it is claimed and from where.
The best case for a capture is walked, so what holds here holds for every careless way, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.effects import (
    CaptureKind,
    CaseFacts,
    capture_refusal,
    derive_case_facts,
)
from esafety_tui.flows.procedure.enums import REQUIRED_GATES
from esafety_tui.flows.procedure.model import (
    FREEZING_CLASSES,
    Answer,
    ForbiddenAct,
    IncidentClass,
    Procedure,
    Step,
    StepKind,
    StopEvent,
    build_answer,
)
from esafety_tui.flows.proof.proof_paths import (
    ArrivalSearch,
    Breach,
    PathLeg,
    ProofPath,
    ProofSubject,
)

_STRICTEST_FIRST = (IncidentClass.A, IncidentClass.UNSURE, IncidentClass.B, IncidentClass.C, None)
_CAPTURE_KINDS: tuple[CaptureKind, ...] = ("url", "screenshot", "file")
_ALL_CHECKED = 1_000
_LOOKING_ACTS = frozenset({ForbiddenAct.LOOK, ForbiddenAct.COPY})


class ArrivalFacts(NamedTuple):
    """The facts on arriving at a step, worked out here and not by effects."""

    strictest: IncidentClass | None
    advice: bool = False
    gates: frozenset[str] = frozenset()
    blind: bool = False


def facts_after_step(known: ArrivalFacts, leg: PathLeg) -> ArrivalFacts:
    """Return what is known behind a step."""
    step, option = leg
    named = option.incident_class if option else None
    advice = bool(step.kind is StepKind.WAIT and option and option.advice)
    return ArrivalFacts(
        min(known.strictest, named, key=_STRICTEST_FIRST.index),
        # Nobody was asked about a crime that was named after the advice.
        advice or (known.advice and named in (None, IncidentClass.C)),
        known.gates.union(step.gates if step.kind is StepKind.GATE else ()),
        known.blind or bool(_LOOKING_ACTS & set(step.forbids)),
    )


@lru_cache(maxsize=4)
def _search_arrivals(procedure: Procedure) -> ArrivalSearch[ArrivalFacts]:
    return ArrivalSearch(
        procedure, procedure.first, ArrivalFacts(procedure.opens_as), facts_after_step
    )


def _capture_arrivals(subject: ProofSubject) -> Iterator[tuple[Step, ArrivalFacts]]:
    for step, known in _search_arrivals(subject.procedure).list_arrivals():
        if step.is_capture:
            yield step, known


def _breach_on_arrival(
    subject: ProofSubject, step: Step, known: ArrivalFacts, words: str
) -> Breach:
    """Return the breach with a way that arrives there; looked for now, not for every arrival."""
    return Breach(
        f"step {step.id} {words}", _search_arrivals(subject.procedure).path_to_arrival(step, known)
    )


def find_untriaged_capture(subject: ProofSubject) -> Iterator[Breach]:
    """Nobody looks before it is asked whether it could be against the law.

    Source: review first and classify later is the gravest mistake; Kent model clause.
    """
    for step, known in _capture_arrivals(subject):
        if known.strictest is None:
            yield _breach_on_arrival(subject, step, known, "captures in no class")


def find_class_a_capture(subject: ProofSubject) -> Iterator[Breach]:
    """Sexual images and terrorist material are never copied.

    Source: Protection of Children Act 1978 s.1: a copy is a new offence.
    """
    for step, known in _capture_arrivals(subject):
        if known.strictest is IncidentClass.A:
            yield _breach_on_arrival(subject, step, known, "captures in class A")


def find_unsure_capture(subject: ProofSubject) -> Iterator[Breach]:
    """In doubt, advice comes first.

    Source: unsure whether it is a crime means advice first, not review (Kent model clause).
    """
    for step, known in _capture_arrivals(subject):
        if known.strictest is IncidentClass.UNSURE:
            yield _breach_on_arrival(subject, step, known, "captures while unsure")


def find_unadvised_capture(subject: ProofSubject) -> Iterator[Breach]:
    """In class B the police come first, and what they said is written down.

    Source: the illegal side of the flowchart; recording only on police advice.
    """
    for step, known in _capture_arrivals(subject):
        if known.strictest is IncidentClass.B and not known.advice:
            yield _breach_on_arrival(
                subject, step, known, "captures in class B without recorded advice"
            )


def find_ungated_capture(subject: ProofSubject, gate: str) -> Iterator[Breach]:
    """Every way to a capture passes a step of this gate: without those steps there is none.

    Source: two senior people, one designated computer that the police could take, a watched and
    recorded connection, the computer in question left alone (policy, "Other Incidents").
    """
    closed = [s.id for s in subject.procedure.steps if s.kind is StepKind.GATE and gate in s.gates]
    for step in subject.capture_steps:
        way = subject.find_path_avoiding(subject.procedure.first, closed, step.id)
        if way is not None:
            yield Breach(f"step {step.id} is reached without the gate {gate}", way)


def find_capture_after_stop(subject: ProofSubject) -> Iterator[Breach]:
    """STOP ends all looking and taking.

    Source: STOP is live at every step; halt and refer to the police (policy, "Other Incidents").
    """
    for step in subject.capture_steps:
        way = subject.find_path_avoiding(subject.procedure.after_stop, (), step.id)
        if way is not None:
            yield Breach(f"step {step.id} can be reached after STOP", way)


def find_forbidden_capture(subject: ProofSubject) -> Iterator[Breach]:
    """Where looking or copying was forbidden, nothing is captured from there on.

    Source: what a step forbids holds "from here on" (docs/procedures.md section 1).
    """
    for step, known in _capture_arrivals(subject):
        if known.blind or _LOOKING_ACTS & set(step.forbids):
            yield _breach_on_arrival(
                subject, step, known, "captures what nobody may look at or copy"
            )


def find_misplaced_capture(subject: ProofSubject) -> Iterator[Breach]:
    """A capture step stands where its own classes allow it, so nobody meets a closed door.

    Source: each capture names the class it is allowed in (docs/procedures.md section 1).
    """
    for step, known in _capture_arrivals(subject):
        if known.strictest not in step.classes:
            yield _breach_on_arrival(
                subject, step, known, f"is reached in class {known.strictest or 'none'}"
            )


def find_lone_capture(subject: ProofSubject) -> Iterator[Breach]:
    """One officer alone writes words and captures nothing.

    Source: more than one senior member of staff, for their own protection (SWGfL policy template).
    """
    if subject.procedure.alone:
        yield from (Breach(f"step {step.id} captures") for step in subject.capture_steps)


def find_unpermitted_capture(subject: ProofSubject) -> Iterator[Breach]:
    """Where the policy forbids the school to look for itself, there is no capture at all.

    Source: review_allowed of the profile (docs/procedures.md sections 2 and 4).
    """
    if not subject.profile.review_allowed:
        for step in subject.capture_steps:
            way = subject.find_path_avoiding(subject.procedure.first, (), step.id)
            if way is not None:
                yield Breach(f"step {step.id} captures in a school that may not review", way)


def find_disagreement(subject: ProofSubject) -> Iterator[Breach]:
    """What casework enforces says the same as the flowchart, on every arrival.

    Of more than a thousand arrivals, those after the thousandth that know the same are taken once.
    The facts that casework derives from the answers are compared with what is worked out here; the
    engine has to arrive at the very step; and after STOP, or frozen, it has to refuse.
    Source: rights are enforced by casework, whatever a screen or a file says.
    """
    walk = _search_arrivals(subject.procedure)
    looked: set[ArrivalFacts] = set()
    count = 0
    for step, known in walk.list_arrivals():
        if step.is_capture or step.kind is StepKind.END:
            count += 1
            if count > _ALL_CHECKED and known in looked:
                continue
            looked.add(known)
            way = walk.path_to_arrival(step, known)
            words = _describe_disagreement(subject.procedure, known, way)
            if words:
                yield Breach(f"step {step.id}: {words}", way)


def _describe_disagreement(procedure: Procedure, known: ArrivalFacts, way: ProofPath) -> str:
    step, events = way[-1].step, tuple(_best_case_answer(leg) for leg in way[:-1])
    found = derive_case_facts(procedure, events)
    frozen = known.strictest in FREEZING_CLASSES
    seen = (found.incident_class, found.advice_recorded, found.gates, found.frozen)
    if seen != (known.strictest, known.advice, known.gates, frozen):
        return "casework knows something else than the flowchart"
    if not all(_refuses_each_kind(derive_case_facts(procedure, (*events, StopEvent())))):
        return "STOP does not refuse a capture"
    if frozen and not all(_refuses_each_kind(found)):
        return "a frozen incident does not refuse a capture"
    if step.is_capture and any(_refuses_each_kind(found)):
        return "casework refuses what the flowchart offers"
    state = engine.FlowState(procedure.digest, step.id, events, (), events)
    if engine.steps_on_path(procedure, state)[-1] != step.id:
        return "the engine does not arrive here"
    return ""


def _refuses_each_kind(known: CaseFacts) -> list[bool]:
    return [capture_refusal(known, kind) is not None for kind in _CAPTURE_KINDS]


def _best_case_answer(leg: PathLeg) -> Answer:
    step, option = leg
    if option is not None:
        return build_answer(step.id, {"option": option.key})
    return build_answer(step.id, {"confirmed": [statement.key for statement in step.statements]})


GATE_CLAIMS = {
    "two-seniors": "two senior people before every capture",
    "designated-computer": "the designated computer before every capture",
    "watched": "a watched connection before every capture",
    "isolated": "the computer in question left alone before every capture",
}
"""Name of the claim on each gate of REQUIRED_GATES."""
if set(GATE_CLAIMS) != REQUIRED_GATES:
    raise AssertionError("a gate has no claim")
