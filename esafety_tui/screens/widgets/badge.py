"""The strip at the top: where we are, who is here, on which computer.

``HVS-2026-0007 · A. Bell + C. Dunne · LIB-PC-02 ✓    step 3 · next: who is told      STOP``
It holds what it is given. It is composed last on its screen, so that Tab reaches STOP last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.stop_button import StopButton

if TYPE_CHECKING:
    from esafety_tui.guide.ports import OfficerCard


def shorten_name(officer: OfficerCard) -> str:
    """Return ``A. Bell`` for ``Anna Bell``; a single name stays as it is."""
    parts = officer.name.split()
    return f"{parts[0][0]}. {parts[-1]}" if len(parts) > 1 else officer.name


def format_identity(
    reference: str, officers: tuple[OfficerCard, ...], machine: str, sound: bool
) -> str:
    """Return reference, officers and computer in one line; empty parts are left out.

    A computer that is not the designated one is said in words, not only by a sign.
    """
    people = " + ".join(shorten_name(o) for o in officers)
    computer = f"{machine} ✓" if sound else f"{machine} ✗ not the designated computer"
    return " · ".join(p for p in (reference, people, computer if machine else "") if p)


class OfficerBadge(Horizontal):
    """The header strip with the STOP button at its right end."""

    def __init__(self, left: str, right: str = "") -> None:
        super().__init__(id="badge")
        self._left = left
        self._right = right

    def compose(self) -> ComposeResult:
        yield Plain(self._left, id="badge-left")
        yield Plain(self._right, id="badge-right")
        yield StopButton()

    def show_left(self, text: str) -> None:
        """Replace the left part."""
        self.query_one("#badge-left", Plain).show_text(text)

    def show_right(self, text: str) -> None:
        """Replace the right part, for example the time or the step."""
        self.query_one("#badge-right", Plain).show_text(text)
