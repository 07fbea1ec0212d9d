"""The A4 page: margins, head line, foot line, "Page n of m", PRACTICE. Same bytes on every run.

Rule: the words that must not get lost are on every page: the school, the reference, "school
record", the check code and, in a practice vault, PRACTICE. Nothing of the clock, the user or the
machine goes into the file (``invariant``). The canvas text here knows no mark-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, BinaryIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from esafety_tui.output.form.lettering import ALARM, BOLD, GREY, INK, MONO, RULE, SANS, visible_text
from esafety_tui.output.form.lettering import load_font_glyphs as load
from esafety_tui.output.form.view import PRODUCER

SIDE = 17 * mm
WIDTH = A4[0] - 2 * SIDE
_TOP, _BOTTOM = 25 * mm, 22 * mm
HEIGHT = A4[1] - _TOP - _BOTTOM
_TOTAL = "total-pages"
_LONGEST_LINE = 160  # letters of a head or foot line


@dataclass(frozen=True, slots=True)
class PageFurniture:
    """The parts that every page has.

    Attributes:
        left: head line, left: the school.
        right: head line, right: the reference.
        foot: foot line, left.
        code: check code, or "" where a sheet has none.
        mark: one word after the reference in red, such as RESTRICTED, or "".
        producer: what the file names as its producer; it names the layout of a form.
    """

    title: str
    left: str = field(repr=False)
    right: str
    foot: str
    practice: bool
    code: str = ""
    mark: str = ""
    producer: str = PRODUCER


def _fit_text(text: str, font: str, size: float, room: float) -> str:
    """Return ``text`` as it will show, cut with an ellipsis to ``room`` points."""
    # No page has room for more; measuring a very long text letter by letter takes minutes.
    shown = visible_text(text[:_LONGEST_LINE], font)[:_LONGEST_LINE]
    if stringWidth(shown, font, size) <= room:
        return shown
    while shown and stringWidth(shown + "…", font, size) > room:
        shown = shown[:-1]
    return shown + "…"


class _CountedCanvas(Canvas):
    """Draws the number of pages once, at the end, as one object all foot lines refer to."""

    def save(self) -> None:
        pages = str(self.getPageNumber() - 1)
        self.beginForm(_TOTAL, 0, -3, 30, 10)
        self.setFont(SANS, 7.5)
        self.setFillColor(GREY)
        self.drawString(0, 0, pages)
        self.endForm()
        super().save()


def _draw_practice_mark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillColor("#f0f2f4")
    canvas.setFont(BOLD, 96)
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(54)
    canvas.drawCentredString(0, -34, "PRACTICE")
    canvas.restoreState()


def _draw_head_line(canvas: Canvas, what: PageFurniture) -> None:
    y = A4[1] - 14 * mm
    canvas.setFillColor(GREY)
    canvas.setFont(SANS, 7.5)
    canvas.drawString(SIDE, y, _fit_text(what.left, SANS, 7.5, WIDTH * 0.55))
    right = _fit_text(what.right, BOLD, 7.5, WIDTH * 0.2)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 7.5)
    canvas.drawRightString(A4[0] - SIDE, y, right)
    words = " · ".join(w for w in ("PRACTICE" if what.practice else "", what.mark) if w)
    canvas.setFillColor(ALARM)
    canvas.drawRightString(A4[0] - SIDE - stringWidth(right, BOLD, 7.5) - 10, y, words)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(SIDE, y - 6, A4[0] - SIDE, y - 6)


def _draw_foot_line(canvas: Canvas, what: PageFurniture) -> None:
    y = 12 * mm
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(SIDE, y + 11, A4[0] - SIDE, y + 11)
    canvas.setFillColor(GREY)
    canvas.setFont(SANS, 7.5)
    canvas.drawString(SIDE, y, _fit_text(what.foot, SANS, 7.5, WIDTH * 0.45))
    number = f"Page {canvas.getPageNumber()} of "
    start = A4[0] - SIDE - 62
    canvas.drawString(start, y, number)
    canvas.saveState()
    canvas.translate(start + stringWidth(number, SANS, 7.5), y)
    canvas.doForm(_TOTAL)
    canvas.restoreState()
    if what.code:
        canvas.setFillColor(INK)
        canvas.setFont(SANS, 7.5)
        canvas.drawRightString(start - 118, y, "Check code")
        canvas.setFont(MONO, 8.5)
        canvas.drawString(start - 113, y, visible_text(what.code, MONO))


def build_pdf(story: list[Flowable], what: PageFurniture, destination: BinaryIO) -> None:
    """Lay ``story`` out on A4 pages and write the PDF to ``destination``.

    The bytes depend on the arguments only. Raises what ``destination.write`` raises.
    """
    for font in (SANS, BOLD, MONO):
        load(font)

    def furnish(canvas: Canvas, _document: Any) -> None:
        canvas.saveState()
        if what.practice:
            _draw_practice_mark(canvas)
        _draw_head_line(canvas, what)
        _draw_foot_line(canvas, what)
        canvas.restoreState()

    document = BaseDocTemplate(
        destination,
        pagesize=A4,
        invariant=1,
        pageCompression=1,
        title=visible_text(what.title[:_LONGEST_LINE], SANS),
        author="",
        subject="",
        creator=PRODUCER,
        producer=what.producer,
        lang="en-GB",
    )
    frame = Frame(SIDE, _BOTTOM, WIDTH, HEIGHT, 0, 0, 0, 0, id="page")
    document.addPageTemplates([PageTemplate("page", [frame], onPage=furnish)])
    document.build(story, canvasmaker=_CountedCanvas)
