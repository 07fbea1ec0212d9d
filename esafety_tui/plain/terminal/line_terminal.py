"""The real terminal: lines in, lines out, passphrases unseen. No escape sequence, no cursor.

Rule: what the terminal's own line editor hands over is read with plain reads; nothing is echoed by
the program. While a passphrase is typed the echo is off, or it is not asked for at all. A line so
long that the terminal cut it is refused, never taken in part. SIGHUP and SIGTERM end the talk.
"""

from __future__ import annotations

import getpass
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Any

from esafety_tui.plain.terminal.hidden_input import unseen
from esafety_tui.plain.terminal.line_format import plainly, rows
from esafety_tui.plain.terminal.terminal_port import Ended, Idle
from esafety_tui.plain.terminal.windows_console import Console

LONGEST = 4095
"""Bytes of one line that Linux' line editor hands over (N_TTY_BUF_SIZE - 1); it drops the rest."""
CUT = (
    "That line is longer than this terminal passes on in one piece, so it was not taken. "
    "Write a shorter one; save the whole as a file."
)


class Terminal:
    """The terminal of this process. Its signal handlers stay until :meth:`close`."""

    def __init__(self) -> None:
        self._in, self._out = sys.stdin.fileno(), sys.stdout
        if hasattr(self._out, "reconfigure"):
            self._out.reconfigure(errors="backslashreplace")
        self._encoding = sys.stdin.encoding or "utf-8"
        self._typed = b""
        self._console = _console()
        self._open_to_ctrl_c = False
        self._ctrl_c = False
        self._before: dict[int, Any] = {}
        self._handle("SIGINT", self._interrupted)
        self._handle("SIGHUP", self._leave)
        self._handle("SIGTERM", self._leave)
        # Ctrl+Z would leave a signed-in program behind, for the next person to bring back; SIGQUIT
        # would end it without signing out, and might write its memory to a file.
        self._handle("SIGTSTP", signal.SIG_IGN)
        self._handle("SIGQUIT", signal.SIG_IGN)

    def _handle(self, name: str, handler: Callable[[int, FrameType | None], Any] | Any) -> None:
        number = getattr(signal, name, None)
        if number is not None:
            self._before[number] = signal.signal(number, handler)

    def close(self) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _interrupted(self, _number: int, _frame: FrameType | None) -> None:
        if self._open_to_ctrl_c:
            raise KeyboardInterrupt
        self._ctrl_c = True

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        for name in ("SIGHUP", "SIGTERM"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)  # once is enough
        raise Ended(128 + number)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let Ctrl+C raise inside; one that came before raises at once."""
        self._open_to_ctrl_c = True
        try:
            if self._ctrl_c:
                self._ctrl_c = False
                raise KeyboardInterrupt
            yield
        finally:
            self._open_to_ctrl_c = False

    def say(self, *texts: str) -> None:
        """Print each text in lines that any terminal can read aloud."""
        for text in texts:
            self._write("".join(f"{row}\n" for row in rows(text)))

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):  # the window is gone; what is left unwritten must not fail
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), self._out.fileno())
            raise Ended(129) from None

    def ask(self, prompt: str, idle: float | None = None) -> str:
        """Print the prompt and read one line."""
        return self._asked(prompt, idle, nullcontext())

    def secret(self, prompt: str, idle: float | None = None) -> str:
        """Read one line that is not shown."""
        if sys.platform == "win32":
            self._wait(None if idle is None else monotonic() + idle)
            return getpass.getpass(f"{plainly(prompt)} > ")
        line = self._asked(prompt, idle, unseen(self._in))
        return line

    def _asked(self, prompt: str, idle: float | None, seen: AbstractContextManager[None]) -> str:
        until = None if idle is None else monotonic() + idle
        hidden = not isinstance(seen, nullcontext)
        with self.listening():
            try:
                with seen:
                    while True:
                        self._write(f"{plainly(prompt)} > ")
                        line = self._line(until)
                        if hidden:
                            self._write("\n")
                        if len(line) < LONGEST:
                            return line.decode(self._encoding, "surrogateescape")
                        self.say(CUT)
            except KeyboardInterrupt:
                self._write("\n")
                raise
            except Idle:
                self._write("\n")
                raise

    def poll(self, seconds: float) -> str:
        """Return a line typed within so many seconds, or ""."""
        if self._console is not None:
            with self.listening():
                return self._console.line(monotonic() + seconds)
        if sys.platform == "win32":  # keys that come through a pipe: there is nothing to wait with
            with self.listening():
                sleep(seconds)
            return ""
        with self.listening(), suppress(Idle):
            line = self._line(monotonic() + seconds)
            return line.decode(self._encoding, "surrogateescape")
        return ""

    def drop(self) -> bool:
        """Forget what was typed ahead."""
        had, self._typed = bool(self._typed), b""
        if self._console is not None:
            return self._console.drop() or had
        if sys.platform == "win32":
            return had
        with suppress(Idle, KeyboardInterrupt):
            while True:
                self._line(monotonic() + 0.05)
                had = True
        return had

    def _line(self, until: float | None) -> bytes:
        while b"\n" not in self._typed:
            self._wait(until)
            try:
                more = os.read(self._in, 65_536)
            except OSError:  # the terminal is gone: EIO
                more = b""
            if not more:
                self._write("\n")
                raise Ended(0)
            self._typed += more
        line, _, self._typed = self._typed.partition(b"\n")
        return line.rstrip(b"\r")

    def _wait(self, until: float | None) -> None:
        if self._console is not None:
            if not self._console.wait(until):
                raise Idle
            return
        if sys.platform == "win32":
            return  # select takes no pipe there
        left = None if until is None else max(0.0, until - monotonic())
        if not select.select([self._in], [], [], left)[0]:
            raise Idle


def _shown(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _console() -> Console | None:
    """Return this process' console where ``select`` takes none, which is on Windows."""
    if sys.platform != "win32" or not sys.stdin.isatty():
        return None
    import msvcrt

    return Console(msvcrt.kbhit, msvcrt.getwch, _shown)
