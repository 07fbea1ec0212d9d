"""The STOP button, in the same corner of every screen and in every dialog.

It only asks the application to stop; what that means is not decided here.
"""

from __future__ import annotations

from typing import Self

from textual.content import Content
from textual.widgets import Button


class StopButton(Button):
    """A one-line button; Tab reaches it last."""

    def __init__(self) -> None:
        super().__init__(
            Content("[ STOP F10 ]"), id="stop", variant="error", compact=True, action="app.stop"
        )

    def press(self) -> Self:
        """Ask for STOP, and give the focus on: Enter after it must not ask for STOP once more."""
        pressed = super().press()
        self.screen.focus_next()
        return pressed
