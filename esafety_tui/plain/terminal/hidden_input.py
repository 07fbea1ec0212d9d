"""A terminal that does not show what is typed, for as long as a passphrase is typed.

Rule: where the echo cannot be turned off, nothing secret is asked for; it is put back as it was.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from esafety_tui.kernel.errors import Refused


@contextmanager
def hide_echo(fd: int) -> Iterator[None]:
    """Turn the terminal's echo off. Raises Refused where it cannot be."""
    if sys.platform == "win32":
        raise Refused("Nothing is hidden here.", "Use the console.")
    import termios

    shown = Refused(
        "This terminal cannot hide what is typed, so no passphrase is asked for here.",
        "Use another terminal window.",
    )
    try:
        before = termios.tcgetattr(fd)
        quiet = list(before)
        quiet[3] = int(quiet[3]) & ~termios.ECHO
        termios.tcsetattr(fd, termios.TCSADRAIN, quiet)
        if termios.tcgetattr(fd)[3] & termios.ECHO:
            raise shown
    except termios.error:
        raise shown from None
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSADRAIN, before)
