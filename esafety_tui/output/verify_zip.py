"""Reads a pack out of its encrypted container as a stream; nothing is unpacked to a disk.

Only what the writer makes is accepted, byte for byte (verify_directory.py): AES-256 (AE-2),
stored, one top folder, members one after the other. So nothing can hide, and nothing can swell.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.output.pack.cipher import HEAD_SIZE, decrypt_member, passphrase_opens
from esafety_tui.output.verify_directory import ContainerDirectory, read_directory
from esafety_tui.output.verify_files import Progress
from esafety_tui.output.verify_source import PackFiles, refuse_wrong_sizes

_TRIED_MEMBERS = 8
"""Members at which a passphrase is tried; one that opens half of them is the right one."""


@contextmanager
def open_container(
    path: Path, passphrase: str | None, progress: Progress | None = None
) -> Iterator[tuple[ContainerDirectory, PackFiles]]:
    """Give the list of files of the container, and the files of the pack while it is open.

    Raises:
        NotSound: a member or the container has been changed.
        NewerVersion: the container has a layout that is not known here.
        Unusable: no passphrase, a wrong one, or the file cannot be read.
    """
    try:
        with path.open("rb") as raw:
            yield _read_container(raw, path.name, passphrase, progress)
    except OSError as err:
        raise Unusable(
            "The container cannot be read.", "Copy it again, or plug the stick in again."
        ) from err


def _read_container(
    raw: BinaryIO, item: str, passphrase: str | None, progress: Progress | None
) -> tuple[ContainerDirectory, PackFiles]:
    directory = read_directory(raw, item)
    refuse_wrong_sizes(directory.sizes)
    shared = _SharedFile(raw)
    secret = _check_passphrase(shared, directory, passphrase)

    def open_one(name: str) -> Iterator[bytes]:
        return _decrypted_pieces(
            shared, directory.places[name], directory.sizes[name], secret, name
        )

    return directory, PackFiles(directory.sizes, open_one, progress)


class _SharedFile:
    """One open file for two reading threads: seeking and reading are one step."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self._lock = raw, threading.Lock()

    def reader_at(self, place: int) -> Callable[[int], bytes]:
        """Return a reader of its own that starts at ``place``."""

        def read(count: int) -> bytes:
            nonlocal place
            with self._lock:
                self._raw.seek(place)
                data = self._raw.read(count)
            place += len(data)
            return data

        return read


def _check_passphrase(
    shared: _SharedFile, directory: ContainerDirectory, passphrase: str | None
) -> bytes:
    """Tell a wrong passphrase from changed members; by chance one opens in 65,536."""
    if not passphrase:
        raise Unusable(
            "This pack is encrypted.", "Ask the sender for its passphrase and try again."
        )
    secret = passphrase.encode()
    tried = list(directory.places.values())[:_TRIED_MEMBERS]
    fits = sum(passphrase_opens(shared.reader_at(place)(HEAD_SIZE), secret) for place in tried)
    if 2 * fits < len(tried) or not fits:
        raise Unusable("The passphrase does not open this pack.", "Type it again with care.")
    return secret


def _decrypted_pieces(
    shared: _SharedFile, place: int, size: int, secret: bytes, name: str
) -> Iterator[bytes]:
    try:
        yield from decrypt_member(shared.reader_at(place), size, secret)
    except ValueError as err:
        raise NotSound(name, "it has been changed: it does not decrypt") from err
