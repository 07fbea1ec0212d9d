"""The keyring of a vault for two officers: docs/format.md sections 1, 4 and 4a."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.reader import agefile, jcs, people, signs
from tests.reader.keyfile import Officer
from tests.reader.lines import Line
from tests.reader.refusal import Refusal


def file_bytes(path: Path, about: str) -> bytes:
    """Return a file's bytes. Raises Refusal (missing)."""
    try:
        return path.read_bytes()
    except OSError:
        raise Refusal("missing", about) from None


def generation(folder: Path, of_database: str) -> Path:
    """Return the folder of the generation in force. Raises Refusal.

    A commit may stand before the rename that follows it: then the database is one ahead.
    """
    current = file_bytes(folder / "keyring" / "current", "keyring/current")
    if not re.fullmatch(rb"g[1-9][0-9]{0,14}\n", current):
        raise Refusal("malformed", "keyring/current")
    number = int(current[1:-1])
    if of_database not in (str(number), str(number + 1)):
        raise Refusal("broken link", "keyring and database")
    return folder / "keyring" / f"g{of_database}"


def _nested(data: bytes, pair: tuple[Officer, Officer]) -> list[agefile.Identity]:
    """Return the identities in a wrap, one a line."""
    outer, inner = pair
    opened = agefile.opened(agefile.opened(data, outer.identity), inner.identity)
    return [
        agefile.identity_inside(line + b"\n") for line in opened.removesuffix(b"\n").split(b"\n")
    ]


class Ring:
    """What two officers can open.

    Attributes:
        ledger: the LEDGER key. vault: the VAULT identity. chain: all directories.
    """

    def __init__(self, folder: Path, origin: str, pair: tuple[Officer, Officer]) -> None:
        """Open one generation's folder. Raises Refusal."""
        first, second = sorted(pair, key=lambda officer: officer.id)
        if first.id == second.id:
            raise Refusal("one officer", "a keyring")
        self.folder, self.origin, self.pair = folder, origin, (first, second)
        self.ledger = self._ledger_key()
        sealed = file_bytes(folder / "directory.sealed", "the directory")
        plain = signs.unseal(self.ledger, sealed, f"evidence-directory/v1/{origin}")
        self.chain = people.read_chain(plain, origin, self.pair)
        self.directory = self.chain[-1]
        if folder.name != f"g{self.directory.body['generation']}":
            raise Refusal("broken link", "a directory of another generation")
        name = f"vault.{first.id[:16]}+{second.id[:16]}.age"
        found = _nested(file_bytes(folder / name, "a wrap of the vault"), self.pair)
        self.vault = found[0]
        due = [agefile.recipient(self.directory.body["vault_recipient"])]
        if [identity.recipient for identity in found] != due:
            raise Refusal("wrong key", "the vault's identity")

    def _ledger_key(self) -> bytes:
        data = file_bytes(self.folder / "ledger.age", "the ledger key")
        keys = {agefile.opened(data, officer.identity) for officer in self.pair}
        text = keys.pop()
        if keys or not re.fullmatch(rb"[0-9a-f]{64}\n", text):
            raise Refusal("malformed", "the ledger key")
        return bytes.fromhex(text.decode("ascii"))

    def card(self, first: Line) -> dict[str, Any]:
        """Return the card of an incident, whose first entry is ``first``. Raises Refusal."""
        sealed = file_bytes(self.folder / "inc" / f"{first.inc}.card", "a card")
        place = f"evidence-card/v1/{self.origin}/{first.inc}"
        keys = self.directory.keys_at(first.seq)
        plain = signs.unseal(self.ledger, sealed, place)
        return people.read_card(plain, first.inc, first.by, keys)

    def restrictions(self, inc: str) -> list[Mapping[str, Any]]:
        """Return the rows of the directory that restrict an incident after its opening."""
        return [row for row in self.directory.restricted if row["inc"] == inc]

    def incident(self, card: dict[str, Any]) -> list[agefile.Identity] | None:
        """Return the INCIDENT identities, the oldest first; None where these two may not.

        Raises Refusal.
        """
        inc, later = card["inc"], self.restrictions(card["inc"])
        if card["restricted"] or later:
            found = self._restricted(inc)
            if any((self.folder / "inc" / f"{inc}.{end}").exists() for end in ("reg", "age")):
                raise Refusal("malformed", "a file for every pair of a restricted incident")
        else:
            data = file_bytes(self.folder / "inc" / f"{inc}.age", "an incident's key")
            found = [agefile.identity_inside(agefile.opened(data, self.vault))]
        due = [agefile.recipient(text) for text in
               (card["recipient"], *(row["recipient"] for row in later))]  # fmt: skip
        if found is not None and [identity.recipient for identity in found] != due:
            raise Refusal("wrong key", "an incident's key")
        return found

    def _restricted(self, inc: str) -> list[agefile.Identity] | None:
        paths = sorted((self.folder / "inc").glob(f"{inc}.*.age"))
        if not paths:
            raise Refusal("missing", "an incident's keys")
        for path in paths:
            try:
                return _nested(path.read_bytes(), self.pair)
            except Refusal as refusal:
                if refusal.answer != "no match":
                    raise
        return None

    def register(self, inc: str) -> dict[str, Any] | None:
        """Return a register card, None where there is none that can be read: it is a cache."""
        path = self.folder / "inc" / f"{inc}.reg"
        if not path.exists():
            return None
        fields = dict.fromkeys(("inc", "state", "category", "due", "next"), str) | {"v": int}
        return jcs.shape(jcs.load(agefile.opened(path.read_bytes(), self.vault)), fields, "a reg")
