"""Signed forms, and tools to take them apart and put them together again, as a signer could."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

from esafety_tui.output.form.draw import draw_form
from esafety_tui.output.form.revisions import (
    Drawing,
    cross_reference_table,
    read_drawing,
    revision_ending,
)
from esafety_tui.output.form.sign import sign_form_stream
from esafety_tui.output.form.tokens import PdfNumber, PdfStream, PdfValue, write_value
from esafety_tui.output.form.view import REVIEWING_ROLES, ExhibitImage
from tests.output.form_pki import Officer, School
from tests.output.form_samples import START, photo_with_gps, png, view

HEAD = b"%PDF-1.4\n%\x93\x8c\x8b\x9e ReportLab Generated PDF document (opensource)\n"


@dataclass
class People:
    """A school and two officers of it."""

    school: School = field(default_factory=School)
    first: Officer = field(init=False)
    second: Officer = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.school.officer("Alex Bell")
        self.second = self.school.officer("Cerys Dunne")


@cache
def people() -> People:
    """Return the officers who sign in these tests."""
    return People()


@cache
def drawn() -> bytes:
    """Return a form with a picture of either sort, as it is drawn, unsigned."""
    out = BytesIO()
    base = view(2)
    pictures = (
        ExhibitImage("AB/1", lambda: png(64, 40)), ExhibitImage("AB/2", photo_with_gps)
    )  # fmt: skip
    object.__setattr__(base, "images", pictures)
    draw_form(base, out)
    return out.getvalue()


def signed(pdf: bytes, *, both: bool = True) -> bytes:
    """Return ``pdf`` with the first officer's signature, or with both."""
    who = people()
    for number, officer in enumerate((who.first, who.second)[: 1 + both]):
        out = BytesIO()
        sign_form_stream(BytesIO(pdf), out, officer, START, number, REVIEWING_ROLES)
        pdf = out.getvalue()
    return pdf


@cache
def sound() -> bytes:
    """Return the form signed by both."""
    return signed(drawn())


def parts() -> tuple[Drawing, dict[int, PdfValue]]:
    """Return the drawing and a copy of its objects that may be changed."""
    drawing = read_drawing(drawn())
    return drawing, {number: copied(value) for number, value in drawing.objects.items()}


def copied(value: PdfValue) -> PdfValue:
    """Return a deep copy."""
    if isinstance(value, list):
        return [copied(each) for each in value]
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    if isinstance(value, PdfStream):
        return PdfStream({key: copied(each) for key, each in value.entries.items()}, value.data)
    return value


def put_together(drawing: Drawing, objects: dict[int, PdfValue]) -> bytes:
    """Return a first revision with these objects, as a form's own is written."""
    out = bytearray(HEAD)
    places: list[tuple[int, int]] = []
    for number in sorted(objects):
        value = objects[number]
        places.append((number, len(out)))
        out += b"%d 0 obj\n" % number
        if isinstance(value, PdfStream):
            entries = value.entries | {"Length": PdfNumber(str(len(value.data)))}
            out += write_value(entries) + b"\nstream\n" + value.data + b"endstream"
        else:
            out += write_value(value)
        out += b"\nendobj\n"
    table = len(out)
    out += cross_reference_table(places, whole=True)
    ident = drawing.ident.hex()
    out += (
        f"trailer\n<<\n/ID \n[<{ident}><{ident}>]\n"
        "% ReportLab generated PDF document -- digest (opensource)\n\n"
        f"/Info {drawing.info} 0 R\n/Root {drawing.root} 0 R\n/Size {len(objects) + 1}\n>>\n"
    ).encode()
    return bytes(out) + revision_ending(table)
