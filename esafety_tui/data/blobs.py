"""Sealed files: taken in with one read, written atomically, released only after a whole check.

format.md section 6. A large original is hashed on one thread and sealed on another while it is read
once, a small one at once and in memory; no clear byte is written anywhere. Who may read is decided
by the store, not here.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import queue
import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from esafety_tui.data import pagecache, platform
from esafety_tui.data.age import Identity, Recipient, SealWriter, unseal_stream
from esafety_tui.data.age_header import VERSION
from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel.errors import StorageFailed, Tampered

PIECE = 1 << 20
WRITEBACK = 8 << 20
SMALL = 4 << 20
"""Bytes up to which starting threads costs more than they save."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file taken in. Hashes are 64 hexadecimal digits; ``size`` is bytes of the original."""

    name: str
    sha256: str
    size: int

    @property
    def blob(self) -> str:
        """Hash of the sealed bytes: the file's name in the vault."""
        return self.name


class _Worker:
    """Does one kind of work on pieces, in order, on a thread of its own.

    hashlib, the cipher and the disk all let other threads run meanwhile. An error is kept and
    raised where the next piece is fed, or at the end: never lost.
    """

    def __init__(self, name: str, work: Callable[[bytes], object]) -> None:
        self._queue: queue.Queue[bytes | None] = queue.Queue(8)
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

    def feed(self, piece: bytes) -> None:
        """Hand over a piece nobody will change. Raises what the work raised before."""
        if self._error is not None:
            raise self._error
        self._queue.put(piece)

    def stop(self) -> None:
        """Wait until all pieces are done; raises nothing. Safe to call twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def finish(self) -> None:
        """Wait until all pieces are done. Raises what the work raised."""
        self.stop()
        if self._error is not None:
            raise self._error


class _Sink:
    """Writes sealed bytes to the disk and hashes them, both off the caller's thread.

    Write-back starts early, on a thread again, so that the last sync finds little to do.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.hash = hashlib.sha256()
        self._pending = 0
        self._writer = _Worker("write", self._put)
        self._syncer = _Worker("sync", self._sync)

    def write(self, data: bytes | memoryview) -> int:
        """Take sealed bytes; the caller may use its buffer again at once."""
        self._writer.feed(bytes(data))
        return len(data)

    def _put(self, piece: bytes) -> None:
        self._out.write(piece)
        self.hash.update(piece)
        self._pending += len(piece)
        if self._pending >= WRITEBACK:
            self._pending = 0
            self._out.flush()
            self._syncer.feed(b"")

    def _sync(self, _piece: bytes) -> None:
        getattr(os, "fdatasync", os.fsync)(self._out.fileno())

    def finish(self) -> str:
        """Return the hex hash once everything is on the disk. Raises OSError."""
        self._writer.finish()
        self._syncer.finish()
        self._out.flush()
        os.fsync(self._out.fileno())
        return self.hash.hexdigest()

    def stop(self) -> None:
        """End the threads without an error, before the file is closed."""
        self._writer.stop()
        self._syncer.stop()


def take_in(
    source: BinaryIO,
    folder: Path,
    recipient: Recipient,
    progress: Callable[[int], None] | None = None,
) -> Sealed:
    """Read ``source`` once to its end, sealing it into ``folder``. Returns its hashes.

    Args:
        progress: called with the bytes taken so far; may raise to cancel.

    Raises:
        StorageFailed: the disk refused, or the sealed file did not read back; nothing is left.
    """
    pieces = _pieces_from(source, progress)
    first: list[bytes] = []
    held = 0
    try:
        for piece in pieces:
            first.append(piece)
            held += len(piece)
            if held > SMALL:
                return _take_large(itertools.chain(first, pieces), folder, recipient)
    except OSError as err:
        raise platform.storage_failed(err, "take in the file") from err
    return _take_small(b"".join(first), folder, recipient)


