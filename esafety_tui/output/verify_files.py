"""Lists the files of a pack folder, and gives their bytes.

Nothing but plain files and folders with the names of a pack is accepted; links are not followed.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from esafety_tui.kernel.errors import NotSound
from esafety_tui.kernel.text import show_invisible
from esafety_tui.output.pack.layout import (
    FOLDERS,
    STRAY_LIMIT,
    is_pack_name,
    is_stray_file,
)

Progress = Callable[[str, int, int], None]
MAX_FILES = 100_000
PIECE_SIZE = 1 << 20


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack: hex SHA-256, bytes, and its content unless it is an exhibit."""

    sha256: str
    size: int
    content: bytes = field(repr=False)


class ByteMeter:
    """Counts bytes for the progress display; both reading threads use it."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self._lock = threading.Lock()

    def count_bytes(self, name: str, size: int) -> None:
        """Add ``size`` bytes of ``name``. An exception of the display stops the check."""
        if self._progress is not None:
            with self._lock:
                self._done += size
                self._progress(name, self._done, self._total)


def list_pack_folder(root: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return name and bytes of every file of the pack folder ``root``, and the strays.

    A stray is a file that an operating system left there; it is not read.

    Raises:
        NotSound: a file has no place in a pack, or is a link or device; or there are too many.
        OSError: the folder cannot be read.
    """
    sizes: dict[str, int] = {}
    for name, size in _list_entries(root, ""):
        sizes[name] = size
        if len(sizes) > MAX_FILES:
            raise NotSound("the pack", "it holds more files than a pack can have")
    strays = tuple(sorted(filter(is_stray_file, sizes)))
    for name in strays:
        del sizes[name]
    return sizes, strays


def _list_entries(root: Path, folder: str) -> Iterator[tuple[str, int]]:
    with os.scandir(root / folder) as found:
        entries = list(islice(found, MAX_FILES + 1))
    if len(entries) > MAX_FILES:
        raise NotSound("the pack", "it holds more files than a pack can have")
    for entry in sorted(entries, key=lambda entry: entry.name):
        name = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False) and name in FOLDERS:
            yield from _list_entries(root, name)
        elif not (is_pack_name(name) or is_stray_file(name)):
            raise NotSound(show_invisible(name), "it was added: a pack has no such file")
        elif not entry.is_file(follow_symlinks=False):
            raise NotSound(name, "it is not a plain file")
        else:
            size = entry.stat(follow_symlinks=False).st_size
            if is_stray_file(name) and size > STRAY_LIMIT:
                raise NotSound(name, "it was added: no system leaves a file of this size")
            yield name, size


def peek_at_file(root: Path, name: str, limit: int) -> bytes | None:
    """Return a plain file of at most ``limit`` bytes before anything is judged, else None."""
    try:
        seen = (root / name).lstat()
        if stat.S_ISREG(seen.st_mode) and seen.st_size <= limit:
            return b"".join(read_file_pieces(root, name))
        return None
    except (OSError, NotSound):  # the check that follows names it
        return None


def read_file_pieces(root: Path, name: str) -> Iterator[bytes]:
    """Yield the bytes of a plain file in pieces. Raises NotSound for a link or device, OSError."""
    # A FIFO put in its place meanwhile must not hold the check up.
    extra = ("O_NOFOLLOW", "O_BINARY", "O_NONBLOCK")
    flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in extra)
    with os.fdopen(os.open(root / name, flags), "rb", buffering=0) as src:
        if not stat.S_ISREG(os.fstat(src.fileno()).st_mode):
            raise NotSound(name, "it is not a plain file")
        while piece := src.read(PIECE_SIZE):
            yield piece
