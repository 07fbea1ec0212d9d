"""A forked child under strace: what it says, what it called, and one call made to fail.

The child waits until strace is attached, so that only its own work is seen and counted; importing
everything is the parent's business. Needs the Debian package strace.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.programs import need_program

PR_SET_PTRACER = 0x59616D61
BEGIN = "begin"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One traced run: lines said, the trace, the child's wait status."""

    said: list[str]
    trace: str
    status: int


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that ended: its thread, name, arguments as strace prints them, result."""

    thread: str
    name: str
    args: str
    result: str


def run(work: Callable[[Say], object], log: Path, *options: str) -> Run:
    """Fork, attach strace with ``options``, let the child work, and collect."""
    if sys.platform == "win32":
        raise NotImplementedError("Windows has no fork")
    need_program("strace")
    out_r, out_w = os.pipe()
    go_r, go_w = os.pipe()
    child = os.fork()
    if child == 0:  # the child never returns into pytest
        os.close(out_r)
        os.close(go_w)
        _child(work, out_w, go_r)
    os.close(out_w)
    os.close(go_r)
    command = ["strace", "-f", "-qq", "-o", str(log), *options, "-p", str(child)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        _wait_attached(child, tracer)
        os.write(go_w, b"!")
        with os.fdopen(out_r, "rb") as pipe:
            said = pipe.read().decode().splitlines()
        os.close(go_w)
        _, status = os.waitpid(child, 0)
        tracer.wait()
    return Run(said, log.read_text(errors="replace"), status)


def _child(work: Callable[[Say], object], out: int, go: int) -> None:
    def say(line: str) -> None:
        # A failing pipe is the test's own trouble, not the product's: it is simply tried again.
        for _ in range(3):
            with suppress(OSError):
                os.write(out, line.encode() + b"\n")
                return

    # What is imported for the first time, here or in a process begun from here, would write its
    # bytecode into the trace.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        with suppress(OSError):
            ctypes.CDLL(None).prctl(PR_SET_PTRACER, -1, 0, 0, 0)
        _told(go)
        say(BEGIN)
        work(say)
        say("end")
    except BaseException as err:
        say(f"crash {type(err).__name__}: {err!r}")
        os._exit(70)
    os._exit(0)


def _told(go: int) -> None:
    """Wait for the word to begin; the call that fails may be this one, which is the test's own."""
    for _ in range(3):
        with suppress(OSError):
            os.read(go, 1)
            return


def _wait_attached(child: int, tracer: subprocess.Popen[str]) -> None:
    status = Path(f"/proc/{child}/status")
    until = time.monotonic() + 20
    while "TracerPid:\t0\n" in status.read_text():
        if tracer.poll() is not None or time.monotonic() > until:
            os.kill(child, 9)
            _, err = tracer.communicate()
            sys.exit(f"strace could not watch its child: {err}")
        time.sleep(0.001)
    # The kernel names the tracer a moment before the child is stopped for it.
    time.sleep(0.01)


_LINE = re.compile(r"^(\d+) +(\w+)\((.*?)\)? += (-?\d+.*|\?.*)$")
_CUT = re.compile(r"^(\d+) +(\w+)\((.*?) <unfinished \.\.\.>$")
_REST = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")


def calls(trace: str) -> Iterator[Call]:
    """Yield the calls of a trace in the order in which they ended."""
    open_calls: dict[tuple[str, str], str] = {}
    for line in trace.splitlines():
        if cut := _CUT.match(line):
            open_calls[cut[1], cut[2]] = cut[3]
            continue
        if rest := _REST.match(line):
            line = f"{rest[1]} {rest[2]}({open_calls.pop((rest[1], rest[2]), '')}{rest[3]}"
        if whole := _LINE.match(line):
            yield Call(whole[1], whole[2], whole[3], whole[4])


def quoted(args: str) -> list[str]:
    """Return the strings in quotation marks among the arguments."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', args)


def of_fd(args: Sequence[str] | str) -> str:
    """Return the path that ``-y`` prints beside the first file descriptor, or ""."""
    found = re.match(r"(?:AT_FDCWD|-?\d+)<([^>]*)>", str(args))
    return found[1] if found else ""


def spoken(call: Call) -> str | None:
    """Return the line that this call says through the pipe, None for any other call."""
    if call.name == "write" and of_fd(call.args).startswith("pipe:"):
        return quoted(call.args)[0].removesuffix("\\n")
    return None