def _pieces_from(source: BinaryIO, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    size = 0
    while piece := source.read(PIECE):
        yield piece
        size += len(piece)
        if progress is not None:
            progress(size)


def _take_small(data: bytes, folder: Path, recipient: Recipient) -> Sealed:
    out = io.BytesIO()
    writer = SealWriter(out, [recipient])
    writer.write(data)
    writer.finish()
    sealed = out.getvalue()
    name = hashlib.sha256(sealed).hexdigest()
    platform.write_atomic(folder / f"{name}.age", sealed)
    _read_back(folder / f"{name}.age", name)
    return Sealed(name, hashlib.sha256(data).hexdigest(), len(data))


def _take_large(pieces: Iterable[bytes], folder: Path, recipient: Recipient) -> Sealed:
    tmp = folder / f".{secrets.token_hex(16)}.tmp"
    digest = hashlib.sha256()
    plain = _Worker("hash", digest.update)
    try:
        with tmp.open("xb", buffering=0) as out:
            tmp.chmod(0o600)
            sink = _Sink(out)
            try:
                size = _pump(pieces, SealWriter(sink, [recipient]), plain)  # type: ignore[arg-type]
                name = sink.finish()
            finally:
                sink.stop()
        plain.finish()
        tmp.replace(folder / f"{name}.age")
        platform.sync_folder(folder)
    finally:
        plain.stop()
        tmp.unlink(missing_ok=True)
    _read_back(folder / f"{name}.age", name)
    return Sealed(name, digest.hexdigest(), size)


def _read_back(path: Path, name: str) -> None:
    """Read the sealed file from the disk, the page cache dropped where the system can.

    Raises StorageFailed, and leaves no file, unless it has the hash it is named by.
    """
    try:
        pagecache.drop_cache(path, synced=True)
        if ciphertext_hash(path) == name:
            return
    except OSError as err:
        raise platform.storage_failed(err, "read the sealed file back") from err
    path.unlink(missing_ok=True)
    raise StorageFailed(
        "The sealed file does not read back from the disk as it was written. It was not taken in.",
        "Check the disk, then take the file in again.",
    )


def _pump(pieces: Iterable[bytes], writer: SealWriter, plain: _Worker) -> int:
    size = 0
    for piece in pieces:
        plain.feed(piece)
        writer.write(piece)
        size += len(piece)
    writer.finish()
    return size


def read_out(folder: Path, name: str, sha256: str, identity: Identity) -> Iterator[bytes]:
    """Yield the original bytes after a first pass has found the whole file sound.

    Raises Tampered before the first byte when a tag or the hash does not fit, and after the last
    one when the file was changed between the passes: only what ends without an error was whole.
    StorageFailed when the file cannot be read.
    """
    path = folder / f"{name}.age"
    for _ in _checked(path, sha256, identity):
        pass
    yield from _checked(path, sha256, identity)


def _checked(path: Path, sha256: str, identity: Identity) -> Iterator[bytes]:
    check = hashlib.sha256()
    for piece in _pieces(path, identity):
        check.update(piece)
        yield piece
    if check.hexdigest() != sha256:
        raise Tampered(
            "A stored file is not the one that was taken in.",
            "Stop. Do not use it. Fetch the vault's second copy.",
        )


def _pieces(path: Path, identity: Identity) -> Iterator[bytes]:
    try:
        with open_plain(path) as raw, io.BufferedReader(raw) as src:
            yield from unseal_stream(src, [identity])
    except FileNotFoundError as err:
        raise Tampered(
            "A stored file is missing from the vault.",
            "Stop. Fetch the vault's second copy.",
        ) from err
    except OSError as err:
        raise StorageFailed(
            "A stored file cannot be read.", "Check the disk, then try again."
        ) from err


def strays(folder: Path, known: Collection[str]) -> list[Path]:
    """Return what lies in ``folder`` and has no name in ``known``.

    Raises Tampered where there is no folder, StorageFailed.
    """
    try:
        return sorted(p for p in folder.iterdir() if p.name not in known)
    except (FileNotFoundError, NotADirectoryError) as err:
        raise Tampered(
            "The vault's folder of sealed files is missing.",
            "Copy the whole vault back from a second copy.",
        ) from err
    except OSError as err:
        raise platform.storage_failed(err, "read the folder of sealed files") from err


def sealed_hash(path: Path) -> str:
    """Return the hex SHA-256 of a sealed file; "", unread, where it does not begin as one."""
    with open_plain(path) as src:
        if src.read(len(VERSION)) != VERSION:
            return ""
    return ciphertext_hash(path)


def ciphertext_hash(path: Path) -> str:
    """Return the hex SHA-256 of a file as it lies on the disk. Raises OSError."""
    with open_plain(path) as raw, io.BufferedReader(raw) as src:
        return hashlib.file_digest(src, "sha256").hexdigest()
