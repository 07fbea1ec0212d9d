"""The bytes of a form's PDF, cut into revisions, of which every byte is accounted for.

Rule: a revision is its objects, one behind the other in the order of their numbers, its table, its
trailer and its end; the table is the one those objects call for. So there is no room for a byte
that nothing refers to, and no reader finds another object than this one. Knows no form.

Source: ISO 32000-1, 7.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from esafety_tui.output.form.tokens import (
    PdfHexString,
    PdfNumber,
    PdfReference,
    PdfStream,
    PdfTokenReader,
    PdfValue,
    unreadable_error,
)

_HEAD = re.compile(
    rb"%PDF-1\.4\n%\x93\x8c\x8b\x9e ReportLab Generated PDF document "
    rb"(?:\(opensource\)|https?://www\.reportlab\.com)\n"
)
_OBJECT = re.compile(rb"([1-9][0-9]{0,6}) 0 obj\n")
_TRAILER = re.compile(
    rb"trailer\n<<\n/ID \n\[<([0-9a-f]{32})><\1>\]\n"
    rb"% ReportLab generated PDF document -- digest \((?:opensource|https?://www\.reportlab\.com)\)"
    rb"\n\n/Info ([1-9][0-9]*) 0 R\n/Root ([1-9][0-9]*) 0 R\n/Size ([1-9][0-9]*)\n>>\n"
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The first revision.

    Attributes:
        objects: from 1 on, without a gap. end: its length in bytes. table: offset of its table.
        ident: the file's identifier. sha256: hex, of its bytes.
    """

    objects: dict[int, PdfValue]
    root: int
    info: int
    ident: bytes
    table: int
    end: int
    sha256: str

    @property
    def size(self) -> int:
        """One more than the highest number of an object."""
        return len(self.objects) + 1


def read_drawing(data: bytes) -> Drawing:
    """Return the first revision of ``data``. Raises NotSound where a byte is not as it must be."""
    reader = PdfTokenReader(data)
    reader.take_pattern(_HEAD)
    objects: dict[int, PdfValue] = {}
    places: list[tuple[int, int]] = []
    while not data.startswith(b"xref\n", reader.at):
        start = reader.at
        number = int(reader.take_pattern(_OBJECT)[1])
        if number != len(objects) + 1:
            raise unreadable_error()
        objects[number] = _read_object(reader)
        places.append((number, start))
    table = reader.at
    reader.skip_text(cross_reference_table(places, whole=True))
    found = reader.take_pattern(_TRAILER)
    if int(found[4]) != len(objects) + 1:
        raise unreadable_error()
    reader.skip_text(revision_ending(table))
    digest = sha256(memoryview(data)[: reader.at]).hexdigest()
    ident = bytes.fromhex(found[1].decode("ascii"))
    return Drawing(objects, int(found[3]), int(found[2]), ident, table, reader.at, digest)


def _read_object(reader: PdfTokenReader) -> PdfValue:
    value = reader.read_value()
    if isinstance(value, dict) and reader.data.startswith(b"\nstream\n", reader.at):
        reader.at += 8
        length = value.get("Length")
        if not isinstance(length, PdfNumber) or not length.isdecimal():
            raise unreadable_error()
        end = reader.at + int(length)
        value = PdfStream(value, memoryview(reader.data)[reader.at : end])
        reader.at = end
        reader.skip_text(b"endstream")
    reader.skip_text(b"\nendobj\n")
    return value


def cross_reference_table(places: list[tuple[int, int]], *, whole: bool) -> bytes:
    """Return the table of objects.

    Args:
        places: number and offset in the file of each object, by rising number.
        whole: True for a first revision, whose one section starts with the free entry 0.
    """
    lines = [b"xref\n", b"0 %d\n" % (len(places) + 1 if whole else 1), b"0000000000 65535 f \n"]
    for at, (number, offset) in enumerate(places):
        if not whole and (at == 0 or places[at - 1][0] != number - 1):
            run = 1
            while at + run < len(places) and places[at + run][0] == number + run:
                run += 1
            lines.append(b"%d %d\n" % (number, run))
        lines.append(b"%010d 00000 n \n" % offset)
    return b"".join(lines)


def revision_ending(table: int) -> bytes:
    """Return the last lines of a revision whose table is at offset ``table``."""
    return b"startxref\n%d\n%%%%EOF\n" % table


def signed_trailer(
    drawing: Drawing, second: bytes, size: int, previous: int
) -> dict[str, PdfValue]:
    """Return the trailer of a signature's revision.

    Args:
        second: the identifier of this revision, 16 bytes.
        previous: offset of the table before.
    """
    return {
        "ID": [PdfHexString(drawing.ident), PdfHexString(second)],
        "Info": PdfReference(drawing.info),
        "Root": PdfReference(drawing.root),
        "Size": PdfNumber(size),
        "Prev": PdfNumber(previous),
    }
