"""Writes one large file by threads, and reads back each part while the next one is written.

A region is synced, dropped from the page cache where the system can, and compared byte by byte with
what the disk gives back: so that the last sync finds little to do and nothing is waited for twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Generic, TypeVar

from esafety_tui.data import pagecache, platform
from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel.errors import StorageFailed

REGION: Final = 4 << 20
"""Bytes after which what was written is synced and read back."""

T = TypeVar("T")


class OrderedWorker(Generic[T]):
    """Does one kind of work on pieces, in order, on a thread of its own.

    hashlib, the cipher and the disk all let other threads run meanwhile. An error is kept and
    raised where the next piece is fed, or at the end: never lost.
    """

    def __init__(self, name: str, work: Callable[[T], object], room: int = 4) -> None:
        self._queue: queue.Queue[T | None] = queue.Queue(room)
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (piece := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._work(piece)
                except BaseException as err:
                    self._error = err

    def hand_over(self, piece: T) -> None:
        """Hand over a piece nobody will change. Raises what the work raised before."""
        if self._error is not None:
            raise self._error
        self._queue.put(piece)

    def stop_quietly(self) -> None:
        """Wait until all pieces are done; raises nothing. Safe to call twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def finish(self) -> None:
        """Wait until all pieces are done. Raises what the work raised."""
        self.stop_quietly()
        if self._error is not None:
            raise self._error


class VerifiedSink:
    """Writes sealed bytes to the disk, hashes them and reads them back, off the caller's thread.

    Until :meth:`finish` returns, the file is none: whoever gives up calls :meth:`stop`.
    """

    def __init__(self, out: BinaryIO, path: Path) -> None:
        self._out, self._path = out, path
        self.hash = hashlib.sha256()
        self._written: list[bytes] = []
        self._pending = self._checked = 0
        self._writer = OrderedWorker("write", self._write_piece)
        self._syncer: OrderedWorker[Sequence[bytes]] = OrderedWorker("sync", self._sync, room=1)
        self._reader: OrderedWorker[Sequence[bytes]] = OrderedWorker(
            "read back", self._sync_and_compare, room=1
        )

    def write(self, data: bytes | memoryview) -> int:
        """Take sealed bytes; the caller may use its buffer again at once."""
        self._writer.hand_over(bytes(data))
        return len(data)

    def _write_piece(self, piece: bytes) -> None:
        write_fully(self._out, piece)
        self.hash.update(piece)
        self._written.append(piece)
        self._pending += len(piece)
        if self._pending >= REGION:
            self._hand_over_region()

    def _hand_over_region(self) -> None:
        """Let the region written since the last time be synced and read back."""
        region, self._written, self._pending = self._written, [], 0
        self._syncer.hand_over(region)

    def _sync(self, region: Sequence[bytes]) -> None:
        """Bring what was written to the disk, ``region`` among it. Raises OSError."""
        getattr(os, "fdatasync", os.fsync)(self._out.fileno())
        self._reader.hand_over(region)

    def _sync_and_compare(self, region: Sequence[bytes]) -> None:
        """Compare ``region`` with what the disk gives back. Raises StorageFailed."""
        with report_read_back():
            pagecache.drop_cache(self._path, synced=True)
            with open_plain(self._path) as src:
                src.seek(self._checked)
                pagecache.read_ahead(src.fileno(), self._checked, sum(map(len, region)))
                for piece in region:
                    if _read_exactly(src, len(piece)) != piece:
                        raise not_as_written()
                    self._checked += len(piece)

    def finish(self) -> str:
        """Return the hex hash once everything is on the disk and was read back.

        Raises OSError, StorageFailed.
        """
        self._writer.finish()
        self._hand_over_region()
        self._syncer.finish()
        self._reader.finish()
        os.fsync(self._out.fileno())
        if os.fstat(self._out.fileno()).st_size != self._checked:
            raise not_as_written()
        return self.hash.hexdigest()

    def stop_threads(self) -> None:
        """End the threads without an error, before the file is closed."""
        self._writer.stop_quietly()
        self._syncer.stop_quietly()
        self._reader.stop_quietly()


def write_fully(out: BinaryIO, data: bytes | memoryview) -> None:
    """Write ``data`` to an unbuffered file, which may take it in parts."""
    view = memoryview(data)
    while view:
        view = view[out.write(view) :]


def _read_exactly(src: io.FileIO, size: int) -> bytes:
    """Read ``size`` bytes, fewer only at the end of the file."""
    data = src.read(size)
    while data and len(data) < size and (more := src.read(size - len(data))):
        data += more
    return data


@contextlib.contextmanager
def report_read_back() -> Iterator[None]:
    """Raise StorageFailed for an OSError while a sealed file is read back."""
    try:
        yield
    except OSError as err:
        raise platform.describe_os_error(err, "read the sealed file back") from err


def not_as_written() -> StorageFailed:
    """Return the error for a sealed file of which the disk gives back something else."""
    return StorageFailed(
        "The sealed file does not read back from the disk as it was written. It was not taken in.",
        "Check the disk, then take the file in again.",
    )
