"""How long to wait for a program: seconds count while it rests, hardly while it works.

Rule: a machine that is loaded several times over makes nothing late. A look at the screen counts as
the time between two looks and no more, however long this process had to wait for its turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

PACE = 0.02
"""Seconds between two looks at the screen."""
BUSY = 0.1
"""What a second counts in which the program works; one that never comes to rest is ended by it."""
TICKS = slice(11, 13)
"""User and system time in ``/proc/…/stat``, counted from behind the command's name (proc(5))."""


class Patience:
    """Counts the seconds of waiting.

    Args:
        seconds: what may pass before :meth:`is_spent`, while the program rests.
        program: returns the process id whose descendants are the program.
    """

    def __init__(self, seconds: float, program: Callable[[], int]) -> None:
        self._left = seconds
        self._program = program
        self._last = time.monotonic()
        self._ticks = -1

    def pause(self) -> bool:
        """Wait for the next look and count it. Returns whether the program rested."""
        time.sleep(PACE)
        now = time.monotonic()
        passed = min(now - self._last, 2 * PACE)
        self._last = now
        rests = self._is_resting()
        self._left -= passed if rests else passed * BUSY
        return rests

    def is_spent(self) -> bool:
        """Say whether the program has had its time."""
        return self._left < 0

    def _is_resting(self) -> bool:
        """Say whether no thread runs or wants to, and none has run since the last look."""
        states, ticks = "", 0
        for pid in descendants(self._program()):
            for state, used in read_tasks(pid):
                states, ticks = states + state, ticks + used
        before, self._ticks = self._ticks, ticks
        return ticks == before and not set(states) & set("RD")


def descendants(pid: int) -> Iterator[int]:
    """Yield a process and all that came from it; those that end meanwhile are left out."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from descendants(int(child))


def read_tasks(pid: int) -> Iterator[tuple[str, int]]:
    """Yield the state and the used clock ticks of each thread of a process."""
    try:
        stats = [(task / "stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return
    for stat in stats:
        words = stat.rpartition(") ")[2].split()
        yield words[0], sum(map(int, words[TICKS]))
