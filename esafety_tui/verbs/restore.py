"""``esafety restore``: a vault put back from its copy into an empty folder, by two officers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.kernel.errors import RolledBack, Unusable
from esafety_tui.verbs.asking import VerbAnswers, add_verb_parser, print_line

if TYPE_CHECKING:
    from esafety_tui.casework.backup.restore import Restored, Staging


def add_verb_parsers(verbs: Any) -> None:
    """Add the verb to the command line."""
    made = add_verb_parser(verbs, "restore", "put a vault back from its copy into an empty folder")
    made.add_argument("data", type=Path, metavar="DATA", help="the copy of the data")
    made.add_argument("--keys", type=Path, metavar="DIR", help="the copy of the keys")
    made.add_argument("--to", type=Path, metavar="DIR", required=True, help="an empty folder")
    made.set_defaults(run=run_restore)


def run_restore(args: argparse.Namespace) -> int:
    """Put the vault back. Raises as casework.restore does."""
    from esafety_tui.casework.backup import restore
    from esafety_tui.casework.backup.choose_copy import choose

    answers = VerbAnswers(args)
    source = choose(args.data, args.keys)
    if not args.json:
        for sentence in source.sentences:
            print_line(sentence)
    with restore.staged(source, args.to, lambda *_: None) as staging:
        done = _open_restored_vault(staging, answers)
    if args.json:
        print_line(json.dumps({
            "v": 1, "result": "restored", "copy": done.copy, "entries": done.entries,
            "left_out": done.left_out, "warnings": list(done.warnings),
        }))  # fmt: skip
        return 0
    print_line(f"Put back: {done.entries} entries. Two officers opened it, and an entry says so.")
    if done.left_out:
        print_line(f"{done.left_out} frozen sealed file(s) are not in it: they are in no copy.")
    for warning in done.warnings:
        print_line(f"NOTE  {warning}")
    return 0


def _open_restored_vault(staging: Staging, answers: VerbAnswers) -> Restored:
    """Ask the two officers; where they remember more, ask whether and why they accept that."""
    from esafety_tui.casework.access.public_info import read_public_info
    from esafety_tui.casework.backup import restore
    from esafety_tui.data.platform import SystemClock

    plate = read_public_info(staging.folder)
    if plate is None:
        raise Unusable("The copy has no names in it.", "Use another copy.")
    reason = answers.ask_text("reason", "Why is the vault put back?")
    logins = [answers.ask_sign_in(plate, 1), answers.ask_sign_in(plate, 2)]
    clock = SystemClock()
    try:
        return restore.finish(staging, logins, reason, clock)
    except RolledBack as err:
        accept = _ask_acceptance(answers, err)
        if not accept:
            raise
        return restore.finish(staging, logins, reason, clock, accept)


def _ask_acceptance(answers: VerbAnswers, err: RolledBack) -> str:
    """Return why the two accept that entries are gone, "" where they do not or were not asked."""
    try:
        return answers.ask_text("accept", f"{err.what} Why do both of you accept that? (or Enter)")
    except Unusable:
        return ""
