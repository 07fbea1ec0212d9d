"""A procedure as an outline that can be read aloud: one numbered step after another. Pure.

Rule: nothing is said by position or sign alone, and no line is longer than 76 columns. The content
of a box of a picture is put into words here, too, so that all forms of drawing say the same.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping

from esafety_tui.flows.drawing.chart import Chart, ChartArrow, ChartBox, build_chart
from esafety_tui.flows.procedure.model import (
    FORBIDDEN_ACT_TEXTS,
    ONE_OPTION_KINDS,
    IncidentClass,
    Option,
    Procedure,
    SourceStatus,
    Step,
    StepKind,
)
from esafety_tui.kernel.text import show_invisible

WIDTH = 76
DEEPEST_INDENT = 8
"""Partings of the way that are still shown by indenting."""

CLASS_TEXTS = {
    IncidentClass.A: "class A, never copied",
    IncidentClass.B: "class B, police first",
    IncidentClass.C: "class C, breaks our rules",
    IncidentClass.UNSURE: "not sure, advice first",
}
ILLEGAL_SIDE = "illegal side"

_SHORT = frozenset({"ceop", "dpo", "dsl", "ico", "iwf", "lado"})


def draw_outline(procedure: Procedure, taken: Collection[str] = ()) -> str:
    """Return the whole flowchart as text. ``taken``: ids of steps, marked as done."""
    drawn = build_chart(procedure)
    numbers = drawn.step_numbers()
    rows = list(
        _wrap_lines(f"{procedure.title} ({procedure.name}, version {procedure.version})", 0)
    )
    about = (
        f'{len(drawn.boxes)} steps. "-> step 4": this answer alone leads to step 4. '
        '"-> see 4": other ways lead there as well. '
        f"STOP, at any step -> see {numbers[procedure.after_stop]}, in words only."
    )
    rows += _wrap_lines(about, 0)
    ways: dict[str, list[ChartArrow]] = {}
    for arrow in drawn.arrows:
        ways.setdefault(arrow.source, []).append(arrow)
    arrives = _arrival_texts(drawn)
    for box in drawn.boxes:
        rows.append("")
        rows += _outline_box(
            box, ways.get(box.step.id, []), arrives, procedure.contacts, box.step.id in taken
        )
    return "\n".join(rows) + "\n"


def box_heading(box: ChartBox, done: bool = False) -> str:
    """Return kind, side and whether it is done: ``question; illegal side; done``."""
    marks = (str(box.step.kind), ILLEGAL_SIDE if box.illegal else "", "done" if done else "")
    return "; ".join(mark for mark in marks if mark)


def describe_step(step: Step) -> Iterator[str]:
    """Yield what a step takes, confirms, ticks and asks: short lines without numbers."""
    if step.is_capture:
        yield f"Captures {step.takes} ({', '.join(_allowed_class(c) for c in step.classes)})."
    if step.gates:
        yield f"Gate: {', '.join(gate.replace('-', ' ') for gate in step.gates)}."
    yield from (f"Confirm: {statement.text}" for statement in step.statements)
    if step.kind is StepKind.REFERRAL:
        yield f"Tell, each ticked: {'; '.join(o.label for o in step.options)}."
    elif step.options and step.kind not in ONE_OPTION_KINDS:
        yield f"Tick what is done: {'; '.join(o.label for o in step.options)}."
    if step.fields and not step.is_capture:
        again = "One after another: " if step.kind is StepKind.MANY else "Write down: "
        yield again + "; ".join(field.label for field in step.fields) + "."


def describe_effects(option: Option, contacts: Mapping[str, str]) -> str:
    """Return in brackets what an answer makes of the incident, "" for nothing.

    ``contacts``: what the school calls each kind of contact, as the procedure has it.
    """
    said = [CLASS_TEXTS[option.incident_class]] if option.incident_class else []
    said += ["police advice to record"] if option.advice else []
    said += ["nothing illegal confirmed"] if option.cleared else []
    said += [f"offers a new, linked incident: {option.carry_on}"] if option.carry_on else []
    said += [f"must be told: {_contact_names(option.tell, contacts)}"] if option.tell else []
    return f" [{'; '.join(said)}]" if said else ""


def _outline_box(
    box: ChartBox,
    ways: list[ChartArrow],
    arrives: dict[str, str],
    contacts: Mapping[str, str],
    done: bool,
) -> Iterator[str]:
    step, inside = box.step, 2 * min(box.depth, DEEPEST_INDENT)
    joins = "; several ways lead here" if box.joins else ""
    yield from _wrap_lines(f"{box.number}. {step.title} ({box_heading(box, done)}{joins})", inside)
    inside += 4
    yield from _wrap_lines(step.question, inside)
    for line in describe_step(step):
        yield from _wrap_lines(line, inside)
    if step.tell:
        yield from _wrap_lines(f"Must be told: {_contact_names(step.tell, contacts)}.", inside)
    if step.forbids:
        words = "; ".join(FORBIDDEN_ACT_TEXTS[what] for what in step.forbids)
        yield from _wrap_lines(f"From here on, do not: {words}.", inside)
    for line in _answer_lines(step, ways, arrives, contacts):
        yield from _wrap_lines(line, inside, 3)
    unsure = "" if step.status is SourceStatus.SOURCED else " (ask before you rely on it)"
    yield from _wrap_lines(f"Source: {step.source}{unsure}", inside)


def _answer_lines(
    step: Step, ways: list[ChartArrow], arrives: dict[str, str], contacts: Mapping[str, str]
) -> Iterator[str]:
    """Yield the answers as the screen numbers them, then the ways that no answer names."""
    leads = {option.key: arrives[arrow.target] for arrow in ways for option in arrow.options}
    if leads:
        for number, option in enumerate(step.options, 1):
            more = f" ({option.detail})" if option.detail else ""
            effects = describe_effects(option, contacts)
            yield f"{number}) {option.label}{more}{effects} {leads[option.key]}"
    for arrow in ways:
        if not arrow.options:
            yield f"{arrow.words} {arrives[arrow.target]}".lstrip()


def _arrival_texts(drawn: Chart) -> dict[str, str]:
    return {
        box.step.id: f"-> see {box.number}" if box.joins else f"-> step {box.number}"
        for box in drawn.boxes
    }


def _allowed_class(known: IncidentClass) -> str:
    return "class B with advice" if known is IncidentClass.B else str(known)


def _contact_names(kinds: Collection[str], contacts: Mapping[str, str]) -> str:
    """Return kinds of contact as the school calls them; in plain words where none is known."""
    plain = (kind.upper() if kind in _SHORT else kind.replace("-", " ") for kind in kinds)
    return ", ".join(contacts.get(kind, words) for kind, words in zip(kinds, plain, strict=True))


def _wrap_lines(text: str, indent: int, hanging: int = 0) -> Iterator[str]:
    lead = " " * indent
    for line in show_invisible(text, lines=True).split("\n"):
        yield from textwrap.wrap(
            line, WIDTH, initial_indent=lead, subsequent_indent=lead + " " * hanging,
            break_on_hyphens=False,
        ) or [""]  # fmt: skip
