"""What the plain mode needs of a terminal, and the ways in which a prompt is left.

Rule: a Talk prints lines and reads lines; it knows no word, no step and no desk. The exceptions
here carry people from one place to another and hold nothing they typed.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class TerminalPort(Protocol):
    """A terminal that can only write and read lines."""

    def print_texts(self, *texts: str) -> None:
        """Print each text, wrapped; an empty text is an empty line. Raises Ended."""
        ...

    def read_answer(self, prompt: str, idle: float | None = None) -> str:
        """Print ``prompt`` and return the line typed, without its end.

        Raises Ended at the end of input, Idle after ``idle`` seconds without a line,
        KeyboardInterrupt for Ctrl+C.
        """
        ...

    def read_secret(self, prompt: str, idle: float | None = None) -> str:
        """Do the same without showing what is typed. Raises Refused where that cannot be."""
        ...

    def poll_line(self, seconds: float) -> str:
        """Return a line typed within so many seconds, or "". Raises as ``ask``."""
        ...

    def drop_typed_ahead(self) -> bool:
        """Forget what was typed ahead. True: there was something."""
        ...

    def allow_interrupt(self) -> AbstractContextManager[None]:
        """Let Ctrl+C raise KeyboardInterrupt inside; elsewhere it waits for the next prompt."""
        ...


class GoBack(Exception):
    """One question back, or out of what was begun."""


class GoToList(Exception):
    """To the list of incidents."""


class GoToStep(Exception):
    """To the step of this id, which is on the way taken."""

    def __init__(self, step_id: str) -> None:
        super().__init__()
        self.step_id = step_id


class RestartSession(Exception):
    """Something outside the question changed how things stand: ask the desk and begin there."""


class IdleTimeout(Exception):
    """Nobody typed a line for some minutes."""


class SessionEnded(Exception):
    """The program ends: ``code`` 0 at the end of input or by ``quit``, 128 + n by a signal."""

    def __init__(self, code: int = 0) -> None:
        super().__init__()
        self.code = code
