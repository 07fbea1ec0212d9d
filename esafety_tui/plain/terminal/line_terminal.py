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

from esafety_tui.plain.terminal.hidden_input import hide_echo
from esafety_tui.plain.terminal.line_format import make_printable, wrap_text
from esafety_tui.plain.terminal.terminal_port import IdleTimeout, SessionEnded
from esafety_tui.plain.terminal.windows_console import WindowsConsole

LONGEST = 4095
"""Bytes of one line that Linux' line editor hands over (N_TTY_BUF_SIZE - 1); it drops the rest."""
CUT = (
    "That line is longer than this terminal passes on in one piece, so it was not taken. "
    "Write a shorter one; save the whole as a file."
)


class LineTerminal:
    """The terminal of this process. Its signal handlers stay until :meth:`close`."""

    def __init__(self) -> None:
        self._in, self._out = sys.stdin.fileno(), sys.stdout
        if hasattr(self._out, "reconfigure"):
            self._out.reconfigure(errors="backslashreplace")
        self._encoding = sys.stdin.encoding or "utf-8"
        self._typed = b""
        self._console = _open_console()
        self._open_to_ctrl_c = False
        self._ctrl_c = False
        self._before: dict[int, Any] = {}
        self._install_handler("SIGINT", self._handle_interrupt)
        self._install_handler("SIGHUP", self._handle_termination)
        self._install_handler("SIGTERM", self._handle_termination)
        # Ctrl+Z would leave a signed-in program behind, for the next person to bring back; SIGQUIT
        # would end it without signing out, and might write its memory to a file.
        self._install_handler("SIGTSTP", signal.SIG_IGN)
        self._install_handler("SIGQUIT", signal.SIG_IGN)

    def _install_handler(
        self, name: str, handler: Callable[[int, FrameType | None], Any] | Any
    ) -> None:
        number = getattr(signal, name, None)
        if number is not None:
            self._before[number] = signal.signal(number, handler)

    def restore_signals(self) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._open_to_ctrl_c:
            raise KeyboardInterrupt
        self._ctrl_c = True

    def _handle_termination(self, number: int, _frame: FrameType | None) -> None:
        for name in ("SIGHUP", "SIGTERM"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)  # once is enough
        raise SessionEnded(128 + number)

    @contextmanager
    def allow_interrupt(self) -> Iterator[None]:
        """Let Ctrl+C raise inside; one that came before raises at once."""
        self._open_to_ctrl_c = True
        try:
            if self._ctrl_c:
                self._ctrl_c = False
                raise KeyboardInterrupt
            yield
        finally:
            self._open_to_ctrl_c = False

    def print_texts(self, *texts: str) -> None:
        """Print each text in lines that any terminal can read aloud."""
        for text in texts:
            self._write_text("".join(f"{row}\n" for row in wrap_text(text)))

    def _write_text(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):  # the window is gone; what is left unwritten must not fail
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), self._out.fileno())
            raise SessionEnded(129) from None

    def read_answer(self, prompt: str, idle: float | None = None) -> str:
        """Print the prompt and read one line."""
        return self._prompt_and_read(prompt, idle, nullcontext())

    def read_secret(self, prompt: str, idle: float | None = None) -> str:
        """Read one line that is not shown."""
        if sys.platform == "win32":
            self._wait_for_input(None if idle is None else monotonic() + idle)
            return getpass.getpass(f"{make_printable(prompt)} > ")
        line = self._prompt_and_read(prompt, idle, hide_echo(self._in))
        return line

    def _prompt_and_read(
        self, prompt: str, idle: float | None, seen: AbstractContextManager[None]
    ) -> str:
        until = None if idle is None else monotonic() + idle
        hidden = not isinstance(seen, nullcontext)
        with self.allow_interrupt():
            try:
                with seen:
                    while True:
                        self._write_text(f"{make_printable(prompt)} > ")
                        line = self._read_line(until)
                        if hidden:
                            self._write_text("\n")
                        if len(line) < LONGEST:
                            return line.decode(self._encoding, "surrogateescape")
                        self.print_texts(CUT)
            except KeyboardInterrupt:
                self._write_text("\n")
                raise
            except IdleTimeout:
                self._write_text("\n")
                raise

    def poll_line(self, seconds: float) -> str:
        """Return a line typed within so many seconds, or ""."""
        if self._console is not None:
            with self.allow_interrupt():
                return self._console.read_line(monotonic() + seconds)
        if sys.platform == "win32":  # keys that come through a pipe: there is nothing to wait with
            with self.allow_interrupt():
                sleep(seconds)
            return ""
        with self.allow_interrupt(), suppress(IdleTimeout):
            line = self._read_line(monotonic() + seconds)
            return line.decode(self._encoding, "surrogateescape")
        return ""

    def drop_typed_ahead(self) -> bool:
        """Forget what was typed ahead."""
        had, self._typed = bool(self._typed), b""
        if self._console is not None:
            return self._console.drop_typed_ahead() or had
        if sys.platform == "win32":
            return had
        with suppress(IdleTimeout, KeyboardInterrupt):
            while True:
                self._read_line(monotonic() + 0.05)
                had = True
        return had

    def _read_line(self, until: float | None) -> bytes:
        while b"\n" not in self._typed:
            self._wait_for_input(until)
            try:
                more = os.read(self._in, 65_536)
            except OSError:  # the terminal is gone: EIO
                more = b""
            if not more:
                self._write_text("\n")
                raise SessionEnded(0)
            self._typed += more
        line, _, self._typed = self._typed.partition(b"\n")
        return line.rstrip(b"\r")

    def _wait_for_input(self, until: float | None) -> None:
        if self._console is not None:
            if not self._console.wait_for_key(until):
                raise IdleTimeout
            return
        if sys.platform == "win32":
            return  # select takes no pipe there
        left = None if until is None else max(0.0, until - monotonic())
        if not select.select([self._in], [], [], left)[0]:
            raise IdleTimeout


def _write_to_stdout(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _open_console() -> WindowsConsole | None:
    """Return this process' console where ``select`` takes none, which is on Windows."""
    if sys.platform != "win32" or not sys.stdin.isatty():
        return None
    import msvcrt

    return WindowsConsole(msvcrt.kbhit, msvcrt.getwch, _write_to_stdout)
