"""Originals acquired into the vault: read once, sealed, durable and read back before they count.

format.md section 6. A large original is hashed on one thread and sealed on another while it is read
once, a small one at once and in memory; no clear byte is written anywhere. What was sealed is
compared with what the disk gives back, past the page cache where the system can: of a large file
piece by piece, while the next one is sealed, since reading it all once more would cost as much as
sealing it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from esafety_tui.data import pagecache, platform
from esafety_tui.data.age import Recipient, SealWriter
from esafety_tui.data.blobs import ciphertext_hash
from esafety_tui.data.verified_sink import (
    OrderedWorker,
    VerifiedSink,
    not_as_written,
    report_read_back,
    write_fully,
)
from esafety_tui.kernel.errors import StorageFailed

PIECE: Final = 1 << 20
SMALL: Final = 4 << 20
"""Bytes up to which starting threads costs more than they save."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An acquired file. Hashes are 64 hexadecimal digits; ``size`` is bytes of the original."""

    name: str
    sha256: str
    size: int

    @property
    def blob(self) -> str:
        """Hash of the sealed bytes: the file's name in the vault."""
        return self.name


def acquire_file(
    source: BinaryIO,
    folder: Path,
    recipient: Recipient,
    progress: Callable[[int], None] | None = None,
) -> Sealed:
    """Read ``source`` once to its end, sealing it into ``folder``. Returns its hashes.

    Args:
        progress: called with the bytes read so far; may raise to cancel.

    Raises:
        StorageFailed: the disk refused, or the sealed file did not read back; nothing is left.
    """
    sealed = seal_file(source, folder, recipient, progress)
    failed = confirm_files(folder, [sealed])
    if failed:
        raise failed[sealed.blob]
    return sealed


def seal_file(
    source: BinaryIO,
    folder: Path,
    recipient: Recipient,
    progress: Callable[[int], None] | None = None,
) -> Sealed:
    """Do as :func:`acquire_file` does, all but what :func:`confirm_files` does for many at once."""
    pieces = _pieces_from(source, progress)
    first: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            first.append(piece)
            size += len(piece)
            if size > SMALL:
                return _seal_large(itertools.chain(first, pieces), folder, recipient)
        return _seal_small(b"".join(first), folder, recipient)
    except OSError as err:
        raise platform.storage_failed(err, "take in the file") from err


def confirm_files(folder: Path, files: Sequence[Sealed]) -> dict[str, StorageFailed]:
    """Make the names of sealed files durable and read small ones back past the page cache.

    Returns, by name, why a file does not count; such a file is removed. A large one was read back
    while it was written.
    """
    failed: dict[str, StorageFailed] = {}
    try:
        platform.sync_folder(folder)
    except OSError as err:
        failed = {file.blob: platform.storage_failed(err, _doing(file)) for file in files}
    small = [file.blob for file in files if file.blob not in failed and file.size <= SMALL]
    if len(small) > 1:
        with ThreadPoolExecutor(2) as pool:  # hashing lets the other core work
            errors = list(pool.map(partial(_read_back, folder), small))
    else:
        errors = [_read_back(folder, name) for name in small]
    failed |= {name: err for name, err in zip(small, errors, strict=True) if err is not None}
    for name in failed:
        (folder / f"{name}.age").unlink(missing_ok=True)
    return failed


def _doing(file: Sealed) -> str:
    return "take in the file" if file.size > SMALL else "write a file of the vault"


def _pieces_from(source: BinaryIO, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    size = 0
    while piece := source.read(PIECE):
        yield piece
        size += len(piece)
        if progress is not None:
            progress(size)


def _seal_small(data: bytes, folder: Path, recipient: Recipient) -> Sealed:
    sealed = io.BytesIO()
    writer = SealWriter(sealed, [recipient])
    writer.write(data)
    writer.finish()
    name = hashlib.sha256(sealed.getbuffer()).hexdigest()
    tmp = _temporary(folder)
    try:
        with tmp.open("xb", buffering=0) as out:
            tmp.chmod(0o600)
            write_fully(out, sealed.getbuffer())
            os.fsync(out.fileno())
        tmp.replace(folder / f"{name}.age")
    except OSError as err:
        raise platform.storage_failed(err, "write a file of the vault") from err
    finally:
        with contextlib.suppress(OSError):  # the first error is the one to report
            tmp.unlink(missing_ok=True)
    return Sealed(name, hashlib.sha256(data).hexdigest(), len(data))


def _seal_large(pieces: Iterable[bytes], folder: Path, recipient: Recipient) -> Sealed:
    tmp = _temporary(folder)
    digest = hashlib.sha256()
    plain = OrderedWorker("hash", digest.update)
    try:
        with tmp.open("xb", buffering=0) as out:
            tmp.chmod(0o600)
            sink = VerifiedSink(out, tmp)
            try:
                size = _pump(pieces, SealWriter(sink, [recipient]), plain)  # type: ignore[arg-type]
                name = sink.finish()
            finally:
                sink.stop()
        plain.finish()
        tmp.replace(folder / f"{name}.age")
    finally:
        plain.stop()
        tmp.unlink(missing_ok=True)
    return Sealed(name, digest.hexdigest(), size)


def _pump(pieces: Iterable[bytes], writer: SealWriter, plain: OrderedWorker[bytes]) -> int:
    size = 0
    for piece in pieces:
        plain.feed(piece)
        writer.write(piece)
        size += len(piece)
    writer.finish()
    return size


def _temporary(folder: Path) -> Path:
    return folder / f".{secrets.token_hex(16)}.tmp"


def _read_back(folder: Path, name: str) -> StorageFailed | None:
    """Read a sealed file from the disk, the page cache dropped where the system can.

    Returns the error unless it has the hash it is named by.
    """
    path = folder / f"{name}.age"
    try:
        with report_read_back():
            pagecache.drop_cache(path, synced=True)
            return None if ciphertext_hash(path) == name else not_as_written()
    except StorageFailed as err:
        return err
