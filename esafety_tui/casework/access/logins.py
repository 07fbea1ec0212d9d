"""An officer's way in: whose key, which passphrase, and what they open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from esafety_tui.casework.access import key_files
from esafety_tui.data.officers import OfficerKeys, read_key_file
from esafety_tui.kernel.errors import BadInput, NotEligible, WrongPassphrase


@dataclass(frozen=True, slots=True)
class Login:
    """One officer's way in: whose key, and the passphrase."""

    officer_id: str
    passphrase: str = field(repr=False)
    key_file: Path | None = None


def _not_their_key() -> BadInput:
    return BadInput("This key file is another officer's.", "Choose that officer's own file.")


def unlock_keys(folder: Path, logins: Sequence[Login]) -> tuple[list[OfficerKeys], dict[str, Path]]:
    """Open the officers' keys. Raises WrongPassphrase, NotEligible, BadInput."""
    if len({login.officer_id for login in logins}) != len(logins):
        raise NotEligible(
            "The same officer cannot be both officers.", "Ask a second officer to sign in."
        )
    officers, keys = [], {}
    for login, which in zip(logins, ("first", "second"), strict=False):
        file = (
            read_key_file(login.key_file)
            if login.key_file
            else key_files.find_key_file(folder, login.officer_id)
        )
        if file.officer_id != login.officer_id:
            raise _not_their_key()
        try:
            officers.append(file.unlock_keys(login.passphrase))
        except WrongPassphrase as err:
            if len(logins) == 1:
                raise
            what = f"The {which} passphrase does not open the {which} officer's key."
            wrong = WrongPassphrase(what, err.do)
            wrong.which = len(officers) + 1
            raise wrong from err
        keys[officers[-1].id] = file.path.parent
    return officers, keys
