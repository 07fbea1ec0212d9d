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
from esafety_tui.data.age import AgeWriter, Recipient
from esafety_tui.data.blobs import hash_ciphertext
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
class AcquiredFile:
    """An acquired file. Hashes are 64 hexadecimal digits; ``size`` is bytes of the original."""

    name: str
    sha256: str
    size: int

    @property
    def blob_name(self) -> str:
        """Hash of the sealed bytes: the file's name in the vault."""
        return self.name


def acquire_file(
    source: BinaryIO,
    folder: Path,
    recipient: Recipient,
    progress: Callable[[int], None] | None = None,
) -> AcquiredFile:
    """Read ``source`` once to its end, sealing it into ``folder``. Returns its hashes.

    Args:
        progress: called with the bytes read so far; may raise to cancel.

    Raises:
        StorageFailed: the disk refused, or the sealed file did not read back; nothing is left.
    """
    sealed = seal_file(source, folder, recipient, progress)
    failed = confirm_files(folder, [sealed])
    if failed:
        raise failed[sealed.blob_name]
    return sealed


def seal_file(
    source: BinaryIO,
    folder: Path,
    recipient: Recipient,
    progress: Callable[[int], None] | None = None,
) -> AcquiredFile:
    """Do as :func:`acquire_file` does, all but what :func:`confirm_files` does for many at once."""
    pieces = _read_pieces(source, progress)
    first: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            first.append(piece)
            size += len(piece)
            if size > SMALL:
                return _seal_large_file(itertools.chain(first, pieces), folder, recipient)
        return _seal_small_file(b"".join(first), folder, recipient)
    except OSError as err:
        raise platform.describe_os_error(err, "take in the file") from err


def confirm_files(folder: Path, files: Sequence[AcquiredFile]) -> dict[str, StorageFailed]:
    """Make the names of sealed files durable and read small ones back past the page cache.

    Returns, by name, why a file does not count; such a file is removed. A large one was read back
    while it was written.
    """
    failed: dict[str, StorageFailed] = {}
    try:
        platform.sync_folder(folder)
    except OSError as err:
        failed = {
            file.blob_name: platform.describe_os_error(err, _name_the_failure(file))
            for file in files
        }
    small = [
        file.blob_name for file in files if file.blob_name not in failed and file.size <= SMALL
    ]
    if len(small) > 1:
        with ThreadPoolExecutor(2) as pool:  # hashing lets the other core work
            errors = list(pool.map(partial(_read_back_sealed, folder), small))
    else:
        errors = [_read_back_sealed(folder, name) for name in small]
    failed |= {name: err for name, err in zip(small, errors, strict=True) if err is not None}
    for name in failed:
        (folder / f"{name}.age").unlink(missing_ok=True)
    return failed


def _name_the_failure(file: AcquiredFile) -> str:
    return "take in the file" if file.size > SMALL else "write a file of the vault"


def _read_pieces(source: BinaryIO, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    size = 0
    while piece := source.read(PIECE):
        yield piece
        size += len(piece)
        if progress is not None:
            progress(size)


def _seal_small_file(data: bytes, folder: Path, recipient: Recipient) -> AcquiredFile:
    sealed = io.BytesIO()
    writer = AgeWriter(sealed, [recipient])
    writer.write(data)
    writer.finish()
    name = hashlib.sha256(sealed.getbuffer()).hexdigest()
    tmp = _open_temporary(folder)
    try:
        with tmp.open("xb", buffering=0) as out:
            tmp.chmod(0o600)
            write_fully(out, sealed.getbuffer())
            os.fsync(out.fileno())
        tmp.replace(folder / f"{name}.age")
    except OSError as err:
        raise platform.describe_os_error(err, "write a file of the vault") from err
    finally:
        with contextlib.suppress(OSError):  # the first error is the one to report
            tmp.unlink(missing_ok=True)
    return AcquiredFile(name, hashlib.sha256(data).hexdigest(), len(data))


def _seal_large_file(pieces: Iterable[bytes], folder: Path, recipient: Recipient) -> AcquiredFile:
    tmp = _open_temporary(folder)
    digest = hashlib.sha256()
    plain = OrderedWorker("hash", digest.update)
    try:
        with tmp.open("xb", buffering=0) as out:
            tmp.chmod(0o600)
            sink = VerifiedSink(out, tmp)
            try:
                size = _seal_pieces(pieces, AgeWriter(sink, [recipient]), plain)  # type: ignore[arg-type]
                name = sink.finish()
            finally:
                sink.stop_threads()
        plain.finish()
        tmp.replace(folder / f"{name}.age")
    finally:
        plain.stop_quietly()
        tmp.unlink(missing_ok=True)
    return AcquiredFile(name, digest.hexdigest(), size)


def _seal_pieces(pieces: Iterable[bytes], writer: AgeWriter, plain: OrderedWorker[bytes]) -> int:
    size = 0
    for piece in pieces:
        plain.hand_over(piece)
        writer.write(piece)
        size += len(piece)
    writer.finish()
    return size


def _open_temporary(folder: Path) -> Path:
    return folder / f".{secrets.token_hex(16)}.tmp"


def _read_back_sealed(folder: Path, name: str) -> StorageFailed | None:
    """Read a sealed file from the disk, the page cache dropped where the system can.

    Returns the error unless it has the hash it is named by.
    """
    path = folder / f"{name}.age"
    try:
        with report_read_back():
            pagecache.drop_cache(path, synced=True)
            return None if hash_ciphertext(path) == name else not_as_written()
    except StorageFailed as err:
        return err
