"""Fonts, pictures and page text of a form's drawing, as values of the PDF. Knows no page.

Rule: as in :mod:`drawing`: exactly the keys and values that the drawing makes.
"""

from __future__ import annotations

from collections.abc import Callable

from esafety_tui.output.form.leaves import (
    MOST_FONT,
    check_letter_table,
    check_operators,
    check_plain_jpeg,
    inflates_to_size,
)
from esafety_tui.output.form.need import require_sound
from esafety_tui.output.form.shapes import (
    FOREIGN_PARTS,
    array_numbers,
    array_values,
    foreign_part_error,
    number_array,
    positive_number,
    require_entries,
    require_keys,
    require_stream,
)
from esafety_tui.output.form.sizes import MOST_PIXELS
from esafety_tui.output.form.tokens import PdfName, PdfNumber, PdfStream, PdfValue

PROCEDURE_SETS: list[PdfValue] = [PdfName(n) for n in ("PDF", "Text", "ImageB", "ImageC", "ImageI")]
PACKED_FILTERS: list[PdfValue] = [PdfName("ASCII85Decode"), PdfName("FlateDecode")]
_FLATE_FILTER: list[PdfValue] = [PdfName("FlateDecode")]
_FACES = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono")
_MEASURES = ("Ascent", "CapHeight", "Descent", "Flags", "ItalicAngle", "MissingWidth", "StemV")
_LONGEST = 100_000  # pixels of a picture's side


def check_page_text(value: PdfValue) -> None:
    """Check the operators of one page."""
    stream = require_stream(value, "Filter Length")
    require_entries(stream.entries, {"Filter": PACKED_FILTERS})
    check_operators(stream.data)


def check_helvetica(value: PdfValue) -> None:
    """Check the built-in font that ReportLab names in each file."""
    fixed: dict[str, PdfValue] = {
        "BaseFont": PdfName("Helvetica"), "Encoding": PdfName("WinAnsiEncoding"),
        "Name": PdfName("F1"),
        "Subtype": PdfName("Type1"), "Type": PdfName("Font"),
    }  # fmt: skip
    require_entries(require_keys(value, " ".join(fixed)), fixed)


def check_embedded_font(value: PdfValue, name: str) -> tuple[dict[str, PdfValue], str]:
    """Check a part of an embedded font that pages call ``name``. Returns entries and full name."""
    keys = "BaseFont FirstChar FontDescriptor LastChar Name Subtype ToUnicode Type Widths"
    entries = require_keys(value, keys)
    base = entries["BaseFont"]
    widths = array_values(entries["Widths"])
    array_numbers(widths, len(widths))
    fixed: dict[str, PdfValue] = {
        "FirstChar": PdfNumber("0"), "LastChar": PdfNumber(str(len(widths) - 1)),
        "Name": PdfName(name),
        "Subtype": PdfName("TrueType"), "Type": PdfName("Font"),
    }  # fmt: skip
    require_entries(entries, fixed)
    part, plus, face = str(base).partition("+")
    letters = len(part) == 6 and part.isascii() and part.isalpha() and part.isupper()
    require_sound(isinstance(base, PdfName) and plus and letters and face in _FACES, FOREIGN_PARTS)
    return entries, str(base)


def letter_table_check(base: str) -> Callable[[PdfValue], None]:
    """Return the check of the table from the codes of font ``base`` to letters."""

    def check(value: PdfValue) -> None:
        stream = require_stream(value, "Filter Length")
        require_entries(stream.entries, {"Filter": _FLATE_FILTER})
        check_letter_table(stream.data, base)

    return check


def check_font_measures(value: PdfValue, base: str) -> dict[str, PdfValue]:
    """Check the measures of font ``base``. Returns the entries."""
    entries = require_keys(value, "FontBBox FontFile2 FontName Type " + " ".join(_MEASURES))
    require_entries(entries, {"FontName": PdfName(base), "Type": PdfName("FontDescriptor")})
    array_numbers(entries["FontBBox"], 4)
    array_numbers([entries[name] for name in _MEASURES], len(_MEASURES))
    return entries


def check_font_file(value: PdfValue) -> None:
    """Check the file of an embedded font."""
    stream = require_stream(value, "Filter Length Length1")
    require_entries(stream.entries, {"Filter": _FLATE_FILTER})
    require_sound(
        inflates_to_size(stream.data, positive_number(stream.entries["Length1"], MOST_FONT)),
        FOREIGN_PARTS,
    )


def check_picture(value: PdfValue) -> None:
    """Check a picture: a PNG's pixels passed through, pixels packed again, or a JPEG."""
    if not isinstance(value, PdfStream):
        raise foreign_part_error()
    through = "DecodeParms" in value.entries
    keys = "BitsPerComponent ColorSpace Filter Height Length Subtype Type Width"
    entries = require_keys(value.entries, keys + " DecodeParms" * through)
    width, height = (
        positive_number(entries["Width"], _LONGEST),
        positive_number(entries["Height"], _LONGEST),
    )
    require_sound(width * height <= MOST_PIXELS, FOREIGN_PARTS)
    fixed: dict[str, PdfValue] = {
        "BitsPerComponent": PdfNumber("8"), "Subtype": PdfName("Image"), "Type": PdfName("XObject")
    }  # fmt: skip
    require_entries(entries, fixed)
    channels = _channel_count(entries["ColorSpace"], indexed=through)
    if entries["Filter"] == PdfName("DCTDecode") and not through:
        check_plain_jpeg(value.data, width, height)
        return
    require_sound(entries["Filter"] == PdfName("FlateDecode"), FOREIGN_PARTS)
    if through:
        rows: dict[str, PdfValue] = {
            "BitsPerComponent": PdfNumber("8"), "Colors": PdfNumber(str(channels)),
            "Columns": PdfNumber(str(width)), "Predictor": PdfNumber("15"),
        }  # fmt: skip
        require_entries(require_keys(entries["DecodeParms"], " ".join(rows)), rows)
    require_sound(
        inflates_to_size(value.data, height * (width * channels + through)), FOREIGN_PARTS
    )


def _channel_count(space: PdfValue, *, indexed: bool) -> int:
    """Return how many samples a pixel has in a colour space that pictures use."""
    if isinstance(space, PdfName):
        require_sound(space in ("DeviceRGB", "DeviceGray"), FOREIGN_PARTS)
        return 3 if space == "DeviceRGB" else 1
    kind, base, top, palette = [*array_values(space), *number_array(0, 0, 0, 0)][:4]
    colours = positive_number(top, 255) if top != PdfNumber("0") else 0
    whole_palette = isinstance(palette, bytes) and len(palette) == 3 * (colours + 1)
    known = (
        kind == PdfName("Indexed")
        and base == PdfName("DeviceRGB")
        and len(array_values(space)) == 4
    )
    require_sound(indexed and known and whole_palette, FOREIGN_PARTS)
    return 1
