"""Random keys, pastes, resizes, STOP and the lock, on a desk that is slow at random.

Rule: after every key the program runs; whenever it comes to rest there is something to press, the
way through the screens is alive, nothing of the work shows while it is locked, and what a screen
calls written down is in the desk. ``ESAFETY_MONKEY``: number of walks; one that fails says what it
pressed.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.widget import Widget

from esafety_tui.kernel.errors import StorageFailed
from esafety_tui.screens.base.frame import Frame
from esafety_tui.screens.overlays.lock import LockScreen
from tests.screens.fake_desk import OFFICERS, PASSPHRASE, FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen

WALKS = int(os.environ.get("ESAFETY_MONKEY", "4"))
STEPS = 60
REST = 8.0
"""Seconds after which a program that has come to no rest hangs."""
SLOW = 0.03
KEYS = (
    *("enter",) * 12, *("escape",) * 4, *("tab",) * 5, *("down", "up", "right") * 3,
    *("f8",) * 6, *("f6", "f7", "f2", "f3", "f4") * 2,
    *("f1", "f9", "f10", "ctrl+l", "ctrl+q", "ctrl+p"),
    *("1", "2", "3", "space", "n", "k", "d", "w", "c", "slash", "x", "shift+tab"),
)  # fmt: skip
PASTES = (
    PASSPHRASE, PASSPHRASE, PASSPHRASE, "told: He said so.", "21 Nov 2026", "Hillview School",
    "https://forum.example.net/t/1", "AB", "two\nlines", "[bold]x[/] \x1b[2J\u202e", "x" * 100_000,
)  # fmt: skip
SIZES = (SIZE, SIZE, (60, 15), (120, 40))
NEVER_FAIL = ("state", "lock", "close", "contacts")
FULL = StorageFailed("The disk is full.", "Make room, then write it down again.")


class SlowDesk(FakeDesk):
    """A desk whose verbs take a moment, or now and then fail, at random."""

    dice: random.Random

    def _call(self, verb: str, *args: Any) -> None:
        self.slow[verb] = self.dice.choice((0, 0, 0, SLOW / 4, SLOW))
        self.fail.pop(verb, None)
        if verb not in NEVER_FAIL and self.dice.random() < 0.03:
            self.fail[verb] = FULL
        super()._call(verb, *args)


def desk_for(dice: random.Random) -> SlowDesk:
    """Return one of: no vault, a locked one, one officer or two with a few incidents."""
    kind = dice.choice(("none", "locked", "one", "two", "two", "two"))
    people = {"one": OFFICERS[:1], "two": OFFICERS[:2]}.get(kind, ())
    desk = SlowDesk(has_vault=kind != "none", open_with=people)
    desk.dice = random.Random(0)
    for name in dice.sample(("misuse", "nudes", "allegation", "breach"), 2 if people else 0):
        inc = FakeDesk.open_incident(desk, (), "", len(people) == 1, name).inc
        if dice.random() < 0.3:
            desk.cases[inc] = replace(desk.cases[inc], warnings=("A freeze was removed.",))
    desk.dice = dice
    return desk


@contextmanager
def slow_answers(dice: random.Random) -> Iterator[None]:
    """Let every answer of the desk wait on its way there and back."""
    before = asyncio.to_thread

    async def late(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(dice.choice((0, 0, SLOW / 8, SLOW)))
        result = await before(call, *args, **kwargs)
        await asyncio.sleep(dice.choice((0, 0, SLOW / 8, SLOW)))
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "to_thread", late)
        yield


async def act(pilot: Driver, dice: random.Random) -> str:
    """Do one thing at random, without waiting for what comes of it; return its name."""
    app, chance = pilot.app, dice.random()
    if chance < 0.12:
        text = dice.choice(PASTES)
        app.post_message(events.Paste(text))
        return f"paste {text[:12]!r}"
    if chance < 0.15:
        width, height = dice.choice(SIZES)
        await pilot.resize_terminal(width, height)
        return f"{width}x{height}"
    key = dice.choice(KEYS)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        app.post_message(events.Key(key, key if len(key) == 1 else None))
    return key


async def rest(pilot: Driver) -> None:
    """Wait until no verb runs and something can be pressed; what holds then is checked."""
    app = pilot.app
    loop = asyncio.get_running_loop()
    end = loop.time() + REST
    while (wrong := unsettled(app)) and not app._exit:
        assert loop.time() < end, f"{wrong}\n{seen(app)}"
        await pilot.pause(0.02)


def unsettled(app: App[None]) -> str:
    """Return what is not as it is to be at rest, "" for nothing."""
    alive = [w for w in app.workers if w.group == "journey" and w.is_running]
    pressable = [w for w in app.screen.query(Widget) if w.focusable and w.id != "stop"]
    if len(alive) != 1:
        return f"{len(alive)} ways through the screens are alive"
    if type(app.screen) is Frame or not pressable:
        return f"nothing can be pressed on {app.screen!r}"
    return ""


def honest(app: App[None], desk: FakeDesk) -> None:
    """What is shown is what the desk holds."""
    shown = seen(app)
    for number in re.findall(r"(?:Written down|Sealed|Corrected)[^#\n]*#(\d+)", shown):
        assert int(number) <= desk.seq, f"#{number} is shown, #{desk.seq} is the last\n{shown}"
    locks = [screen for screen in app.screen_stack if isinstance(screen, LockScreen)]
    assert len(locks) <= 1, "locked twice"
    if "The evidence vault is locked" in shown:
        assert not desk.present, "the door is shown, and somebody is signed in"
    if not locks and not desk.locked:
        assert not app._locked, "the lock is gone, and would never come again"  # type: ignore[attr-defined]


async def walk(seed: int) -> None:
    """Press at random from one start; fail with what was pressed."""
    dice = random.Random(seed)
    desk = desk_for(dice)
    pressed: list[str] = []
    with slow_answers(dice):
        async with build(desk, idle=dice.choice((300.0, 300.0, 0.3))).run_test(size=SIZE) as pilot:
            try:
                for number in range(STEPS):
                    pressed.append(await act(pilot, dice))
                    await asyncio.sleep(dice.choice((0, 0, SLOW / 4, SLOW)))
                    assert pilot.app._exception is None
                    if pilot.app._exit:
                        break
                    if number % 6 == 5:
                        await rest(pilot)
                        honest(pilot.app, desk)
                # The keys still on their way: the test's own way out takes the screens from them.
                await asyncio.sleep(SLOW)
                await pilot.pause()
            except BaseException as error:
                error.add_note(f"walk {seed}: {' '.join(pressed)}")
                raise


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that are offered lie in a scratch home."""
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize("seed", range(WALKS))
async def test_random_keys_break_nothing(seed: int) -> None:
    await asyncio.wait_for(walk(seed), 120)
