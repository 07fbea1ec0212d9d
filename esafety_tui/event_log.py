"""A log of what the program did, for whoever helps: opt-in by ``--log FILE``, and without content.

A line is one JSON object. Its fields are times, names that stand in the source code, numbers and
classes of errors. Nothing that a person typed, chose or keeps is looked at: no word, name, address,
path or message, and of a file only the power of two above its size, since an exact size would tell
which file it was. docs/event-log.md lists every field. Nothing here is loaded without ``--log``.
"""

from __future__ import annotations

import builtins
import json
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from esafety_tui.kernel import errors
from esafety_tui.kernel.errors import BadInput

FIRST = b'{"v": 1, "kind": "begin"'
"""How each log begins; another file is not written to."""
OTHER = "another"
"""The class of an error that is neither Python's own nor ours: its name could be anybody's."""


class EventLog:
    """An open log. Safe from several threads; a disk that refuses ends the log, not the work."""

    def __init__(self, path: Path) -> None:
        """Open ``path`` for appending, or make it for this user alone.

        Raises:
            BadInput: it is a link, no plain file, or a file of something else.
        """
        self._began = time.monotonic_ns()
        self._mutex = threading.Lock()
        self._file: int | None = _open_log(path)

    def write_event(self, kind: str, name: str, **numbers: int | str) -> None:
        """Append one line. Callers give names of the source code, and numbers."""
        line = {"v": 1, "kind": kind, "name": name, "ms": _millis_since(self._began), **numbers}
        with self._mutex:
            if self._file is None:
                return
            try:
                os.write(self._file, json.dumps(line).encode("ascii") + b"\n")
            except OSError:  # a full disk: what the log is about must go on
                os.close(self._file)
                self._file = None

    def write_screen(self, name: str) -> None:
        """Note that a screen of this class is in view."""
        self.write_event("screen", name)

    @contextmanager
    def log_verb(self, verb: str, version: str) -> Iterator[Callable[[int], None]]:
        """Note beginning and end of a verb; gives what takes its exit code."""
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        python = ".".join(map(str, sys.version_info[:3]))
        about = {"at": at, "version": version, "python": python, "system": sys.platform}
        self.write_event("begin", verb, **about)
        codes: list[int] = []
        try:
            yield codes.append
        except BaseException as error:
            self.write_event("end", verb, error=classify_error(error))
            raise
        self.write_event("end", verb, code=codes[-1] if codes else 1)

    def close_log(self) -> None:
        """Close the file. Safe to call twice."""
        with self._mutex:
            if self._file is not None:
                os.close(self._file)
                self._file = None


class LoggedDesk:
    """A desk whose calls are noted by name, with their time, sizes and the class of an error."""

    def __init__(self, desk: Any, log: EventLog) -> None:
        self._desk, self._log = desk, log

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._desk, name)
        return self._log_calls(name, found) if callable(found) else found

    def _log_calls(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def logged(*args: Any, **named: Any) -> Any:
            began = time.monotonic_ns()
            seen: dict[str, int | str] = {}
            try:
                result = call(*args, **named)
                if isinstance(result, tuple | list):
                    seen["count"] = len(result)
                return result
            except BaseException as error:
                seen["error"] = classify_error(error)
                raise
            finally:
                size = measure_files((*args, *named.values()))
                seen |= {"size_below_2_to": size} if size else {}
                self._log.write_event("call", name, took=_millis_since(began), **seen)

        return logged


def classify_error(error: BaseException) -> str:
    """Return the class of an error, "another" for one that neither we nor Python named."""
    kind = type(error)
    name = kind.__name__
    known = getattr(errors, name, None) is kind or getattr(builtins, name, None) is kind
    return name if known else OTHER


def measure_files(values: tuple[Any, ...]) -> int:
    """Return the bits of the size of all files among the arguments of a call, 0 for none."""
    total = 0
    for value in values:
        for path in value if isinstance(value, tuple | list) else (value,):
            try:
                total += path.stat().st_size if isinstance(path, Path) and path.is_file() else 0
            except (OSError, ValueError):  # it is gone, or no name of a file
                continue
    return total.bit_length()


def _millis_since(began: int) -> int:
    return (time.monotonic_ns() - began) // 1_000_000


def _open_log(path: Path) -> int:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    # No link is followed, and a pipe that nobody reads does not hold the program up.
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise OSError
        file = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
    except (OSError, ValueError):
        raise _refuse_log() from None
    about = os.fstat(file)
    ours = about.st_size == 0 or os.read(file, len(FIRST)) == FIRST
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1 or not ours:
        os.close(file)
        raise _refuse_log()
    return file


def _refuse_log() -> BadInput:
    return BadInput(
        "The log cannot be written there: a link, another kind of file, or no such folder.",
        "Give --log the name of a new file.",
    )
