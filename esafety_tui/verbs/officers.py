"""``esafety officers``: who has a part in the vault, and how that is changed.

Listing needs one officer; a passphrase and a key file are each officer's own; everything else is
decided by two, both passphrases asked again (which are those they have just typed to sign in: the
command line asks once, for one act).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.errors import Unusable
from esafety_tui.verbs.asking import (
    VerbAnswers,
    describe_done,
    find_vault_folder,
    print_line,
    sign_in_officers,
)

if TYPE_CHECKING:
    from esafety_tui.casework.access.session import OpenSession
    from esafety_tui.kernel.records import EntryReceipt, Person

_ACTS: dict[str, ActName] = {
    "enrol": "enrol", "leave": "leave", "renew": "renew", "paper": "paper", "rehearse": "rehearse",
    "rotate": "rotate", "machine": "machine", "contact": "contacts",
}  # fmt: skip
"""Sorts that two officers decide, and the act of each."""

SORTS = {
    "list": "who has a part, with their certificates",
    "enrol": "one more officer",
    "leave": "an officer's part ends: the leaver procedure",
    "renew": "new keys for an officer whose old ones were lost or known to others",
    "paper": "new paper keys, because an envelope was opened",
    "rehearse": "try, once a term, whether both paper keys still open everything",
    "rotate": "new keys for the vault, everybody as before",
    "machine": "make this computer a designated one as well",
    "contact": "change one of the numbers under whom to call",
    "passphrase": "change your own passphrase",
    "move": "move your own key file to a stick",
}


def add_verb_parsers(verbs: Any) -> None:
    """Add the verb and its sorts."""
    words = "officers, keys, computers and contacts of the vault"
    officers = verbs.add_parser("officers", help=words, description=words)
    sorts = officers.add_subparsers(dest="sort", metavar="SORT", required=True)
    for name, help_ in SORTS.items():
        sort = sorts.add_parser(name, help=help_, description=help_)
        if name in {"paper", "move"}:
            sort.add_argument("--to", type=Path, required=True, metavar="DIR", help="a folder")
        if name not in {"list", "passphrase", "move", "rehearse"}:
            sort.add_argument(
                "--paper-keys", type=int, choices=(0, 1, 2), default=0, metavar="N",
                help="how many of the two sign in with a paper key (0)",
            )  # fmt: skip
        sort.set_defaults(paper_keys=0)
        sort.add_argument("--json", action="store_true", help="one JSON object")
        sort.add_argument("--from-pipe", action="store_true", help=argparse.SUPPRESS)
        sort.set_defaults(run=run_officer_verb)


def run_officer_verb(args: argparse.Namespace) -> int:
    """Do what was asked. Raises as casework.officerwork does."""
    answers = VerbAnswers(args)
    own = {"list": _list_officers, "passphrase": _change_passphrase, "move": _move_key_file}
    if args.sort in own:
        return own[args.sort](args, answers)
    with sign_in_officers(find_vault_folder(args), answers, 2, args.paper_keys) as (
        session,
        passphrases,
    ):
        receipt, records = _perform_decision(args, answers, session, passphrases)
        said = {"v": 1, "result": "done", "entry": receipt.seq, "head": receipt.head}
        generation = session.keyring.directory.generation
        print_line(json.dumps({**said, "generation": generation}) if args.json else
            describe_done(_ACTS[args.sort], entry=receipt.seq,
                          short=receipt.short_head, records=records))  # fmt: skip
    return 0


def _perform_decision(
    args: argparse.Namespace,
    answers: VerbAnswers,
    session: OpenSession,
    passphrases: dict[str, str],
) -> tuple[EntryReceipt, int]:
    """Ask what the sort needs and do it. Returns the entry, and of a rehearsal the records opened.

    Raises as casework.administration does.
    """
    from esafety_tui.casework.administration import officer_changes, rehearsal
    from esafety_tui.casework.administration.officer_changes import PairConsent
    from esafety_tui.casework.disclosure import sheets
    from esafety_tui.data.officers import KdfCost

    if args.sort == "rehearse":
        typed = [answers.ask_paper_key(n) for n in (1, 2)]
        done = rehearsal.rehearse_recovery(session, typed)
        return done.receipt, done.records
    told = _ask_act_details(answers, session, args.sort)
    consent = PairConsent(passphrases, answers.ask_field("rotate", "reason"))
    if args.sort == "enrol":
        new = _ask_new_officer(answers)
        return officer_changes.enrol_officer(session, new, consent, KdfCost())[1], 0
    if args.sort == "renew":
        words = _ask_new_passphrase(answers)
        return officer_changes.renew_officer_keys(session, told, words, consent, KdfCost())[1], 0
    if args.sort == "leave":
        return officer_changes.remove_officer(session, told, consent), 0
    if args.sort == "machine":
        return officer_changes.designate_computer(session, told, consent), 0
    if args.sort == "contact":
        kind, _, value = told.partition("=")
        return officer_changes.set_contacts(session, {kind: value}, consent, {kind}), 0
    if args.sort == "paper":
        known = session.keyring.directory

        def save(keys: Any) -> None:
            saved = sheets.save_paper_keys(args.to, known.school, keys, known.is_practice)
            for what, path in saved:
                print_line(f"{what}: {path}")

        return officer_changes.replace_paper_keys(session, consent, save), 0
    return officer_changes.rotate_keys(session, consent), 0


def _ask_act_details(answers: VerbAnswers, session: OpenSession, sort: str) -> str:
    """Ask the one thing that this sort needs to know besides the reason."""
    if sort in {"leave", "renew"}:
        people = session.keyring.directory.officers_present
        for number, person in enumerate(people, 1):
            print_line(f"  {number}  {person.name} · {person.position}")
        typed = answers.ask_field("leave", "who")
        return _pick_officer(people, typed)
    if sort == "machine":
        return answers.ask_field("machine", "label")
    if sort == "contact":
        for contact in session.keyring.directory.contacts:
            print_line(f"  {contact.kind:<12} {contact.label}: {contact.value or 'not known'}")
        return answers.ask_field("contacts", "checked")
    return ""


def _pick_officer(people: tuple[Person, ...], typed: str) -> str:
    for number, person in enumerate(people, 1):
        if typed in {str(number), person.name, person.id}:
            return person.id
    raise Unusable("That is not one of the officers.", "Type the number before the name.")


def _ask_new_officer(answers: VerbAnswers) -> Any:
    from esafety_tui.casework.signin.create_vault import Founder

    asked = ("name", "position", "initials")
    name, position, initials = (answers.ask_field("enrol", each) for each in asked)
    print_line("Now the new officer alone, at the keyboard:")
    return Founder(name, position, initials.upper(), _ask_new_passphrase(answers))


def _ask_new_passphrase(answers: VerbAnswers) -> str:
    """Ask for a new passphrase twice. Raises Unusable with advice for a weak one."""
    from esafety_tui.casework.access import passphrases

    words = answers.ask_field("enrol", "new")
    advice = passphrases.judge_passphrase(words)
    if advice is not None:
        raise Unusable(advice, "Choose another passphrase.")
    if answers.ask_text("again", "The same once more:", secret=True) != words:
        raise Unusable("The two are not the same.", "Start again; nothing was changed.")
    return words


def _list_officers(args: argparse.Namespace, answers: VerbAnswers) -> int:
    from esafety_tui.casework.access.people import describe_people

    with sign_in_officers(find_vault_folder(args), answers, 1) as (session, _):
        rows = describe_people(session)
    if args.json:
        print_line(json.dumps({"v": 1, "people": rows}))
        return 0
    for row in rows:
        print_line(f"{row['initials']:<5} {row['name']} · {row['position']} ({row['kind']})")
        print_line(f"      {row['part']}")
        print_line(
            f"      certificate SHA-256 {row['certificate']}, valid until {row['valid_until']}"
        )
    return 0


def _ask_own_key(args: argparse.Namespace, answers: VerbAnswers) -> tuple[Any, str]:
    """Ask who, and their passphrase. Returns the key file and the passphrase."""
    from esafety_tui.casework.access import key_files
    from esafety_tui.casework.access.public_info import read_public_info

    plate = read_public_info(find_vault_folder(args))
    if plate is None:
        raise Unusable("There is no vault here.", "Name the vault's folder with --vault.")
    login = answers.ask_sign_in(plate, 1)
    return key_files.find_key_file(find_vault_folder(args), login.officer_id), login.passphrase


def _change_passphrase(args: argparse.Namespace, answers: VerbAnswers) -> int:
    from esafety_tui.casework.access import key_files
    from esafety_tui.data.officers import KdfCost

    file, old = _ask_own_key(args, answers)
    key_files.change_passphrase(file, old, _ask_new_passphrase(answers), KdfCost())
    print_line('{"v": 1, "result": "done"}' if args.json else describe_done("passphrase"))
    return 0


def _move_key_file(args: argparse.Namespace, answers: VerbAnswers) -> int:
    from esafety_tui.casework.access import key_files

    file, words = _ask_own_key(args, answers)
    path = key_files.move_key_file(file, words, args.to)
    print_line(json.dumps({"v": 1, "result": "done", "path": str(path)}) if args.json else
        describe_done("move", path=path))  # fmt: skip
    return 0
