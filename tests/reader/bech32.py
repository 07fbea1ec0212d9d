"""Bech32 (BIP 173) without its limit of 90 characters, as age writes its keys."""

from __future__ import annotations

from tests.reader.refusal import Refusal

_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def decode(prefix: str, text: str) -> bytes:
    """Return the 32 bytes behind ``prefix``; lower case only. Raises Refusal (malformed)."""
    start = prefix + "1"
    letters = text[len(start) :]
    if not text.startswith(start) or set(letters) - set(_SIGNS) or len(letters) != 58:
        raise Refusal("malformed", "an age key")
    values = [_SIGNS.index(letter) for letter in letters]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    if _polymod(spread + values) != 1:
        raise Refusal("malformed", "an age key")
    number = 0
    for value in values[:-6]:
        number = number << 5 | value
    if number & 0xF:  # 52 groups of 5 bits are 260: four bits of padding, zero
        raise Refusal("malformed", "an age key")
    return (number >> 4).to_bytes(32, "big")
