"""A procedure as source for Graphviz (dot) and for Mermaid. Pure.

Rule: whatever text a procedure holds, it is only ever a label: quotes, mark-up, line breaks and
what cannot be seen are written so that neither program acts upon them. Names of nodes are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from esafety_tui.flows.drawing.chart import Arrow, Box, Chart, chart
from esafety_tui.flows.drawing.outline import does, heading
from esafety_tui.flows.procedure.model import ONE_OPTION, Kind, Procedure
from esafety_tui.kernel.text import show

_DOT_SHAPES = {Kind.GATE: "octagon", Kind.CAPTURE: "note", Kind.END: "ellipse"}
_MERMAID_SHAPES = {
    Kind.GATE: ("[/", "/]"), Kind.CAPTURE: ("[(", ")]"), Kind.END: ("([", "])"),
}  # fmt: skip
_PLAIN = frozenset(" ,.?!'()-/0123456789")


def dot(procedure: Procedure, taken: Collection[str] = ()) -> str:
    """Return Graphviz source; double border: illegal side, bold: done."""
    drawn = chart(procedure)
    rows = [
        "digraph procedure {",
        f"  label={_quoted(procedure.title)}; labelloc=t; rankdir=TB;",
        '  node [shape=box, fontname="Helvetica", margin="0.15,0.08"];',
        '  edge [fontname="Helvetica", fontsize=10];',
        f"  stop [shape=plaintext, label={_quoted('STOP, at any step')}];",
    ]
    for box in drawn.boxes:
        shape = _DOT_SHAPES.get(box.step.kind, "hexagon" if _asks(box) else "box")
        marks = ", peripheries=2" if box.illegal else ""
        marks += ", style=bold" if box.step.id in taken else ""
        text = _quoted(_words(box, box.step.id in taken))
        rows.append(f"  n{box.number} [shape={shape}{marks}, label={text}];")
    rows.append(f"  stop -> n{drawn.numbers()[procedure.after_stop]} [style=dashed];")
    rows += _ways(drawn, lambda a, b, text: f"  {a} -> {b} [label={_quoted(text)}];")
    return "\n".join([*rows, "}"]) + "\n"


def mermaid(procedure: Procedure, taken: Collection[str] = ()) -> str:
    """Return Mermaid source; a thick border and the words: illegal side."""
    drawn = chart(procedure)
    rows = ["flowchart TD", f'  stop["{_escaped("STOP, at any step")}"]']
    for box in drawn.boxes:
        asks = ("{{", "}}") if _asks(box) else ("[", "]")
        left, right = _MERMAID_SHAPES.get(box.step.kind, asks)
        text = _escaped(_words(box, box.step.id in taken))
        rows.append(f'  n{box.number}{left}"{text}"{right}')
    rows.append(f"  stop -.-> n{drawn.numbers()[procedure.after_stop]}")
    rows += _ways(drawn, lambda a, b, text: f'  {a} -->|"{_escaped(text)}"| {b}')
    illegal = ",".join(f"n{box.number}" for box in drawn.boxes if box.illegal)
    if illegal:
        rows += ["  classDef illegal stroke-width:4px", f"  class {illegal} illegal"]
    return "\n".join(rows) + "\n"


def _ways(drawn: Chart, line: Callable[[str, str, str], str]) -> list[str]:
    number = drawn.numbers()
    return [line(f"n{number[a.source]}", f"n{number[a.target]}", _label(a)) for a in drawn.arrows]


def _label(arrow: Arrow) -> str:
    return "\n".join(arrow.labels) or " "


def _asks(box: Box) -> bool:
    return box.step.kind in ONE_OPTION


def _words(box: Box, done: bool) -> str:
    first = f"{box.number}. {box.step.title}"
    return "\n".join((first, f"({heading(box, done)})", box.step.question, *does(box.step)))


def _quoted(text: str) -> str:
    """Return a dot string: only ``\\`` and ``"`` are special, and a line break is ``\\n``."""
    plain = show(text, lines=True).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain.replace(chr(10), chr(92) + "n")}"'


def _escaped(text: str) -> str:
    """Return a Mermaid label: every sign but letters and common ones as ``#NN;``."""
    plain = show(text, lines=True)
    return "".join(
        "<br/>" if c == "\n" else c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in plain
    )
