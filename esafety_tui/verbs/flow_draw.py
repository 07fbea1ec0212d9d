"""``esafety flow draw NAME``: a procedure as a picture to lay beside the policy's flowchart.

NAME is a shipped procedure, or a file that ends in ``.toml``; so is the profile. Nothing is opened
but these files, and an existing file is never written over.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from esafety_tui.kernel.errors import OutputFailed

FORMS = ("text", "svg", "dot", "mermaid")
"""As in flows.draw, which is loaded when something is drawn and not whenever the program starts."""


def add_draw_sort(sorts: Any) -> None:
    """Add the sort ``draw`` to ``esafety flow``."""
    words = "draw a procedure as a school has it: text to read, or a picture"
    draw = sorts.add_parser("draw", help=words, description=words)
    draw.add_argument("name", metavar="NAME", help="a procedure, or its file")
    draw.add_argument("--profile", default="generic", metavar="P", help="a profile, or its file")
    draw.add_argument("--form", choices=FORMS, default="text", help="text, unless it says else")
    draw.add_argument("--out", type=Path, metavar="FILE", help="a new file; without it: shown")
    draw.set_defaults(run=run_flow_drawing)


def run_flow_drawing(args: argparse.Namespace) -> int:
    """Draw it. Raises BadInput for a mistake in a file, Unusable, OutputFailed."""
    from esafety_tui.flows.drawing.draw_procedure import draw_flowchart
    from esafety_tui.flows.engine.fit import fit_procedure
    from esafety_tui.verbs.flow_files import find_procedure, find_profile

    drawn = draw_flowchart(
        fit_procedure(find_procedure(args.name), find_profile(args.profile)), args.form
    )
    if args.out is None:
        sys.stdout.write(drawn)
        return 0
    try:
        with args.out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(drawn)
    except FileExistsError as err:
        raise OutputFailed("There is a file of that name already.", "Name a new one.") from err
    sys.stdout.write(f"Drawn: {args.out}\n")
    return 0
