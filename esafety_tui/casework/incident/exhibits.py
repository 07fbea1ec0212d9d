"""What the material is, by its first bytes; and what an exhibit is called.

A small allow-list of our own: general detectors call a file that is both a picture and a script a
picture. What is not on the list is kept as bytes without a type and leaves as ``.bin``.
"""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.kernel.records import OpenRecord
from esafety_tui.output.pack.layout import exhibit_file_name

IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
EXTENSIONS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
    "text/plain": ".txt",
}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
)


def detect_media_type(head: bytes) -> str:
    """Return the media type told by the first bytes (512 are enough)."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return "text/plain" if _looks_like_text(head) else "application/octet-stream"


def _looks_like_text(head: bytes) -> bool:
    try:
        text = head[:-4].decode("utf-8") if len(head) > 4 else head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "<" not in text and all(c.isprintable() or c in "\r\n\t" for c in text)


def exhibit_disk_name(ref: str, media: str) -> str:
    """Return ``AB_1.png`` for exhibit ``AB/1``: neutral, allow-listed, else ``.bin``."""
    return exhibit_file_name(ref, "original" + EXTENSIONS.get(media, ""))


def next_exhibit_number(initials: str, records: Iterable[OpenRecord]) -> int:
    """Return the number of the producer's next exhibit within the incident."""
    used = [r.field_text("exhibit") for r in records if r.type in {"screenshot", "file"}]
    mine = [int(ref.split("/")[1]) for ref in used if ref.startswith(f"{initials}/")]
    return max(mine, default=0) + 1
