"""What a signer could draw into a form: each attack changes the objects of a first revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from esafety_tui.output.form.revisions import Drawing
from esafety_tui.output.form.shapes import reference_number
from esafety_tui.output.form.tokens import (
    PdfHexString,
    PdfName,
    PdfNumber,
    PdfReference,
    PdfStream,
    PdfValue,
)
from tests.promises.c_never_a_false_ok.pdf_tools import parts, put_together

Objects: TypeAlias = dict[int, PdfValue]
Dict: TypeAlias = dict[str, PdfValue]
ONE, NIL = PdfNumber("1"), PdfNumber("0")


def action(kind: str, **more: PdfValue) -> Dict:
    """Return an action of ``kind``."""
    return {"Type": PdfName("Action"), "S": PdfName(kind), **more}


def file_spec() -> Dict:
    """Return a reference to a file elsewhere."""
    return {"Type": PdfName("Filespec"), "F": b"other.pdf", "UF": b"other.pdf"}


ACTIONS: dict[str, Dict] = {
    "JavaScript": action("JavaScript", JS=b"app.alert(1)"),
    "Launch": action("Launch", F=file_spec()),
    "URI": action("URI", URI=b"https://example.invalid/"),
    "SubmitForm": action("SubmitForm", F={"FS": PdfName("URL"), "F": b"https://example.invalid/"}),
    "GoToR": action("GoToR", F=file_spec(), D=[NIL, PdfName("Fit")]),
    "GoToE": action("GoToE", F=file_spec(), T={"R": PdfName("C")}),
    "GoTo": action("GoTo", D=[PdfReference(3), PdfName("Fit")]),
    "Named": action("Named", N=PdfName("Print")),
    "Rendition": action("Rendition", OP=NIL, JS=b"app.alert(1)"),
    "RichMediaExecute": action("RichMediaExecute", CMD={"C": b"play"}),
    "ImportData": action("ImportData", F=file_spec()),
    "ResetForm": action("ResetForm"),
    "Hide": action("Hide", T=b"Officer2"),
    "SetOCGState": action("SetOCGState", State=[PdfName("OFF")]),
    "Thread": action("Thread", D=NIL),
    "Sound": action("Sound", Sound=PdfReference(3)),
    "Movie": action("Movie", T=b"x"),
    "Trans": action("Trans", Trans={}),
    "GoTo3DView": action("GoTo3DView", V=NIL),
}


def at(objects: Objects, number: int) -> Dict:
    """Return the entries of an object."""
    value = objects[number]
    if isinstance(value, PdfStream):
        return value.entries
    assert isinstance(value, dict)
    return value


def of_type(objects: Objects, kind: str, key: str = "Type") -> Dict:
    """Return the entries of the first object of a kind."""
    return next(
        at(objects, n) for n, value in objects.items()
        if isinstance(value, dict | PdfStream) and at(objects, n).get(key) == PdfName(kind)
    )  # fmt: skip


def add(objects: Objects, value: PdfValue) -> PdfReference:
    """Add an object and return a reference to it."""
    objects[len(objects) + 1] = value
    return PdfReference(len(objects))


def outline(objects: Objects, root: Dict, *items: Dict) -> None:
    """Give the document an outline of ``items``."""
    top: Dict = {"Type": PdfName("Outlines"), "Count": ONE}
    parent = add(objects, top)
    refs = [add(objects, {"Title": b"Contents", "Parent": parent, **item}) for item in items]
    top |= {"First": refs[0], "Last": refs[-1]}
    root["Outlines"] = parent


def annotation(objects: Objects, kind: str, **more: PdfValue) -> None:
    """Put an annotation on the page of the fields."""
    pages = [at(objects, n) for n, v in objects.items() if isinstance(v, dict) and "Annots" in v]
    found = pages[0]["Annots"]
    assert isinstance(found, list)
    rect: list[PdfValue] = [NIL, NIL, ONE, ONE]
    found.append(
        add(objects, {"Type": PdfName("Annot"), "Subtype": PdfName(kind), "Rect": rect, **more})
    )


PLACES: dict[str, Callable[[Objects, Dict, Dict], object]] = {
    "on opening": lambda o, r, a: r.update(OpenAction=a),
    "when the document closes": lambda o, r, a: r.update(AA={"WC": a}),
    "on a page": lambda o, r, a: of_type(o, "Page").update(AA={"O": a}),
    "in a link": lambda o, r, a: annotation(o, "Link", A=a),
    "in a field": lambda o, r, a: of_type(o, "Sig", "FT").update(A=a),
    "in a field's events": lambda o, r, a: of_type(o, "Sig", "FT").update(AA={"V": a}),
    "in the outline": lambda o, r, a: outline(o, r, {"A": add(o, a)}),
    "in a chain in the outline": lambda o, r, a: outline(
        o,
        r,
        {
            "A": action(
                "GoTo",
                D=[PdfReference(3)],
                Next=[action("GoTo", D=[PdfReference(3)], Next=add(o, a))],
            )
        },
    ),
    "in a name tree": lambda o, r, a: r.update(Names={"JavaScript": {"Names": [b"x", add(o, a)]}}),
    "unreferenced": lambda o, r, a: add(o, a),
}
"""Where an action can stand: takes objects, catalog, action."""


def _form(objects: Objects, root: Dict) -> Dict:
    return at(objects, reference_number(root["AcroForm"]))


def _named(objects: Objects) -> Dict:
    pair: list[PdfValue] = [b"x", _file(objects)]
    return {"EmbeddedFiles": {"Names": pair}}


def _file(objects: Objects) -> PdfReference:
    data = PdfStream({"Type": PdfName("EmbeddedFile")}, memoryview(b"MZ"))
    return add(
        objects, {"Type": PdfName("Filespec"), "F": b"a.exe", "EF": {"F": add(objects, data)}}
    )


PARTS: dict[str, Callable[[Objects, Dict], object]] = {
    "an embedded file": lambda o, r: r.update(Names=_named(o)),
    "an associated file": lambda o, r: r.update(AF=[_file(o)]),
    "a file that nothing refers to": lambda o, r: _file(o),
    "a collection": lambda o, r: r.update(Collection={"Type": PdfName("Collection")}),
    "an attachment on a page": lambda o, r: annotation(o, "FileAttachment", FS=_file(o)),
    "rich media": lambda o, r: annotation(o, "RichMedia", RichMediaContent={}),
    "a screen": lambda o, r: annotation(o, "Screen"),
    "a 3D view": lambda o, r: annotation(o, "3D"),
    "a note": lambda o, r: annotation(o, "Text", Contents=b"hello"),
    "a third field": lambda o, r: annotation(o, "Widget", FT=PdfName("Tx"), T=b"x"),
    "XFA": lambda o, r: _form(o, r).update(XFA=_file(o)),
    "appearances asked for": lambda o, r: _form(o, r).update(NeedAppearances=PdfName("true")),
    "metadata": lambda o, r: r.update(
        Metadata=add(o, PdfStream({"Type": PdfName("Metadata")}, memoryview(b"<x/>")))
    ),
    "a version": lambda o, r: r.update(Version=PdfName("2.0")),
    "extensions": lambda o, r: r.update(Extensions={"X": {}}),
    "a permission": lambda o, r: r.update(Perms={"UR3": PdfReference(3)}),
    "layers": lambda o, r: r.update(OCProperties={"OCGs": [], "D": {}}),
    "a base address": lambda o, r: r.update(URI={"Base": b"https://example.invalid/"}),
    "viewer preferences": lambda o, r: r.update(ViewerPreferences={"HideMenubar": PdfName("true")}),
    "named places": lambda o, r: r.update(Dests={"x": [PdfReference(3), PdfName("Fit")]}),
    "page labels": lambda o, r: r.update(PageLabels={"Nums": [NIL, {"P": b"9"}]}),
    "a structure tree": lambda o, r: r.update(
        StructTreeRoot=add(o, {"Type": PdfName("StructTreeRoot")})
    ),
    "private data of a program": lambda o, r: of_type(o, "Page").update(PieceInfo={"X": {}}),
    "a thumbnail": lambda o, r: of_type(o, "Page").update(Thumb=PdfReference(3)),
    "an article": lambda o, r: of_type(o, "Page").update(B=[PdfReference(3)]),
    "a transition": lambda o, r: of_type(o, "Page").update(Trans={"S": PdfName("Fade")}),
    "another paper": lambda o, r: of_type(o, "Page").update(Rotate=PdfNumber("90")),
    "a page twice": lambda o, r: _twice(of_type(o, "Pages")),
    "a page that no page list names": lambda o, r: _dropped(of_type(o, "Pages")),
    "contents in parts": lambda o, r: of_type(o, "Page").update(
        Contents=[of_type(o, "Page")["Contents"]]
    ),
    "contents from a file": lambda o, r: of_type(o, "Image", "Subtype").update(F=b"/etc/passwd"),
    "another version of a picture": lambda o, r: of_type(o, "Image", "Subtype").update(
        Alternates=[{"Image": PdfReference(3)}]
    ),
    "a picture for printing": lambda o, r: of_type(o, "Image", "Subtype").update(OPI={}),
    "a layer of a picture": lambda o, r: of_type(o, "Image", "Subtype").update(OC=PdfReference(3)),
    "a reference to another document": lambda o, r: of_type(o, "Form", "Subtype").update(
        Ref={"F": file_spec(), "Page": NIL}
    ),
    "shading": lambda o, r: of_type(o, "Page").update(
        Resources={**_dict(of_type(o, "Page")["Resources"]), "Shading": {}}
    ),
    "a font drawn by operators": lambda o, r: of_type(o, "TrueType", "Subtype").update(
        CharProcs={"a": PdfReference(3)}
    ),
    "a lock left out": lambda o, r: of_type(o, "Sig", "FT").pop("Lock"),
    "a seed value": lambda o, r: of_type(o, "Sig", "FT").update(SV={"URL": {}}),
    "a field without a place": lambda o, r: of_type(o, "Sig", "FT").update(
        Rect=[NIL, NIL, PdfNumber("595"), PdfNumber("841")]
    ),
    "another name in the title": lambda o, r: of_type(o, "False", "Trapped").update(
        Author=b"somebody"
    ),
    "more in the title": lambda o, r: of_type(o, "False", "Trapped").update(Notes=b"hidden"),
    "a title in hexadecimal": lambda o, r: of_type(o, "False", "Trapped").update(
        Title=PdfHexString(b"x")
    ),
}
"""What else has no place in a form: takes objects and catalog."""


def _dict(value: PdfValue) -> Dict:
    assert isinstance(value, dict)
    return value


def _twice(pages: Dict) -> None:
    kids = pages["Kids"]
    assert isinstance(kids, list)
    pages.update(Kids=[*kids, kids[0]], Count=PdfNumber(str(len(kids) + 1)))


def _dropped(pages: Dict) -> None:
    kids = pages["Kids"]
    assert isinstance(kids, list)
    pages.update(Kids=kids[1:], Count=PdfNumber(str(len(kids) - 1)))


def attacked(change: Callable[[Objects, Dict], object]) -> bytes:
    """Return a first revision with ``change`` made to it."""
    drawing, objects = parts()
    change(objects, at(objects, drawing.root))
    return put_together(drawing, objects)


def with_action(place: str, kind: str) -> bytes:
    """Return a first revision with an action somewhere."""
    return attacked(lambda objects, root: PLACES[place](objects, root, ACTIONS[kind]))


__all__ = ["ACTIONS", "PARTS", "PLACES", "Drawing", "attacked", "with_action"]
