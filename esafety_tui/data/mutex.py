"""The mutex of an opened vault: one thread at a time, and whoever has none is told so.

A verb of the store takes it for as long as it works; every statement asks for it. So a path that
forgot to take it fails at its first use, not in the one run in a thousand where two meet.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Mutex:
    """A lock that its own thread may take again, and that knows which thread has it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._owner, self._depth = 0, 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._owner = threading.get_ident()
        self._depth += 1

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = 0
        self._lock.release()

    def require_held(self) -> None:
        """Raise RuntimeError unless the calling thread has the mutex: a fault of the program."""
        if self._owner != threading.get_ident():  # only a thread itself ever writes its own number
            raise RuntimeError("the database is used by a thread that has not taken its mutex")


class MutexOwner(Protocol):
    """Whoever owns a mutex."""

    @property
    def mutex(self) -> Mutex: ...


G = TypeVar("G", bound=MutexOwner)


def with_mutex(verb: Callable[Concatenate[G, P], R]) -> Callable[Concatenate[G, P], R]:
    """Let a method work only while its thread has the object's mutex; it waits for its turn."""

    @functools.wraps(verb)
    def inside(self: G, /, *args: P.args, **named: P.kwargs) -> R:
        with self.mutex:
            return verb(self, *args, **named)

    return inside
