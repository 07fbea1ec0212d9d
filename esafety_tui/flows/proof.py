"""Claims a procedure must keep before anybody answers a question. Run in CI on all shipped ones.

Every way through the flowchart is walked, one option a question, with every gate confirmed and
every capture offered: the best case for a capture. The same :func:`effects.facts` that casework
enforces decide. The claims say nothing about wording being right, only that it fits the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from esafety_tui.kernel.errors import Refused

from . import graph
from .effects import REQUIRED_GATES, CaptureKind, CaseFacts, facts, may_capture
from .model import (
    FREEZING,
    Answer,
    IncidentClass,
    Kind,
    Option,
    Procedure,
    Status,
    Step,
    Stopped,
    given_answer,
)

WAYS_LIMIT = 20_000
COLUMNS, ROWS, TEXT_ROWS, TITLE = 76, 17, 4, 24

_MUST_TELL: Mapping[IncidentClass | None, frozenset[str]] = {
    IncidentClass.A: frozenset({"police", "dsl"}),
    IncidentClass.B: frozenset({"police", "dsl"}),
    IncidentClass.UNSURE: frozenset({"dsl"}),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim by name; ``breach`` is "" where it holds, else where it breaks first."""

    name: str
    breach: str = ""

    @property
    def holds(self) -> bool:
        """Whether no breach was found."""
        return not self.breach


@dataclass(frozen=True, slots=True)
class Way:
    """One way through: its steps and, for each capture step, the facts on arriving there."""

    steps: tuple[str, ...]
    captures: tuple[tuple[str, CaseFacts], ...]


def prove(procedure: Procedure) -> list[Claim]:
    """Return every claim with its first breach, if any."""
    ways = _some_ways(procedure)
    finders: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("every step is reachable", lambda: _unreachable(procedure)),
        ("every path ends", lambda: _endless(procedure)),
        (f"there are at most {WAYS_LIMIT:,} ways", lambda: _too_many(ways)),
        ("no capture in class A or while unsure", lambda: _frozen_captures(ways)),
        ("class B captures only on recorded advice", lambda: _unadvised(ways)),
        ("no capture before triage", lambda: _untriaged(ways)),
        ("gates dominate captures", lambda: _ungated(procedure)),
        ("a capture step is allowed where it stands", lambda: _refused(procedure, ways)),
        ("nothing is captured after STOP", lambda: _after_stop(procedure)),
        ("who must be told is named with the answer", lambda: _untold(procedure)),
        ("every way passes a review", lambda: _unreviewed(procedure)),
        ("what has no source says so", lambda: _unconfirmed(procedure)),
        ("every text fits 80x24", lambda: _too_big(procedure)),
    )
    return [Claim(name, next(iter(find()), "")) for name, find in finders]


def insist(procedure: Procedure) -> list[Claim]:
    """Return the claims if all hold. Raises Refused naming the first that does not."""
    claims = prove(procedure)
    for claim in claims:
        if not claim.holds:
            raise Refused(
                f"Procedure {procedure.name!r} breaks the rule “{claim.name}”: {claim.breach}.",
                "Correct the procedure before using it.",
            )
    return claims


def ways_through(procedure: Procedure) -> Iterator[Way]:
    """Yield every way from the first step to an end, one option of each question."""
    waiting: list[tuple[str, tuple[Answer, ...], Way]] = [(procedure.first, (), Way((), ()))]
    while waiting:
        step_id, events, way = waiting.pop()
        step = procedure.step(step_id)
        captures = way.captures
        if step.captures:
            captures = (*captures, (step_id, facts(procedure, events)))
        way = Way((*way.steps, step_id), captures)
        if not graph.followers(step):
            yield way
            continue
        for option in step.options if _asks_one(step) else (None,):
            after = option.next if option and option.next else step.next
            waiting.append((after, (*events, _best_answer(step, option)), way))


def _asks_one(step: Step) -> bool:
    return step.kind in {Kind.QUESTION, Kind.WAIT}


def _best_answer(step: Step, option: Option | None) -> Answer:
    if option is not None:
        return given_answer(step.id, {"option": option.key})
    return given_answer(step.id, {"confirmed": [statement.key for statement in step.statements]})


def _some_ways(procedure: Procedure) -> list[Way]:
    """Return all ways, or one more than the limit."""
    return [way for way, _ in zip(ways_through(procedure), range(WAYS_LIMIT + 1), strict=False)]


