"""``esafety flow adopt`` and ``flow confirm``: what two officers decide about the school's policy.

Adopting puts files in force for incidents that are opened from then on. Confirming takes down that
a named person of the school stands by an instruction no source was found for.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esafety_tui.kernel.errors import Unusable
from esafety_tui.kernel.text import show_invisible
from esafety_tui.verbs.asking import (
    VerbAnswers,
    add_verb_parser,
    describe_done,
    find_vault_folder,
    print_line,
    sign_in_officers,
)

if TYPE_CHECKING:
    from esafety_tui.casework.administration.confirm_policy import UnconfirmedInstruction

PAPER = "how many of the two sign in with a paper key (0)"


def add_adoption_verbs(sub: Any) -> None:
    """Add both verbs to those of ``esafety flow``."""
    adopt = add_verb_parser(sub, "adopt", "put a profile or procedures in force, by two officers")
    adopt.add_argument(
        "named", nargs="+", metavar="DIR|FILE", help="files, folders of them, or shipped ones"
    )
    adopt.set_defaults(run=_adopt_policy)
    confirm = add_verb_parser(sub, "confirm", "confirm instructions that no source was found for")
    confirm.add_argument("--list", action="store_true", help="say what is to be confirmed")
    confirm.set_defaults(run=_confirm_instructions)
    for verb in (adopt, confirm):
        verb.add_argument(
            "--paper-keys", type=int, choices=(0, 1, 2), default=0, metavar="N", help=PAPER
        )


def _adopt_policy(args: argparse.Namespace) -> int:
    """Check, prove, show what changes, and put it in force. Raises as casework.adopting does."""
    from esafety_tui.casework.administration import adopt_policy
    from esafety_tui.casework.administration.officer_changes import PairConsent

    files = adopt_policy.gather_policy_files(args.named)
    answers = VerbAnswers(args)
    with sign_in_officers(find_vault_folder(args), answers, 2, args.paper_keys) as (
        session,
        passphrases,
    ):
        coming = adopt_policy.prepare_policy(session, files)
        if not args.json:
            print_line("Checked and proven. What changes for incidents opened from now on:")
            for line in coming.says:
                print_line(f"  {show_invisible(line)}")
        consent = PairConsent(passphrases, answers.ask_field("adopt", "reason"))
        receipt = adopt_policy.adopt_policy(session, files, consent)
        said = {
            "v": 1, "result": "done", "entry": receipt.seq, "head": receipt.head,
            "adopted": list(coming.says), "generation": session.keyring.directory.generation,
        }  # fmt: skip
        print_line(json.dumps(said) if args.json else
            describe_done("adopt", entry=receipt.seq, short=receipt.short_head))  # fmt: skip
    return 0


def _confirm_instructions(args: argparse.Namespace) -> int:
    """List what is to be confirmed; confirm one or many. Raises as casework.confirming does."""
    from esafety_tui.casework.administration import confirm_policy

    answers = VerbAnswers(args)
    with sign_in_officers(find_vault_folder(args), answers, 2, args.paper_keys) as (
        session,
        passphrases,
    ):
        waiting = confirm_policy.list_unconfirmed(session)
        if args.list or not waiting:
            _print_unconfirmed(waiting, args.json)
            return 0
        if not args.json:
            _print_unconfirmed(waiting, False)
        typed = answers.ask_field("confirm", "digests")
        digests = [row.digest for row in _pick_instructions(waiting, typed)]
        word = confirm_policy.Confirmation(
            *(answers.ask_field("confirm", name) for name in ("who", "position", "source"))
        )
        done = confirm_policy.confirm_instructions(session, digests, word, passphrases)
        said = {"v": 1, "result": "done", "entries": [r.seq for r in done], "head": done[-1].head}
        print_line(json.dumps(said) if args.json else
            describe_done("confirm", count=len(done), entry=done[-1].seq,
                          short=done[-1].short_head))  # fmt: skip
    return 0


def _print_unconfirmed(waiting: Sequence[UnconfirmedInstruction], as_json: bool) -> None:
    if as_json:
        rows = [
            {"number": n, "digest": row.digest, "procedure": row.procedure, "step": row.step.id,
             "question": row.step.question, "why": row.step.why, "source": row.step.source}
            for n, row in enumerate(waiting, 1)
        ]  # fmt: skip
        print_line(json.dumps({"v": 1, "unconfirmed": rows}))
        return
    for n, row in enumerate(waiting, 1):
        print_line(f"{n:>4}  {row.procedure} · {show_invisible(row.title)}")
        for text in (row.step.question, row.step.why, row.step.source):
            for line in text.splitlines():
                print_line(f"      {show_invisible(line)}")
    print_line(f"{len(waiting)} to be confirmed." if waiting else "Nothing is to be confirmed.")


def _pick_instructions(
    waiting: Sequence[UnconfirmedInstruction], typed: str
) -> list[UnconfirmedInstruction]:
    if typed.strip().lower() == "all":
        return list(waiting)
    words = typed.split()
    if not words or not all(w.isdigit() and 1 <= int(w) <= len(waiting) for w in words):
        raise Unusable("These are not numbers of the list.", "Type them like: 1 4 5, or all.")
    return [waiting[int(w) - 1] for w in words]
