"""The place where two officers sign: a field for the digital signature beside an ink line.

Both fields, with their locks, are part of the rendering, so the first revision of the PDF is what
gets frozen. A typed name is printed as a name and never called a signature.

Source: ISO 32000-1, 12.7.4.5 (signature fields, lock dictionaries), table 233; /P in a lock is
ISO 32000-2.
"""

from __future__ import annotations

from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc
from reportlab.platypus import Flowable, KeepTogether, Table, TableStyle

from esafety_tui.output.form.blocks import brief_text, vertical_gap
from esafety_tui.output.form.lettering import GREY, RULE, SANS, paragraph
from esafety_tui.output.form.page import WIDTH
from esafety_tui.output.form.view import OFFICER_FIELDS, REVIEWING_ROLES, FormView, Reviewer

_FIELD_SIZE = (WIDTH / 2 - 12, 17 * mm)


def _field_lock(name: str) -> pdfdoc.PDFDictionary:
    lock: dict[str, object] = {"Type": pdfdoc.PDFName("SigFieldLock")}
    if name == OFFICER_FIELDS[0]:
        lock["Action"] = pdfdoc.PDFName("Exclude")
        lock["Fields"] = pdfdoc.PDFArray([pdfdoc.PDFString(OFFICER_FIELDS[1])])
    else:
        lock["Action"] = pdfdoc.PDFName("All")
        lock["P"] = 1
    return pdfdoc.PDFDictionary(lock)


class SignatureField(Flowable):
    """An empty signature field of the PDF; ``visible`` draws its frame and what it is for."""

    def __init__(self, name: str, *, visible: bool) -> None:
        super().__init__()
        self.name, self.visible = name, visible
        self.width, self.height = _FIELD_SIZE if visible else (0, 0)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the size in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Add the field to this page and to the document's form."""
        canvas: Any = self.canv  # document and annotations are not in ReportLab's stubs
        left, low = canvas.absolutePosition(0, 0)
        right, high = canvas.absolutePosition(self.width, self.height)
        if self.visible:
            canvas.setStrokeColor(RULE)
            canvas.setDash(2, 2)
            canvas.rect(0, 0, self.width, self.height, stroke=1, fill=0)
            canvas.setDash()
            canvas.setFillColor(GREY)
            canvas.setFont(SANS, 6)
            canvas.drawString(3, self.height - 7.5, "Digital signature (empty until signed)")
        # The stamp leaves the caption readable: the field ends below it.
        corners = [round(n, 2) for n in (left, low, right, high - 9 if self.visible else high)]
        field = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Annot"),
                "Subtype": pdfdoc.PDFName("Widget"),
                "FT": pdfdoc.PDFName("Sig"),
                "T": pdfdoc.PDFString(self.name),
                "Rect": pdfdoc.PDFArray(corners),
                "F": 132,  # print, locked
                "P": canvas._doc.thisPageRef(),
                "Lock": _field_lock(self.name),
            }
        )
        canvas._addAnnotation(field, self.name)
        catalog = canvas._doc._catalog
        if getattr(catalog, "AcroForm", None) is None:
            catalog.AcroForm = pdfdoc.PDFDictionary({"Fields": pdfdoc.PDFArray([]), "SigFlags": 3})
        catalog.AcroForm.dict["Fields"].sequence.append(canvas._doc.refAnnotation(self.name))


class _InkLine(Flowable):
    def __init__(self, caption: str, width: float) -> None:
        super().__init__()
        self.caption, self.width, self.height = caption, width, 13 * mm

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setStrokeColor("#57606a")
        self.canv.setLineWidth(0.7)
        self.canv.line(0, 10, self.width, 10)
        self.canv.setFillColor(GREY)
        self.canv.setFont(SANS, 6.5)
        self.canv.drawString(0, 2, self.caption)


def _ink_lines() -> Table:
    width = _FIELD_SIZE[0]
    lines = Table(
        [[_InkLine("Signature in ink", width * 0.62), _InkLine("Date", width * 0.3)]],
        colWidths=[width * 0.68, width * 0.32],
    )
    lines.setStyle(
        TableStyle([(side, (0, 0), (-1, -1), 0) for side in ("LEFTPADDING", "RIGHTPADDING")])
    )
    return lines


def _signing_place(number: int, person: Reviewer | None, roles: tuple[str, str]) -> list[Flowable]:
    name = OFFICER_FIELDS[number]
    which = roles[number]
    if person is None:
        return [
            paragraph(which, "label"),
            paragraph(f"NOT SIGNED: there was no {which.lower()}.", "alarm"),
            SignatureField(name, visible=False),
        ]
    who = [
        paragraph(which, "label"),
        brief_text(person.name, "strong"),
        brief_text(f"{person.position} · initials {person.initials}", "small"),
    ]
    if person.signs:
        return [*who, vertical_gap(1), SignatureField(name, visible=True), _ink_lines()]
    missing = [brief_text(f"NOT SIGNED by {person.name}", "alarm")]
    if person.why_not:
        missing.append(brief_text(f"Reason given: {person.why_not}", "small"))
    return [*who, *missing, SignatureField(name, visible=False), _ink_lines()]


def signature_block(view: FormView) -> KeepTogether:
    """Return the form's two places side by side, kept on one page."""
    return signing_places(view.reviewers, REVIEWING_ROLES, "Signatures of the reviewing persons")


def signing_places(
    people: tuple[Reviewer | None, Reviewer | None], roles: tuple[str, str], title: str
) -> KeepTogether:
    """Return two places side by side under ``title``, each called by its role."""
    places = Table(
        [[_signing_place(0, people[0], roles), _signing_place(1, people[1], roles)]],
        colWidths=[WIDTH / 2, WIDTH / 2],
    )
    places.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BOX", (0, 0), (-1, -1), 0.5, RULE),
                ("LINEAFTER", (0, 0), (0, -1), 0.5, RULE),
                ("LEFTPADDING", (0, 0), (-1, -1), 6),
                ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    note = paragraph(
        "A digital signature covers every byte of this file at the moment it was given. Programs "
        "that do not know the school's own certificate show its validity as unknown until that "
        "certificate is imported. Ink is for printed copies.",
        "small",
    )
    return KeepTogether([paragraph(title, "head"), places, vertical_gap(1.5), note])
