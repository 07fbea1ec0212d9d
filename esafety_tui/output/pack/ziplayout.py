"""Every byte of a container but the members themselves: what a writer of each layout number makes.

Pure functions of (name, size, place, date), used by the writer and, to compare byte for byte, by
the verifier: a ZIP program that reads another name, order or length out of a header than we did
would unpack something else than was called sound. docs/format.md section 10.

Source: APPNOTE.TXT 6.3.10 (PKWARE); "AES Encryption Information", AE-2 (WinZip).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime

OVERHEAD = 16 + 2 + 10
"""Bytes that AE-2 adds to a member: salt, passphrase check, authentication code."""

_LOCAL = struct.Struct("<4s5H3L2H")
ENTRY = struct.Struct("<4s4B4H3L5H2L")
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
_AES_FIELD = struct.pack("<3H2sBH", 0x9901, 7, 2, b"AE", 3, 0)
"""AE-2, 256 bits, stored."""
_ENCRYPTED, _METHOD_AES, _ALL_ONES = 1, 99, 0xFFFFFFFF
_TOO_SMALL, _TOO_LARGE = (1980, 1, 1), (2107, 12, 31)


@dataclass(frozen=True, slots=True)
class ZipLayout:
    """The numbers that differ between layouts.

    Attributes:
        number: docs/format.md section 0.
        made_by, system: the two bytes of "version made by"; the former says the layout number.
        needed: "version needed to extract".
        made_by_64, needed_64: the same in a line of the list with a 64-bit field.
        attributes: "external file attributes".
        fits: the largest number that is written in 32 bits.
        most: the largest number of files that is written in 16 bits.
    """

    number: int
    made_by: int
    system: int
    needed: int
    made_by_64: int
    needed_64: int
    attributes: int
    fits: int
    most: int


_PYZIPPER = ZipLayout(
    number=1, made_by=20, system=3, needed=20, made_by_64=45, needed_64=45,
    attributes=0o600 << 16, fits=(1 << 31) - 1, most=0xFFFF,
)  # fmt: skip
CURRENT_LAYOUT = ZipLayout(
    number=2, made_by=102, system=3, needed=51, made_by_64=102, needed_64=51,
    attributes=0o100600 << 16, fits=_ALL_ONES - 1, most=0xFFFE,
)  # fmt: skip
KNOWN_LAYOUTS = (_PYZIPPER, replace(_PYZIPPER, system=0), CURRENT_LAYOUT)
"""Every layout that was ever written, and no other; pyzipper wrote another byte on Windows."""


def encode_dos_time(moment: datetime) -> bytes:
    """Return an aware time in UTC as the four bytes of a ZIP, to two seconds.

    What a ZIP cannot say is moved to its first or last day: a wrong clock stops no report.
    """
    utc = moment.astimezone(UTC)
    year, month, day = min(max((utc.year, utc.month, utc.day), _TOO_SMALL), _TOO_LARGE)
    time = utc.hour << 11 | utc.minute << 5 | utc.second // 2
    return struct.pack("<2H", time, (year - 1980) << 9 | month << 5 | day)


def local_header(layout: ZipLayout, name: bytes, size: int, when: bytes) -> bytes:
    """Return the header of a member. ``size``: bytes in clear; ``when``: DOS time."""
    stored = size + OVERHEAD
    # pyzipper makes room for 64 bits by an estimate, before it knows the size.
    estimate = size * 1.05 if layout.number == 1 else stored
    extra = struct.pack("<2H2Q", 1, 16, size, stored) if estimate > layout.fits else b""
    large = stored > layout.fits
    time, date = struct.unpack("<2H", when)
    head = _LOCAL.pack(
        b"PK\3\4", layout.needed, _ENCRYPTED, _METHOD_AES, time, date, 0,
        _ALL_ONES if large else stored, _ALL_ONES if large else size,
        len(name), len(extra) + len(_AES_FIELD),
    )  # fmt: skip
    return head + name + extra + _AES_FIELD


def directory_entry(layout: ZipLayout, name: bytes, size: int, when: bytes, place: int) -> bytes:
    """Return the line of a member in the list of files. ``place``: where its header begins."""
    stored = size + OVERHEAD
    limit = layout.fits
    # Layout 2 names both sizes as soon as one of them is too large, as it does before the member.
    long_size = size > limit or (layout.number > 1 and stored > limit)
    long_fields = [
        value
        for value, is_long in ((size, long_size), (stored, stored > limit), (place, place > limit))
        if is_long
    ]
    extra = b""
    if long_fields:
        count = len(long_fields)
        extra = struct.pack(f"<2H{count}Q", 1, 8 * count, *long_fields)
    time, date = struct.unpack("<2H", when)
    head = ENTRY.pack(
        b"PK\1\2", layout.made_by_64 if extra else layout.made_by, layout.system,
        layout.needed_64 if extra else layout.needed, 0,
        _ENCRYPTED, _METHOD_AES, time, date, 0, _ALL_ONES if stored > limit else stored,
        _ALL_ONES if long_size else size, len(name), len(extra) + len(_AES_FIELD), 0, 0, 0,
        layout.attributes, _ALL_ONES if place > limit else place,
    )  # fmt: skip
    return head + name + extra + _AES_FIELD


def directory_end(layout: ZipLayout, count: int, size: int, place: int) -> bytes:
    """Return the bytes behind the list of files.

    Args:
        count: files. size: bytes of the list. place: where it begins.
    """
    long_end = b""
    if count > layout.most or size > layout.fits or place > layout.fits:
        long_end = END_64.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, place)
        long_end += LOCATOR.pack(b"PK\6\7", 0, place + size, 1)
    short = min(count, 0xFFFF)
    return long_end + END.pack(
        b"PK\5\6", 0, 0, short, short, min(size, _ALL_ONES), min(place, _ALL_ONES), 0
    )
