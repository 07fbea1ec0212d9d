"""Sealed files: taken in with one read, written atomically, released only after a whole check.

format.md section 6. The original is hashed on one thread and sealed on another while it is read
once; no clear byte is written anywhere. Who may read is decided by the store, not here.
"""

from __future__ import annotations

import hashlib
import os
import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from esafety_tui.data import platform
from esafety_tui.data.age import Identity, Recipient, SealWriter, unseal_stream
from esafety_tui.kernel.errors import StorageFailed, Tampered

PIECE = 1 << 20
WRITEBACK = 64 << 20


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


class _HashingFile:
    """Hands sealed bytes on to the disk, hashing them, and starts write-back early.

    The early start is what makes the last sync short; Linux does it with sync_file_range, and a
    plain fdatasync now and then is the same idea elsewhere.
    """

    def __init__(self, out: BinaryIO, hasher: _Hasher) -> None:
        self._out = out
        self._hash = hasher
        self._pending = 0

    def write(self, data: bytes | memoryview) -> int:
        piece = bytes(data)
        self._out.write(piece)
        self._hash.feed(piece)
        self._pending += len(piece)
        if self._pending >= WRITEBACK:
            self._pending = 0
            self._out.flush()
            getattr(os, "fdatasync", os.fsync)(self._out.fileno())
        return len(piece)


class _Hasher:
    """SHA-256 on a thread of its own; hashlib lets the other threads run meanwhile.

    Leaving its ``with`` ends the thread, whatever happened inside.
    """

    def __init__(self) -> None:
        self._queue: queue.Queue[bytes | memoryview | None] = queue.Queue(8)
        self._hash = hashlib.sha256()
        self._thread = threading.Thread(target=self._run, name="hash", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (piece := self._queue.get()) is not None:
            self._hash.update(piece)

    def feed(self, piece: bytes | memoryview) -> None:
        self._queue.put(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def hexdigest(self) -> str:
        self._end()
        return self._hash.hexdigest()


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
        StorageFailed: the disk refused; nothing is left behind.
    """
    tmp = folder / f".{secrets.token_hex(16)}.tmp"
    try:
        with _Hasher() as plain, _Hasher() as cipher, tmp.open("xb") as out:
            tmp.chmod(0o600)
            sealed = _HashingFile(out, cipher)
            size = _pump(source, SealWriter(sealed, [recipient]), plain, progress)  # type: ignore[arg-type]
            out.flush()
            os.fsync(out.fileno())
            name, digest = cipher.hexdigest(), plain.hexdigest()
        tmp.replace(folder / f"{name}.age")
        platform.sync_folder(folder)
    except OSError as err:
        raise platform.storage_failed(err, "take in the file") from err
    finally:
        tmp.unlink(missing_ok=True)
    return Sealed(name, digest, size)


def _pump(
    source: BinaryIO,
    writer: SealWriter,
    plain: _Hasher,
    progress: Callable[[int], None] | None,
) -> int:
    size = 0
    while piece := source.read(PIECE):
        plain.feed(piece)
        writer.write(piece)
        size += len(piece)
        if progress is not None:
            progress(size)
    writer.finish()
    return size


def read_out(folder: Path, name: str, sha256: str, identity: Identity) -> Iterator[bytes]:
    """Yield the original bytes after a first pass has found the whole file sound.

    Raises Tampered before the first byte when a tag or the hash does not fit, StorageFailed when
    the file cannot be read.
    """
    path = folder / f"{name}.age"
    check = hashlib.sha256()
    for piece in _pieces(path, identity):
        check.update(piece)
    if check.hexdigest() != sha256:
        raise Tampered(
            "A stored file is not the one that was taken in.",
            "Stop. Do not use it. Fetch the vault's second copy.",
        )
    yield from _pieces(path, identity)


def _pieces(path: Path, identity: Identity) -> Iterator[bytes]:
    try:
        with path.open("rb") as src:
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


def ciphertext_hash(path: Path) -> str:
    """Return the hex SHA-256 of a sealed file as it lies on the disk."""
    with path.open("rb") as src:
        return hashlib.file_digest(src, "sha256").hexdigest()
