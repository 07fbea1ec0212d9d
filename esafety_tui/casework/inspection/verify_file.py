"""``esafety verify``: a pack, a container, a form or a vault, told apart by what they are.

Packs and forms go to the stranger's check in output, which knows no vault. A vault is checked by
one officer's passphrase: chain, witnesses, remembered heads, and every sealed file's hash.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel.errors import EvidenceError, NotSound, Tampered, Unusable
from esafety_tui.kernel.text import show_invisible


def verify_any_file(
    path: Path, asked: Mapping[str, str], code: str | None, authority: Path | None
) -> dict[str, Any]:
    """Check ``path``. Returns the verdict as for ``--json``.

    Args:
        asked: answers given through a pipe: ``passphrase``, ``check_code``, ``officer``; for
            a vault also ``officer2`` and ``passphrase2``, who together check its signed heads.
        code: check code typed on the command line. authority: the school's certificate, a file.

    Raises:
        NotSound: names the first bad item. Unusable: it cannot be read at all.
    """
    code = code or asked.get("check_code")
    vault = (path / "vault.json").is_file()
    if vault or _begins_with(path, b"%PDF"):
        if code:
            raise Unusable(
                "A check code is compared with a pack, not with a form or a vault.",
                "Leave the code out, or name the pack.",
            )
        return _verify_vault(path, asked) if vault else _verify_lone_form(path, authority)
    from esafety_tui.output.verify import verify_path

    passphrase = None
    if _begins_with(path, b"PK\3\4"):
        passphrase = asked.get("passphrase") or _ask_passphrase("Passphrase of the container: ")
    verdict = verify_path(path, passphrase=passphrase, check_code=code)
    return verdict.to_json()


def _begins_with(path: Path, magic: bytes) -> bool:
    try:
        with open_plain(path) as src:
            return src.read(len(magic)) == magic
    except OSError:  # a folder, or nothing at all: the pack check says which
        return False


def _ask_passphrase(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise Unusable(
            "A passphrase is needed, and there is no terminal to ask for it.",
            "Run it in a terminal window.",
        )
    return getpass.getpass(prompt)


def _verify_lone_form(path: Path, authority: Path | None) -> dict[str, Any]:
    """A form by itself. One that lacks a signature is not a signed form, however sound the rest."""
    from esafety_tui.output.verify import verify_form_file

    verdict = verify_form_file(path, ca=authority)
    if verdict.not_signed_by:
        raise NotSound(verdict.not_signed_by[0], "this signature is missing")
    return verdict.to_json()


def _verify_vault(path: Path, asked: Mapping[str, str]) -> dict[str, Any]:
    from esafety_tui.casework.access.public_info import read_public_info
    from esafety_tui.casework.inspection.audit import GONE, audit_vault
    from esafety_tui.casework.signin.unlock import Login

    plate = read_public_info(path)
    if plate is None:
        raise Unusable("There is no vault here.", "Choose the vault's folder.")
    officer = asked.get("officer") or _choose_officer(plate.officers)
    passphrase = asked.get("passphrase") or _ask_passphrase("Passphrase: ")
    second = None
    if asked.get("officer2"):
        second = Login(asked["officer2"], asked.get("passphrase2", ""))
    elif not asked.get("officer") and (other := _choose_second_officer(plate.officers)):
        second = Login(other, _ask_passphrase("Passphrase: "))
    try:
        found = audit_vault(path, officer, passphrase, second)
    except Tampered as err:
        raise NotSound("vault", f"{err.what} {err.do}") from err
    except NotSound:
        raise
    except EvidenceError as err:
        raise Unusable(err.what, err.do) from err
    whole = not any(GONE in sentence for sentence in found)
    return {
        "v": 1, "kind": "vault", "result": "sound" if whole else "sound, not complete",
        "authentic": False, "practice": plate.is_practice, "sentences": list(found),
    }  # fmt: skip


def _choose_second_officer(officers: tuple[tuple[str, str], ...]) -> str:
    """Return the id of a second officer, "" where one checks alone: two check the records, too."""
    typed = input("A second officer, who checks the records with you? Number, or Enter for none: ")
    return _parse_choice(officers, typed) if typed.strip() else ""


def _choose_officer(officers: tuple[tuple[str, str], ...]) -> str:
    if not sys.stdin.isatty():
        raise Unusable(
            "An officer's passphrase is needed, and there is no terminal to ask for it.",
            "Run it in a terminal window.",
        )
    for number, (_, name) in enumerate(officers, 1):
        sys.stdout.write(f"  {number}  {show_invisible(name)}\n")
    return _parse_choice(officers, input("Which officer are you? "))


def _parse_choice(officers: tuple[tuple[str, str], ...], text: str) -> str:
    typed = text.strip()
    if not typed.isdigit() or not 1 <= int(typed) <= len(officers):
        raise Unusable("That is not one of them.", "Type the number before the name.")
    return officers[int(typed) - 1][0]
