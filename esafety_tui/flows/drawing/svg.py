"""A procedure as a picture: SVG 1.1, black on white, for print and for any browser. Pure.

Rule: words carry the meaning; shape and border only repeat it, colour says nothing. There is no
script, no style sheet from elsewhere and no reference to anything outside the file. Widths of
letters are estimated on the wide side, so that text stays inside its box in any common typeface.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from esafety_tui.flows.drawing.chart import ChartArrow, ChartBox, build_chart
from esafety_tui.flows.drawing.graph_layout import PlacedBox, Point, layout_in_layers
from esafety_tui.flows.drawing.outline import box_heading, describe_effects, describe_step
from esafety_tui.flows.procedure.model import ONE_OPTION_KINDS, Procedure, StepKind
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.text import show_invisible

MOST_STEPS = 500
MOST_LABELS, FEW_LABELS = 40, 4
"""Answers on one arrow that are written out; above a few of them the lines are longer."""
SIZE = 12
LINE = 16
BOX_WIDTH, LABEL_WIDTH = 216, 150
PADDING = 12
POINT_WIDTH = 14
"""Pixels by which questions, gates and ends are cut off at their sides."""

_NARROW, _WIDE = frozenset("ijlftrI.,:;'!|()[] "), frozenset("mwMWGOQDHNU@%&…")
LEGEND = (
    "Pointed sides: a question. Cut corners: a gate. Folded corner: something is captured. "
    "Round: an end. Double border and “illegal side”: reached by class A, B, “not sure” or STOP "
    "alone. Bold border and “done”: on the way taken."
)


@dataclass(frozen=True, slots=True)
class SvgBox:
    """A box to paint: its lines of text (the first ``bold`` of them bold), and which step."""

    lines: tuple[str, ...]
    bold: int = 0
    box: ChartBox | None = None
    done: bool = False

    @property
    def pixel_size(self) -> tuple[float, float]:
        """Width and height in pixels."""
        width = max((estimate_width(line) for line in self.lines), default=0) + 2 * PADDING
        more = 2 * POINT_WIDTH if self.box is not None else 0
        return width + more, len(self.lines) * LINE + (2 * PADDING if self.box else PADDING)


def draw_svg(procedure: Procedure, taken: Collection[str] = ()) -> str:
    """Return the picture. Raises BadInput above 500 steps: nobody can read such a picture."""
    if len(procedure.steps) > MOST_STEPS:
        raise BadInput(
            f"A picture of {len(procedure.steps):,} steps cannot be read.",
            f"Draw it as text, or divide it into procedures of up to {MOST_STEPS}.",
        )
    parts, arrows = plan_boxes(procedure, taken)
    drawing = layout_in_layers({name: part.pixel_size for name, part in parts.items()}, arrows)
    title = f"{procedure.title} ({procedure.name}, version {procedure.version})"
    room = max(drawing.width, 720.0)
    legend = wrap_to_width(LEGEND, room - 48)
    top = 44 + LINE * len(legend)
    width, height = round(room), round(drawing.height + top)
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-size="{SIZE}" '
        'font-family="Arial, Helvetica, Liberation Sans, DejaVu Sans, sans-serif">',
        f"<title>{_escape_for_xml(title)}</title>",
        f"<desc>{_escape_for_xml(LEGEND)}</desc>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="24" y="30" font-size="16" font-weight="bold">{_escape_for_xml(title)}</text>',
        *(_text_element(24, 50 + LINE * n, line) for n, line in enumerate(legend)),
        f'<g transform="translate(0 {top})" fill="#ffffff" stroke="#000000">',
        *(
            _arrow_element(line, parts[ends[1]].box is not None)
            for ends, line in drawing.lines.items()
        ),
        *(row for name, part in parts.items() for row in _box_elements(part, drawing.boxes[name])),
        "</g>",
        "</svg>",
    ]
    return "\n".join(rows) + "\n"


def plan_boxes(
    procedure: Procedure, taken: Collection[str] = ()
) -> tuple[Mapping[str, SvgBox], tuple[tuple[str, str], ...]]:
    """Return what is to be placed, in reading order: steps, the words on arrows, and STOP."""
    drawn = build_chart(procedure)
    number = drawn.step_numbers()
    ways: dict[str, list[ChartArrow]] = {}
    for arrow in drawn.arrows:
        ways.setdefault(arrow.source, []).append(arrow)
    parts: dict[str, SvgBox] = {"stop": SvgBox(("STOP, at any step",), 1)}
    arrows = [("stop", f"s{number[procedure.after_stop]}")]
    for box in drawn.boxes:
        own = f"s{box.number}"
        parts[own] = _step_box(box, box.step.id in taken)
        for arrow in ways.get(box.step.id, ()):
            target = f"s{number[arrow.target]}"
            label = f"l{box.number}-{number[arrow.target]}{'x' if arrow.words else ''}"
            if arrow.label_lines:
                parts[label] = SvgBox(_answer_labels(arrow, box, procedure.contacts))
                arrows += [(own, label), (label, target)]
            else:
                arrows.append((own, target))
    return parts, tuple(arrows)


def _step_box(box: ChartBox, done: bool) -> SvgBox:
    head = [*wrap_to_width(f"{box.number}. {box.step.title}", BOX_WIDTH)]
    lines = [*head, *wrap_to_width(f"({box_heading(box, done)})", BOX_WIDTH)]
    for text in (*box.step.question.split("\n"), *describe_step(box.step)):
        lines += wrap_to_width(text, BOX_WIDTH) if text else []
    return SvgBox(tuple(lines), len(head), box, done)


def _answer_labels(
    arrow: ChartArrow, box: ChartBox, contacts: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the answers on an arrow, numbered as on the screen; many of them shortened."""
    if not arrow.options:
        return tuple(wrap_to_width(arrow.words, LABEL_WIDTH))
    width = LABEL_WIDTH if len(arrow.options) <= FEW_LABELS else BOX_WIDTH
    lines: list[str] = []
    for option in arrow.options[:MOST_LABELS]:
        at = box.step.options.index(option) + 1
        lines += wrap_to_width(f"{at}) {option.label}{describe_effects(option, contacts)}", width)
    more = len(arrow.options) - MOST_LABELS
    return (*lines, *wrap_to_width(f"and {more} more answers" if more > 0 else "", width))


