"""Reads the size a picture claims from its first bytes, without decoding anything.

A decoder may reserve memory for a claimed size before anybody can refuse it (WebP), or read a small
file for a minute (JPEG with thousands of scans). Sources: PNG specification, 11.2.1; RFC 9649
(WebP), 2.5 to 2.7; ITU-T T.81 (JPEG), B.2.3.
"""

from __future__ import annotations

from esafety_tui.output.form import png

MOST_SIDE = 65_000
"""Pixels of one side; a JPEG can have no more than 65,535."""
MOST_PIXELS = 50_000_000
"""Of a picture with one or three samples a pixel."""
MOST_LAYERED = 16_000_000
"""Pixels of one that needs layers to be flattened: alpha, 16 bit, CMYK."""
PLAIN_MODES = frozenset({"1", "L", "P", "RGB"})
"""Pillow's names of modes without layers."""
MOST_SCANS = 100
"""Of a JPEG; cameras and programs write one, or some ten where it is progressive."""
_PNG_MODES = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}


class PictureTooLarge(Exception):
    """More pixels than are drawn."""


def refuse_too_large(mode: str, width: int, height: int) -> None:
    """Raise TooLarge for a picture that is not decoded."""
    most = MOST_PIXELS if mode in PLAIN_MODES else MOST_LAYERED
    if max(width, height) > MOST_SIDE or width * height > most:
        raise PictureTooLarge


def claimed_size(data: bytes) -> tuple[str, int, int] | None:
    """Return mode (Pillow's name), width and height of a PNG or WebP; None for anything else."""
    size = png.read_png_size(data)
    if size is not None:
        mode = "I" if data[24] == 16 else _PNG_MODES.get(data[25], "RGBA")
        return mode, *size
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _claimed_webp_size(data)
    return None


def _claimed_webp_size(data: bytes) -> tuple[str, int, int] | None:
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":  # a canvas; its frames lie within it
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
        return ("RGBA" if body[0] & 0x12 else "RGB"), width, height
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        mode = "RGBA" if bits >> 28 & 1 else "RGB"
        return mode, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return "RGB", width, height
    return None


def count_jpeg_scans(data: bytes) -> int:
    """Return how many scans a JPEG has at the most; 0 for anything else.

    Counts the marker's two bytes wherever they occur: entropy-coded data never holds them.
    """
    return data.count(b"\xff\xda") if data[:2] == b"\xff\xd8" else 0
