"""The PNG screenshots a PDF can hold as they are: parse, check, hand over the pixel stream.

Rule: the stream passes through only when it is exactly the pixels: 8 bits a sample, grey, RGB or
palette, not interlaced, no transparency, good checksums, and inflating to precisely the bytes that
width and height ask for, with nothing behind the end. All other chunks (text, time, EXIF) stay
behind. Everything else returns None and takes the re-encoding path. No drawing here.

Source: PNG specification (W3C, third edition), sections 5, 9 and 11; PDF 32000-1, 7.4.4.4.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1}  # grey, RGB, palette
_FILTERS = bytes(range(5))
_STEP = 1 << 20  # bytes inflated at a time


@dataclass(frozen=True, slots=True)
class PixelStream:
    """A zlib stream of filtered PNG rows.

    Attributes:
        channels: 1 (grey or palette) or 3 (RGB), 8 bits each.
        palette: RGB triples of a palette image, else empty.
    """

    width: int
    height: int
    channels: int
    palette: bytes = field(repr=False)
    data: bytes = field(repr=False)


def read_png_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels as the PNG header claims, or None if this is no PNG."""
    if len(data) < 33 or not data.startswith(SIGNATURE) or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _read_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body of each chunk up to IEND. Raises ValueError if one is damaged."""
    at = len(SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise ValueError("cut short")
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            raise ValueError("cut short")
        kind, body = data[at + 4 : at + 8], data[at + 8 : end]
        if zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise ValueError("bad checksum")
        yield kind, body
        if kind == b"IEND":
            return
        at = end + 4


def _inflates_exactly(stream: bytes, rows: int, row: int, colours: int) -> bool:
    """Return whether ``stream`` is exactly ``rows`` of ``row`` bytes with known filters."""
    inflate = zlib.decompressobj()
    seen, left = 0, stream
    while not inflate.eof:
        part = inflate.decompress(left, _STEP)
        left = inflate.unconsumed_tail
        first = -seen % row
        if part[first::row].translate(None, _FILTERS):  # a filter that PNG does not have
            return False
        seen += len(part)
        if seen > rows * row or (not part and not left and not inflate.eof):
            return False
    return seen == rows * row and not inflate.unused_data and not left and colours <= 256


def read_pixel_stream(data: bytes) -> PixelStream | None:
    """Return the pixels of ``data`` if they can pass through unchanged, else None."""
    if read_png_size(data) is None:
        return None
    width, height, depth, kind, packing, filtering, interlace = struct.unpack(
        ">IIBBBBB", data[16:29]
    )
    plain = depth == 8 and kind in _CHANNELS and (packing, filtering, interlace) == (0, 0, 0)
    if not plain or not width or not height:
        return None
    palette, parts = b"", []
    try:
        for name, body in _read_chunks(data):
            if name == b"tRNS":
                return None
            if name == b"PLTE" and kind == 3:
                palette = body
            elif name == b"IDAT":
                parts.append(body)
        stream = b"".join(parts)
        if (kind == 3) != bool(palette) or len(palette) % 3:
            return None
        row = 1 + width * _CHANNELS[kind]
        if not _inflates_exactly(stream, height, row, len(palette) // 3):
            return None
    except (ValueError, zlib.error):
        return None
    return PixelStream(width, height, _CHANNELS[kind], palette, stream)