def estimate_width(text: str) -> float:
    """Return the width of a line in pixels, estimated on the wide side."""
    em = sum(
        0.4 if c in _NARROW else 0.92 if c in _WIDE else 0.64 if ord(c) < 0x2E80 else 1.05
        for c in text
    )
    return em * SIZE


def wrap_to_width(text: str, width: float) -> list[str]:
    """Return ``text`` in lines of at most ``width`` pixels; words longer than that are divided."""
    lines: list[str] = []
    line = ""
    for word in show_invisible(text).split():
        fits = len(word) if estimate_width(word) <= width else max(1, int(width / SIZE / 1.05))
        for piece in textwrap.wrap(word, fits, break_on_hyphens=False):
            longer = f"{line} {piece}" if line else piece
            if line and estimate_width(longer) > width:
                lines.append(line)
                longer = piece
            line = longer
    return [*lines, line] if line else lines


def _box_elements(part: SvgBox, at: PlacedBox) -> Iterator[str]:
    if part.box is None:
        yield f'<rect {_frame_attributes(at)} rx="6" stroke="#767676" stroke-width="0.7"/>'
    else:
        weight = 3 if part.done else 1.2
        yield _shape_element(part.box.step.kind, at, weight)
        if part.box.illegal:
            inner = PlacedBox(at.x + 4, at.y + 4, at.width - 8, at.height - 8)
            yield _shape_element(part.box.step.kind, inner, 1.2)
    x = at.x + PADDING + (POINT_WIDTH if part.box is not None else 0)
    first = at.y + (PADDING if part.box is not None else PADDING / 2) + SIZE
    for number, line in enumerate(part.lines):
        yield _text_element(x, first + LINE * number, line, bold=number < part.bold)


def _shape_element(kind: StepKind, at: PlacedBox, weight: float) -> str:
    if kind is StepKind.END:
        radius = min(at.height / 2, 24)
        return f'<rect {_frame_attributes(at)} rx="{radius:.1f}" stroke-width="{weight}"/>'
    right, bottom = at.x + at.width, at.y + at.height
    cut: list[Point]
    if kind is StepKind.GATE:
        cut = [(at.x + POINT_WIDTH, at.y), (right - POINT_WIDTH, at.y), (right, at.y + POINT_WIDTH),
               (right, bottom - POINT_WIDTH), (right - POINT_WIDTH, bottom), (at.x + POINT_WIDTH,
               bottom),
               (at.x, bottom - POINT_WIDTH), (at.x, at.y + POINT_WIDTH)]  # fmt: skip
    elif kind is StepKind.CAPTURE:
        fold = (right - POINT_WIDTH, at.y + POINT_WIDTH)
        cut = [(at.x, at.y), (right - POINT_WIDTH, at.y), fold, (right, fold[1]),
            (right - POINT_WIDTH, at.y),
               (right, fold[1]), (right, bottom), (at.x, bottom)]  # fmt: skip
    elif kind in ONE_OPTION_KINDS:
        half = at.y + at.height / 2
        cut = [(at.x + POINT_WIDTH, at.y), (right - POINT_WIDTH, at.y), (right, half),
               (right - POINT_WIDTH, bottom), (at.x + POINT_WIDTH, bottom), (at.x,
               half)]  # fmt: skip
    else:
        return f'<rect {_frame_attributes(at)} stroke-width="{weight}"/>'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in cut)
    return f'<polygon points="{points}" stroke-width="{weight}"/>'


def _frame_attributes(at: PlacedBox) -> str:
    return f'x="{at.x:.1f}" y="{at.y:.1f}" width="{at.width:.1f}" height="{at.height:.1f}"'


def _arrow_element(line: tuple[Point, ...], head: bool) -> str:
    """Return an arrow: straight down within a layer, a curve between two."""
    (x, y), *rest = line
    words = [f"M{x:.1f} {y:.1f}"]
    for number, (to_x, to_y) in enumerate(rest):
        half = (y + to_y) / 2
        curve = f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
        words.append(curve if number % 2 else f"L{to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    way = f'<path d="{" ".join(words)}" fill="none" stroke-width="1.2"/>'
    tip = f'<polygon points="{x:.1f},{y:.1f} {x - 4:.1f},{y - 9:.1f} {x + 4:.1f},{y - 9:.1f}"'
    return f'{way}{tip} fill="#000000" stroke="none"/>' if head else way


def _text_element(x: float, y: float, line: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{x:.1f}" y="{y:.1f}"'
    return f'<text {place} fill="#000000" stroke="none"{weight}>{_escape_for_xml(line)}</text>'


def _escape_for_xml(text: str) -> str:
    """Return text for XML; what cannot be seen, and what XML forbids, is already written out."""
    return escape(show_invisible(text), quote=False)
