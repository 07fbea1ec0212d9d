"""F1: what this screen is for, and every key with its twin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.screens.base.frame import Frame, make_button_row, make_command_button
from esafety_tui.screens.widgets.plain_text import Plain

KEYS = """\
F10 or Ctrl+T   STOP: on every screen and in every dialog
F9  or Ctrl+N   Whom to call right now (the numbers)
F1  or Ctrl+G   This help (the guide)
F2, F3          The map of the flowchart; where an instruction comes from
Ctrl+L          Lock; either officer of the session reopens it
Tab, Shift+Tab  To the next or the previous line; STOP is the last stop
↑ ↓ or 1 to 9   Move the mark in a list; Enter goes on, Space ticks
Esc             Back; no answer that was given is lost
Ctrl+P          Every action by name, and other colours
Ctrl+Q          Leave; everything sealed is kept. Ctrl+C does nothing."""


class HelpScreen(Frame[None]):
    """Show the help of the screen below, then the keys."""

    AUTO_FOCUS = "#back"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return "Help", ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield help and keys."""
        if self._about:
            yield Plain(self._about, classes="title")
        yield Plain(KEYS)

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the way back."""
        yield make_button_row(make_command_button("Back to where I was", "back", first=True))

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _close_help(self) -> None:
        self.dismiss(None)
