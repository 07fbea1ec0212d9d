"""The first revision of a form: each object of it is one that the drawing makes, to its leaves.

Rule: an allow-list. From the trailer on, each dictionary has exactly the keys of its kind and each
value is the one that stands there or of its sort; each object is reached, and in one role only. So
no action, script, link, attachment, layer or name tree has a place to stand, however deep.

Source: docs/format.md section 9.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from esafety_tui.kernel.errors import Unusable
from esafety_tui.output.form import resources
from esafety_tui.output.form.leaves import check_operators
from esafety_tui.output.form.need import need
from esafety_tui.output.form.revisions import Drawing
from esafety_tui.output.form.shapes import (
    PARTS,
    are,
    entries_of,
    exactly,
    integers,
    list_of,
    number_of,
    numbers_of,
    stream_of,
    unlike,
)
from esafety_tui.output.form.tokens import Name, Number, Ref, Value
from esafety_tui.output.form.view import NEWEST_LAYOUT, OFFICER_FIELDS, PRODUCER, producer_of

_Check = Callable[[Value], None]
_BESIDE = "a page carries something besides the fields."
_PAPER: list[Value] = [Number(n) for n in ("0", "0", "595.2756", "841.8898")]
_WIDEST, _TALLEST = 237.47, 39.21  # points of a visible field, rounding included
_DRAWN = b"D:20000101000000+00'00'"
_TITLE = re.compile(rb"[ -~]{1,200}")
_SUBSET = re.compile(r"F[0-9]{1,3}\+[0-9]{1,3}")
_PICTURE = re.compile(r"FormXob\.picture-[0-9a-f]{32}")
_NEWER = re.compile(rb"/Producer \(" + producer_of(2)[:-1].encode("ascii") + rb"([0-9]{1,4})\)")


def refuse_newer(data: bytes) -> None:
    """Raise Unusable if ``data`` says that it is a form of a layout this program does not know."""
    match = _NEWER.search(data)
    if match and int(match[1]) > NEWEST_LAYOUT:
        raise Unusable(
            "This form was made by a newer version of the program.", "Check it with that version."
        )


def layout_of(drawing: Drawing) -> int:
    """Return the number of the form's layout. Raises NotSound if it has none that is known."""
    info = drawing.objects.get(drawing.info)
    producer = info.get("Producer") if isinstance(info, dict) else None
    layouts = {producer_of(number): number for number in range(1, NEWEST_LAYOUT + 1)}
    if not isinstance(producer, bytes) or producer.decode("latin-1") not in layouts:
        raise unlike()
    return layouts[producer.decode("latin-1")]


