"""The first revision of a form: each object of it is one that the drawing makes, to its leaves.

Rule: an allow-list. From the trailer on, each dictionary has exactly the keys of its kind and each
value is the expected one or of its sort; each object is reached, and in one role only. So
no action, script, link, attachment, layer or name tree has a place in it, however deep.

Source: docs/format.md section 9.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from esafety_tui.kernel.errors import Unusable
from esafety_tui.output.form import resources
from esafety_tui.output.form.leaves import check_operators
from esafety_tui.output.form.need import require_sound
from esafety_tui.output.form.revisions import Drawing
from esafety_tui.output.form.shapes import (
    FOREIGN_PARTS,
    array_numbers,
    array_values,
    dictionary_entries,
    foreign_part_error,
    number_array,
    reference_number,
    require_entries,
    require_keys,
    require_stream,
)
from esafety_tui.output.form.tokens import PdfName, PdfNumber, PdfReference, PdfValue
from esafety_tui.output.form.view import NEWEST_LAYOUT, OFFICER_FIELDS, PRODUCER, producer_name

_Check = Callable[[PdfValue], None]
_OTHER_ANNOTATION = "a page carries something besides the fields."
_PAPER: list[PdfValue] = [PdfNumber(n) for n in ("0", "0", "595.2756", "841.8898")]
_WIDEST, _TALLEST = 237.47, 39.21  # points of a visible field, rounding included
_DRAWING_DATE = b"D:20000101000000+00'00'"
_TITLE = re.compile(rb"[ -~]{1,200}")
_SUBSET = re.compile(r"F[0-9]{1,3}\+[0-9]{1,3}")
_PICTURE = re.compile(r"FormXob\.picture-[0-9a-f]{32}")
_NEWER = re.compile(rb"/Producer \(" + producer_name(2)[:-1].encode("ascii") + rb"([0-9]{1,4})\)")


def refuse_newer_form(data: bytes) -> None:
    """Raise Unusable if ``data`` says that it is a form of a layout this program does not know."""
    match = _NEWER.search(data)
    if match and int(match[1]) > NEWEST_LAYOUT:
        raise Unusable(
            "This form was made by a newer version of the program.", "Check it with that version."
        )


def read_layout_number(drawing: Drawing) -> int:
    """Return the number of the form's layout. Raises NotSound if it has none that is known."""
    info = drawing.objects.get(drawing.info)
    producer = info.get("Producer") if isinstance(info, dict) else None
    layouts = {producer_name(number): number for number in range(1, NEWEST_LAYOUT + 1)}
    if not isinstance(producer, bytes) or producer.decode("latin-1") not in layouts:
        raise foreign_part_error()
    return layouts[producer.decode("latin-1")]


