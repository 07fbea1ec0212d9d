"""One verb of the desk at a time, and what has begun ends."""

from __future__ import annotations

import threading
from types import TracebackType


class VerbMutex:
    """A lock that one thread may take several times, and that knows whether its verb has begun.

    A verb that has begun before the desk was locked keeps what it needs until it ends; one that
    gets the mutex afterwards is refused.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._owner, self._depth, self._begun = 0, 0, False

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take the mutex; False where ``blocking`` is not wanted and another thread has it."""
        if not self._lock.acquire(blocking=blocking):
            return False
        self._owner, self._depth = threading.get_ident(), self._depth + 1
        return True

    def release(self) -> None:
        """Give the mutex back."""
        self._depth -= 1
        if not self._depth:
            self._owner, self._begun = 0, False
        self._lock.release()

    def __enter__(self) -> VerbMutex:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def begin(self) -> None:
        """Note that the verb of this thread has begun to work."""
        if self._owner == threading.get_ident():
            self._begun = True

    @property
    def begun(self) -> bool:
        """Whether this thread has the mutex and began before it asks."""
        return self._begun and self._owner == threading.get_ident()
