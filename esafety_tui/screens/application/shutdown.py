"""The colours, the signals and the quiet end: what the application needs beside its screens.

Rule: a fault ends in one calm sentence with the kind of fault and its place in the code; never a
message, a value, a path or a local variable, for these may hold names.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from textual.theme import Theme

Signals: TypeAlias = Callable[[asyncio.AbstractEventLoop, Callable[[int], None]], None]
"""Install handlers that call back with the number of the signal received."""

CALM = Theme(
    name="calm",
    primary="#6fa8c9",
    secondary="#8aa7a0",
    accent="#d9c27e",
    foreground="#e6e6e0",
    background="#16202a",
    surface="#1f2c38",
    panel="#263645",
    success="#8fbf8f",
    warning="#d9b45b",
    error="#c8574f",
    dark=True,
)
FAULT = (
    "esafety had to close because of a fault in the program.\n"
    "Everything that was sealed is kept. Start it again: it carries on at the same step.\n"
    "Whom to call right now: run  esafety urgent\n"
)
IDLE_SECONDS = 300.0


def install_loop_signals(loop: asyncio.AbstractEventLoop, leave: Callable[[int], None]) -> None:
    """Install SIGTERM and SIGHUP where the loop can take them, and make SIGINT harmless.

    Windows' loop takes none: there the console's own closing event ends the process, and what
    was acknowledged is on the disk by then.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and sys.platform != "win32":
            loop.add_signal_handler(number, leave, int(number))
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, lambda: None)


def locate_fault(error: BaseException | None) -> str:
    """Return kind of fault and place in the code: no message, no values, no paths."""
    if error is None:
        return ""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" at {Path(trace.tb_frame.f_code.co_filename).name}"
    at = "" if trace is None else f":{trace.tb_lineno}"
    return f"(For the maintainers: {type(error).__name__}{where}{at})"
