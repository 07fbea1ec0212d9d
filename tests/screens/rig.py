"""Running the application under Pilot at the design size, typing by paste, waiting on facts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from textual import events
from textual.app import App
from textual.pilot import Pilot

from esafety_tui.app import EsafetyApp
from esafety_tui.guide.ports import DeskPort
from tests.fixed_clock import FixedClock
from tests.screens.fake_desk import PASSPHRASE

SIZE = (80, 24)
Driver = Pilot[None]


def no_signals(loop: asyncio.AbstractEventLoop, leave: Callable[[int], None]) -> None:
    """Install nothing: the test process keeps its own handlers."""


def clock() -> FixedClock:
    """Sat 21 Nov 2026 14:02 GMT, standing still."""
    return FixedClock(datetime(2026, 11, 21, 14, 2, tzinfo=UTC), 0)


class UnderTest(EsafetyApp):
    """The application, ending as it does outside a test: its workers first, then its widgets.

    Pilot's own way out takes the widgets from under workers that still wait for the desk.
    """

    async def _shutdown(self) -> None:
        self.workers.cancel_all()
        await super()._shutdown()


def build(desk: DeskPort | None, *, practice: bool = False, idle: float = 300.0) -> EsafetyApp:
    """Return the application on ``desk``."""
    return UnderTest(desk, clock=clock(), practice=practice, idle_seconds=idle, signals=no_signals)


def seen(app: App[None]) -> str:
    """Return the text of the screen as drawn, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def until(pilot: Driver, text: str, *, seconds: float = 5.0) -> str:
    """Wait until ``text`` is drawn and return the screen; fail with what was there instead."""
    end = monotonic() + seconds
    while text not in (shown := seen(pilot.app)):
        if monotonic() > end:
            raise AssertionError(f"never drawn: {text!r}\n{shown}")
        await pilot.pause(0.03)
    return shown


async def typed(pilot: Driver, text: str) -> None:
    """Paste ``text`` into whatever has the focus."""
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


async def unlock(pilot: Driver, *, wrong: bool = False) -> None:
    """From the unlock screen: first and second officer, both passphrases."""
    await until(pilot, "Two officers open the vault")
    await pilot.press("1", "tab")
    await typed(pilot, "wrong" if wrong else PASSPHRASE)
    await pilot.press("tab", "2", "tab")
    await typed(pilot, PASSPHRASE)
    await pilot.press("enter")
