"""Calls of the desk's verbs: on a thread of their own, so that Ctrl+C never cuts one in two.

Rule: while a verb runs, ``stop`` and Enter, or Ctrl+C, is answered at once: STOP freezes first and
the running verb gives up at its next report. What the verb came to is returned or raised here.
Progress is told in a line at a quarter, a half and three quarters, never oftener.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from esafety_tui.guide.ports import Progress
from esafety_tui.guide.shared_text import DOES_NOT_COUNT, WAS_STOPPED
from esafety_tui.kernel.errors import Refused

R = TypeVar("R")
QUARTERS = 4


class Job(Generic[R]):
    """One running verb. ``ended`` is set when there is a result or an error."""

    def __init__(self, verb: Callable[[Progress], R]) -> None:
        self._verb = verb
        self.ended = threading.Event()
        self.given_up = False
        self._result: list[R] = []
        self._error: BaseException | None = None
        self._told: list[str] = []
        self._quarter: tuple[str, int] = ("", 0)
        threading.Thread(target=self._run, name="verb", daemon=True).start()

    def _run(self) -> None:
        try:
            self._result.append(self._verb(self._progress))
        except BaseException as error:  # handed over to the thread that waits, below
            self._error = error
        finally:
            self.ended.set()

    def _progress(self, what: str, done: int, total: int) -> None:
        if self.given_up:
            raise Refused(WAS_STOPPED, DOES_NOT_COUNT)
        quarter = QUARTERS * min(done, total) // total if total > 0 else 0
        if (what, quarter) != self._quarter:
            self._quarter = (what, quarter)
            self._told.append(f"{what}: {100 * quarter // QUARTERS} percent" if total else what)

    def news(self) -> list[str]:
        """Return what was reported since the last time."""
        told, self._told = self._told, []
        return told

    def outcome(self) -> R:
        """Return the verb's result, or raise what it raised. Only after ``ended``."""
        if self._error is not None:
            raise self._error
        return self._result[0]
