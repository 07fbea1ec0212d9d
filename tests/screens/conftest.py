"""Screens under Pilot: after each key one wait until the program rests, and its messages done."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from textual import app
from textual._compositor import Compositor
from textual._wait import wait_for_idle
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

AT_ONCE = 0.002
"""Seconds between two waits, with nothing done between them."""


@pytest.fixture(scope="session", autouse=True)
def one_wait_a_key() -> Iterator[None]:
    """Spare Pilot the second of its two waits: between them it waits for animations only.

    There are none here, so the second learns nothing after 20 ms of rest; it is most of the time
    of a screen test. A process that gets no turn looks at rest as well: so after each key, not
    after the last alone, every widget has to be done with its messages.
    """
    rested = 0.0

    async def once(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
        nonlocal rested
        if monotonic() - rested <= AT_ONCE:
            rested = 0.0  # the next key is waited for again, however soon it comes
            return
        await wait_for_idle(min_sleep, max_sleep)
        rested = monotonic()

    press = Pilot.press

    async def each(pilot: Pilot[object], *keys: str) -> None:
        for key in keys:
            await press(pilot, key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "wait_for_idle", once)
        patch.setattr(Pilot, "press", each)
        yield


@pytest.fixture(scope="session", autouse=True)
def sheets_read_once() -> Iterator[None]:
    """Parse each style sheet once a run instead of once a test: the same text, the same rules."""
    parse = Stylesheet._parse_rules
    seen: dict[object, list[RuleSet]] = {}

    def once(sheet: Stylesheet, *args: Any, **kwargs: Any) -> list[RuleSet]:
        key = (args, tuple(sorted(kwargs.items())), tuple(sheet._variables.items()))
        if key not in seen:
            seen[key] = parse(sheet, *args, **kwargs)
        return seen[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def painted_when_looked_at() -> Iterator[None]:
    """Spare the painting that nobody sees; a test that looks (``rig.seen``) has all of it painted.

    Textual paints each change for the terminal and, where there is none, throws it away.
    """

    def unseen(compositor: Compositor, *_args: object, **_kwargs: object) -> None:
        compositor._dirty_regions.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compositor, "render_update", unseen)
        yield


@pytest.fixture(scope="session", autouse=True)
def rules_hashed_at_once() -> Iterator[None]:
    """Hash a rule of a style sheet by its identity, as Textual does, without a call of Python."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RuleSet, "__hash__", object.__hash__)
        yield
