"""Whom to call right now, and what not to do. Needs no vault, no login and no desk.

Rule: 999 and 101 are always here. The school's own numbers are shown while the vault is open;
if they cannot be read, the screen says where else they stand instead of failing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.flows.procedure.urgent_steps import URGENT_LINES
from esafety_tui.guide.shared_text import SCHOOL_NUMBERS
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import Frame, command, commands, in_thread
from esafety_tui.screens.widgets.plain_text import Plain


class UrgentScreen(Frame[None]):
    """The call screen."""

    AUTO_FOCUS = "#back"
    HELP = "This screen works without signing in. Nothing is written down by looking at it."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def strip(self) -> tuple[str, str]:
        """Say where we are."""
        return "Whom to call right now", ""

    def body(self) -> Iterable[Widget]:
        """Yield the built-in lines and room for the school's numbers."""
        for line in URGENT_LINES:
            yield Plain(line.text, classes=f"line -{line.kind}")
        yield Plain(SCHOOL_NUMBERS, id="contacts", classes="after quiet")

    def foot(self) -> Iterable[Widget]:
        """Yield the way back."""
        yield commands(command("Back to where I was", "back", first=True))

    def on_mount(self) -> None:
        """Ask for the school's numbers behind the screen."""
        if self.shell.maybe_desk is not None:
            self._numbers()

    @work(group="contacts")
    async def _numbers(self) -> None:
        try:
            known = await in_thread(self.shell.desk.contacts)
        except EvidenceError:
            known = ()  # the sentence about the call sheet stays: it is the answer to this failure
        if known:
            lines = (f"{role}: {number}" for role, number in known)
            self.query_one("#contacts", Plain).say("\n".join(lines))

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)
