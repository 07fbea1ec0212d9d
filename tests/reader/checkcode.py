"""The check code printed on a form: docs/format.md section 9."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tests.reader import jcs
from tests.reader.lines import HEX64
from tests.reader.refusal import Refusal

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIELDS: Mapping[str, type] = {
    "v": int, "origin": str, "incident": str, "form": int, "checkpoint": str, "officers": list,
}  # fmt: skip


def code_of(data: bytes) -> str:
    """Return the code over the JCS object of section 9. Raises Refusal for another object."""
    value = jcs.shape(jcs.load(data), _FIELDS, "what a check code covers")
    officers = jcs.texts(value["officers"], HEX64, "officers")
    if officers != sorted(set(officers)):
        raise Refusal("malformed", "officers out of order")
    number = int.from_bytes(hashlib.sha256(data).digest()[:10], "big")
    letters = "".join(_SIGNS[number >> shift & 31] for shift in range(75, -1, -5))
    return " ".join(letters[at : at + 4] for at in range(0, 16, 4))


def normal(typed: str) -> str:
    """Return a typed code as 16 signs, as the page says readers take it. Raises Refusal."""
    text = "".join(typed.upper().split()).replace("-", "")
    text = text.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(text) != 16 or set(text) - set(_SIGNS):
        raise Refusal("malformed", "a check code")
    return text


def compare(typed: str, data: bytes) -> None:
    """Raise Refusal (changed) unless the typed code is the one over ``data``."""
    if normal(typed) != normal(code_of(data)):
        raise Refusal("changed", "a check code")
