"""A screen to read beside a step: it scrolls by keys, answers nothing and leads back to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button

from esafety_tui.screens.base.case_frame import CaseFrame
from esafety_tui.screens.base.frame import make_command_button


class AsideScreen(CaseFrame[None]):
    """Subclasses yield ``middle()``. What was typed on the step is kept by whoever shows this."""

    AUTO_FOCUS = "#back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f2,f3", "back", "Back", key_display="Esc"),
        Binding("down", "turn(1)", "Read on", key_display="↑↓"),
        Binding("up", "turn(-1)", show=False),
        Binding("pagedown,space", "turn(12)", show=False),
        Binding("pageup", "turn(-12)", show=False),
        Binding("home", "edge(False)", show=False),
        Binding("end", "edge(True)", show=False),
    ]

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the way back."""
        yield make_command_button("Back to the step", "back", first=True)

    def action_back(self) -> None:
        """Go back to the step."""
        self.dismiss(None)

    def action_turn(self, lines: int) -> None:
        """Read on or back by so many lines; the button keeps the focus."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_edge(self, end: bool) -> None:
        """Go to the beginning or the end."""
        body = self.query_one("#body", VerticalScroll)
        body.scroll_to(y=body.max_scroll_y if end else 0, animate=False)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(None)
