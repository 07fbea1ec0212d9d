"""Takes a container apart and puts it together again with any field changed, without its key.

Nothing here knows what is allowed: it writes what it is told, as somebody would who wants a ZIP
program to unpack something else than a check has seen.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pyzipper

from esafety_tui.output.pack.bag import PackMember
from esafety_tui.output.pack.container import write_zip_members
from esafety_tui.output.verify_zip import open_container

WORDS = "maple-otter-tram-blue-kettle"
AES_FIELD = struct.pack("<3H2sBH", 0x9901, 7, 2, b"AE", 3, 0)
_LOCAL = "<4s5H3L2H"
_ENTRY = "<4s4B4H3L5H2L"
_END = "<4s4H2LH"


@dataclass
class Part:
    """One member: numbers of both headers as they stand in the file, names, fields, bytes.

    ``local``: needed, flags, method, time, date, crc, stored, size. ``entry``: made by, system,
    needed, reserved, flags, method, time, date, crc, stored, size, disk, internal, external.
    """

    local: list[int]
    entry: list[int]
    name: bytes
    entry_name: bytes
    extra: bytes
    entry_extra: bytes
    stored: bytes
    comment: bytes = b""
    behind: bytes = b""
    shift: int = 0
    listed: int = 1


@dataclass
class Parts:
    """A container in pieces. ``end``: disk, disk of the list, two counts, size, place; added."""

    members: list[Part]
    end: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0, 0])
    before_end: bytes = b""
    comment: bytes = b""
    front: bytes = b""
    back: bytes = b""
    order: list[int] = field(default_factory=list)
    """Order in the list of files, where it is not that of the members."""

    def to_bytes(self) -> bytes:
        """Put it together; places are worked out, and then shifted as told."""
        body, places = bytearray(self.front), []
        for m in self.members:
            places.append(len(body))
            body += struct.pack(_LOCAL, b"PK\3\4", *m.local, len(m.name), len(m.extra))
            body += m.name + m.extra + m.stored + m.behind
        start, count = len(body), 0
        for number in self.order or range(len(self.members)):
            m = self.members[number]
            line = struct.pack(
                _ENTRY, b"PK\1\2", *m.entry[:11], len(m.entry_name), len(m.entry_extra),
                len(m.comment), *m.entry[11:], (places[number] + m.shift) % (1 << 32),
            )  # fmt: skip
            body += (line + m.entry_name + m.entry_extra + m.comment) * m.listed
            count += m.listed
        sums = [0, 0, count, count, len(body) - start, start]
        limits = [16, 16, 16, 16, 32, 32]
        end = [(a + b) % (1 << n) for a, b, n in zip(self.end, sums, limits, strict=True)]
        body += self.before_end
        body += struct.pack(_END, b"PK\5\6", *end, len(self.comment)) + self.comment
        return bytes(body + self.back)


def taken_apart(data: bytes) -> Parts:
    """Take a small container apart: no 64-bit fields, nothing added."""
    _, _, _, count, _, _, at, _ = struct.unpack(_END, data[-22:])
    members = []
    for _ in range(count):
        values = struct.unpack_from(_ENTRY, data, at)
        named, extra, place = values[12], values[13], values[-1]
        name = data[at + 46 : at + 46 + named]
        local = struct.unpack_from(_LOCAL, data, place)
        begin = place + 30 + local[9] + local[10]
        members.append(
            Part(
                list(local[1:9]), [*values[1:12], *values[15:18]], name, name,
                data[place + 30 + local[9] : begin],
                data[at + 46 + named : at + 46 + named + extra],
                data[begin : begin + local[7]],
            )
        )  # fmt: skip
        at += 46 + named + extra
    parts = Parts(members)
    assert parts.to_bytes() == data
    return parts


def unicode_path(header_name: bytes, other: bytes) -> bytes:
    """Return Info-ZIP's Unicode Path field 0x7075: the name that 7-Zip takes instead."""
    body = struct.pack("<BL", 1, zlib.crc32(header_name)) + other
    return struct.pack("<2H", 0x7075, len(body)) + body


def field_of(kind: int, body: bytes) -> bytes:
    """Return an extra field."""
    return struct.pack("<2H", kind, len(body)) + body


def by_us(path: Path, top: str, files: Iterable[tuple[str, bytes]], date: datetime) -> Path:
    """Write files as a container of the layout in force."""
    members = (PackMember(name, len(data), iter((data,))) for name, data in files)
    with path.open("wb") as out:
        write_zip_members(members, top, date, WORDS.encode(), out)
    return path


def by_pyzipper(
    path: Path, top: str, files: Iterable[tuple[str, bytes]], date: datetime, system: int = 3
) -> Path:
    """Write files as layout 1: by pyzipper, called as the program called it then."""
    with pyzipper.AESZipFile(path, "w", pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(WORDS.encode())
        for name, data in files:
            info = pyzipper.zipfile_aes.AESZipInfo(f"{top}/{name}", date.timetuple()[:6])
            info.file_size, info.compress_type = len(data), pyzipper.ZIP_STORED
            info.create_system = system
            with archive.open(info, "w") as out:
                out.write(data)
    return path


def sums(path: Path, passphrase: str = WORDS) -> tuple[int, dict[str, str]]:
    """Return the layout, and what the check calls sound: name as unpacked to hex SHA-256.

    Raises what the check raises.
    """
    with open_container(path, passphrase) as (listed, files):
        found = {f"{listed.top}/{name}": files[name].sha256 for name in files}
        return listed.layout, found


def copy_of(parts: Parts) -> Parts:
    """Return a copy that can be changed."""
    members = [replace(m, local=list(m.local), entry=list(m.entry)) for m in parts.members]
    return replace(parts, members=members, end=list(parts.end), order=list(parts.order))
