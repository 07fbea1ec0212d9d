"""Waiting for a running verb: telling how far it is, and hearing STOP and Ctrl+C meanwhile.

Rule: the verb goes on while a question about it is open. It is never left running: whatever leads
away waits until it has given up or ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from esafety_tui.plain.terminal.command_words import word_of
from esafety_tui.plain.terminal.desk_calls import Job
from esafety_tui.plain.terminal.terminal_port import Talk

R = TypeVar("R")
SOON = 0.3
"""Seconds until a running verb is spoken about: most are over before."""
WORKING = "Working. Type stop and Enter for STOP; Ctrl+C asks."
WAYS = ("STOP: freeze everything now", "Let it go on", "Give this up")


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
