"""Bech32 (BIP 173) for keys of exactly 32 bytes, lower case, as age writes them.

Rule: one text for one key. What a strict writer would not have written is refused: another length,
another case, padding bits that are set. No other length and no Bech32m.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import Final

_ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_SUMS: Final = [
    reduce(xor, (generator for bit, generator in enumerate(_GENERATORS) if top >> bit & 1), 0)
    for top in range(32)
]
"""The generators of each five bits, summed once: a key is read and written many times an entry."""


def encode_bech32(prefix: str, key: bytes) -> str:
    """Return ``prefix``, "1", 52 characters of ``key`` (32 bytes) and 6 of checksum."""
    bits = int.from_bytes(key, "big") << 4
    data = [bits >> shift & 31 for shift in range(255, -1, -5)]
    check = _checksum_polymod([*_expand_prefix(prefix), *data, 0, 0, 0, 0, 0, 0]) ^ 1
    data += [check >> shift & 31 for shift in range(25, -1, -5)]
    return prefix + "1" + "".join(_ALPHABET[value] for value in data)


def decode_bech32(prefix: str, text: str) -> bytes | None:
    """Return the 32 bytes that ``text`` stands for, None where it is not well-formed."""
    values = [_ALPHABET.find(char) for char in text[len(prefix) + 1 :]]
    if not text.startswith(prefix + "1") or len(values) != 58 or -1 in values:
        return None
    if _checksum_polymod([*_expand_prefix(prefix), *values]) != 1:
        return None
    bits = 0
    for value in values[:52]:
        bits = bits << 5 | value
    return None if bits & 15 else (bits >> 4).to_bytes(32, "big")


def _checksum_polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _SUMS[check >> 25]
    return check


def _expand_prefix(prefix: str) -> list[int]:
    return [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
