"""The screen below everything: what is seen where one screen is gone and the next is not there yet.

It has the STOP button and the footer as every screen has, but the first screen does not wait for
widgets that it covers: they are made when that one is read, or when it goes sooner.
"""

from __future__ import annotations

from textual.app import ComposeResult

from esafety_tui.screens.base.frame import Frame

FILL_AFTER = 0.2
"""Seconds from the first screen's coming up to the making of the widgets below it."""


class Backdrop(Frame[None]):
    """An empty frame."""

    _filled = False
    _covered = False

    def compose(self) -> ComposeResult:
        """Yield nothing at first, then what every screen has."""
        if self._filled:
            yield from super().compose()

    def on_screen_suspend(self) -> None:
        """Another screen comes up."""
        if not self._covered:
            self._covered = True
            self.set_timer(FILL_AFTER, self._show_backdrop)

    def on_screen_resume(self) -> None:
        """In view with nothing over it."""
        if self._covered:
            self.call_next(self._show_backdrop)

    async def _show_backdrop(self) -> None:
        if not self._filled:
            self._filled = True
            await self.recompose()
