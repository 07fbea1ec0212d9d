"""Text from outside: made visible, made safe as a name, taken apart. Pure; no file is opened.

Rule: what a person cannot see, or what a terminal or a file system would act upon, never passes
as it is. :func:`show` is for eyes, not for records: records keep the exact text. Addresses are
dealt with in :mod:`esafety_tui.kernel.address`, whose two functions are offered here as well.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Callable, Iterator

from esafety_tui.kernel.address import defang, url_notes
from esafety_tui.kernel.visible import show

__all__ = ["defang", "parse_dropped", "show", "tame_name", "url_notes"]

_STEM_LIMIT = 80
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CLOCK_|CONIN_|CONOUT_|COM\d|LPT\d)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\/?.]")
_QUOTED = re.compile(r'"([^"]*)"(?=\s|$)|([^\s"]+)|(")')
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def tame_name(name: str) -> str:
    """Return a file name stem that every file system takes and no program acts upon.

    Folder parts, a last extension, alternate data streams (``:``) and accents go; whatever is
    not an ASCII letter, digit, ``-`` or ``_`` becomes ``_``. Never empty, at most 80 characters,
    never a device name of Windows (CON, LPT1 …), never a leading ``-``, dot or trailing dot.
    """
    last = re.split(r"[\\/]", name.rstrip("\\/"))[-1].split(":")[0]
    plain = unicodedata.normalize("NFKD", last)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    stem = plain.rpartition(".")[0] or plain
    stem = re.sub(r"[^A-Za-z0-9-]+", "_", stem)[:_STEM_LIMIT].strip("_-")
    if not stem:
        return "file"
    return f"file_{stem}" if _RESERVED.fullmatch(stem) else stem


def parse_dropped(text: str, exists: Callable[[str], bool]) -> list[str] | None:
    """Return the absolute paths that ``text`` is a drag-and-drop paste of, or None.

    Terminals paste a dropped file as a bare path, quoted, shell-escaped or as a file:// address,
    several apart by blanks or line ends. Accepted only if *every* token is an absolute path for
    which ``exists`` is true; ``exists`` is never asked about anything else. Nothing is read.
    """
    whole = text.strip(" \t\r\n\0")
    if not whole or len(whole) > 65_536:
        return None
    for tokens in _readings(whole):
        paths = [_as_path(token) for token in tokens]
        known = [path for path in paths if path is not None and exists(path)]
        if known and len(known) == len(paths):
            return known
    return None


def _readings(whole: str) -> Iterator[list[str]]:
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


def _as_path(token: str) -> str | None:
    """Return the absolute path a token stands for, or None."""
    if token[:7].lower() == "file://":
        token = _from_file_address(token[7:])
    if not (token.startswith("/") or _DRIVE.match(token)):
        return None
    if any(unicodedata.category(char) == "Cc" for char in token):
        return None
    return token


def _from_file_address(rest: str) -> str:
    """Return the local path of what follows ``file://``; "" for another computer's file."""
    host, slash, tail = rest.partition("/")
    if host.lower() not in ("", "localhost") or not slash:
        return ""
    raw = _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), tail.encode("utf-8", "surrogateescape"))
    path = raw.decode("utf-8", "surrogateescape")
    return path if _DRIVE.match(path) else f"/{path}"
