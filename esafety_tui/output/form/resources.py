"""Fonts, pictures and page text of a form's drawing, as values of the PDF. Knows no page.

Rule: as in :mod:`drawing`: exactly the keys and values that the drawing makes.
"""

from __future__ import annotations

from collections.abc import Callable

from esafety_tui.output.form.leaves import (
    MOST_FONT,
    check_jpeg,
    check_letters,
    check_operators,
    inflates_to,
)
from esafety_tui.output.form.need import need
from esafety_tui.output.form.shapes import (
    PARTS,
    are,
    exactly,
    integers,
    list_of,
    numbers_of,
    stream_of,
    unlike,
    whole,
)
from esafety_tui.output.form.sizes import MOST_PIXELS
from esafety_tui.output.form.tokens import Name, Number, Stream, Value

PROCEDURES: list[Value] = [Name(n) for n in ("PDF", "Text", "ImageB", "ImageC", "ImageI")]
PACKED: list[Value] = [Name("ASCII85Decode"), Name("FlateDecode")]
_FLATE: list[Value] = [Name("FlateDecode")]
_FACES = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono")
_MEASURES = ("Ascent", "CapHeight", "Descent", "Flags", "ItalicAngle", "MissingWidth", "StemV")
_LONGEST = 100_000  # pixels of a picture's side


def check_text(value: Value) -> None:
    """Check the operators of one page."""
    stream = stream_of(value, "Filter Length")
    are(stream.entries, {"Filter": PACKED})
    check_operators(stream.data)


def check_helvetica(value: Value) -> None:
    """Check the built-in font that ReportLab names in each file."""
    fixed: dict[str, Value] = {
        "BaseFont": Name("Helvetica"), "Encoding": Name("WinAnsiEncoding"), "Name": Name("F1"),
        "Subtype": Name("Type1"), "Type": Name("Font"),
    }  # fmt: skip
    are(exactly(value, " ".join(fixed)), fixed)


def check_font(value: Value, name: str) -> tuple[dict[str, Value], str]:
    """Check a part of an embedded font that pages call ``name``. Returns entries and full name."""
    keys = "BaseFont FirstChar FontDescriptor LastChar Name Subtype ToUnicode Type Widths"
    entries = exactly(value, keys)
    base = entries["BaseFont"]
    widths = list_of(entries["Widths"])
    numbers_of(widths, len(widths))
    fixed: dict[str, Value] = {
        "FirstChar": Number("0"), "LastChar": Number(str(len(widths) - 1)), "Name": Name(name),
        "Subtype": Name("TrueType"), "Type": Name("Font"),
    }  # fmt: skip
    are(entries, fixed)
    part, plus, face = str(base).partition("+")
    letters = len(part) == 6 and part.isascii() and part.isalpha() and part.isupper()
    need(isinstance(base, Name) and plus and letters and face in _FACES, PARTS)
    return entries, str(base)


def letters_of(base: str) -> Callable[[Value], None]:
    """Return the check of the table from the codes of font ``base`` to letters."""

    def check(value: Value) -> None:
        stream = stream_of(value, "Filter Length")
        are(stream.entries, {"Filter": _FLATE})
        check_letters(stream.data, base)

    return check


def check_face(value: Value, base: str) -> dict[str, Value]:
    """Check the measures of font ``base``. Returns the entries."""
    entries = exactly(value, "FontBBox FontFile2 FontName Type " + " ".join(_MEASURES))
    are(entries, {"FontName": Name(base), "Type": Name("FontDescriptor")})
    numbers_of(entries["FontBBox"], 4)
    numbers_of([entries[name] for name in _MEASURES], len(_MEASURES))
    return entries


def check_font_file(value: Value) -> None:
    """Check the file of an embedded font."""
    stream = stream_of(value, "Filter Length Length1")
    are(stream.entries, {"Filter": _FLATE})
    need(inflates_to(stream.data, whole(stream.entries["Length1"], MOST_FONT)), PARTS)


def check_picture(value: Value) -> None:
    """Check a picture: a PNG's pixels passed through, pixels packed again, or a JPEG."""
    if not isinstance(value, Stream):
        raise unlike()
    through = "DecodeParms" in value.entries
    keys = "BitsPerComponent ColorSpace Filter Height Length Subtype Type Width"
    entries = exactly(value.entries, keys + " DecodeParms" * through)
    width, height = whole(entries["Width"], _LONGEST), whole(entries["Height"], _LONGEST)
    need(width * height <= MOST_PIXELS, PARTS)
    fixed: dict[str, Value] = {
        "BitsPerComponent": Number("8"), "Subtype": Name("Image"), "Type": Name("XObject")
    }  # fmt: skip
    are(entries, fixed)
    channels = _channels(entries["ColorSpace"], indexed=through)
    if entries["Filter"] == Name("DCTDecode") and not through:
        check_jpeg(value.data, width, height)
        return
    need(entries["Filter"] == Name("FlateDecode"), PARTS)
    if through:
        rows: dict[str, Value] = {
            "BitsPerComponent": Number("8"), "Colors": Number(str(channels)),
            "Columns": Number(str(width)), "Predictor": Number("15"),
        }  # fmt: skip
        are(exactly(entries["DecodeParms"], " ".join(rows)), rows)
    need(inflates_to(value.data, height * (width * channels + through)), PARTS)


def _channels(space: Value, *, indexed: bool) -> int:
    """Return how many samples a pixel has in a colour space that pictures use."""
    if isinstance(space, Name):
        need(space in ("DeviceRGB", "DeviceGray"), PARTS)
        return 3 if space == "DeviceRGB" else 1
    kind, base, top, palette = [*list_of(space), *integers(0, 0, 0, 0)][:4]
    colours = whole(top, 255) if top != Number("0") else 0
    whole_palette = isinstance(palette, bytes) and len(palette) == 3 * (colours + 1)
    known = kind == Name("Indexed") and base == Name("DeviceRGB") and len(list_of(space)) == 4
    need(indexed and known and whole_palette, PARTS)
    return 1
