"""Sealed files of the vault: original bytes come out only after a whole check.

format.md section 6. Who may read is decided by the store, not here; what writes them is
:mod:`esafety_tui.data.acquisition`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator
from pathlib import Path

from esafety_tui.data import platform
from esafety_tui.data.age import Identity, decrypt_stream
from esafety_tui.data.age_header import VERSION
from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel.errors import StorageFailed, Tampered


def read_original(folder: Path, name: str, sha256: str, identity: Identity) -> Iterator[bytes]:
    """Yield the original bytes after a first pass has found the whole file sound.

    Raises Tampered before the first byte when a tag or the hash does not fit, and after the last
    one when the file was changed between the passes: only what ends without an error was whole.
    StorageFailed when the file cannot be read.
    """
    path = folder / f"{name}.age"
    for _ in _check_sealed_file(path, sha256, identity):
        pass
    yield from _check_sealed_file(path, sha256, identity)


def _check_sealed_file(path: Path, sha256: str, identity: Identity) -> Iterator[bytes]:
    check = hashlib.sha256()
    for piece in _open_pieces(path, identity):
        check.update(piece)
        yield piece
    if check.hexdigest() != sha256:
        raise Tampered(
            "A stored file is not the one that was taken in.",
            "Stop. Do not use it. Fetch the vault's second copy.",
        )


def _open_pieces(path: Path, identity: Identity) -> Iterator[bytes]:
    try:
        with open_plain(path) as raw, io.BufferedReader(raw) as src:
            yield from decrypt_stream(src, [identity])
    except FileNotFoundError as err:
        raise Tampered(
            "A stored file is missing from the vault.",
            "Stop. Fetch the vault's second copy.",
        ) from err
    except OSError as err:
        raise StorageFailed(
            "A stored file cannot be read.", "Check the disk, then try again."
        ) from err


def list_stray_blobs(folder: Path, known: Collection[str]) -> list[Path]:
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
        raise platform.describe_os_error(err, "read the folder of sealed files") from err


def hash_sealed_file(path: Path) -> str:
    """Return the hex SHA-256 of a sealed file; "", unread, where it does not begin as one."""
    with open_plain(path) as src:
        if src.read(len(VERSION)) != VERSION:
            return ""
    return hash_ciphertext(path)


def hash_ciphertext(path: Path) -> str:
    """Return the hex SHA-256 of a file as it lies on the disk. Raises OSError."""
    with open_plain(path) as raw, io.BufferedReader(raw) as src:
        return hashlib.file_digest(src, "sha256").hexdigest()
