"""F3: where an instruction comes from, who confirmed it, and what holds from here on.

Rule: it shows the policy and the procedure, nothing of the incident.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from textual.widget import Widget

from esafety_tui.guide.instruction_source import Part, list_source_parts
from esafety_tui.kernel.clock import LONDON
from esafety_tui.screens.base.case_frame import CaseContext
from esafety_tui.screens.dialogs.side_panel import AsideScreen
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.widgets.plain_text import Plain

WIDTH = 75


def indent_line(line: str) -> str:
    """Return a line as a paragraph that stands in from its heading."""
    return textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="  ")


class SourceScreen(AsideScreen):
    """The source of one instruction, part by part."""

    HELP = (
        "Where the instruction of this step comes from, and what holds from here on.\n"
        "A named person of the school confirms an instruction with: esafety flow confirm"
    )

    def __init__(self, bearings: CaseContext, question: str, parts: Iterable[Part]) -> None:
        super().__init__(bearings)
        self._question = question
        self._parts = tuple(parts)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the question, then each part."""
        yield Plain(self._question, classes="title")
        for heading, lines in self._parts:
            yield Plain(heading, classes="title gap")
            yield Plain("\n".join(indent_line(line) for line in lines))


async def show_instruction_source(incident: ScreenIncident) -> None:
    """Show the source beside the present step until the officers go back to it."""
    today = incident.shell.clock.read_clock().wall.astimezone(LONDON).date()
    parts = list_source_parts(
        incident.procedure, incident.profile, incident.state, today, incident.step_confirmation
    )
    await incident.shell.ask_screen(
        SourceScreen(incident.build_context(), incident.current_step.question, parts)
    )
