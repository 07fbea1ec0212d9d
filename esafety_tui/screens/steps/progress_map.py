"""F2: the flowchart with the way taken, where we are, and what may still come.

Rule: how each step stands is said in words at its line; dimming only repeats it. It shows titles
and the words of answers chosen, nothing that was typed; it changes nothing. Numbers are those of
the drawn flowchart (flows.chart), so that screen and paper can be laid side by side.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from textual.containers import VerticalScroll
from textual.widget import Widget

from esafety_tui.flows.drawing.chart import ChartBox, build_chart
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import Answer, Procedure, Step
from esafety_tui.guide import progress_map
from esafety_tui.screens.base.case_frame import CaseContext
from esafety_tui.screens.dialogs.side_panel import AsideScreen
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.widgets.plain_text import Plain

WIDTH = 75
DEEPEST = 5
SIGNS = {
    progress_map.HERE: "▸",
    progress_map.DONE: "✓",
    progress_map.FIRST: "▹",
    progress_map.LEFT: "✗",
    progress_map.OFF: "-",
    progress_map.STOP: "-",
}
ABOUT = "Numbers are those of the drawn flowchart. ✓ done  ▸ you are here"


@dataclass(frozen=True, slots=True)
class MapRow:
    """One step on the map: its lines as shown, and how it stands in words."""

    step_id: str
    stands: str
    text: str

    @property
    def style_name(self) -> str:
        """Name of its style."""
        return {
            progress_map.HERE: "here",
            progress_map.OFF: "off",
            progress_map.STOP: "off",
            progress_map.LEFT: "off",
        }.get(self.stands, "on")


def list_map_rows(
    procedure: Procedure, state: engine.FlowState, times: Mapping[str, str] | None = None
) -> tuple[MapRow, ...]:
    """Return every step in the order of the drawn flowchart; ``times``: when each was answered."""
    drawn = build_chart(procedure)
    stands = progress_map.describe_standing(procedure, state)
    number = drawn.step_numbers()
    found = []
    for box in drawn.boxes:
        step_id = box.step.id
        when = (times or {}).get(step_id, "")
        lines = _format_step_lines(box, stands[step_id], state.answer_to_step(step_id), when)
        if step_id == state.at:
            lines += _list_next_steps(box.step, number, 4 + 2 * min(box.depth, DEEPEST))
        found.append(MapRow(step_id, stands[step_id], "\n".join(lines)))
    return tuple(found)


def _format_step_lines(box: ChartBox, stands: str, given: Answer | None, when: str) -> list[str]:
    """Return a step's line: sign, number, title, the answer's words, and how it stands."""
    inside = 2 * min(box.depth, DEEPEST)
    option = box.step.find_option(given.single_value("option")) if given is not None else None
    title = f"{box.step.title}: {option.label}" if option is not None else box.step.title
    told = f"{stands}, answered" if stands == progress_map.HERE and given else stands
    told = f"{told} {when}" if stands == progress_map.DONE and when else told
    left = f"{SIGNS.get(stands, ' ')} {box.number:>2} {' ' * inside}"
    room = WIDTH - len(left) - len(told) - 2
    first, *more = textwrap.wrap(title, max(room, 20)) or [""]
    gap = " " * (WIDTH - len(left) - len(first) - len(told))
    return [f"{left}{first}{gap}{told}", *(" " * len(left) + line for line in more)]


def _list_next_steps(step: Step, number: Mapping[str, int], inside: int) -> list[str]:
    """Return where each answer to the present step leads, or the one step that follows."""
    ways = []
    for place, option in enumerate(step.options, 1):
        if option.next or len(graph.follower_ids(step)) > 1:
            ways.append(f"{place}) {option.label} -> {number[option.next or step.next]}")
    if not ways and step.next:
        ways = [f"-> {number[step.next]}"]
    lead = " " * (inside + 1)
    return [
        line
        for way in ways
        for line in textwrap.wrap(way, WIDTH, initial_indent=lead, subsequent_indent=lead + "   ")
    ]


class ProgressMapScreen(AsideScreen):
    """The flowchart; the present step is brought into view."""

    HELP = (
        "The flowchart as your school has it. ✓ is done, ▸ is where you are.\n"
        "“not on this way”: your answers lead past it. Nothing is changed here.\n"
        "↑↓ and Page keys scroll; Home and End go to its ends. F3 at a step: its source."
    )

    def __init__(self, bearings: CaseContext, title: str, rows: Iterable[MapRow]) -> None:
        super().__init__(bearings)
        self._heading = title
        self._rows = tuple(rows)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the steps; those that stand the same way share one text."""
        yield Plain(self._heading, classes="title")
        yield Plain(ABOUT, classes="quiet")
        for style, same in groupby(self._rows, lambda row: row.style_name):
            yield Plain("\n".join(row.text for row in same), classes=style)

    def _focus_first_control(self) -> None:
        super()._focus_first_control()
        here = next(iter(self.query(".here")), None)
        if here is not None:
            body = self.query_one("#body", VerticalScroll)
            body.scroll_to_center(here, animate=False)


async def show_progress_map(incident: ScreenIncident) -> None:
    """Show the map beside the present step until the officers go back to it."""
    times = {given.step_id: given.at for given in incident.case.answers}
    drawn = list_map_rows(incident.procedure, incident.state, times)
    await incident.shell.ask_screen(
        ProgressMapScreen(incident.build_context(), incident.procedure.title, drawn)
    )
