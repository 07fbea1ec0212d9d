"""Files closed by STOP, told by their bytes: a list that takes two officers to read or to write.

format.md section 5c. Each item is a mark of the original and a tag of the sealed file. The mark
says that these bytes are closed, whichever incident somebody brings them to. The tag is made with
the incident's own key: whoever may open the incident knows its items, and nobody else can tell
which incident an item is of.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from esafety_tui.data.age import Identity
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.kernel.canon import (
    Json,
    canonical_bytes,
    decode_base64,
    parse_canonical,
    require_fields,
)
from esafety_tui.kernel.errors import BadInput, Frozen, Tampered

WHAT, DO = "This file is closed by STOP.", "Ring the police before anything else."
"""The one sentence for everybody, whichever incident it is closed in."""

ROOM = 4096
"""Bytes to whose multiple a list is filled up, so that its size does not count its items."""

_HEX = re.compile("[0-9a-f]{64}")
_FIELDS = {"v": int, "number": int, "key": str, "items": list, "pad": str}


class FrozenListChange(NamedTuple):
    """A list about to be written. ``added``: by a freeze; ``gone``: tags a release takes off."""

    text: str
    items: Mapping[str, str]
    added: Mapping[str, str]
    gone: frozenset[str]
    number: int
    box: LedgerBox


def derive_list_key(identity: Identity, info: str) -> bytes:
    """Return 32 bytes of HKDF-SHA-256 (RFC 5869, no salt) of an identity's text."""
    return HKDF(SHA256(), 32, salt=None, info=info.encode()).derive(identity.to_text.encode())


def frozen_tag(incident: Identity, blob: str) -> str:
    """Return the tag of a sealed file, by the key of its incident: 64 hexadecimal digits."""
    key = derive_list_key(incident, "evidence-closed-tag/v1")
    return hmac.new(key, blob.encode(), "sha256").hexdigest()


class FrozenList:
    """The list at work. What is added or taken off in memory is written with the next entry.

    Attributes:
        items: tag to mark; replaced whole, so that another thread may read it at any moment.
        number: how many times the list has been written.
    """

    def __init__(
        self, vault: Identity, origin: str, key: bytes = b"", number: int = 0,
        items: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self._box, self._place = _list_box(vault), f"evidence-closed/v1/{origin}"
        self._key = key or secrets.token_bytes(32)
        self.number = number
        self.items: Mapping[str, str] = dict(items or {})
        self._written: Mapping[str, str] | None = self.items
        self._known: dict[str, tuple[str, str]] = {}
        self._marks: dict[str, str] = {}

    @classmethod
    def parse_stored(cls, text: str, vault: Identity, origin: str) -> FrozenList:
        """Read a list as it is stored. Raises Tampered."""
        try:
            plain = _list_box(vault).open_bytes(decode_base64(text), f"evidence-closed/v1/{origin}")
            value = require_fields(parse_canonical(plain), _FIELDS)
            rows = [(t, m) for t, m in value["items"]]
            if rows != sorted(rows) or len(dict(rows)) != len(rows):
                raise ValueError
            texts = [value["key"], *(text for row in rows for text in row)]
            if not all(_HEX.fullmatch(text) for text in texts) or value["number"] < 1:
                raise ValueError
            if len(plain) % ROOM or value["pad"] != "0" * (len(value["pad"]) % ROOM):
                raise ValueError
        except (BadInput, TypeError, ValueError) as err:
            raise Tampered(
                "The list of files closed by STOP has been altered.",
                "Compare this vault with your second copy.",
            ) from err
        return cls(vault, origin, bytes.fromhex(value["key"]), value["number"], dict(rows))

    def mark_of_original(self, sha256: str) -> str:
        """Return the mark of an original, told by its hash in hexadecimal digits."""
        if sha256 not in self._marks:
            data = bytes.fromhex(sha256) if _HEX.fullmatch(sha256) else sha256.encode()
            self._marks[sha256] = hmac.new(self._key, data, "sha256").hexdigest()
        return self._marks[sha256]

    def tags_of_original(self, sha256: str) -> frozenset[str]:
        """Return the tags of the items that close these bytes; none where they are not closed."""
        if not self.items:
            return frozenset()
        mark = self.mark_of_original(sha256)
        return frozenset(t for t, m in self.items.items() if m == mark)

    def refuse_frozen_bytes(self, sha256: str) -> None:
        """Raise Frozen, in the one sentence, where these bytes are closed."""
        if self.tags_of_original(sha256):
            raise Frozen(WHAT, DO)

    def learn_sealed_file(self, blob: str, named: str, sha256: str) -> None:
        """Learn the tag and the original's hash of a sealed file, before it is closed."""
        self._known[blob] = (named, self.mark_of_original(sha256))

    def freeze_blobs(self, blobs: Iterable[str]) -> None:
        """Close those of these files that are known, in memory and at once."""
        found = dict(self._known[blob] for blob in blobs if blob in self._known)
        if not found.keys() <= self.items.keys():
            self.items = {**self.items, **found}

    def rewrite_after(self, number: int) -> None:
        """Write the list with the next entry in any case, with a number greater than ``number``."""
        self.number, self._written = max(self.number, number), None

    @property
    def next_number(self) -> int:
        """The number of the list once the next entry is written."""
        return self.number + (self.items != self._written)

    def prepare_change(
        self, freeze: Iterable[str] = (), release: Iterable[str] = (), vault: Identity | None = None
    ) -> FrozenListChange | None:
        """Return the list as it is to be written with an entry, None where it stays as it is.

        ``freeze``, ``release``: the files of the entry's hold. ``vault``: a new VAULT identity.
        """
        frozen = tuple(freeze)
        added = dict(self._known[blob] for blob in frozen if blob in self._known)
        gone = frozenset(self._known[blob][0] for blob in release if blob in self._known)
        items = {t: m for t, m in {**self.items, **added}.items() if t not in gone}
        # A freeze that adds nothing is written, too: the number says how many there were.
        if items == self._written and not frozen and (vault is None or not self.number):
            return None
        box, number = _list_box(vault) if vault else self._box, self.number + 1
        return FrozenListChange(
            self._seal_items(box, items, number), items, added, gone, number, box
        )

    def commit_change(self, change: FrozenListChange | None, vault: Identity | None = None) -> None:
        """Take up what is on the disk by now. A file closed meanwhile stays closed."""
        if change is not None:
            self._written, self.number, self._box = change.items, change.number, change.box
            now = {**self.items, **change.added}
            self.items = {t: m for t, m in now.items() if t not in change.gone}
        elif vault is not None:
            self._box = _list_box(vault)

    def _seal_items(self, box: LedgerBox, items: Mapping[str, str], number: int) -> str:
        value: dict[str, Json] = {
            "v": 1, "number": number, "key": self._key.hex(),
            "items": [[t, items[t]] for t in sorted(items)], "pad": "",
        }  # fmt: skip
        value["pad"] = "0" * (-len(canonical_bytes(value)) % ROOM)
        return base64.b64encode(box.seal_bytes(canonical_bytes(value), self._place)).decode()


def _list_box(vault: Identity) -> LedgerBox:
    return LedgerBox(derive_list_key(vault, "evidence-closed/v1"))
