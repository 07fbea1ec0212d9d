"""The part of the application that locks: by key, when nobody does anything, and coming back.

Rule: the screen hides before the desk is asked anything that may wait. Whoever comes back alone
sees nothing of what stood there for two: those screens are taken off, and what was typed or had
come out of work on them is kept, sealed, until both are back.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING

from textual import events, work
from textual.worker import Worker

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.application.draft_saving import DraftSaving
from esafety_tui.screens.application.shutdown import IDLE_SECONDS
from esafety_tui.screens.base.frame import ReturningScreen, call_in_thread

if TYPE_CHECKING:
    from esafety_tui.guide.ports import DeskState, StopResult
    from esafety_tui.screens.overlays.lock import LockOutcome


class SessionLock(DraftSaving):
    """Locking, coming back, and beginning again from the desk's state."""

    _idle_seconds = IDLE_SECONDS
    _locked = False
    _stale = False
    _touched = 0.0

    @abstractmethod
    def _navigate_screens(self) -> Worker[None]:
        """Lead from the desk's state on."""

    def action_stop(self) -> None:
        """F10: show the steps at once; the screen writes it down behind them."""
        from esafety_tui.screens.overlays.stop import StopScreen

        if not isinstance(self.screen, StopScreen):
            self.stopping = True
            self.save_drafts_at_once()
            self.show_overlay(StopScreen(self.inc), self._resume_after_stop)

    def _resume_after_stop(self, stopped: StopResult | None) -> None:
        """STOP was left: where it is written down, begin again from the desk's state."""
        self.stopping = False
        if stopped is None:
            return
        self.follow_to_incident(stopped.inc)
        self._stale = self._locked
        if not self._locked:
            self._restart_navigation()

    def resume_after_late_stop(self, stopped: StopResult) -> None:
        """STOP was left before it was written down: go there when nothing covers the work."""
        self.follow_to_incident(stopped.inc)
        self._stale = self._locked
        if not self._locked:
            self._open_stopped_incident()

    @work(group="late", exclusive=True)
    async def _open_stopped_incident(self) -> None:
        await self._uncovered.wait()
        self._restart_navigation()

    def _restart_navigation(self) -> None:
        """Take every screen off and ask the desk how things stand."""
        self._clear_screens()
        self._navigate_screens()

    def _clear_screens(self) -> None:
        """Take every screen off, and end what was led from there."""
        for group in ("journey", "quit"):
            self.workers.cancel_group(self, group)
        self.remove_all_screens()
        # Whoever would say so when it is left is not asked any more.
        self._locked = self._stale = self.stopping = False

    async def on_event(self, event: events.Event) -> None:
        """Note when a person last did something."""
        if isinstance(event, events.InputEvent):
            self._touched = asyncio.get_running_loop().time()
        await super().on_event(event)

    def _lock_when_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._touched < self._idle_seconds:
            return
        if not self._locked:
            self._lock_session(idle=True)
        elif self._is_half_reopened():
            self._touched = now
            self._relock_session(idle=True)

    def _is_half_reopened(self) -> bool:
        """Whether one officer is back behind the lock, and the other is asked for."""
        from esafety_tui.screens.overlays.lock import LockScreen

        return any(isinstance(s, LockScreen) and s.is_half_reopened for s in self.screen_stack)

    def action_lock(self) -> None:
        """Ctrl+L: hide the session behind the lock, if there is one."""
        if not self._locked:
            self._lock_session(idle=False)
        elif self._is_half_reopened():
            self._relock_session(idle=False)

    @work(group="lock", exclusive=True)
    async def _lock_session(self, *, idle: bool) -> None:
        if self.maybe_desk is None:
            return
        try:
            state = await call_in_thread(self.desk.state)
        except EvidenceError:
            return  # nobody can be signed in to a vault whose front page cannot be read
        if state.session == "closed":
            self.named, self.picked = None, ()  # nobody came back to the door
            return
        if self._locked:
            return
        self._cover_session(state)
        await self.save_drafts()
        await call_in_thread(self.desk.lock, idle=idle)

    @work(group="lock", exclusive=True)
    async def _relock_session(self, *, idle: bool) -> None:
        """Nobody gave the second passphrase: whoever is back goes, too."""
        from esafety_tui.screens.overlays.lock import LockScreen

        await call_in_thread(self.desk.lock, idle=idle)
        for screen in self.screen_stack:
            if isinstance(screen, LockScreen):
                screen.relock_session()

    def _cover_session(self, state: DeskState) -> None:
        from esafety_tui.screens.overlays.lock import LockScreen

        self._locked = True
        self.clear_notifications()
        self.show_overlay(LockScreen(state), self._resume_session)

    async def show_lock_screen(self, state: DeskState) -> None:
        """Show the lock over a session that the desk has locked, until it is reopened."""
        if not self._locked:
            self._cover_session(state)
        await self._uncovered.wait()

    def _resume_session(self, end: LockOutcome | None) -> None:
        self._locked = False
        self._touched = asyncio.get_running_loop().time()
        stopped = [told.stopped for told in end.told if told.stopped] if end else []
        if stopped:
            self.resume, self._stale = stopped[-1].inc, True
        if end is None or end.how == "out":
            # First of all: nobody who only pressed a button is to see what was below.
            self._clear_screens()
            self._locked = True
            self._sign_out_session()
        elif end.how == "alone":
            self._continue_alone(end)
        elif self._stale:
            self._restart_navigation()
        else:
            self._report_return(end)

    def _continue_alone(self, end: LockOutcome) -> None:
        """One carries on alone: what stood there for two is taken off first of all."""
        texts = [
            s.list_text_for_pair() for s in self.screen_stack if isinstance(s, ReturningScreen)
        ]
        self.resume = self.resume or self.inc or ""
        self._clear_screens()
        self.forget_typed_text()
        self._locked = True
        self._restart_alone(end, [text for text in texts if text])

    @work(group="sign-out")
    async def _restart_alone(self, end: LockOutcome, texts: list[str]) -> None:
        from esafety_tui.screens.overlays.lock import report_return

        for text in texts:
            await call_in_thread(self.desk.keep_for_both, text)
        self._locked = False
        await report_return(self, end.told)
        self._navigate_screens()

    @work(group="back", exclusive=True)
    async def _report_return(self, end: LockOutcome) -> None:
        from esafety_tui.screens.overlays.lock import report_return

        await report_return(self, end.told)

    @work(group="sign-out")
    async def _sign_out_session(self) -> None:
        failed = None
        try:
            await call_in_thread(self.desk.sign_out)
        except EvidenceError as error:  # the session is over all the same
            failed = error
        self._locked = self._stale = False
        if failed is not None:
            await self.show_trouble(failed)
        self._navigate_screens()