class DrawingWalk:
    """One walk over a drawing.

    Attributes:
        fields: numbers of the two fields, in order, once :meth:`check_drawing` has found no fault.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._objects = drawing.objects
        self._first = (drawing.root, drawing.info)
        self._role: dict[int, str] = {}
        self.fields: list[int] = []

    def check_drawing(self) -> None:
        """Walk from catalog and title on. Raises NotSound at the first object out of place."""
        root, info = self._first
        self.check_reference(PdfReference(info), "title", _check_title)
        self.check_reference(PdfReference(root), "catalog", self._check_catalog)
        require_sound(
            set(self._role) == set(self._objects), "it holds an object that no page uses."
        )

    def check_reference(self, value: PdfValue, role: str, check: _Check) -> int:
        """Check the object that ``value`` refers to, once, and return its number."""
        number = reference_number(value)
        require_sound(number in self._objects, FOREIGN_PARTS)
        if number not in self._role:
            self._role[number] = role
            check(self._objects[number])
        require_sound(self._role[number] == role, FOREIGN_PARTS)
        return number

    def _seen_reference(self, value: PdfValue, role: str) -> int:
        """Return the number of an object that the walk came by already."""
        number = reference_number(value)
        require_sound(self._role.get(number) == role, FOREIGN_PARTS)
        return number

    def _check_catalog(self, value: PdfValue) -> None:
        entries = require_keys(value, "AcroForm Lang PageMode Pages Type")
        require_entries(
            entries, {"Lang": b"en-GB", "PageMode": PdfName("UseNone"), "Type": PdfName("Catalog")}
        )
        self.check_reference(entries["Pages"], "pages", self._check_pages)
        self.check_reference(entries["AcroForm"], "form", self._check_form)

    def _check_form(self, value: PdfValue) -> None:
        entries = require_keys(value, "Fields SigFlags")
        require_entries(
            entries, {"SigFlags": PdfNumber("3"), "Fields": [PdfReference(n) for n in self.fields]}
        )
        require_sound(
            len(self.fields) == len(OFFICER_FIELDS), "it does not have exactly the two fields."
        )

    def _check_pages(self, value: PdfValue) -> None:
        entries = require_keys(value, "Count Kids Type")
        kids = array_values(entries["Kids"])
        require_entries(entries, {"Type": PdfName("Pages"), "Count": PdfNumber(str(len(kids)))})
        found = [self.check_reference(kid, "page", self._check_page) for kid in kids]
        require_sound(found and len(set(found)) == len(found), FOREIGN_PARTS)

    def _check_page(self, value: PdfValue) -> None:
        signed = "Annots" in dictionary_entries(value)
        keys = "Contents MediaBox Parent Resources Rotate Trans Type"
        entries = require_keys(value, keys + " Annots" * signed)
        fixed: dict[str, PdfValue] = {
            "MediaBox": _PAPER, "Rotate": PdfNumber("0"), "Trans": {}, "Type": PdfName("Page")
        }  # fmt: skip
        require_entries(entries, fixed)
        self._seen_reference(entries["Parent"], "pages")
        self.check_reference(entries["Contents"], "text", resources.check_page_text)
        self._check_resources(entries["Resources"])
        if signed:
            page = next(number for number, each in self._objects.items() if each is value)
            pair = array_values(entries["Annots"])
            require_sound(not self.fields and len(pair) == len(OFFICER_FIELDS), _OTHER_ANNOTATION)
            self.fields = [
                self._check_field(*each, page) for each in zip(pair, OFFICER_FIELDS, strict=True)
            ]

    def _check_field(self, ref: PdfValue, name: str, page: int) -> int:
        return self.check_reference(ref, name, lambda value: self._check_widget(value, name, page))

    def _check_widget(self, value: PdfValue, name: str, page: int) -> None:
        entries = require_keys(value, "F FT Lock P Rect Subtype T Type")
        lock: dict[str, PdfValue] = {"Type": PdfName("SigFieldLock")}
        if name == OFFICER_FIELDS[0]:
            lock |= {"Action": PdfName("Exclude"), "Fields": [OFFICER_FIELDS[1].encode("ascii")]}
        else:
            lock |= {"Action": PdfName("All"), "P": PdfNumber("1")}
        fixed: dict[str, PdfValue] = {
            "F": PdfNumber("132"), "FT": PdfName("Sig"), "Subtype": PdfName("Widget"), "Lock": lock,
            "T": name.encode("ascii"), "Type": PdfName("Annot"), "P": PdfReference(page),
        }  # fmt: skip
        require_entries(entries, fixed)
        left, low, right, high = array_numbers(entries["Rect"], 4)
        inside = 0 <= left <= right <= 595.28 and 0 <= low <= high <= 841.89
        require_sound(
            inside and right - left <= _WIDEST and high - low <= _TALLEST, _OTHER_ANNOTATION
        )

    def _check_resources(self, value: PdfValue) -> None:
        entries = require_keys(value, "Font ProcSet XObject")
        require_entries(entries, {"ProcSet": resources.PROCEDURE_SETS})
        self.check_reference(entries["Font"], "fonts", self._check_fonts)
        for name, ref in dictionary_entries(entries["XObject"]).items():
            if name == "FormXob.total-pages":
                self.check_reference(ref, name, self._check_page_total)
            else:
                require_sound(_PICTURE.fullmatch(name), FOREIGN_PARTS)
                self.check_reference(ref, name, resources.check_picture)

    def _check_page_total(self, value: PdfValue) -> None:
        """The number of pages, which each foot line uses."""
        stream = require_stream(value, "BBox Filter FormType Length Matrix Resources Subtype Type")
        fixed: dict[str, PdfValue] = {
            "BBox": number_array(0, -3, 30, 10), "FormType": PdfNumber("1"),
            "Matrix": number_array(1, 0, 0, 1, 0, 0), "Subtype": PdfName("Form"),
            "Type": PdfName("XObject"), "Filter": resources.PACKED_FILTERS,
        }  # fmt: skip
        require_entries(stream.entries, fixed)
        inner = require_keys(stream.entries["Resources"], "Font ProcSet")
        require_entries(inner, {"ProcSet": resources.PROCEDURE_SETS})
        self._seen_reference(inner["Font"], "fonts")
        check_operators(stream.data)

    def _check_fonts(self, value: PdfValue) -> None:
        for name, ref in dictionary_entries(value).items():
            if name == "F1":
                self.check_reference(ref, name, resources.check_helvetica)
            else:
                require_sound(_SUBSET.fullmatch(name), FOREIGN_PARTS)
                self.check_reference(ref, name, self._font_check(name))

    def _font_check(self, name: str) -> _Check:
        def check(value: PdfValue) -> None:
            entries, base = resources.check_embedded_font(value, name)
            self.check_reference(
                entries["ToUnicode"], f"{name} letters", resources.letter_table_check(base)
            )
            self.check_reference(
                entries["FontDescriptor"], f"{name} face", self._font_face_check(name, base)
            )

        return check

    def _font_face_check(self, name: str, base: str) -> _Check:
        def check(value: PdfValue) -> None:
            entries = resources.check_font_measures(value, base)
            self.check_reference(entries["FontFile2"], f"{name} file", resources.check_font_file)

        return check


def _check_title(value: PdfValue) -> None:
    keys = "Author CreationDate Creator Keywords ModDate Producer Subject Title Trapped"
    entries = require_keys(value, keys)
    fixed: dict[str, PdfValue] = {
        "Author": b"", "Creator": PRODUCER.encode("ascii"), "Keywords": b"", "Subject": b"",
        "CreationDate": _DRAWING_DATE, "ModDate": _DRAWING_DATE, "Trapped": PdfName("False"),
    }  # fmt: skip
    require_entries(entries, fixed)
    title = entries["Title"]
    require_sound(isinstance(title, bytes) and _TITLE.fullmatch(title), FOREIGN_PARTS)
