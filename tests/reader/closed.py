"""The list of files closed by STOP: docs/format.md section 5c."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from tests.reader import agefile, jcs, signs
from tests.reader.lines import HEX64
from tests.reader.refusal import Refusal

_ROOM = 4096


@dataclass(frozen=True)
class Closed:
    """The list, opened. ``items``: tag of a sealed file to mark of its original."""

    number: int
    key: bytes
    items: dict[str, str]

    def mark(self, sha256: str) -> str:
        """Return the mark of the original with this hash."""
        return hmac.digest(self.key, bytes.fromhex(sha256), "sha256").hex()


def tag(incident: agefile.Identity, blob: str) -> str:
    """Return the tag of a sealed file, by the identity that opens the entry it came with."""
    key = agefile.hkdf(incident.text.encode("ascii"), b"", b"evidence-closed-tag/v1")
    return hmac.digest(key, blob.encode("ascii"), "sha256").hex()


def read_closed(text: str, vault: agefile.Identity, origin: str) -> Closed:
    """Read ``meta.closed``. Raises Refusal."""
    key = agefile.hkdf(vault.text.encode("ascii"), b"", b"evidence-closed/v1")
    sealed = signs.unbase64(text, "the closed files")
    plain = signs.unseal(key, sealed, f"evidence-closed/v1/{origin}")
    fields = {"v": int, "number": int, "key": str, "items": list, "pad": str}
    value = jcs.shape(jcs.load(plain), fields, "the closed files")
    jcs.text(value["pad"], "0*", "the closed files, pad")
    if len(plain) % _ROOM or len(value["pad"]) >= _ROOM or value["number"] < 1:
        raise Refusal("malformed", "the closed files")
    rows = [jcs.texts(row, HEX64, "the closed files, items") for row in value["items"]]
    tags = [row[0] for row in rows if len(row) == 2]
    if len(tags) != len(rows) or tags != sorted(set(tags)):
        raise Refusal("malformed", "the closed files, items")
    items = {row[0]: row[1] for row in rows}
    opened = bytes.fromhex(jcs.text(value["key"], HEX64, "the closed files, key"))
    return Closed(value["number"], opened, items)
