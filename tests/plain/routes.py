"""Ways through a procedure as answers in the engine's terms, made from the procedure itself.

``deep`` takes the option with the most steps after it, and so comes past the captures; ``first``
takes the first option everywhere. Values are invented and of the kind each field asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import (
    CLOSING_KINDS,
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    CaptureContent,
    FieldCheck,
    Option,
    Procedure,
    Step,
    StepField,
    StepKind,
)

Values: TypeAlias = dict[str, str | tuple[str, ...]]
Way: TypeAlias = Literal["deep", "first"]
WORDS = {
    FieldCheck.NAME: "Gwen Example",
    FieldCheck.WHEN: "20 Nov 2026 15:40 GMT",
    FieldCheck.NUMBER: "3",
    FieldCheck.URL: "https://forum.example.net/t/88213",
    FieldCheck.TEXT: "Invented words, \u201cquoted\u201d.\nA second line: stop here",
    FieldCheck.STATEMENT: "told: \u201cthey wrote it again\u201d\nthink: perhaps twice",
}


@dataclass(frozen=True)
class Leg:
    """One step of a way: what is answered, and the things taken before that."""

    step: Step
    values: Values
    items: tuple[Values, ...] = field(default=())


def value(asked: StepField) -> str:
    """Return an invented value for a field."""
    return asked.choices[-1] if asked.choices else WORDS[asked.check]


def fields(asked: Sequence[StepField]) -> Values:
    """Return an invented value for each field."""
    return {f.name: value(f) for f in asked}


def way(procedure: Procedure, which: Way, *, close: bool = False) -> Iterator[Leg]:
    """Yield the legs from the first step to before the end. ``close``: signed and exported."""
    state = engine.start_procedure(procedure)
    while True:
        step = engine.current_step(procedure, state)
        if step.kind is StepKind.END:
            return
        leg = _leg(procedure, step, which, close=close)
        yield leg
        after = engine.answer_step(procedure, state, step.id, leg.values)
        assert isinstance(after, engine.FlowState), (step.id, after)
        state = after


def _leg(procedure: Procedure, step: Step, which: Way, *, close: bool) -> Leg:
    if step.kind in (StepKind.SIGN, StepKind.EXPORT) and not close:
        return Leg(step, {"done": "none", "why_none": "Left for another day"})
    if step.kind in CLOSING_KINDS:
        return Leg(step, {"done": "yes"})
    if step.kind is StepKind.MANY:
        return Leg(step, {"done": "yes"}, (fields(step.fields), fields(step.fields)))
    if step.kind is StepKind.CAPTURE:
        return Leg(step, {"done": "yes"}, _things(step))
    values: Values = {}
    if step.kind is StepKind.GATE:
        values["confirmed"] = tuple(s.key for s in step.statements)
    elif step.kind in ONE_OPTION_KINDS:
        values["option"] = _option(procedure, step, which).key
    elif step.kind in TICKED_KINDS:
        values["options"] = tuple(o.key for o in step.options[:2])
    return Leg(step, {**values, **fields(step.fields)})


def _option(procedure: Procedure, step: Step, which: Way) -> Option:
    if which == "first":
        return step.options[0]
    return max(
        step.options, key=lambda o: graph.longest_path_length(procedure, o.next or step.next)
    )


def _things(step: Step) -> tuple[Values, ...]:
    if step.takes is CaptureContent.FILES:
        return ({"path": "messages.txt", "description": "Invented messages",
                 "provenance": "Written for practice"},)  # fmt: skip
    other = "https://xn--pple-43d.example.com/in"
    return (
        {"url": WORDS[FieldCheck.URL], "concern": "Insults, stop", "known": "was told"},
        {"url": other, "concern": "Imitates", "known": "both"},
    )
