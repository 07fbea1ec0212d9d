"""P9 and P10: first screen and key presses in a real pseudo-terminal.

Time runs from the start of the process to bytes on the terminal; Textual's own test pilot cannot
measure this. Posting and harlequin are timed where they are installed.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.rounds import Timing, absent, paired, report, sized

ESCAPES = re.compile(rb"\x1b(\[[0-9;?]*[a-zA-Z]|[()][A-Z0-9]|[=>]|\][^\x07]*\x07)")
PATIENCE = 20.0
LETTERS = b"harbourviewschool"


class Pty:
    """A program at an 80x24 terminal of its own."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        import pty
        import termios

        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))
        place = {**os.environ, "TERM": "xterm-256color", "HOME": str(folder), "COLORTERM": ""}
        place.pop("PYTHONDONTWRITEBYTECODE", None)
        self.started = time.perf_counter()
        self._program = subprocess.Popen(
            list(command), stdin=slave, stdout=slave, stderr=slave, env=place,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.seen = b""

    def read(self, seconds: float) -> bytes:
        """Return what comes within ``seconds``, or nothing."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return b""
        self.seen += data
        return data

    def until(self, wanted: bytes) -> float:
        """Return the seconds since the start at which ``wanted`` stood on the terminal."""
        end = time.perf_counter() + PATIENCE
        while time.perf_counter() < end:
            if self.read(0.05) and wanted in ESCAPES.sub(b"", self.seen):
                return time.perf_counter() - self.started
        raise TimeoutError(f"never shown: {wanted.decode()}")

    def quiet(self) -> None:
        """Wait until nothing has been drawn for a tenth of a second."""
        while self.read(0.1):
            pass

    def press(self, key: bytes) -> float:
        """Return the seconds from one key to the first bytes of the frame that shows it."""
        self.quiet()
        start = time.perf_counter()
        os.write(self.master, key)
        if not self.read(PATIENCE):
            raise TimeoutError("a key press drew nothing")
        return time.perf_counter() - start

    def end(self) -> None:
        """End the program that this object started."""
        os.killpg(self._program.pid, signal.SIGKILL)
        self._program.wait()
        os.close(self.master)


def _ours(folder: Path) -> list[str]:
    return [sys.executable, "-m", "esafety_tui.cli", "--vault", str(folder / "none")]


def _screen(command: Sequence[str], folder: Path, wanted: bytes) -> Timing:
    def run() -> float:
        terminal = Pty(command, folder)
        try:
            return terminal.until(wanted)
        finally:
            terminal.end()

    return run


def _python_pass() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - start


def p9(folder: Path) -> None:
    """From nothing to the first screen that takes a key."""
    contestants: dict[str, Timing] = {
        "first screen": _screen(_ours(folder), folder, b"First run"),
        "minimal Textual app": _screen(
            [sys.executable, "-m", "bench.minimal"], folder, b"First run"
        ),
        "python -c pass": _python_pass,
    }
    for peer, marker in (("posting", b"Collection"), ("harlequin", b"Query")):
        if shutil.which(peer):
            contestants[peer] = _screen([peer], folder, marker)
    goals = {"minimal Textual app": "<= 1.3", "posting": "<= 0.35", "harlequin": "<= 0.3"}
    report("P9  usable first screen", paired(contestants), "first screen", goals)
    for peer in ("posting", "harlequin"):
        if shutil.which(peer) is None:
            absent(peer)


def _keys(command: Sequence[str], folder: Path, first: bytes, way: bytes) -> Timing:
    def run() -> float:
        terminal = Pty(command, folder)
        try:
            terminal.until(first)
            terminal.quiet()
            if way:
                os.write(terminal.master, way)
            terminal.quiet()
            count = sized("BENCH_KEYS", 40)
            taken = [terminal.press(LETTERS[n % 17 : n % 17 + 1]) for n in range(count)]
            return statistics.quantiles(taken, n=20)[18]
        finally:
            terminal.end()

    return run


def p10(folder: Path) -> None:
    """The slowest twentieth of key presses in a step with a field (95th percentile)."""
    minimal = [sys.executable, "-m", "bench.minimal"]
    times = paired(
        {
            "key in a step": _keys(_ours(folder), folder, b"First run", b"\r"),
            "minimal Textual app": _keys(minimal, folder, b"First run", b""),
        }
    )
    report(
        "P10 key press, 95th percentile", times, "key in a step", {"minimal Textual app": "<= 2"}
    )
