"""A procedure drawn, so that a person can compare it with the policy's flowchart.

Rule: every form shows every step, every answer and where it leads, with the same numbers. It
draws what it is given: fit the procedure to a profile first to see what a school has.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, TypeAlias, get_args

from esafety_tui.flows.drawing.graph_markup import dot, mermaid
from esafety_tui.flows.drawing.outline import outline
from esafety_tui.flows.drawing.svg import svg
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.kernel.errors import BadInput

Form: TypeAlias = Literal["text", "svg", "dot", "mermaid"]
FORMS: tuple[Form, ...] = get_args(Form)


def picture(procedure: Procedure, form: Form = "text", taken: Collection[str] = ()) -> str:
    """Return the flowchart; ``taken``: ids of the steps on the way taken, marked "done".

    Raises BadInput for another form, and for an SVG of more steps than anybody can read.
    """
    if form == "svg":
        return svg(procedure, taken)
    if form == "dot":
        return dot(procedure, taken)
    if form == "mermaid":
        return mermaid(procedure, taken)
    if form == "text":
        return outline(procedure, taken)
    raise BadInput(f"There is no drawing {form!r}.", f"Choose one of: {', '.join(FORMS)}.")