class Walk:
    """One walk over a drawing.

    Attributes:
        fields: numbers of the two fields, in order, once :meth:`check` has found no fault.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._objects = drawing.objects
        self._first = (drawing.root, drawing.info)
        self._role: dict[int, str] = {}
        self.fields: list[int] = []

    def check(self) -> None:
        """Walk from catalog and title on. Raises NotSound at the first object out of place."""
        root, info = self._first
        self.follow(Ref(info), "title", _title)
        self.follow(Ref(root), "catalog", self._catalog)
        need(set(self._role) == set(self._objects), "it holds an object that no page uses.")

    def follow(self, value: Value, role: str, check: _Check) -> int:
        """Check the object that ``value`` refers to, once, and return its number."""
        number = number_of(value)
        need(number in self._objects, PARTS)
        if number not in self._role:
            self._role[number] = role
            check(self._objects[number])
        need(self._role[number] == role, PARTS)
        return number

    def _above(self, value: Value, role: str) -> int:
        """Return the number of an object that the walk came by already."""
        number = number_of(value)
        need(self._role.get(number) == role, PARTS)
        return number

    def _catalog(self, value: Value) -> None:
        entries = exactly(value, "AcroForm Lang PageMode Pages Type")
        are(entries, {"Lang": b"en-GB", "PageMode": Name("UseNone"), "Type": Name("Catalog")})
        self.follow(entries["Pages"], "pages", self._pages)
        self.follow(entries["AcroForm"], "form", self._form)

    def _form(self, value: Value) -> None:
        entries = exactly(value, "Fields SigFlags")
        are(entries, {"SigFlags": Number("3"), "Fields": [Ref(n) for n in self.fields]})
        need(len(self.fields) == len(OFFICER_FIELDS), "it does not have exactly the two fields.")

    def _pages(self, value: Value) -> None:
        entries = exactly(value, "Count Kids Type")
        kids = list_of(entries["Kids"])
        are(entries, {"Type": Name("Pages"), "Count": Number(str(len(kids)))})
        found = [self.follow(kid, "page", self._page) for kid in kids]
        need(found and len(set(found)) == len(found), PARTS)

    def _page(self, value: Value) -> None:
        signed = "Annots" in entries_of(value)
        keys = "Contents MediaBox Parent Resources Rotate Trans Type"
        entries = exactly(value, keys + " Annots" * signed)
        fixed: dict[str, Value] = {
            "MediaBox": _PAPER, "Rotate": Number("0"), "Trans": {}, "Type": Name("Page")
        }  # fmt: skip
        are(entries, fixed)
        self._above(entries["Parent"], "pages")
        self.follow(entries["Contents"], "text", resources.check_text)
        self._resources(entries["Resources"])
        if signed:
            page = next(number for number, each in self._objects.items() if each is value)
            pair = list_of(entries["Annots"])
            need(not self.fields and len(pair) == len(OFFICER_FIELDS), _BESIDE)
            self.fields = [
                self._field(*each, page) for each in zip(pair, OFFICER_FIELDS, strict=True)
            ]

    def _field(self, ref: Value, name: str, page: int) -> int:
        return self.follow(ref, name, lambda value: self._widget(value, name, page))

    def _widget(self, value: Value, name: str, page: int) -> None:
        entries = exactly(value, "F FT Lock P Rect Subtype T Type")
        lock: dict[str, Value] = {"Type": Name("SigFieldLock")}
        if name == OFFICER_FIELDS[0]:
            lock |= {"Action": Name("Exclude"), "Fields": [OFFICER_FIELDS[1].encode("ascii")]}
        else:
            lock |= {"Action": Name("All"), "P": Number("1")}
        fixed: dict[str, Value] = {
            "F": Number("132"), "FT": Name("Sig"), "Subtype": Name("Widget"), "Lock": lock,
            "T": name.encode("ascii"), "Type": Name("Annot"), "P": Ref(page),
        }  # fmt: skip
        are(entries, fixed)
        left, low, right, high = numbers_of(entries["Rect"], 4)
        inside = 0 <= left <= right <= 595.28 and 0 <= low <= high <= 841.89
        need(inside and right - left <= _WIDEST and high - low <= _TALLEST, _BESIDE)

    def _resources(self, value: Value) -> None:
        entries = exactly(value, "Font ProcSet XObject")
        are(entries, {"ProcSet": resources.PROCEDURES})
        self.follow(entries["Font"], "fonts", self._fonts)
        for name, ref in entries_of(entries["XObject"]).items():
            if name == "FormXob.total-pages":
                self.follow(ref, name, self._total)
            else:
                need(_PICTURE.fullmatch(name), PARTS)
                self.follow(ref, name, resources.check_picture)

    def _total(self, value: Value) -> None:
        """The number of pages, which each foot line uses."""
        stream = stream_of(value, "BBox Filter FormType Length Matrix Resources Subtype Type")
        fixed: dict[str, Value] = {
            "BBox": integers(0, -3, 30, 10), "FormType": Number("1"),
            "Matrix": integers(1, 0, 0, 1, 0, 0), "Subtype": Name("Form"),
            "Type": Name("XObject"), "Filter": resources.PACKED,
        }  # fmt: skip
        are(stream.entries, fixed)
        inner = exactly(stream.entries["Resources"], "Font ProcSet")
        are(inner, {"ProcSet": resources.PROCEDURES})
        self._above(inner["Font"], "fonts")
        check_operators(stream.data)

    def _fonts(self, value: Value) -> None:
        for name, ref in entries_of(value).items():
            if name == "F1":
                self.follow(ref, name, resources.check_helvetica)
            else:
                need(_SUBSET.fullmatch(name), PARTS)
                self.follow(ref, name, self._font_named(name))

    def _font_named(self, name: str) -> _Check:
        def check(value: Value) -> None:
            entries, base = resources.check_font(value, name)
            self.follow(entries["ToUnicode"], f"{name} letters", resources.letters_of(base))
            self.follow(entries["FontDescriptor"], f"{name} face", self._face_of(name, base))

        return check

    def _face_of(self, name: str, base: str) -> _Check:
        def check(value: Value) -> None:
            entries = resources.check_face(value, base)
            self.follow(entries["FontFile2"], f"{name} file", resources.check_font_file)

        return check


def _title(value: Value) -> None:
    keys = "Author CreationDate Creator Keywords ModDate Producer Subject Title Trapped"
    entries = exactly(value, keys)
    fixed: dict[str, Value] = {
        "Author": b"", "Creator": PRODUCER.encode("ascii"), "Keywords": b"", "Subject": b"",
        "CreationDate": _DRAWN, "ModDate": _DRAWN, "Trapped": Name("False"),
    }  # fmt: skip
    are(entries, fixed)
    title = entries["Title"]
    need(isinstance(title, bytes) and _TITLE.fullmatch(title), PARTS)
