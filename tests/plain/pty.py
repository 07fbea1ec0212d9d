"""A small driver for a program at a pseudo-terminal: reads to the next prompt, types one line.

The terminal is as dumb as one can be: TERM=dumb, no size, the kernel's own line editor and echo.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
PROMPT = re.compile(r"(?:^|\n)([^\n]*) > $")
SECONDS = 40.0


if sys.platform == "win32":

    def _open_terminal() -> tuple[int, int]:
        raise NotImplementedError("Windows has no pseudo-terminals of this kind")

    def _control_terminal() -> None:
        raise NotImplementedError("Windows has no controlling terminals")
else:
    import fcntl
    import termios

    def _open_terminal() -> tuple[int, int]:
        """Return the driver's end and the program's."""
        return os.openpty()

    def _control_terminal() -> None:
        """Make standard input the terminal that signals come from."""
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Pty:
    """One program at one terminal. ``raw`` is every byte it and the terminal's echo wrote."""

    def __init__(self, *words: str, home: Path) -> None:
        self._master, slave = _open_terminal()
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8",
               "XDG_STATE_HOME": str(home / "state"), "PYTHONPATH": str(ROOT)}  # fmt: skip
        env |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        self.raw = b""
        self._at = 0
        self.program = subprocess.Popen(
            [sys.executable, "-m", "esafety_tui.cli", *words],
            stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True,
            preexec_fn=_control_terminal,
        )  # fmt: skip
        os.close(slave)

    def close(self) -> None:
        """End what still runs and give the terminal back."""
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        if self._master >= 0:
            os.close(self._master)

    @property
    def text(self) -> str:
        """Everything written so far, with plain line ends."""
        return self.raw.decode("utf-8").replace("\r\n", "\n")

    def _read(self, until: float) -> bool:
        """Read what there is. False: the terminal is closed."""
        left = max(0.0, until - monotonic())
        if not select.select([self._master], [], [], left)[0]:
            raise AssertionError(f"no prompt came:\n{self.text[-2000:]}")
        try:
            more = os.read(self._master, 65_536)
        except OSError:
            more = b""
        self.raw += more
        return bool(more)

    def prompt(self) -> tuple[str, str] | None:
        """Return (said since the last line typed, the prompt), or None when it has ended."""
        until = monotonic() + SECONDS
        while True:
            said = self.raw[self._at :].decode("utf-8", "ignore").replace("\r\n", "\n")
            found = PROMPT.search(said)
            if found is not None:
                return said[: found.start()], found[1]
            if not self._read(until):
                return None

    def until(self, words: str) -> None:
        """Wait until ``words`` were written since the last line typed."""
        until = monotonic() + SECONDS
        while words.encode() not in self.raw[self._at :]:
            assert self._read(until), self.text[-2000:]

    def send(self, data: bytes) -> None:
        """Send keys as they are; what was written before them counts as heard."""
        self._at = len(self.raw)
        os.write(self._master, data)

    def type(self, line: str) -> None:
        """Type one line at a prompt and wait for the terminal's line end, so that it is echoed."""
        self.send(line.encode() + b"\n")
        until = monotonic() + SECONDS
        while b"\n" not in self.raw[self._at :]:
            assert self._read(until)
        self._at += self.raw[self._at :].index(b"\n") + 1

    def play(self, answer: Callable[[str, str], str]) -> None:
        """Answer every prompt until the program ends or ``answer`` returns "DONE"."""
        while (heard := self.prompt()) is not None:
            line = answer(*heard)
            if line == "DONE":
                return
            self.type(line)

    def close_window(self) -> None:
        """Close the terminal's other end: the kernel hangs up, and nothing can be written."""
        os.close(self._master)
        self._master = -1

    def ended(self) -> int:
        """Read to the end and return the exit code."""
        until = monotonic() + SECONDS
        while self._read(until):
            pass
        return self.program.wait(SECONDS)
