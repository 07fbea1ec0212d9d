"""The part of the application that keeps drafts: what stands in boxes and fields, not yet sealed.

Rule: nobody who types waits for a disk. What changed is written by a thread, soon and then at
most every two seconds, and at STOP, at the lock and at the end. A disk that refuses is said once.
"""

from __future__ import annotations

import asyncio
from typing import Any

from textual.css.query import NoMatches
from textual.timer import Timer

from esafety_tui.guide.draft_store import UnsentDrafts
from esafety_tui.kernel.errors import EvidenceError, Refused, StorageFailed
from esafety_tui.kernel.unsent import UnsentText
from esafety_tui.screens.application.overlay_stack import OverlayStack
from esafety_tui.screens.base.frame import ReturningScreen, call_in_thread
from esafety_tui.screens.widgets.plain_text import show_notice

EVERY = 2.0
"""Seconds between two writings of a draft while somebody types."""
SOON = 0.5
"""Seconds until what was typed first is written: what is sealed sooner needs no draft."""
KEPT = " What you were typing is kept as a draft."
NOT_KEPT = " What you were typing could NOT be kept: write it down, or copy it onto paper."
UNKEPT = "Your draft could not be kept: {what} It stays on the screen. {do}"


class DraftSaving(OverlayStack):
    """Gathers what is typed and has the desk keep it."""

    def __init__(self) -> None:
        super().__init__()
        self.unsent = UnsentDrafts(self.schedule_draft_saving)
        self._written: dict[str, tuple[UnsentText, ...]] = {}
        self._wrote_at = -EVERY
        self._due: Timer | None = None
        self._one_at_a_time = asyncio.Lock()
        self._said_unkept = False

    def on_input_changed(self) -> None:
        """Something was typed into a line."""
        self.schedule_draft_saving()

    def on_text_area_changed(self) -> None:
        """Something was typed into a box."""
        self.schedule_draft_saving()

    def schedule_draft_saving(self) -> None:
        """Write soon, unless that is coming already."""
        if self._due is None and self.maybe_desk is not None and self.is_running:
            waited = asyncio.get_running_loop().time() - self._wrote_at
            self._due = self.set_timer(max(SOON, EVERY - waited), self._save_drafts_soon)

    def _save_drafts_soon(self) -> None:
        self._due = None
        # Not its coroutine, which a worker cancelled before it begins would leave behind.
        self.run_worker(self.save_drafts, group="drafts")  # type: ignore[arg-type]  # mypy: Never

    def save_drafts_at_once(self) -> None:
        """Write behind what is on screen, without waiting for the two seconds."""
        self.gather_unsent_text()
        self._save_drafts_soon()

    def exit(self, result: None = None, return_code: int = 0, message: Any = None) -> None:
        """End; what stands on the screens is taken before they go."""
        self.gather_unsent_text()
        super().exit(result, return_code, message)

    def remove_all_screens(self) -> None:
        """Take every screen off, and what was typed there first."""
        self.gather_unsent_text()
        super().remove_all_screens()

    async def draft_status(self) -> str:
        """Return what is to be said of drafts before they leave, "" where there are none."""
        well = await self.save_drafts()
        if not any(self.unsent.list_drafts_of(inc) for inc in self.unsent.list_incidents):
            return ""
        return KEPT if well else NOT_KEPT

    async def fetch_drafts(self, inc: str) -> None:
        """Take up from the desk what was typed in an incident and is not sealed."""
        words = await call_in_thread(self.desk.unsent, inc)
        self.unsent.merge_saved_drafts(inc, words)
        self._written.setdefault(inc, words)

    def follow_to_incident(self, inc: str) -> None:
        """Go to the incident that STOP is in; a new one takes what was typed before it."""
        self.resume = inc
        if self.inc is None:
            self.unsent.move_drafts("", inc)

    def gather_unsent_text(self) -> None:
        """Take from every screen what stands on it and is not sealed."""
        for screen in self.screen_stack:
            if isinstance(screen, ReturningScreen) and screen.is_mounted:
                inc = screen.belongs or self.inc or ""
                try:
                    found = list(screen.list_unsent_text())
                except NoMatches:  # it is being put together or taken apart: no field to read
                    continue
                for one in found:
                    self.unsent.put_draft(inc, one.place, one.values, one.at)

    async def save_drafts(self) -> bool:
        """Have everything kept that changed. False: some of it could not be."""
        self.gather_unsent_text()
        self._wrote_at = asyncio.get_running_loop().time()
        well = True
        async with self._one_at_a_time:
            for inc in self.unsent.list_incidents:
                words = self.unsent.list_drafts_of(inc)
                if words != self._written.get(inc, ()):
                    well = await self._save_incident_drafts(inc, words) and well
        return well

    async def _save_incident_drafts(self, inc: str, words: tuple[UnsentText, ...]) -> bool:
        if not inc:
            return False  # no incident is open yet: these words wait for one
        try:
            await call_in_thread(self.desk.keep_unsent, inc, words)
        except StorageFailed as error:
            if not self._said_unkept:
                self._said_unkept = True
                self._report_unsaved_drafts(UNKEPT.format(what=error.what, do=error.do))
            return False
        except EvidenceError as error:  # locked, signed out or destroyed meanwhile
            return not isinstance(error, Refused)
        self._written[inc] = words
        self._said_unkept = False
        return True

    def _report_unsaved_drafts(self, text: str) -> None:
        """Say it where one looks while writing; a passing notice only where there is no line."""
        screen = self.screen
        if isinstance(screen, ReturningScreen) and screen.query("#problem"):
            screen.show_problem_line(text)
        else:
            show_notice(self, text)

    def forget_typed_text(self) -> None:
        """Others come: what stood on the screens is on the disk, for those who may read it."""
        self.unsent.clear_drafts()
        self._written.clear()