def _unreachable(procedure: Procedure) -> Iterator[str]:
    seen = graph.reached(procedure, procedure.first) | graph.reached(
        procedure, procedure.after_stop
    )
    yield from (f"step {step.id}" for step in procedure.steps if step.id not in seen)


def _endless(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps:
        if not graph.followers(step) and step.kind is not Kind.END:
            yield f"step {step.id}"


def _too_many(ways: list[Way]) -> Iterator[str]:
    if len(ways) > WAYS_LIMIT:
        yield "too many to prove"


def _frozen_captures(ways: list[Way]) -> Iterator[str]:
    for step_id, known in _arrivals(ways):
        if known.frozen or known.incident_class in FREEZING:
            yield f"step {step_id} in class {known.incident_class}"


def _unadvised(ways: list[Way]) -> Iterator[str]:
    for step_id, known in _arrivals(ways):
        if known.incident_class is IncidentClass.B and not known.advice_recorded:
            yield f"step {step_id}"


def _untriaged(ways: list[Way]) -> Iterator[str]:
    yield from (f"step {at}" for at, known in _arrivals(ways) if known.incident_class is None)


def _ungated(procedure: Procedure) -> Iterator[str]:
    """Without the steps of one gate, no capture may be reachable."""
    for gate in sorted(REQUIRED_GATES):
        closed = {step.id for step in procedure.steps if gate in step.gates}
        for step_id in sorted(graph.reached(procedure, procedure.first, closed)):
            if procedure.step(step_id).captures:
                yield f"step {step_id} is reached without {gate}"


def _refused(procedure: Procedure, ways: list[Way]) -> Iterator[str]:
    for step_id, known in _arrivals(ways):
        kinds: tuple[CaptureKind, ...] = ("url", "screenshot", "file")
        refused = any(may_capture(known, kind) for kind in kinds)
        if refused or known.incident_class not in procedure.step(step_id).classes:
            yield f"step {step_id} in class {known.incident_class}"


def _after_stop(procedure: Procedure) -> Iterator[str]:
    for step_id in sorted(graph.reached(procedure, procedure.after_stop)):
        if procedure.step(step_id).captures:
            yield f"step {step_id}"
    if may_capture(facts(procedure, (Stopped(),)), "file") is None:
        yield "STOP does not freeze"


def _untold(procedure: Procedure) -> Iterator[str]:
    """A and B name the police and the DSL, unsure the DSL, where they are answered."""
    for step in procedure.steps:
        for option in step.options:
            needed = _MUST_TELL.get(option.incident_class, frozenset())
            if needed - {*step.tell, *option.tell}:
                yield f"step {step.id}, option {option.key}"


def _unreviewed(procedure: Procedure) -> Iterator[str]:
    reviews = {step.id for step in procedure.steps if step.kind is Kind.REVIEW}
    for first in (procedure.first, procedure.after_stop):
        for step_id in sorted(graph.reached(procedure, first, reviews)):
            if procedure.step(step_id).kind is Kind.END:
                yield f"step {step_id} is reached without a review"


def _unconfirmed(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps:
        if (step.status is Status.TO_CONFIRM) != step.source.endswith("to be confirmed"):
            yield f"step {step.id}"


def _arrivals(ways: list[Way]) -> Iterator[tuple[str, CaseFacts]]:
    for way in ways:
        yield from way.captures


def _too_big(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps:
        texts = (step.question, step.why)
        lines = [line for text in texts for line in text.split("\n")]
        if any(text.count("\n") >= TEXT_ROWS for text in texts):
            yield f"step {step.id}: more than {TEXT_ROWS} lines"
        if any(len(line) > COLUMNS for line in (*lines, f"Source: {step.source}")):
            yield f"step {step.id}: a line over {COLUMNS} characters"
        if len(step.title) > TITLE:
            yield f"step {step.id}: a title over {TITLE} characters"
        if any(len(o.label) + len(o.detail) + 8 > COLUMNS for o in step.options):
            yield f"step {step.id}: an option too wide"
        if any(len(label) + 8 > COLUMNS for label in _labels(step)):
            yield f"step {step.id}: a label too wide"
        if len(lines) + len(step.options) + len(step.statements) + 2 * len(step.fields) > ROWS:
            yield f"step {step.id}: more than {ROWS} rows"


def _labels(step: Step) -> Iterator[str]:
    yield from (statement.text for statement in step.statements)
    for field in step.fields:
        yield field.label
        yield "   ".join(field.choices)
