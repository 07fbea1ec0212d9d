"""Building blocks of a page: headings, two-column facts, ruled tables, boxes. No incident here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    LongTable,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from esafety_tui.output.form.lettering import ALARM, RULE, paragraph
from esafety_tui.output.form.page import WIDTH

Block: TypeAlias = Flowable
"""Anything placed on a page."""
_PIECE = 600  # weight of one part of a table cell; a longer text goes on in the next row
_WHOLE = 700  # weight of a cell up to which its row is kept in one piece
_NOTE = 4000  # weight of one paragraph of a note
_PAD = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
]


def section_heading(text: str) -> list[Flowable]:
    """Return a section heading that is never the last thing on a page."""
    return [CondPageBreak(32 * mm), paragraph(text, "head")]


def vertical_gap(millimetres: float) -> Spacer:
    """Return empty height."""
    return Spacer(1, millimetres * mm)


def split_for_pages(text: str, most: int = _PIECE) -> Iterator[str]:
    """Cut ``text`` into parts that fit a page even in a narrow column, where possible at a space.

    A line feed weighs as much as a line, a character beyond ASCII as much as its ``<U+XXXX>``.
    """
    start, weight, space = 0, 0, 0
    for at, char in enumerate(text):
        weight += 50 if char == "\n" else 1 if " " <= char <= "~" else 12
        if char == " ":
            space = at + 1
        if weight > most and at > start:
            end = space if space > start + (at - start) * 3 // 4 else at
            yield text[start:end]
            start, weight = end, weight - most if end == at else (at - end) * 12
    yield text[start:]


def cell_parts(text: str, look: str = "body") -> list[Flowable]:
    """Return a text of any length as the parts of a table cell, line feeds kept."""
    return [paragraph(part, look, lines=True) for part in split_for_pages(text)]


def brief_text(text: str, look: str, most: int = 240) -> Paragraph:
    """Return the beginning of a text that is printed in full elsewhere, with an ellipsis."""
    parts = list(split_for_pages(text.replace("\n", " "), most))
    return paragraph(parts[0] + ("…" if len(parts) > 1 else ""), look)


def note_paragraphs(text: str, nothing: str = "Nothing was written here.") -> list[Flowable]:
    """Return a note as paragraphs that may run over pages; says so where there is no text."""
    if not text.strip():
        return [paragraph(nothing, "small")]
    return [paragraph(part, "body", lines=True) for part in split_for_pages(text, _NOTE)]


def _text_weight(parts: Sequence[Flowable]) -> int:
    texts = [part.text for part in parts if isinstance(part, Paragraph)]
    return sum(len(text) + 50 * (1 + text.count("<br/>")) for text in texts)


def label_table(rows: Sequence[tuple[str, list[Flowable]]]) -> Table:
    """Return a ruled table of label and value; a long value becomes several table rows."""
    lines: list[list[Flowable | list[Flowable]]] = []
    for label, value in rows:
        if _text_weight(value) <= _WHOLE:
            lines.append([paragraph(label, "label"), value])
        else:
            lines += [
                [paragraph(label if part is value[0] else "", "label"), part] for part in value
            ]
    made = Table(lines, colWidths=[WIDTH * 0.27, WIDTH * 0.73])
    made.setStyle(
        TableStyle(
            [
                *_PAD,
                ("GRID", (0, 0), (-1, -1), 0.5, RULE),
                ("BACKGROUND", (0, 0), (0, -1), "#f6f8fa"),
            ]
        )
    )
    return made


def ruled_table(
    titles: Sequence[str],
    rows: Sequence[Sequence[Sequence[Flowable]]],
    shares: Sequence[float],
    empty: str,
) -> Flowable:
    """Return a ruled table whose head row repeats on each page, or ``empty`` as a sentence.

    Args:
        rows: for each row, for each column, the parts of its cell. A long row becomes as many
            table rows as its longest cell has parts, so none is ever taller than a page.
        shares: widths of the columns, adding up to 1.
    """
    if not rows:
        return paragraph(empty, "small")
    lines: list[list[Flowable | list[Flowable] | str]] = [
        [paragraph(title, "label") for title in titles]
    ]
    rules: list[tuple[str, tuple[int, int], tuple[int, int], float, str]] = []
    for row in rows:
        if max(map(_text_weight, row)) <= _WHOLE:
            lines.append([list(parts) for parts in row])
        else:
            for at in range(max(map(len, row))):
                lines.append([parts[at] if at < len(parts) else "" for parts in row])
        rules.append(("LINEBELOW", (0, len(lines) - 1), (-1, len(lines) - 1), 0.5, RULE))
    made = LongTable(lines, colWidths=[WIDTH * share for share in shares], repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                *_PAD,
                ("BOX", (0, 0), (-1, -1), 0.5, RULE),
                ("LINEAFTER", (0, 0), (-2, -1), 0.5, RULE),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, RULE),
                ("BACKGROUND", (0, 0), (-1, 0), "#f6f8fa"),
                *rules,
            ]
        )
    )
    return made


def framed_box(content: list[Flowable], *, alarm: bool = False) -> Table:
    """Return ``content`` in a frame; red at the left edge where it must not be overlooked."""
    made = Table([[part] for part in content], colWidths=[WIDTH])
    edge = ALARM if alarm else RULE
    made.setStyle(
        TableStyle(
            [
                *_PAD,
                ("BOX", (0, 0), (-1, -1), 0.5, edge),
                ("LINEBEFORE", (0, 0), (0, -1), 3 if alarm else 0.5, edge),
            ]
        )
    )
    return made
