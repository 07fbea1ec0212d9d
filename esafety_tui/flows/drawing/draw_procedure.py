"""A procedure drawn, so that a person can compare it with the policy's flowchart.

Rule: every form shows every step, every answer and where it leads, with the same numbers. It
draws what it is given: fit the procedure to a profile first to see what a school has.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, TypeAlias, get_args

from esafety_tui.flows.drawing.graph_markup import graphviz_source, mermaid_source
from esafety_tui.flows.drawing.outline import draw_outline
from esafety_tui.flows.drawing.svg import draw_svg
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.kernel.errors import BadInput

DrawingForm: TypeAlias = Literal["text", "svg", "dot", "mermaid"]
DRAWING_FORMS: tuple[DrawingForm, ...] = get_args(DrawingForm)


def draw_flowchart(
    procedure: Procedure, form: DrawingForm = "text", taken: Collection[str] = ()
) -> str:
    """Return the flowchart; ``taken``: ids of the steps on the way taken, marked "done".

    Raises BadInput for another form, and for an SVG of more steps than anybody can read.
    """
    if form == "svg":
        return draw_svg(procedure, taken)
    if form == "dot":
        return graphviz_source(procedure, taken)
    if form == "mermaid":
        return mermaid_source(procedure, taken)
    if form == "text":
        return draw_outline(procedure, taken)
    raise BadInput(f"There is no drawing {form!r}.", f"Choose one of: {', '.join(DRAWING_FORMS)}.")
