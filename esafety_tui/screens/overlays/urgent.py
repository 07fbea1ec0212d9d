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
from esafety_tui.screens.base.frame import (
    Frame,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.widgets.plain_text import Plain


class UrgentScreen(Frame[None]):
    """The call screen."""

    AUTO_FOCUS = "#back"
    HELP = "This screen works without signing in. Nothing is written down by looking at it."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return "Whom to call right now", ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the built-in lines and room for the school's numbers."""
        for line in URGENT_LINES:
            yield Plain(line.text, classes=f"line -{line.kind}")
        yield Plain(SCHOOL_NUMBERS, id="contacts", classes="after quiet")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the way back."""
        yield make_button_row(make_command_button("Back to where I was", "back", first=True))

    def on_mount(self) -> None:
        """Ask for the school's numbers behind the screen."""
        if self.screen_host.maybe_desk is not None:
            self._show_contact_numbers()

    @work(group="contacts")
    async def _show_contact_numbers(self) -> None:
        try:
            known = await call_in_thread(self.screen_host.desk.contacts)
        except EvidenceError:
            known = ()  # the sentence about the call sheet stays: it is the answer to this failure
        if known:
            lines = (f"{role}: {number}" for role, number in known)
            self.query_one("#contacts", Plain).show_text("\n".join(lines))

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(None)
