"""``esafety restore``: a vault put back from its copy into an empty folder, by two officers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.kernel.errors import RolledBack, Unusable
from esafety_tui.verbs.asking import Answers, out, parser

if TYPE_CHECKING:
    from esafety_tui.casework.backup.restore import Restored, Staging


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    made = parser(verbs, "restore", "put a vault back from its copy into an empty folder")
    made.add_argument("data", type=Path, metavar="DATA", help="the copy of the data")
    made.add_argument("--keys", type=Path, metavar="DIR", help="the copy of the keys")
    made.add_argument("--to", type=Path, metavar="DIR", required=True, help="an empty folder")
    made.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Put the vault back. Raises as casework.restore does."""
    from esafety_tui.casework.backup import restore
    from esafety_tui.casework.backup.choose_copy import choose

    answers = Answers(args)
    source = choose(args.data, args.keys)
    if not args.json:
        for sentence in source.sentences:
            out(sentence)
    with restore.staged(source, args.to, lambda *_: None) as staging:
        done = _opened(staging, answers)
    if args.json:
        out(json.dumps({
            "v": 1, "result": "restored", "copy": done.copy, "entries": done.entries,
            "left_out": done.left_out, "warnings": list(done.warnings),
        }))  # fmt: skip
        return 0
    out(f"Put back: {done.entries} entries. Two officers opened it, and an entry says so.")
    if done.left_out:
        out(f"{done.left_out} frozen sealed file(s) are not in it: they are in no copy.")
    for warning in done.warnings:
        out(f"NOTE  {warning}")
    return 0


def _opened(staging: Staging, answers: Answers) -> Restored:
    """Ask the two officers; where they remember more, ask whether and why they accept that."""
    from esafety_tui.casework.access.public_info import read_public_info
    from esafety_tui.casework.backup import restore
    from esafety_tui.data.platform import SystemClock

    plate = read_public_info(staging.folder)
    if plate is None:
        raise Unusable("The copy has no names in it.", "Use another copy.")
    reason = answers.text("reason", "Why is the vault put back?")
    logins = [answers.login(plate, 1), answers.login(plate, 2)]
    clock = SystemClock()
    try:
        return restore.finish(staging, logins, reason, clock)
    except RolledBack as err:
        accept = _accepted(answers, err)
        if not accept:
            raise
        return restore.finish(staging, logins, reason, clock, accept)


def _accepted(answers: Answers, err: RolledBack) -> str:
    """Return why the two accept that entries are gone, "" where they do not or were not asked."""
    try:
        return answers.text("accept", f"{err.what} Why do both of you accept that? (or Enter)")
    except Unusable:
        return ""
