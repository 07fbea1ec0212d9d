"""A screen to read, with one or two ways on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.screens.base.frame import Frame, make_button_row, make_command_button
from esafety_tui.screens.widgets.plain_text import Plain


class TextPageScreen(Frame[bool]):
    """Show a title and lines. True: go on. False: back (only where ``back`` names it)."""

    STYLED_BY_FRAME = True
    AUTO_FOCUS = "#go"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
        Binding("up", "turn(-1)", show=False),
        Binding("down", "turn(1)", show=False),
        Binding("pageup", "turn(-8)", show=False),
        Binding("pagedown", "turn(8)", show=False),
    ]

    def __init__(
        self, where: str, title: str, lines: Iterable[str], go: str = "Go on", back: str = ""
    ) -> None:
        super().__init__()
        self._where = where
        self._title_line = title
        self._lines = tuple(lines)
        self._go = go
        self._back = back

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield title and lines."""
        yield Plain(self._title_line, classes="title")
        yield Plain("\n".join(self._lines))

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        buttons = [make_command_button(self._go, "go", first=True)]
        if self._back:
            buttons.append(make_command_button(self._back, "back"))
        yield make_button_row(*buttons)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Esc only where there is a way back."""
        del parameters
        return action != "back" or bool(self._back)

    def action_back(self) -> None:
        """Leave by the second way."""
        self.dismiss(False)

    def action_turn(self, lines: int) -> None:
        """Read on, where there is more than fits; the buttons keep the focus."""
        self.query_one("#body").scroll_relative(y=lines, animate=False)

    @on(Button.Pressed, "#go")
    def _continue_reading(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(False)
