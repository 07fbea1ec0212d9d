"""The clear text of a vault: what can be shown before anybody signs in, and trusted for nothing.

Light on purpose: the first screen needs this and nothing else, so it opens no key, no ORM and no
cryptography.
"""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from esafety_tui.data.plainfiles import read_plain
from esafety_tui.kernel.cards import OfficerCard, Receipt
from esafety_tui.kernel.door import DeskState
from esafety_tui.kernel.errors import BadInput, EvidenceError

if TYPE_CHECKING:
    from esafety_tui.kernel.canon import Json
    from esafety_tui.kernel.records import Person

_PLATE: dict[str, type] = {"v": int, "typ": str, "origin": str, "school": str, "officers": list}
_OFFICER: dict[str, type] = {"id": str, "name": str, "sign_spki": str}


class PublicInfo(NamedTuple):
    """The clear text of a vault, shown before anybody signs in and trusted for nothing.

    Attributes:
        officers: (id, name), paper keys left out.
    """

    origin: str
    school: str
    officers: tuple[tuple[str, str], ...]

    @property
    def is_practice(self) -> bool:
        """Whether the origin is that of a practice vault."""
        return self.origin.endswith(".practice.invalid/evidence")


def read_public_info(folder: Path) -> PublicInfo | None:
    """Return the clear text of the vault in ``folder``, None where there is no vault.

    Raises BadInput for a vault.json that cannot be read.
    """
    path = folder / "vault.json"
    if not os.path.lexists(path):  # a broken link is no empty place: set-up must not begin there
        return None
    from esafety_tui.kernel.canon import parse_canonical, require_fields

    try:
        value = require_fields(parse_canonical(read_plain(path)), _PLATE)
        if value["typ"] != "evidence-vault":
            raise ValueError
        rows = [require_fields(row, _OFFICER) for row in value["officers"]]
        people = tuple((row["id"], row["name"]) for row in rows)
        return PublicInfo(value["origin"], value["school"], people)
    except (OSError, EvidenceError, ValueError) as err:
        raise BadInput(
            "The vault's front page cannot be read, or is of a newer version.",
            "Update this program, or copy the whole vault back from your second copy.",
        ) from err


def public_info_bytes(origin: str, school: str, people: Iterable[Person]) -> bytes:
    """Return ``vault.json`` for those of ``people`` who are officers and present."""
    from esafety_tui.kernel.canon import canonical_bytes

    rows: list[Json] = [
        {"id": p.id, "name": p.name, "sign_spki": base64.b64encode(p.sign_spki).decode()}
        for p in people
        if p.kind == "officer" and p.is_present
    ]
    body: dict[str, Json] = {"v": 1, "typ": "evidence-vault", "origin": origin, "school": school}
    return canonical_bytes({**body, "officers": rows})


def read_unverified_head(folder: Path) -> Receipt | None:
    """Return the last head from the clear text of a locked vault; nothing vouches for it yet.

    None when the database cannot be read: the door must open, and signing in says what is wrong.
    """
    import sqlite3

    from esafety_tui.data import schema

    path = folder / "evidence.db"
    with contextlib.suppress(sqlite3.Error, OSError, ValueError, EvidenceError):
        with schema.open_read_only(
            path
        ) as db:  # a view that never ends may be in the table's place
            row = db.execute("SELECT v FROM meta WHERE k = 'head'").fetchone()
        size = row[0].split("\n")[1]
        return Receipt(int(size) - 1, "", "")
    return None


def front_page_state(folder: Path) -> DeskState:
    """Return what the front page alone shows. Raises BadInput as its reading does."""
    plate = read_public_info(folder)
    if plate is None:
        return DeskState(has_vault=False, session="closed")
    cards = tuple(OfficerCard(i, name, "", "") for i, name in plate.officers)
    return DeskState(True, "closed", plate.school, cards)


def signed_out_state(folder: Path) -> DeskState:
    """Return what may be shown while nobody is signed in. Raises BadInput as its reading does."""
    found = front_page_state(folder)
    return replace(found, last=read_unverified_head(folder)) if found.has_vault else found
