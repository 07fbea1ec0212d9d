"""The Textual application: theme, keys, lock, STOP, signals and the quiet end.

Rule: STOP, whom to call and help are priority keys and work on every screen and dialog. Nothing
leaves by clipboard, screenshot, window title or crash report. It knows no procedure and no vault:
the desk is handed in. ``close`` of the desk is called once more when the application ends,
however it ends; exit codes: 0, 143 and 129 after SIGTERM and SIGHUP, 1 after a fault.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from threading import Thread
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from esafety_tui.kernel.door import DeskState
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.application.backdrop import Backdrop
from esafety_tui.screens.application.preload import import_screens
from esafety_tui.screens.application.session_lock import SessionLock
from esafety_tui.screens.application.shutdown import (
    CALM,
    FAULT,
    IDLE_SECONDS,
    Signals,
    install_loop_signals,
    locate_fault,
)
from esafety_tui.screens.base.frame import SHEETS, Frame, ReturningScreen, call_in_thread
from esafety_tui.screens.entry.navigation import navigate_screens
from esafety_tui.screens.widgets.plain_text import show_notice

if TYPE_CHECKING:
    from esafety_tui.guide.ports import DeskPort
    from esafety_tui.kernel.clock import Clock

LEAVE = (
    "Leave esafety?",
    "Everything sealed is kept, and you carry on at the same step next time.",
    "Leave",
    "Stay here",
)
WARM_AFTER = 0.3
"""Seconds until the rest is loaded: sooner, and it would compete with the first screen."""


class EsafetyApp(SessionLock):
    """The application. ``desk`` None: only the urgent screen is of use.

    ``hint`` is the passphrase of everyone in a throw-away practice vault, shown in its banner;
    ``samples`` the folder of its harmless files, told by F1.
    ``warm`` is called once, after the first screen is on the terminal.
    ``note_screen`` is given the class name of each screen that comes into view.
    """

    TITLE = "esafety"
    CSS_PATH = SHEETS[0]
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,ctrl+g", "guide", "Help", key_display="F1", priority=True),
        Binding("f9,ctrl+n", "urgent", "Call", key_display="F9", priority=True),
        Binding("f10,ctrl+t", "stop", "STOP", key_display="F10", priority=True),
        Binding("ctrl+l", "lock", "Lock", key_display="Ctrl+L", show=False, priority=True),
        Binding("ctrl+q", "quit", "Leave", show=False, priority=True),
    ]

    def __init__(
        self,
        desk: DeskPort | None,
        *,
        clock: Clock,
        practice: bool = False,
        hint: str = "",
        samples: str = "",
        warm: Callable[[], None] | None = None,
        note_screen: Callable[[str], None] | None = None,
        idle_seconds: float = IDLE_SECONDS,
        signals: Signals = install_loop_signals,
    ) -> None:
        self.practice = practice
        self.hint = hint
        self._samples = samples
        self._warm = warm
        self.note_screen = note_screen
        super().__init__()
        self.maybe_desk = desk
        self.clock = clock
        self._idle_seconds = idle_seconds
        self._signals = signals
        self.animation_level = "none"
        self.register_theme(CALM)
        self.theme = "calm"
        self._colours = self.get_css_variables()
        self.stylesheet.set_variables(self._colours)

    def on_mount(self) -> None:
        """Install signals and the idle lock; begin."""
        self._signals(asyncio.get_running_loop(), self._exit_on_signal)
        self._touched = asyncio.get_running_loop().time()
        self.set_interval(min(1.0, self._idle_seconds / 2), self._lock_when_idle)
        self.set_timer(WARM_AFTER, self._load_other_screens)
        if self.maybe_desk is None:
            self.action_urgent()
        else:
            self._navigate_screens()

    def _load_other_screens(self) -> None:
        """Load the other screens, then what the desk needs, while a person reads the first."""
        self.read_style_sheets()
        self.stylesheet.parse()
        Thread(target=import_screens, args=(self._warm,), name="screens", daemon=True).start()

    def get_default_screen(self) -> Screen[None]:
        """An empty frame below everything."""
        return Backdrop(id="_default")

    @work(group="journey", exclusive=True)
    async def _navigate_screens(self) -> None:
        await navigate_screens(self)

    def action_guide(self) -> None:
        """F1: help for the screen in view."""
        from esafety_tui.screens.overlays.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            about = self.screen.list_help_lines() if isinstance(self.screen, Frame) else ""
            told = f"\n\nPRACTICE: harmless files to take in are in {self._samples}"
            self.show_overlay(HelpScreen(about + (told if self._samples else "")))

    def action_urgent(self) -> None:
        """F9: whom to call."""
        from esafety_tui.screens.overlays.urgent import UrgentScreen

        if not isinstance(self.screen, UrgentScreen):
            self.show_overlay(UrgentScreen())

    # Leaving.

    def action_leave(self) -> None:
        """One of two leaves: the other begins again alone."""
        if not self._locked and self.maybe_desk is not None:
            self._ask_who_leaves()

    @work(group="quit", exclusive=True)
    async def _ask_who_leaves(self) -> None:
        from esafety_tui.screens.overlays.lock import ask_who_leaves

        state = await call_in_thread(self.desk.state)
        if state.session == "open":
            try:
                await ask_who_leaves(self, state)
            except EvidenceError as error:
                await self.show_trouble(error)
            if (await call_in_thread(self.desk.state)).present != state.present:
                self.resume = self.inc or ""
                self._restart_navigation()

    async def action_quit(self) -> None:
        """Ctrl+Q: leave; while a session is open, ask first."""
        self._quit_program()

    @work(group="quit", exclusive=True)
    async def _quit_program(self) -> None:
        if self.maybe_desk is not None and not self._locked:
            try:
                state = await call_in_thread(self.desk.state)
            except EvidenceError:  # the vault's front page: nobody is signed in, nothing is kept up
                state = DeskState(has_vault=False, session="closed")
            asked = isinstance(self.screen, ReturningScreen) and self.screen.CONFIRMS_LEAVING
            if state.session == "open" and not asked:
                if not state.copy_due or self._over:
                    from esafety_tui.screens.dialogs.confirm import Confirm

                    asks = (LEAVE[0], f"{LEAVE[1]}{await self.draft_status()}", *LEAVE[2:])
                    self.show_overlay(Confirm(*asks), lambda sure: self.exit() if sure else None)
                    return
                from esafety_tui.screens.administration.backup_and_head import confirm_leaving

                if not await confirm_leaving(self, state, "Leave without"):
                    return
        self.exit()

    def _exit_on_signal(self, number: int) -> None:
        """Leave because of a signal; 128 + its number is the exit code."""
        self.exit(return_code=128 + number)

    async def on_unmount(self) -> None:
        """Close the desk, however the application ends."""
        if self.maybe_desk is not None:
            await self.save_drafts()
            await call_in_thread(self.maybe_desk.close)

    def action_help_quit(self) -> None:
        """Ctrl+C does nothing but say so (Textual binds the key to this name)."""
        show_notice(self, "Ctrl+C does nothing here. Ctrl+Q leaves.")

    def refresh_css(self, animate: bool = True) -> None:
        """Read the sheets again where the colours are others.

        Textual asks for it at the start as well: reading them twice is a third of the first screen.
        """
        colours = self.get_css_variables()
        if colours != self._colours:
            self._colours = colours
            super().refresh_css(animate)

    # What must not get out.

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer our verbs and the theme; no screenshot."""
        del screen
        yield SystemCommand("STOP", "Freeze everything and show the steps", self.action_stop)
        yield SystemCommand("Whom to call", "999, 101 and your contacts", self.action_urgent)
        yield SystemCommand("Help", "This screen and all keys", self.action_guide)
        yield SystemCommand("Lock", "Drop the keys; hide everything", self.action_lock)
        yield SystemCommand("One of us is leaving", "The other stays alone", self.action_leave)
        yield SystemCommand("Colours", "Change the theme", self.action_change_theme)
        yield SystemCommand("Leave", "Everything sealed is kept", self.action_quit)

    def copy_to_clipboard(self, text: str) -> None:
        """Keep copied text inside the application: OSC 52 would hand it to the terminal."""
        self._clipboard = text

    def panic(self, *renderables: RenderableType) -> None:
        """End quietly; what was to be shown may hold names."""
        del renderables
        self._fatal_error()

    def _fatal_error(self) -> None:
        """End with a calm sentence: no locals, no message, no path (private in Textual 8.2.8)."""
        if not self._exit_renderables:
            error = sys.exc_info()[1] or self._exception
            self._exit_renderables.append(Text(FAULT + locate_fault(error)))
        self._close_messages_no_wait()
