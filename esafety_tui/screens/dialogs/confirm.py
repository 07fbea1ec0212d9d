"""Two small dialogs: a question with two answers, and trouble with what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import Dialog, command, commands
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

    def body(self) -> Iterable[Widget]:
        """Yield question and detail."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1])

    def foot(self) -> Iterable[Widget]:
        """Yield the two answers."""
        yield commands(command(self._words[3], "no", first=True), command(self._words[2], "yes"))

    def action_no(self) -> None:
        """Esc is the safe answer."""
        self.dismiss(False)

    @on(Button.Pressed, "#yes")
    def _yes(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#no")
    def _no(self) -> None:
        self.dismiss(False)


class Trouble(Dialog[None]):
    """Say what happened and what to do next."""

    AUTO_FOCUS = "#read"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "read", "Back", key_display="Esc")]

    def __init__(self, error: EvidenceError) -> None:
        super().__init__()
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Yield the two sentences."""
        yield Plain(f"✗ {self._error.what}", classes="title")
        yield Plain(self._error.do)

    def foot(self) -> Iterable[Widget]:
        """Yield the one button."""
        yield commands(command("I have read this", "read", first=True))

    def action_read(self) -> None:
        """Esc is as good as the button."""
        self.dismiss(None)

    @on(Button.Pressed, "#read")
    def _read(self) -> None:
        self.dismiss(None)
