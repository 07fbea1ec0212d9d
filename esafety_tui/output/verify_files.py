"""Reads the files of a pack folder, each once: what is parsed is what was hashed.

Nothing but plain files and folders with the names of a pack is accepted; links are not followed.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.kernel.text import show
from esafety_tui.output.pack.layout import (
    EXHIBITS,
    FOLDERS,
    STRAY_LIMIT,
    is_pack_name,
    is_stray,
)

Progress = Callable[[str, int, int], None]
MAX_FILES = 100_000
MAX_KEPT = 256 << 20
"""Bytes of the largest file that is taken into memory; exhibits never are."""
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """One file of a pack: hex SHA-256, bytes, and its content unless it is an exhibit."""

    sha256: str
    size: int
    content: bytes = field(repr=False)


class Meter:
    """Counts bytes for the progress display; both reading threads use it."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self._lock = threading.Lock()

    def count(self, name: str, size: int) -> None:
        """Add ``size`` bytes of ``name``. Whatever the display raises stops the check."""
        if self._progress is not None:
            with self._lock:
                self._done += size
                self._progress(name, self._done, self._total)


def take(name: str, pieces: Iterator[bytes], meter: Meter) -> Seen:
    """Hash one file as it passes and keep it if it is to be parsed."""
    digest, size, kept = hashlib.sha256(), 0, []
    keep = not name.startswith(EXHIBITS)
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        if keep:
            if size > MAX_KEPT:
                raise NotSound(name, "it is far too large for what it should be")
            kept.append(piece)
        meter.count(name, len(piece))
    return Seen(digest.hexdigest(), size, b"".join(kept))


def take_all(
    sizes: dict[str, int], open_one: Callable[[str], Iterator[bytes]], progress: Progress | None
) -> dict[str, Seen]:
    """Take all files, two at a time, since hashing leaves the interpreter free."""
    if len(sizes) > MAX_FILES:
        raise NotSound("the pack", "it holds more files than a pack can have")
    meter = Meter(progress, sum(sizes.values()))
    names = sorted(sizes)
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(lambda n: take(n, open_one(n), meter), name) for name in names]
        try:
            return {name: future.result() for name, future in zip(names, futures, strict=True)}
        finally:
            for future in futures:
                future.cancel()


def read_folder(
    root: Path, progress: Progress | None = None
) -> tuple[dict[str, Seen], tuple[str, ...]]:
    """Return every file of the pack folder ``root`` by its name in the pack, and the strays.

    A stray is a file that an operating system left there; it is not read.

    Raises:
        NotSound: a file has no place in a pack, or is a link or device.
        Unusable: the folder cannot be read, or is no pack.
    """
    try:
        sizes = dict(_list(root, ""))
        strays = tuple(sorted(filter(is_stray, sizes)))
        for name in strays:
            del sizes[name]
        return take_all(sizes, lambda name: _pieces(root, name), progress), strays
    except OSError as err:
        raise Unusable(
            "The pack cannot be read from here.", "Copy it again, or plug the stick in again."
        ) from err


def _list(root: Path, folder: str) -> Iterator[tuple[str, int]]:
    for entry in sorted(os.scandir(root / folder), key=lambda entry: entry.name):
        name = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False) and name in FOLDERS:
            yield from _list(root, name)
        elif not (is_pack_name(name) or is_stray(name)):
            raise NotSound(show(name), "it was added: a pack has no such file")
        elif not entry.is_file(follow_symlinks=False):
            raise NotSound(name, "it is not a plain file")
        else:
            size = entry.stat(follow_symlinks=False).st_size
            if is_stray(name) and size > STRAY_LIMIT:
                raise NotSound(name, "it was added: no system leaves a file of this size")
            yield name, size


def peek(root: Path, name: str) -> bytes | None:
    """Return one file before anything is judged, or None where it is no plain file of a pack."""
    try:
        seen = (root / name).lstat()
        if stat.S_ISREG(seen.st_mode) and seen.st_size <= MAX_KEPT:
            return b"".join(_pieces(root, name))
        return None
    except (OSError, NotSound):  # the check that follows names it
        return None


def _pieces(root: Path, name: str) -> Iterator[bytes]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(root / name, flags), "rb", buffering=0) as src:
        if not stat.S_ISREG(os.fstat(src.fileno()).st_mode):
            raise NotSound(name, "it is not a plain file")
        while piece := src.read(PIECE):
            yield piece
