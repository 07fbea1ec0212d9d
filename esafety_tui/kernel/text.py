"""Text from outside: made visible, taken apart. Pure; no file is opened.

Rule: what a person cannot see, or what a terminal or a file system would act upon, never passes
as it is. :func:`show` is for eyes, not for records: records keep the exact text. Addresses are
dealt with in :mod:`esafety_tui.kernel.address`, whose two functions are offered here as well.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Callable, Iterator

from esafety_tui.kernel.address import defang_address, warn_about_address
from esafety_tui.kernel.visible import show_invisible

__all__ = ["defang_address", "parse_dropped_paths", "show_invisible", "warn_about_address"]

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\/?.]")
_QUOTED = re.compile(r'"([^"]*)"(?=\s|$)|([^\s"]+)|(")')
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def parse_dropped_paths(text: str, exists: Callable[[str], bool]) -> list[str] | None:
    """Return the absolute paths that ``text`` is a drag-and-drop paste of, or None.

    Terminals paste a dropped file as a bare path, quoted, shell-escaped or as a file:// address,
    several apart by blanks or line ends. Accepted only if *every* token is an absolute path for
    which ``exists`` is true; ``exists`` is never asked about anything else. Nothing is read.
    """
    whole = text.strip(" \t\r\n\0")
    if not whole or len(whole) > 65_536:
        return None
    for tokens in _ways_to_split(whole):
        paths = [_parse_path_token(token) for token in tokens]
        known = [path for path in paths if path is not None and exists(path)]
        if known and len(known) == len(paths):
            return known
    return None


def _ways_to_split(whole: str) -> Iterator[list[str]]:
    """Yield the ways to take ``whole`` apart, the most literal first."""
    lines = [line.strip() for line in whole.splitlines() if line.strip()]
    yield lines
    yield [line[1:-1] for line in lines if len(line) > 2 and line[0] == line[-1] in "'\""]
    found = _QUOTED.findall(whole)
    if not any(stray for _, _, stray in found):
        yield [quoted or bare for quoted, bare, _ in found]
    try:
        yield shlex.split(whole)
    except ValueError:
        return


def _parse_path_token(token: str) -> str | None:
    """Return the absolute path a token stands for, or None."""
    if token[:7].lower() == "file://":
        token = _path_from_file_address(token[7:])
    if not (token.startswith("/") or _DRIVE.match(token)):
        return None
    if any(unicodedata.category(char) == "Cc" for char in token):
        return None
    return token


def _path_from_file_address(rest: str) -> str:
    """Return the local path of what follows ``file://``; "" for another computer's file."""
    host, slash, tail = rest.partition("/")
    if host.lower() not in ("", "localhost") or not slash:
        return ""
    raw = _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), tail.encode("utf-8", "surrogateescape"))
    path = raw.decode("utf-8", "surrogateescape")
    return path if _DRIVE.match(path) else f"/{path}"
