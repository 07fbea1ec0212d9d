"""A procedure as source for Graphviz (dot) and for Mermaid. Pure.

Rule: whatever text a procedure holds, it is only ever a label: quotes, mark-up, line breaks and
what cannot be seen are written so that neither program acts upon them. Names of nodes are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from esafety_tui.flows.drawing.chart import Chart, ChartArrow, ChartBox, build_chart
from esafety_tui.flows.drawing.outline import box_heading, describe_step
from esafety_tui.flows.procedure.model import ONE_OPTION_KINDS, Procedure, StepKind
from esafety_tui.kernel.text import show_invisible

_DOT_SHAPES = {StepKind.GATE: "octagon", StepKind.CAPTURE: "note", StepKind.END: "ellipse"}
_MERMAID_SHAPES = {
    StepKind.GATE: ("[/", "/]"), StepKind.CAPTURE: ("[(", ")]"), StepKind.END: ("([", "])"),
}  # fmt: skip
_PLAIN_SIGNS = frozenset(" ,.?!'()-/0123456789")


def graphviz_source(procedure: Procedure, taken: Collection[str] = ()) -> str:
    """Return Graphviz source; double border: illegal side, bold: done."""
    drawn = build_chart(procedure)
    rows = [
        "digraph procedure {",
        f"  label={_quote_for_dot(procedure.title)}; labelloc=t; rankdir=TB;",
        '  node [shape=box, fontname="Helvetica", margin="0.15,0.08"];',
        '  edge [fontname="Helvetica", fontsize=10];',
        f"  stop [shape=plaintext, label={_quote_for_dot('STOP, at any step')}];",
    ]
    for box in drawn.boxes:
        shape = _DOT_SHAPES.get(box.step.kind, "hexagon" if _is_question(box) else "box")
        marks = ", peripheries=2" if box.illegal else ""
        marks += ", style=bold" if box.step.id in taken else ""
        text = _quote_for_dot(_box_text(box, box.step.id in taken))
        rows.append(f"  n{box.number} [shape={shape}{marks}, label={text}];")
    rows.append(f"  stop -> n{drawn.step_numbers()[procedure.after_stop]} [style=dashed];")
    rows += _arrow_lines(drawn, lambda a, b, text: f"  {a} -> {b} [label={_quote_for_dot(text)}];")
    return "\n".join([*rows, "}"]) + "\n"


def mermaid_source(procedure: Procedure, taken: Collection[str] = ()) -> str:
    """Return Mermaid source; a thick border and the words: illegal side."""
    drawn = build_chart(procedure)
    rows = ["flowchart TD", f'  stop["{_escape_for_mermaid("STOP, at any step")}"]']
    for box in drawn.boxes:
        asks = ("{{", "}}") if _is_question(box) else ("[", "]")
        left, right = _MERMAID_SHAPES.get(box.step.kind, asks)
        text = _escape_for_mermaid(_box_text(box, box.step.id in taken))
        rows.append(f'  n{box.number}{left}"{text}"{right}')
    rows.append(f"  stop -.-> n{drawn.step_numbers()[procedure.after_stop]}")
    rows += _arrow_lines(drawn, lambda a, b, text: f'  {a} -->|"{_escape_for_mermaid(text)}"| {b}')
    illegal = ",".join(f"n{box.number}" for box in drawn.boxes if box.illegal)
    if illegal:
        rows += ["  classDef illegal stroke-width:4px", f"  class {illegal} illegal"]
    return "\n".join(rows) + "\n"


def _arrow_lines(drawn: Chart, line: Callable[[str, str, str], str]) -> list[str]:
    number = drawn.step_numbers()
    return [
        line(f"n{number[a.source]}", f"n{number[a.target]}", _arrow_label(a)) for a in drawn.arrows
    ]


def _arrow_label(arrow: ChartArrow) -> str:
    return "\n".join(arrow.label_lines) or " "


def _is_question(box: ChartBox) -> bool:
    return box.step.kind in ONE_OPTION_KINDS


def _box_text(box: ChartBox, done: bool) -> str:
    first = f"{box.number}. {box.step.title}"
    return "\n".join(
        (first, f"({box_heading(box, done)})", box.step.question, *describe_step(box.step))
    )


def _quote_for_dot(text: str) -> str:
    """Return a dot string: only ``\\`` and ``"`` are special, and a line break is ``\\n``."""
    plain = show_invisible(text, lines=True).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain.replace(chr(10), chr(92) + "n")}"'


def _escape_for_mermaid(text: str) -> str:
    """Return a Mermaid label: every sign but letters and common ones as ``#NN;``."""
    plain = show_invisible(text, lines=True)
    return "".join(
        "<br/>" if c == "\n" else c if c.isalnum() or c in _PLAIN_SIGNS else f"#{ord(c)};"
        for c in plain
    )
