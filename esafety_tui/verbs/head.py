"""``esafety head``: the vault's head shown for paper, compared with paper, or accepted as it is.

One officer signs in, two to accept. Exit codes: 0 it fits or was accepted, 1 an alarm, 2 unusable.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel.errors import Tampered, Unusable
from esafety_tui.verbs.asking import VerbAnswers, find_vault_folder, print_line, sign_in_officers

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 64 * 1024
"""Bytes of a file that are read; a head is far shorter."""


def add_verb_parsers(verbs: Any) -> None:
    """Add the verb and its three sorts."""
    words = "the head of the vault's log: show it for paper, compare it, accept what was put back"
    head = verbs.add_parser("head", help=words, description=words)
    sorts = head.add_subparsers(dest="sort", metavar="SORT", required=True)
    made = {
        "show": sorts.add_parser("show", help="print the present head, signed by one officer"),
        "compare": sorts.add_parser("compare", help="compare a printed head with the vault"),
        "accept": sorts.add_parser("accept", help="two officers accept that entries are missing"),
    }
    made["compare"].add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="its text; without it you are asked"
    )
    for sort in made.values():
        sort.add_argument("--json", action="store_true", help="one JSON object")
        sort.add_argument("--from-pipe", action="store_true", help=argparse.SUPPRESS)
        sort.set_defaults(run=run_head_verb)


def run_head_verb(args: argparse.Namespace) -> int:
    """Show, compare or accept. Raises as signing in does; an alarm is said here: exit code 1."""
    answers = VerbAnswers(args)
    sorts = {"show": _show_head, "compare": _compare_head, "accept": _accept_head}
    try:
        return sorts[args.sort](args, answers)
    except Tampered as err:
        if args.json:
            print_line(json.dumps({"v": 1, "result": "alarm", "what": err.what, "do": err.do}))
        else:
            sys.stderr.write(f"{err.what} {err.do}\n")
        return 1


def _show_head(args: argparse.Namespace, answers: VerbAnswers) -> int:
    from esafety_tui.casework.integrity import printed_heads

    with sign_in_officers(find_vault_folder(args), answers, 1) as (session, _):
        note = printed_heads.sign_current_head(session).decode()
    print_line(json.dumps({"v": 1, "head": note}) if args.json else note.rstrip("\n"))
    return 0


def _compare_head(args: argparse.Namespace, answers: VerbAnswers) -> int:
    from esafety_tui.casework.integrity import printed_heads

    text = _read_printed_head(args, answers)
    printed_heads.parse_printed_head(text)  # what is no head at all is said before anybody signs in
    with sign_in_officers(find_vault_folder(args), answers, 1) as (session, _):
        found = printed_heads.compare_printed_head(session, text)
    if args.json:
        print_line(json.dumps({"v": 1, "result": "fits", "sentences": list(found)}))
    else:
        print_line("\n".join(found))
    return 0


def _accept_head(args: argparse.Namespace, answers: VerbAnswers) -> int:
    """Say the alarm first, so that both know what they accept; then ask for the reason."""
    from esafety_tui.casework.access import summaries
    from esafety_tui.casework.access.public_info import read_public_info
    from esafety_tui.casework.signin.unlock import unlock_vault
    from esafety_tui.data import platform

    folder, clock = find_vault_folder(args), platform.SystemClock()
    plate = read_public_info(folder)
    if plate is None:
        raise Unusable("There is no vault here.", "Name the vault's folder with --vault.")
    logins = [answers.ask_sign_in(plate, n) for n in (1, 2)]
    with platform.lock_vault_file(folder / "lock"):
        try:
            unlock_vault(folder, logins, clock).close_session()
        except Tampered as err:
            sys.stderr.write(f"{err.what}\n")
            reason = answers.ask_text("reason", "Why is it right to carry on with this copy?")
            session = unlock_vault(folder, logins, clock, accept=reason)
        else:
            raise Unusable("There is nothing to accept: this vault opens.", "Sign in as always.")
        try:
            said = list(session.warnings)
            summaries.seal_session_end(session)
        finally:
            session.close_session()
    print_line(json.dumps({"v": 1, "result": "accepted", "sentences": said}) if args.json
        else "\n".join(said))  # fmt: skip
    return 0


def _read_printed_head(args: argparse.Namespace, answers: VerbAnswers) -> str:
    """Return the printed head's text: from the file, the pipe, or typed. Raises Unusable."""
    if args.file is not None:
        try:
            with open_plain(args.file) as src:
                return str(src.read(LONGEST).decode("utf-8", "replace"))
        except OSError as err:
            raise Unusable(
                "The file with the head cannot be read.", "Name the right file."
            ) from err
    if args.from_pipe:
        return answers.ask_text("head", "")
    if not sys.stdin.isatty():
        raise Unusable(
            "There is no head to compare.", "Name a file, or run it in a terminal window."
        )
    print_line("Type or paste the head as it is printed. End with two empty lines.")
    return "\n".join(_read_typed_lines())


def _read_typed_lines() -> Iterator[str]:
    """Yield lines until two empty ones follow one another, or the input ends."""
    empty = 0
    for line in sys.stdin:
        empty = 0 if line.strip() else empty + 1
        if empty == 2:
            return
        yield line.rstrip("\n")
