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
from esafety_tui.plain.terminal.command_words import parse_command
from esafety_tui.plain.terminal.terminal_port import TerminalPort

R = TypeVar("R")
QUARTERS = 4
SOON = 0.3
"""Seconds until a running verb is spoken about: most are over before."""
WORKING = "Working. Type stop and Enter for STOP; Ctrl+C asks."
WAYS = ("STOP: freeze everything now", "Let it go on", "Give this up")


class DeskCall(Generic[R]):
    """One running verb. ``ended`` is set when there is a result or an error."""

    def __init__(self, verb: Callable[[Progress], R]) -> None:
        self._verb = verb
        self.ended = threading.Event()
        self.given_up = False
        self._result: list[R] = []
        self._error: BaseException | None = None
        self._told: list[str] = []
        self._quarter: tuple[str, int] = ("", 0)
        threading.Thread(target=self._run_verb, name="verb", daemon=True).start()

    def _run_verb(self) -> None:
        try:
            self._result.append(self._verb(self._report_progress))
        except BaseException as error:  # handed over to the thread that waits, below
            self._error = error
        finally:
            self.ended.set()

    def _report_progress(self, what: str, done: int, total: int) -> None:
        if self.given_up:
            raise Refused(WAS_STOPPED, DOES_NOT_COUNT)
        quarter = QUARTERS * min(done, total) // total if total > 0 else 0
        if (what, quarter) != self._quarter:
            self._quarter = (what, quarter)
            self._told.append(f"{what}: {100 * quarter // QUARTERS} percent" if total else what)

    def take_progress_report(self) -> list[str]:
        """Return what was reported since the last time."""
        told, self._told = self._told, []
        return told

    def take_result(self) -> R:
        """Return the verb's result, or raise what it raised. Only after ``ended``."""
        if self._error is not None:
            raise self._error
        return self._result[0]


class Prompter(Protocol):
    """What is needed of the shell."""

    talk: TerminalPort

    def say_texts(self, *texts: str) -> None:
        """Print texts."""
        ...

    def ask_number(self, question: str, labels: Sequence[str]) -> int:
        """Ask for one of ``labels``."""
        ...

    def run_command(self, word: str) -> None:
        """Do one of the words."""
        ...


def await_desk_call(shell: Prompter, job: DeskCall[R], title: str, *, can_give_up: bool) -> R:
    """Wait for ``job``; return its result or raise its error. ``title`` is said at once, if any."""
    if title:
        shell.say_texts("", f"{title}. {WORKING}")
    try:
        over = _ends_soon(shell, job, can_give_up)
        if not over and not title:
            shell.say_texts(WORKING)
        while not job.ended.is_set():
            _listen_meanwhile(shell, job, can_give_up)
    except BaseException:
        job.given_up = True
        job.ended.wait()
        raise
    for line in job.take_progress_report() if title else []:
        shell.say_texts(line)
    return job.take_result()


def _ends_soon(shell: Prompter, job: DeskCall[R], can_give_up: bool) -> bool:
    try:
        with shell.talk.allow_interrupt():
            return job.ended.wait(SOON)
    except KeyboardInterrupt:
        _ask_on_interrupt(shell, job, can_give_up)
        return True  # spoken about already


def _listen_meanwhile(shell: Prompter, job: DeskCall[R], can_give_up: bool) -> None:
    try:
        typed = shell.talk.poll_line(0.1)
    except KeyboardInterrupt:
        _ask_on_interrupt(shell, job, can_give_up)
        return
    for line in job.take_progress_report() if can_give_up else []:
        shell.say_texts(line)
    if parse_command(typed) == "stop":
        shell.run_command("stop")
    elif typed.strip():
        shell.say_texts("Please wait. Only stop and Ctrl+C work while this runs.")


def _ask_on_interrupt(shell: Prompter, job: DeskCall[R], can_give_up: bool) -> None:
    """Ctrl+C while a verb runs."""
    shell.say_texts("", "Still running.")
    chosen = shell.ask_number("What do you want?", WAYS if can_give_up else WAYS[:2])
    if chosen == 0:
        shell.run_command("stop")
    elif chosen == 2:
        job.given_up = True
