"""Two small dialogs: a question with two answers, and trouble with what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import Dialog, make_button_row, make_command_button
from esafety_tui.screens.widgets.plain_text import Plain


class Confirm(Dialog[bool]):
    """Ask one thing; True only if the first button is pressed. The safe answer has the focus."""

    CONFIRMS_LEAVING = True
    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "no", "Back", key_display="Esc"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, detail: str, yes: str, no: str) -> None:
        super().__init__()
        self._words = (question, detail, yes, no)

    def compose_body(self) -> Iterable[Widget]:
        """Yield question and detail."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1])

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the two answers."""
        yield make_button_row(
            make_command_button(self._words[3], "no", first=True),
            make_command_button(self._words[2], "yes"),
        )

    def action_no(self) -> None:
        """Esc is the safe answer."""
        self.dismiss(False)

    @on(Button.Pressed, "#yes")
    def _answer_yes(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#no")
    def _answer_no(self) -> None:
        self.dismiss(False)


class Trouble(Dialog[None]):
    """Say what happened and what to do next."""

    AUTO_FOCUS = "#read"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "read", "Back", key_display="Esc")]

    def __init__(self, error: EvidenceError) -> None:
        super().__init__()
        self._error = error

    def compose_body(self) -> Iterable[Widget]:
        """Yield the two sentences."""
        yield Plain(f"✗ {self._error.what}", classes="title")
        yield Plain(self._error.do)

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the one button."""
        yield make_button_row(make_command_button("I have read this", "read", first=True))

    def action_read(self) -> None:
        """Esc is as good as the button."""
        self.dismiss(None)

    @on(Button.Pressed, "#read")
    def _dismiss_trouble(self) -> None:
        self.dismiss(None)
