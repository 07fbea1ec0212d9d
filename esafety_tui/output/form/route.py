"""The route taken through the flowchart, and what is still missing, as tables on the form.

Draws what the view contains. It judges no answer and leaves no step out.
"""

from __future__ import annotations

from esafety_tui.output.form.blocks import (
    Block,
    cell_parts,
    framed_box,
    ruled_table,
    section_heading,
    vertical_gap,
)
from esafety_tui.output.form.lettering import paragraph
from esafety_tui.output.form.view import FormView, RouteStep, utc_and_uk_times

TO_CONFIRM = "to be confirmed"
EXPLAINED = (
    "Time is that of the answer. Spent is the time from when the step was on the screen to the "
    "answer, by a clock that does not follow the time of day; a locked screen and sleep count. "
    "Source says where the instruction comes from."
)


def route_section(view: FormView) -> list[Block]:
    """Return the section on the route taken, with the steps left out and why."""
    rows: list[list[list[Block]]] = [
        [
            [paragraph(str(step.number), "strong"), paragraph(f"#{step.seq}", "small")],
            _question_parts(step),
            cell_parts("\n".join(utc_and_uk_times(step.when)), "small"),
            cell_parts(step.spent, "small"),
            _source_parts(step),
        ]
        for step in view.route
    ]  # fmt: skip
    story = [
        *section_heading("Route taken"),
        ruled_table(
            ("Step", "What was asked, and what was chosen", "Time", "Spent", "Source"),
            rows,
            (0.08, 0.46, 0.15, 0.11, 0.2),
            "No step was answered.",
        ),
    ]
    if rows:
        story += [vertical_gap(1.5), paragraph(EXPLAINED, "small")]
    return story + _skipped_section(view)


def _question_parts(step: RouteStep) -> list[Block]:
    told = [*cell_parts(step.question, "small"), *cell_parts(step.choice, "label")]
    if step.reason:
        told += cell_parts(f"Changed, because: {step.reason}", "small")
    for note in step.notes:
        told += cell_parts(note, "small")
    return told


def _source_parts(step: RouteStep) -> list[Block]:
    mark = step.to_confirm and TO_CONFIRM not in step.source
    return cell_parts(f"{step.source}\n{TO_CONFIRM}" if mark else step.source, "small")


def _skipped_section(view: FormView) -> list[Block]:
    rows: list[list[list[Block]]] = [
        [
            [paragraph(str(s.number), "strong")],
            cell_parts(s.question, "small"),
            cell_parts(s.skipped, "small"),
        ]
        for s in view.route
        if s.skipped
    ]
    if not rows:
        return []
    titles = ("Step", "What was asked", "Why nothing was given")
    return [*section_heading("Steps left out"), ruled_table(titles, rows, (0.08, 0.46, 0.46), "")]


def readiness_section(view: FormView) -> list[Block]:
    """Return what the police would still ask for and why it was sealed, nothing if complete."""
    if not view.missing:
        return []
    lines: list[Block] = [paragraph("Sealed although something is missing", "alarm")]
    listed = "\n".join(f"{number}. {what}" for number, what in enumerate(view.missing, 1))
    lines += cell_parts(listed, "small")
    lines += cell_parts(f"Reason: {view.why_sealed}", "body")
    return [*section_heading("What is still missing"), framed_box(lines, alarm=True)]
