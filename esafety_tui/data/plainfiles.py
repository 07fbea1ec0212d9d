"""Opening files that somebody else may have put there: regular ones only, never more than a bound.

A pipe, a device or a terminal in a file's place would hang whoever opens it; a sparse file of
40 GB would fill the memory of whoever reads it. Both end in an OSError here, so that each caller
says its own sentence for "cannot be read".
"""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from pathlib import Path

SMALL = 1 << 20
"""Bytes of a file that describes something: front page, key, wrap, memory of heads."""
LISTS = 256 << 20
"""Bytes of a file that lists something: a copy's files, all generations' directories."""

# O_NONBLOCK: opening a pipe returns at once, and fstat then tells what it is.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NotPlainFile(OSError):
    """No regular file, or one larger than anything this program writes there."""


def open_plain(path: Path, most: int | None = None, *, links: bool = True) -> FileIO:
    """Open a regular file for reading, unbuffered.

    Args:
        most: bytes it may have; None for any number. links: whether a link is followed.

    Raises OSError: NotPlain for anything else than such a file.
    """
    if not links and not stat.S_ISREG(path.lstat().st_mode):
        raise NotPlainFile(errno.EINVAL, "not a file of its own")
    fd = os.open(path, _FLAGS)
    known = os.fstat(fd)
    if not stat.S_ISREG(known.st_mode):
        os.close(fd)
        raise NotPlainFile(errno.EINVAL, "not a file")
    if most is not None and known.st_size > most:
        os.close(fd)
        raise NotPlainFile(errno.EFBIG, "too large")
    return FileIO(fd, "rb")


def read_plain(path: Path, most: int = SMALL, *, links: bool = True) -> bytes:
    """Return the bytes of a regular file of at most ``most`` bytes. Raises as :func:`open_plain`.

    A file that grows while it is read is too large, too.
    """
    parts, left = [], most + 1
    with open_plain(path, most, links=links) as src:
        while left and (part := src.read(min(left, SMALL))):
            parts.append(part)
            left -= len(part)
    if not left:
        raise NotPlainFile(errno.EFBIG, "too large")
    return b"".join(parts)
