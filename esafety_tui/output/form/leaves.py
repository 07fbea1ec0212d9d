"""Checks what the streams of a drawing contain: text operators, fonts, pictures, letter tables.

Rule: a stream is what its dictionary says and ends where its data ends, so that nothing hides
behind it; nothing is unpacked beyond the size it must have. Knows no pages.

Source: ISO 32000-1, 7.4, 8.9 and 9.10.3; ITU-T T.81, annex B (JPEG markers).
"""

from __future__ import annotations

import base64
import re
import struct
import zlib

from esafety_tui.output.form.tokens import unreadable_error

MOST_TEXT = 16 << 20  # bytes of one page's operators
MOST_FONT = 2 << 20
MOST_LETTERS = 64 << 10
_STEP = 1 << 20
_JFIF, _FRAME, _SCAN = b"\xe0", b"\xc0", b"\xda"
_SEGMENTS = re.compile(rb"\xe0\xdb+\xc0\xc4+\xda")
_MARKER = re.compile(rb"\xff[^\x00]")
_ASCII85 = re.compile(rb"[!-uz]+~>")
_LETTER = re.compile(rb"<[0-9A-F]{2}> <([0-9A-F]{4,6})>\n")


def inflate_exactly(data: bytes | memoryview, most: int) -> bytes:
    """Return what a zlib stream holds. Raises NotSound: damaged, above ``most``, or more behind."""
    unpack = zlib.decompressobj()
    try:
        found = unpack.decompress(data, most + 1)
    except zlib.error as err:
        raise unreadable_error() from err
    if len(found) > most or not unpack.eof or unpack.unused_data:
        raise unreadable_error()
    return found


def inflates_to_size(data: bytes | memoryview, size: int) -> bool:
    """Return whether a zlib stream holds ``size`` bytes and nothing follows. Keeps none of them."""
    unpack, seen, left = zlib.decompressobj(), 0, bytes(data)
    try:
        while not unpack.eof and seen <= size:
            part = unpack.decompress(left, _STEP)
            left = unpack.unconsumed_tail
            seen += len(part)
            if not part and not left and not unpack.eof:
                return False
    except zlib.error:
        return False
    return seen == size and unpack.eof and not unpack.unused_data and not left


def check_operators(data: memoryview) -> None:
    """Check the operators of a page, packed as they are drawn. Raises NotSound."""
    packed = bytes(data)
    if _ASCII85.fullmatch(packed) is None:
        raise unreadable_error()
    try:
        inflate_exactly(base64.a85decode(packed[:-2]), MOST_TEXT)
    except ValueError as err:
        raise unreadable_error() from err


def check_letter_table(data: memoryview, font: str) -> None:
    """Check the table from codes to letters of ``font``. Raises NotSound."""
    table = inflate_exactly(data, MOST_LETTERS)
    if table != _letter_table(font, [int(code, 16) for code in _LETTER.findall(table)]):
        raise unreadable_error()


def _letter_table(font: str, codes: list[int]) -> bytes:
    """Return the table as ReportLab 4 and 5 write it."""
    rows = "".join(f"<{at:02X}> <{code:04X}>\n" for at, code in enumerate(codes))
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
        f"<< /Registry ({font})\n/Ordering ({font})\n/Supplement 0\n>> def\n"
        f"/CMapName /{font} def\n/CMapType 2 def\n1 begincodespacerange\n"
        f"<00> <{len(codes) - 1:02X}>\nendcodespacerange\n{len(codes)} beginbfchar\n{rows}"
        "endbfchar\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")


def check_plain_jpeg(data: memoryview, width: int, height: int) -> None:
    """Check that a JPEG is pixels and nothing else: no EXIF, no comment, no profile, no tail.

    It is baseline, in one scan, as Pillow writes it. Raises NotSound.
    """
    packed = bytes(data)
    at, kinds = 2, b""
    while not kinds.endswith(_SCAN):
        kind, length = packed[at + 1 : at + 2], int.from_bytes(packed[at + 2 : at + 4], "big")
        body = packed[at + 4 : at + 2 + length]
        if packed[at : at + 1] != b"\xff" or length != len(body) + 2:
            raise unreadable_error()
        if kind == _JFIF and not (length == 16 and body.startswith(b"JFIF\0\1")):
            raise unreadable_error()
        if kind == _FRAME and body[:5] != b"\x08" + struct.pack(">HH", height, width):
            raise unreadable_error()
        at, kinds = at + 2 + length, kinds + kind
    ends = packed[:2] == b"\xff\xd8" and packed[-2:] == b"\xff\xd9"
    if not ends or not _SEGMENTS.fullmatch(kinds) or _MARKER.search(packed[at:-2]):
        raise unreadable_error()
