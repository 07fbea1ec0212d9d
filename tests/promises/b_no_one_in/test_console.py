"""STOP typed while a verb runs is heard on Windows, too: recorded keys of a console.

Nobody here has a Windows console: what ``msvcrt`` hands over is played from its documentation
(getwch returns "\\r" for Enter, "\\x03" for Ctrl+C, "\\x00" or "\\xe0" before a function key).
"""

from __future__ import annotations

from time import monotonic

import pytest

from esafety_tui.plain.terminal.command_words import parse_command
from esafety_tui.plain.terminal.windows_console import WindowsConsole


class Keys:
    """A console at which ``keys`` were typed; None is a moment in which nothing is typed."""

    def __init__(self, *keys: str | None) -> None:
        self.keys, self.shown = list(keys), ""

    def hit(self) -> bool:
        if self.keys and self.keys[0] is None:
            self.keys.pop(0)
            return False
        return bool(self.keys)

    def key(self) -> str:
        found = self.keys.pop(0)
        assert found is not None
        return found

    def show(self, text: str) -> None:
        self.shown += text


def _console(*keys: str | None) -> tuple[WindowsConsole, Keys]:
    typed = Keys(*keys)
    return WindowsConsole(typed.hit, typed.key, typed.show), typed


def test_stop_is_heard_across_several_looks() -> None:
    """Half the word before a look ends and half after it are one word."""
    console, keys = _console("s", "t")
    assert console.read_line(monotonic() + 0.06) == ""
    keys.keys += ["o", "p", "\r"]
    assert parse_command(console.read_line(monotonic() + 5)) == "stop"
    assert keys.shown == "stop\r\n" and console.typed == ""


def test_what_is_erased_and_what_is_no_letter_counts_for_nothing() -> None:
    """Backspace, arrows and control characters: the line is what stands on the screen."""
    console, keys = _console("\b", "x", "\b", "\xe0", "H", "\x00", ";", "\x1b", *"stop", "\r")
    assert console.read_line(monotonic() + 5) == "stop"
    assert keys.shown == "x\b \bstop\r\n"


def test_ctrl_c_is_heard_as_elsewhere() -> None:
    """The key arrives as a character in this mode, and what was half typed goes."""
    console, _ = _console("s", "\x03")
    with pytest.raises(KeyboardInterrupt):
        console.read_line(monotonic() + 5)
    assert console.typed == ""


def test_waiting_ends_at_its_time_and_at_a_key() -> None:
    """The idle lock: no key until then is False; a key that comes meanwhile is True and is kept."""
    console, keys = _console()
    assert console.wait_for_key(monotonic() + 0.06) is False
    keys.keys += [None, None, "a"]
    assert console.wait_for_key(monotonic() + 5) is True and keys.keys == ["a"]


def test_what_was_typed_ahead_is_forgotten() -> None:
    """Nothing typed before a grave question answers it."""
    console, keys = _console("y", "e")
    console.read_line(monotonic() + 0.06)
    keys.keys += ["s", "\r"]
    assert console.drop_typed_ahead() is True
    assert (console.typed, keys.keys, console.drop_typed_ahead()) == ("", [], False)
