"""``esafety flow``: procedures and profiles shown, proven, checked, copied, compared and drawn.

Needs no vault and no officer; the sorts that do, ``adopt`` and ``confirm``, are in flow_adopt.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from esafety_tui.verbs import flow_adopt, flow_draw
from esafety_tui.verbs.asking import print_line


def add_verb_parsers(verbs: Any) -> None:
    """Add the verb and its sorts to the command line."""
    words = "procedures and profiles: prove, check, show, copy, compare, draw"
    flow = verbs.add_parser("flow", help=words, description=words)
    sorts = flow.add_subparsers(dest="sort", metavar="SORT", required=True)
    _add_proving_sorts(sorts)
    show = sorts.add_parser("show", help="what a profile holds, in words")
    show.add_argument("name", metavar="PROFILE", help="a shipped profile, or a file")
    show.set_defaults(run=_run_show)
    new = sorts.add_parser("new", help="copy a shipped procedure or profile, to change it")
    new.add_argument("name", metavar="NAME", help="what the copy is called")
    new.add_argument("--from", dest="source", metavar="SHIPPED", required=True)
    new.add_argument("folder", type=Path, metavar="DIR", help="where the copy is written")
    new.set_defaults(run=_run_new)
    diff = sorts.add_parser("diff", help="what differs between two of them, in words")
    diff.add_argument("one", metavar="A")
    diff.add_argument("other", metavar="B", help="shipped names, or files")
    diff.set_defaults(run=_run_diff)
    flow_draw.add_draw_sort(sorts)
    flow_adopt.add_adoption_verbs(sorts)


def _add_proving_sorts(sorts: Any) -> None:
    prove = sorts.add_parser("prove", help="prove that a procedure is safe to use")
    prove.add_argument("name", nargs="?", metavar="PROCEDURE", help="a shipped one, or a file")
    prove.add_argument("--all", action="store_true", help="every shipped one, every profile")
    prove.add_argument("--why", action="store_true", help="the reason and source of each claim")
    check = sorts.add_parser("check", help="name every mistake in a file, then prove it")
    check.add_argument("files", nargs="+", metavar="FILE")
    for made, run in ((prove, _run_prove), (check, _run_check)):
        made.add_argument("--profile", metavar="P", help="in the school of this profile")
        made.add_argument("--json", action="store_true", help="one JSON object")
        made.set_defaults(run=run)


def _run_prove(args: argparse.Namespace) -> int:
    from esafety_tui.verbs.flow_check import run_prove

    return run_prove(args)


def _run_check(args: argparse.Namespace) -> int:
    from esafety_tui.verbs.flow_check import run_check

    return run_check(args)


def _run_show(args: argparse.Namespace) -> int:
    from esafety_tui.verbs.flow_files import find_profile
    from esafety_tui.verbs.flow_show import list_profile_lines

    print_line("\n".join(list_profile_lines(find_profile(args.name))))
    return 0


def _run_new(args: argparse.Namespace) -> int:
    from esafety_tui.verbs.flow_files import copy_shipped_file

    target = copy_shipped_file(args.name, args.source, args.folder)
    print_line(
        f"Written: {target.name}. Change it in any editor, then: esafety flow check {target.name}"
    )
    return 0


def _run_diff(args: argparse.Namespace) -> int:
    from esafety_tui.verbs.flow_diff import list_differences
    from esafety_tui.verbs.flow_files import find_flow

    said = list(list_differences(find_flow(args.one), find_flow(args.other)))
    print_line(
        "\n".join(said) if said else "Nothing differs but the bytes of the files, if at all."
    )
    return 0
