"""Reads a pack out of its encrypted container as a stream; nothing is unpacked to a disk.

Only what the writer makes is accepted: AES-256 (AE-2), stored, one top folder, members one after
the other without a gap, an overlap or a second copy. So nothing can hide, and nothing can swell.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pyzipper import BadZipFile

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.kernel.text import show
from esafety_tui.output.pack.cipher import FastZip
from esafety_tui.output.pack.layout import REFERENCE, is_pack_name
from esafety_tui.output.verify_files import MAX_FILES, PIECE, Progress, Seen, take_all

_LOCAL = struct.Struct("<4s22xHH")
_END = struct.Struct("<4s16xH")
_EXTRA = (11, 31)
"""Bytes of extra field before a member: the AES field, with or without 64-bit sizes."""
_OVERHEAD = 16 + 2 + 10
"""Bytes that AE-2 adds to a member: salt, passphrase check, authentication code."""
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


def _open(raw: IO[bytes], item: str) -> FastZip:
    try:
        return FastZip(raw)
    except _BROKEN as err:
        raise NotSound(item, "the container is damaged or cut short") from err


def _read(
    archive: FastZip, raw: IO[bytes], item: str, passphrase: str | None, progress: Progress | None
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
    _without_gaps(archive, raw, infos, item)
    archive.setpassword(_passphrase(archive, members, passphrase))
    sizes = {name: int(info.file_size) for name, info in members.items()}
    return top, take_all(sizes, lambda name: _pieces(archive, members[name], name), progress)


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
    if info.compress_type != 0 or info.compress_size != info.file_size + _OVERHEAD:
        raise NotSound(name, "its size in the container is not possible")
    return name


def _without_gaps(archive: FastZip, raw: IO[bytes], infos: list[Any], item: str) -> None:
    at = 0
    for info in sorted(infos, key=lambda info: int(info.header_offset)):
        raw.seek(at)
        head = raw.read(_LOCAL.size)
        if info.header_offset != at or len(head) != _LOCAL.size:
            raise NotSound(item, "the container holds bytes that belong to no file")
        mark, name, extra = _LOCAL.unpack(head)
        if mark != b"PK\3\4" or name != len(info.filename) or extra not in _EXTRA:
            raise NotSound(item, "the container is damaged")
        at += _LOCAL.size + name + extra + int(info.compress_size)
    raw.seek(-_END.size, 2)
    mark, comment = _END.unpack(raw.read(_END.size))
    if at != archive.start_dir or (mark, comment) != (b"PK\5\6", 0):
        raise NotSound(item, "the container holds bytes that belong to no file")


def _passphrase(archive: FastZip, members: dict[str, Any], passphrase: str | None) -> bytes:
    """Tell a wrong passphrase, which opens no member, from a member that was changed."""
    if not passphrase:
        raise Unusable(
            "This pack is encrypted.", "Ask the sender for its passphrase and try again."
        )
    secret = passphrase.encode()
    shut = []
    for name, info in members.items():
        try:
            archive.open(info, pwd=secret).close()
        except _BROKEN:
            shut.append(name)
    if len(shut) == len(members):
        raise Unusable("The passphrase does not open this pack.", "Type it again with care.")
    if shut:
        raise NotSound(shut[0], "it has been changed: it does not open")
    return secret


def _pieces(archive: FastZip, info: Any, name: str) -> Iterator[bytes]:
    try:
        with archive.open(info) as src:
            while piece := src.read(PIECE):
                yield piece
    except _BROKEN as err:
        raise NotSound(name, "it has been changed: it does not decrypt") from err
