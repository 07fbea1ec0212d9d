"""Gets the system's page cache out of the way, so that a read-back reads the target itself.

It can do so only where the system offers it; what was done is returned, so that the entry in the
ledger can say it. Re-plugging the stick is the surer way and the only one on some systems.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

DROPPED = "cache dropped"
NOT_DROPPED = "cache not dropped"


def drop_cache(path: Path, *, synced: bool = False) -> str:
    """Ask the system to forget the pages of a file, or of every file of a folder.

    Args:
        synced: the caller has just synced it; else it is synced first.

    Returns:
        ``"cache dropped"``, or ``"cache not dropped"`` where the system has no such call.

    Raises:
        OSError: the target cannot be read.
    """
    if not sys.platform.startswith("linux"):
        return NOT_DROPPED
    for file in _list_plain_files(path):
        fd = os.open(file, os.O_RDONLY)
        try:
            if not synced:
                os.fsync(fd)  # only clean pages can be dropped
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)
    return DROPPED


def read_ahead(fd: int, start: int, size: int) -> None:
    """Tell the system that ``size`` bytes from ``start`` on are read next, where it can be told."""
    if sys.platform == "linux":
        os.posix_fadvise(fd, start, size, os.POSIX_FADV_WILLNEED)


def _list_plain_files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())
    else:
        yield path
