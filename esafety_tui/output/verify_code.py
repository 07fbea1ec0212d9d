"""The check code: 80 bits that tie a pack to the signed paper (docs/format.md section 9).

It is the root of trust of a check. A code read from the pack itself proves nothing; it has to be
typed from the paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from esafety_tui.kernel.canon import Json, canonical, sha256
from esafety_tui.kernel.errors import Unusable

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", " -\t\u00a0")
_CODE = re.compile(f"[{_DIGITS}]{{16}}")


def check_code(inputs: Mapping[str, Json]) -> str:
    """Return the code of ``check_inputs``: ``7QK4 M2XD 9RTA 0WZE`` (Crockford base32)."""
    number = int.from_bytes(sha256(canonical(dict(inputs)))[:10], "big")
    digits = "".join(_DIGITS[number >> shift & 31] for shift in range(75, -1, -5))
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def read_code(typed: str) -> str:
    """Return a typed code in the form that :func:`check_code` writes. Raises Unusable.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    """
    digits = typed.upper().translate(_READ_AS)
    if _CODE.fullmatch(digits) is None:
        raise Unusable(
            "This is not a check code.", "Type the four groups of four from the paper form."
        )
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))
