"""Asking on the command line: who signs in, their passphrases, and other answers.

Answers come from the terminal, or through a pipe as one JSON object of texts (``--from-pipe``).
Passphrases are never arguments: a process list shows those to everybody. Keys of the object:
``officer1``, ``passphrase1``, ``officer2``, ``passphrase2`` and what the verb asks by name.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.acts.table import ACTS, field_of
from esafety_tui.kernel.errors import Unusable
from esafety_tui.kernel.text import show_invisible

if TYPE_CHECKING:
    from esafety_tui.casework.access.public_info import PublicInfo
    from esafety_tui.casework.access.session import OpenSession
    from esafety_tui.casework.signin.unlock import Login


def print_line(text: str) -> None:
    """Write one line to the standard output at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def add_verb_parser(verbs: Any, name: str, words: str) -> argparse.ArgumentParser:
    """Add the verb ``name`` with the options that all these verbs share."""
    made: argparse.ArgumentParser = verbs.add_parser(name, help=words, description=words)
    made.add_argument("--json", action="store_true", help="one JSON object")
    made.add_argument("--from-pipe", action="store_true", help=argparse.SUPPRESS)
    return made


def find_vault_folder(args: argparse.Namespace) -> Path:
    """Return the vault's folder: the one named, else the platform's own."""
    from esafety_tui.data.system_folders import default_vault

    return args.vault or default_vault()


def describe_done(act: ActName, **facts: object) -> str:
    """Return what the command line says of an act that was done. ``facts``: what the text names."""
    command = ACTS[act].command
    return command.printed.format_map(facts) if command else ""


class VerbAnswers:
    """What was asked and what was answered, from a terminal or a pipe."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._given: Mapping[str, str] | None = read_piped_answers() if args.from_pipe else None

    def ask_text(self, name: str, question: str, *, secret: bool = False) -> str:
        """Return one answer. Raises Unusable where nobody can be asked."""
        if self._given is not None:
            if name not in self._given:
                raise Unusable(f"The answer {name} did not come through the pipe.", "Send it.")
            return self._given[name]
        if not sys.stdin.isatty():
            raise Unusable(
                "This asks questions, and there is no terminal to ask them on.",
                "Run it in a terminal window.",
            )
        return getpass.getpass(question + " ") if secret else input(question + " ").strip()

    def ask_field(self, act: ActName, name: str) -> str:
        """Return one answer that an act needs, asked in the words of the table of acts."""
        found = field_of(act, name)
        secret = found.kind in {"new", "secret", "paper"}
        return self.ask_text(found.answer or name, found.question, secret=secret)

    def confirm_with_yes(self, question: str) -> bool:
        """Ask for the word yes; anything else is no."""
        return self.ask_text("sure", f"{question} Type yes to go on:").strip().lower() == "yes"

    def ask_sign_in(self, plate: PublicInfo, number: int) -> Login:
        """Ask which officer, and the passphrase; ``number`` is 1 or 2."""
        from esafety_tui.casework.signin.unlock import Login

        if self._given is None and number == 1:
            for n, (_, name) in enumerate(plate.officers, 1):
                print_line(f"  {n}  {show_invisible(name)}")
        which = ("", "First", "Second")[number]
        typed = self.ask_text(f"officer{number}", f"{which} officer, the number before the name:")
        ids = {i: i for i, _ in plate.officers} | {name: i for i, name in plate.officers}
        if typed.isdigit() and 1 <= int(typed) <= len(plate.officers):
            officer_id = plate.officers[int(typed) - 1][0]
        elif typed in ids:
            officer_id = ids[typed]
        else:
            raise Unusable("That is not one of the officers.", "Type the number before the name.")
        words = self.ask_text(f"passphrase{number}", "Passphrase, not shown:", secret=True)
        return Login(officer_id, words)

    def ask_paper_key(self, number: int) -> tuple[str, str]:
        """Ask for the two lines of a paper key: identity and signing key."""
        which = f"Paper key sheet {number},"
        identity = self.ask_text(
            f"identity{number}", f"{which} line 1, AGE-SECRET-KEY:", secret=True
        )
        return identity, self.ask_text(f"signing{number}", f"{which} signing key:", secret=True)


def read_piped_answers() -> dict[str, str]:
    """Return the answers given through a pipe. Raises Unusable for anything but an object."""
    try:
        given = json.loads(sys.stdin.buffer.read())
    except ValueError as err:
        raise Unusable("What came through the pipe is not JSON.", "Send one object.") from err
    if not isinstance(given, dict):
        raise Unusable("What came through the pipe is not an object.", "Send one object.")
    return {str(k): str(v) for k, v in given.items()}


def _print_warnings(session: OpenSession, start: int) -> int:
    """Say the session's warnings from ``start`` on. Returns how many there are."""
    for warning in session.warnings[start:]:
        sys.stderr.write(f"NOTE  {warning}\n")
    return len(session.warnings)


@contextlib.contextmanager
def sign_in_officers(
    folder: Path, answers: VerbAnswers, count: int, sheets: int = 0
) -> Iterator[tuple[OpenSession, dict[str, str]]]:
    """Sign in ``count`` officers, yield the session and their passphrases by officer id.

    ``sheets``: how many of them are paper keys; the identity line stands for a passphrase.
    The session is ended as at the screen: a head signed, the officers' memory written. Warnings
    found at the door go to the standard error. Raises as casework.unlock does.
    """
    from esafety_tui.casework.access import summaries
    from esafety_tui.casework.access.public_info import read_public_info
    from esafety_tui.casework.inspection import audit
    from esafety_tui.casework.signin.unlock import unlock_vault
    from esafety_tui.data import platform
    from esafety_tui.data.officers import OfficerKeys

    plate = read_public_info(folder)
    if plate is None:
        raise Unusable("There is no vault here.", "Name the vault's folder with --vault.")
    logins = [answers.ask_sign_in(plate, n + 1) for n in range(count - sheets)]
    papers = [
        OfficerKeys.restore_from_paper("", *answers.ask_paper_key(n + 1)[::-1])
        for n in range(sheets)
    ]
    words = {login.officer_id: login.passphrase for login in logins}
    words |= {officer.id: officer.identity.to_text for officer in papers}
    with platform.lock_vault_file(folder / "lock"):
        session = unlock_vault(folder, logins, platform.SystemClock(), papers=papers)
        try:
            session.warnings.extend(audit.check_own_keys(session))
            said = _print_warnings(session, 0)
            yield session, words
            summaries.seal_session_end(session)
            _print_warnings(session, said)
        finally:
            session.close_session()
