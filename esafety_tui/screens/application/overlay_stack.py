"""What stands over the work: STOP, whom to call, help, the lock; and asking with none of them up.

Rule: the work waits below whatever covers it. A key is meant for a screen that stands: one pressed
before a screen has its widgets does nothing there. It does not say which screen is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.screen import Screen
from textual.theme import ThemeProvider

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import SHEETS, ReturningScreen, ScreenHost

T = TypeVar("T")


class Palette(CommandPalette, ReturningScreen[None]):
    """Textual's palette, which leaves as every screen here does.

    Its own way off takes away whatever is in view: the lock, if that came up meanwhile. And it has
    no id: a second one while the first is on its way off would close the program.
    """


class OverlayStack(ScreenHost):
    """The part of the application that puts screens up and takes them off."""

    def __init__(self) -> None:
        super().__init__()
        self._over: list[Screen[Any]] = []
        self._uncovered = asyncio.Event()
        self._uncovered.set()
        self._sheets_read = False

    def read_style_sheets(self) -> None:
        """Read the style sheets that the first screen did not need, once."""
        if not self._sheets_read:
            self._sheets_read = True
            rest = "\n".join(sheet.read_text("utf-8") for sheet in SHEETS[1:])
            # As one: Textual remembers what it has read of some sixty sources and no more.
            self.stylesheet.add_source(rest, read_from=("screens", "*.tcss"))

    def show_overlay(
        self, screen: Screen[T], then: Callable[[T | None], None] | None = None
    ) -> None:
        """Put ``screen`` over the work; ``then`` gets its value. The work waits below."""
        self.read_style_sheets()
        self._over.append(screen)
        self._uncovered.clear()

        def off(value: T | None) -> None:
            if screen in self._over:
                self._over.remove(screen)
            if not self._over:
                self._uncovered.set()
            if then is not None:
                then(value)

        # The application hears of its end: a button that put it up may be gone with its screen.
        with self._context():
            self.push_screen(screen, off)

    async def ask_screen(self, screen: Screen[T]) -> T | None:
        """Show ``screen`` when nothing covers the work, and return its value."""
        while self._over:
            await self._uncovered.wait()
        return await self.ask_on_top(screen)

    async def ask_on_top(self, screen: Screen[T]) -> T | None:
        """Show ``screen`` over whatever is in view, and return its value."""
        if not (isinstance(screen, ReturningScreen) and screen.STYLED_BY_FRAME):
            self.read_style_sheets()
        # Not push_screen_wait: it yields before it pushes, so that STOP may come up meanwhile, and
        # runs what waits to be called next, which ends half-way if its worker is cancelled.
        return await asyncio.shield(self.push_screen(screen, wait_for_dismiss=True))

    async def show_trouble(self, error: EvidenceError) -> None:
        """Show what happened and what to do next."""
        from esafety_tui.screens.dialogs.confirm import Trouble

        await self.ask_screen(Trouble(error))

    def pop_screen(self) -> AwaitComplete:
        """Take the top screen off. What it was still asking the desk ends with it.

        Its widgets go before Textual cancels its workers; an answer in between would find nothing
        to stand in and close the program.
        """
        self.workers.cancel_node(self.screen)
        return super().pop_screen()

    def remove_all_screens(self) -> None:
        """Take every screen off, covers and all; nobody gets their values."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self._over.clear()
        self._uncovered.set()

    def action_command_palette(self) -> None:
        """Show every action by name, unless that is up already, if only below something."""
        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        """Show the colours to choose from."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for colours…"))

    async def run_action(
        self,
        action: Any,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key is bound to; nothing where its screen has no widgets yet, or none any more.

        The same key pressed twice comes to the next screen before that one is composed, or to one
        that STOP or a lock has just taken off.
        """
        screen = default_namespace
        if isinstance(screen, ReturningScreen) and not (
            screen.is_mounted and screen in self.screen_stack
        ):
            return True
        return await super().run_action(action, default_namespace, namespaces)
