"""Calls of the desk's verbs: on a thread of their own, so that Ctrl+C never cuts one in two.

Rule: while a verb runs, ``stop`` and Enter, or Ctrl+C, is answered at once: STOP freezes first and
the running verb gives up at its next report. It goes on while a question about it is open, and is
never left running: whatever leads away waits until it has given up or ended. Progress is said in a
line at a quarter, a half and three quarters, never oftener.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from esafety_tui.guide.ports import Progress
from esafety_tui.guide.shared_text import DOES_NOT_COUNT, WAS_STOPPED
from esafety_tui.kernel.errors import Refused
from esafety_tui.plain.terminal.command_words import word_of
from esafety_tui.plain.terminal.terminal_port import Talk

R = TypeVar("R")
QUARTERS = 4
SOON = 0.3
"""Seconds until a running verb is spoken about: most are over before."""
WORKING = "Working. Type stop and Enter for STOP; Ctrl+C asks."
WAYS = ("STOP: freeze everything now", "Let it go on", "Give this up")


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


class Asker(Protocol):
    """What is needed of the shell."""

    talk: Talk

    def say(self, *texts: str) -> None:
        """Print texts."""
        ...

    def number(self, question: str, labels: Sequence[str]) -> int:
        """Ask for one of ``labels``."""
        ...

    def do(self, word: str) -> None:
        """Do one of the words."""
        ...


def wait(shell: Asker, job: Job[R], title: str, *, can_give_up: bool) -> R:
    """Wait for ``job``; return its result or raise its error. ``title`` is said at once, if any."""
    if title:
        shell.say("", f"{title}. {WORKING}")
    try:
        over = _over_soon(shell, job, can_give_up)
        if not over and not title:
            shell.say(WORKING)
        while not job.ended.is_set():
            _meanwhile(shell, job, can_give_up)
    except BaseException:
        job.given_up = True
        job.ended.wait()
        raise
    for line in job.news() if title else []:
        shell.say(line)
    return job.outcome()


def _over_soon(shell: Asker, job: Job[R], can_give_up: bool) -> bool:
    try:
        with shell.talk.listening():
            return job.ended.wait(SOON)
    except KeyboardInterrupt:
        _asked(shell, job, can_give_up)
        return True  # spoken about already


def _meanwhile(shell: Asker, job: Job[R], can_give_up: bool) -> None:
    try:
        typed = shell.talk.poll(0.1)
    except KeyboardInterrupt:
        _asked(shell, job, can_give_up)
        return
    for line in job.news() if can_give_up else []:
        shell.say(line)
    if word_of(typed) == "stop":
        shell.do("stop")
    elif typed.strip():
        shell.say("Please wait. Only stop and Ctrl+C work while this runs.")


def _asked(shell: Asker, job: Job[R], can_give_up: bool) -> None:
    """Ctrl+C while a verb runs."""
    shell.say("", "Still running.")
    chosen = shell.number("What do you want?", WAYS if can_give_up else WAYS[:2])
    if chosen == 0:
        shell.do("stop")
    elif chosen == 2:
        job.given_up = True
