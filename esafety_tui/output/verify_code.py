"""The check code: 80 bits that tie a pack to the signed paper (docs/format.md section 9).

It is the root of trust of a check. A code read from the pack itself proves nothing; it has to be
typed from the paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from esafety_tui.kernel.canon import Json, canonical_bytes, sha256
from esafety_tui.kernel.errors import Unusable

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_DASHES = (
    "\\-\xad\u058a\u05be\u1400\u1806\u2010-\u2015\u2053\u207b\u208b\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40"
    "\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead"
)
_IGNORED = re.compile(f"[{_SPACES}{_DASHES}]")
"""White_Space and Dash of Unicode 16, and what word processors put between groups unseen."""

_READ_AS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGH1JK1MN0PQRSTUVWXYZ") | {
    ord("O"): "0", ord("I"): "1", ord("L"): "1",
}  # fmt: skip
_CODE = re.compile(f"[{_DIGITS}]{{16}}")


def compute_check_code(inputs: Mapping[str, Json]) -> str:
    """Return the code of ``check_inputs``: ``7QK4 M2XD 9RTA 0WZE`` (Crockford base32)."""
    number = int.from_bytes(sha256(canonical_bytes(dict(inputs)))[:10], "big")
    digits = "".join(_DIGITS[number >> shift & 31] for shift in range(75, -1, -5))
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def normalise_code(typed: str) -> str:
    """Return what was typed without spaces and dashes, in capitals, O as 0, I and L as 1."""
    return _IGNORED.sub("", typed).translate(_READ_AS)


def read_typed_code(typed: str) -> str:
    """Return a typed code in the form that :func:`compute_check_code` writes. Raises Unusable.

    Case, spaces and dashes of any script do not matter; O is read as 0, I and L as 1. Digits and
    letters are those of ASCII.
    """
    digits = normalise_code(typed)
    if _CODE.fullmatch(digits) is None:
        raise Unusable(
            "This is not a check code.", "Type the four groups of four from the paper form."
        )
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))
