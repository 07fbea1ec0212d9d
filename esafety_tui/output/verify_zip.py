"""Reads a pack out of its encrypted container as a stream; nothing is unpacked to a disk.

Only what the writer makes is accepted: AES-256 (AE-2), stored, one top folder, members one after
the other without a gap, an overlap or a second copy. So nothing can hide, and nothing can swell.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from pyzipper import AESZipFile, BadZipFile

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.kernel.text import show
from esafety_tui.output.pack.cipher import HEAD, OVERHEAD, decrypted, opens
from esafety_tui.output.pack.layout import REFERENCE, is_pack_name
from esafety_tui.output.verify_files import MAX_FILES, Progress, Seen, take_all

_LOCAL = struct.Struct("<4s22xHH")
_END = struct.Struct("<4s16xH")
_EXTRA = (11, 31)
"""Bytes of extra field before a member: the AES field, with or without 64-bit sizes."""
_BROKEN = (BadZipFile, EOFError, struct.error, ValueError, KeyError, NotImplementedError,
           RuntimeError, OverflowError, AttributeError, TypeError, IndexError)  # fmt: skip
"""What the ZIP reader raises on bytes that are no ZIP any more."""


def read_container(
    path: Path, passphrase: str | None, progress: Progress | None = None
) -> tuple[str, dict[str, Seen]]:
    """Return the name of the top folder and every file of the pack.

    Raises:
        NotSound: a member or the container has been changed.
        Unusable: no passphrase, a wrong one, or the file cannot be read.
    """
    try:
        with path.open("rb") as raw:
            archive = _open(raw, path.name)
            with archive:
                return _read(archive, raw, path.name, passphrase, progress)
    except OSError as err:
        raise Unusable(
            "The container cannot be read.", "Copy it again, or plug the stick in again."
        ) from err


def _open(raw: IO[bytes], item: str) -> AESZipFile:
    try:
        return AESZipFile(raw)
    except _BROKEN as err:
        raise NotSound(item, "the container is damaged or cut short") from err


def _read(
    archive: AESZipFile,
    raw: IO[bytes],
    item: str,
    passphrase: str | None,
    progress: Progress | None,
) -> tuple[str, dict[str, Seen]]:
    infos = archive.infolist()
    if not 0 < len(infos) <= MAX_FILES:
        raise NotSound(item, "it does not hold the number of files of a pack")
    top = str(infos[0].filename).partition("/")[0]
    if REFERENCE.fullmatch(top) is None:
        raise NotSound(item, "its top folder is not named after an incident")
    members: dict[str, Any] = {}
    for info in infos:
        name = _name(info, top)
        if name in members:
            raise NotSound(name, "it is in the container twice")
        members[name] = info
    starts = _starts(archive, raw, infos, item)
    shared = _Shared(raw)
    stored = {name: (starts[info.header_offset], info.file_size) for name, info in members.items()}
    secret = _passphrase(shared, stored, passphrase)
    sizes = {name: int(info.file_size) for name, info in members.items()}

    def open_one(name: str) -> Iterator[bytes]:
        return _pieces(shared, *stored[name], secret, name)

    return top, take_all(sizes, open_one, progress)


class _Shared:
    """One open file for two reading threads: a place and its bytes are taken in one step."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._lock = raw, threading.Lock()

    def at(self, place: int) -> Callable[[int], bytes]:
        """Return a reader of its own that starts at ``place``."""

        def read(count: int) -> bytes:
            nonlocal place
            with self._lock:
                self._raw.seek(place)
                data = self._raw.read(count)
            place += len(data)
            return data

        return read


def _name(info: Any, top: str) -> str:
    full = str(info.filename)
    name = full.removeprefix(f"{top}/")
    if name == full or info.orig_filename != full or not is_pack_name(name):
        raise NotSound(show(full), "it was added: a pack has no such file")
    if info.external_attr >> 28 not in (0, 8):
        raise NotSound(name, "it is not a plain file")
    aes = (info.wz_aes_version, info.wz_aes_strength, info.flag_bits & 0x2041)
    if aes != (2, 3, 1) or info.wz_aes_vendor_id != b"AE":
        raise NotSound(name, "it is not encrypted as a pack is")
    if info.compress_type != 0 or info.compress_size != info.file_size + OVERHEAD:
        raise NotSound(name, "its size in the container is not possible")
    return name


def _starts(archive: AESZipFile, raw: IO[bytes], infos: list[Any], item: str) -> dict[int, int]:
    """Check that members follow one another without a gap. Returns header place to data place."""
    at, starts = 0, {}
    for info in sorted(infos, key=lambda info: int(info.header_offset)):
        raw.seek(at)
        head = raw.read(_LOCAL.size)
        if info.header_offset != at or len(head) != _LOCAL.size:
            raise NotSound(item, "the container holds bytes that belong to no file")
        mark, name, extra = _LOCAL.unpack(head)
        if mark != b"PK\3\4" or raw.read(name) != info.filename.encode() or extra not in _EXTRA:
            raise NotSound(item, "the container is damaged")
        starts[at] = at + _LOCAL.size + name + extra
        at = starts[at] + int(info.compress_size)
    raw.seek(-_END.size, 2)
    mark, comment = _END.unpack(raw.read(_END.size))
    if at != archive.start_dir or (mark, comment) != (b"PK\5\6", 0):
        raise NotSound(item, "the container holds bytes that belong to no file")
    return starts


def _passphrase(
    shared: _Shared, stored: dict[str, tuple[int, int]], passphrase: str | None
) -> bytes:
    """Tell a wrong passphrase, which opens no member, from a first member that was changed."""
    if not passphrase:
        raise Unusable(
            "This pack is encrypted.", "Ask the sender for its passphrase and try again."
        )
    secret = passphrase.encode()
    names = list(stored)
    for name in names:
        if opens(shared.at(stored[name][0])(HEAD), secret):
            if name != names[0]:
                raise NotSound(names[0], "it has been changed: it does not open")
            return secret
    raise Unusable("The passphrase does not open this pack.", "Type it again with care.")


def _pieces(shared: _Shared, place: int, size: int, secret: bytes, name: str) -> Iterator[bytes]:
    try:
        yield from decrypted(shared.at(place), size, secret)
    except ValueError as err:
        raise NotSound(name, "it has been changed: it does not decrypt") from err
