"""The route taken through the flowchart, and what is still missing, as tables on the form.

Draws what stands in the view. It judges no answer and leaves no step out.
"""

from __future__ import annotations

from esafety_tui.output.form.blocks import Block, boxed, cell, gap, heading, table
from esafety_tui.output.form.lettering import para
from esafety_tui.output.form.view import FormView, RouteStep, two_times

TO_CONFIRM = "to be confirmed"
EXPLAINED = (
    "Time is that of the answer. Spent is the time from when the step was on the screen to the "
    "answer, by a clock that does not follow the time of day; a locked screen and sleep count. "
    "Source says where the instruction comes from."
)


def route(view: FormView) -> list[Block]:
    """Return the section on the route taken, with the steps left out and why."""
    rows: list[list[list[Block]]] = [
        [
            [para(str(step.number), "strong"), para(f"#{step.seq}", "small")],
            _asked(step),
            cell("\n".join(two_times(step.when)), "small"),
            cell(step.spent, "small"),
            _source(step),
        ]
        for step in view.route
    ]  # fmt: skip
    story = [
        *heading("Route taken"),
        table(
            ("Step", "What was asked, and what was chosen", "Time", "Spent", "Source"),
            rows,
            (0.08, 0.46, 0.15, 0.11, 0.2),
            "No step was answered.",
        ),
    ]
    if rows:
        story += [gap(1.5), para(EXPLAINED, "small")]
    return story + _left_out(view)


def _asked(step: RouteStep) -> list[Block]:
    told = [*cell(step.question, "small"), *cell(step.choice, "label")]
    if step.reason:
        told += cell(f"Changed, because: {step.reason}", "small")
    for note in step.notes:
        told += cell(note, "small")
    return told


def _source(step: RouteStep) -> list[Block]:
    mark = step.to_confirm and TO_CONFIRM not in step.source
    return cell(f"{step.source}\n{TO_CONFIRM}" if mark else step.source, "small")


def _left_out(view: FormView) -> list[Block]:
    rows: list[list[list[Block]]] = [
        [[para(str(s.number), "strong")], cell(s.question, "small"), cell(s.skipped, "small")]
        for s in view.route
        if s.skipped
    ]
    if not rows:
        return []
    titles = ("Step", "What was asked", "Why nothing was given")
    return [*heading("Steps left out"), table(titles, rows, (0.08, 0.46, 0.46), "")]


def readiness(view: FormView) -> list[Block]:
    """Return what the police would still ask for and why it was sealed, nothing if complete."""
    if not view.missing:
        return []
    lines: list[Block] = [para("Sealed although something is missing", "alarm")]
    listed = "\n".join(f"{number}. {what}" for number, what in enumerate(view.missing, 1))
    lines += cell(listed, "small")
    lines += cell(f"Reason: {view.why_sealed}", "body")
    return [*heading("What is still missing"), boxed(lines, alarm=True)]
