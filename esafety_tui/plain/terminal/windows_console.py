"""Keys of a console that cannot be waited for with ``select``: Windows.

Rule: what is typed while a verb runs is shown and collected here until Enter; nothing else reads
the console meanwhile. The calls are those of Python's ``msvcrt``, handed in, so that recorded keys
can stand in for a console on any system.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

LOOK_EVERY = 0.05
"""Seconds between two looks for a key: too short to be felt, long enough to cost nothing."""
ENTER = frozenset("\r\n")
ERASE = frozenset("\b\x7f")
CTRL_C = "\x03"
PREFIXES = frozenset("\x00\xe0")
"""What comes before the code of an arrow or function key; both are passed over."""


@dataclass
class WindowsConsole:
    """A console's keys.

    Attributes:
        hit: whether a key waits. key: the next one, not shown. show: writes characters.
        typed: characters of a line that has no Enter yet.
    """

    hit: Callable[[], bool]
    key: Callable[[], str]
    show: Callable[[str], None]
    typed: str = field(default="", init=False)

    def wait_for_key(self, until: float | None) -> bool:
        """Wait for a key up to ``until`` on the monotonic clock. False: none came."""
        while not self.hit():
            if until is not None and monotonic() >= until:
                return False
            sleep(LOOK_EVERY)
        return True

    def read_line(self, until: float) -> str:
        """Return a line ended by Enter before ``until``, else "" and keep what was typed.

        Raises KeyboardInterrupt for Ctrl+C, which a console in this mode hands over as a key.
        """
        while self.wait_for_key(until):
            key = self.key()
            if key in PREFIXES:
                self.key()
            elif key == CTRL_C:
                self.typed = ""
                raise KeyboardInterrupt
            elif key in ENTER:
                self.show("\r\n")
                line, self.typed = self.typed, ""
                return line
            elif key in ERASE:
                if self.typed:
                    self.typed = self.typed[:-1]
                    self.show("\b \b")
            elif key.isprintable():
                self.typed += key
                self.show(key)
        return ""

    def drop_typed_ahead(self) -> bool:
        """Forget what was typed, keys that wait among them. True: there was something."""
        had, self.typed = bool(self.typed), ""
        while self.hit():
            self.key()
            had = True
        return had
