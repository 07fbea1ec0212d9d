"""Screens under Pilot: a key is followed by one wait until the program rests, not by two."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest
from textual import app
from textual._wait import wait_for_idle

AT_ONCE = 0.002
"""Seconds between two waits, with nothing done between them."""


@pytest.fixture(scope="session", autouse=True)
def one_wait_a_key() -> Iterator[None]:
    """Spare Pilot the second of its two waits: between them it waits for animations only.

    There are none here, so the second learns nothing after 20 ms of rest; it is most of the time
    of a screen test.
    """
    rested = 0.0

    async def once(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
        nonlocal rested
        if monotonic() - rested <= AT_ONCE:
            rested = 0.0  # the next key is waited for again, however soon it comes
            return
        await wait_for_idle(min_sleep, max_sleep)
        rested = monotonic()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "wait_for_idle", once)
        yield
