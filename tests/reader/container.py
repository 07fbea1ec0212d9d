"""Containers, read from the front to the back by docs/format.md section 10, and by no ZIP library.

The second reader knows the places of the end and of the first line; all else it works out from
names, sizes and the date, and then asks whether the file is these bytes and no others.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.reader.refusal import Refusal

_NAME = re.compile(rb"([A-Za-z0-9-]+)/([A-Za-z0-9_./-]+)")
_AES = bytes.fromhex("0199 0700 0200 4145 03 0000")
_ONES = 2**32 - 1


@dataclass(frozen=True)
class Rules:
    """A column of the table; ``long_made`` and ``long_needed`` are of a line with 64 bits."""

    number: int
    made: bytes
    long_made: bytes
    needed: int
    long_needed: int
    attributes: int
    most: int
    files: int


TABLE = (
    Rules(1, b"\x14\3", b"\x2d\3", 20, 45, 0o600 << 16, 2**31 - 1, 65535),
    Rules(1, b"\x14\0", b"\x2d\0", 20, 45, 0o600 << 16, 2**31 - 1, 65535),
    Rules(2, b"\x66\3", b"\x66\3", 51, 51, 0o100600 << 16, 2**32 - 2, 65534),
)


def _n(length: int, *numbers: int) -> bytes:
    return b"".join(number.to_bytes(length, "little") for number in numbers)


def _field(*numbers: int) -> bytes:
    return _n(2, 1, 8 * len(numbers)) + _n(8, *numbers) if numbers else b""


def header(rules: Rules, name: bytes, size: int, date: bytes) -> bytes:
    """Return a local header."""
    stored = size + 28
    wide = size * 105 > rules.most * 100 if rules.number == 1 else stored > rules.most
    extra = (_field(size, stored) if wide else b"") + _AES
    sizes = (_ONES, _ONES) if stored > rules.most else (stored, size)
    return (
        b"PK\3\4" + _n(2, rules.needed, 1, 99) + date + bytes(4) + _n(4, *sizes)
        + _n(2, len(name), len(extra)) + name + extra
    )  # fmt: skip


def line(rules: Rules, name: bytes, size: int, date: bytes, place: int) -> bytes:
    """Return a line of the central directory."""
    stored, most = size + 28, rules.most
    wide = (size > most if rules.number == 1 else stored > most, stored > most, place > most)
    longs = [n for n, is_long in zip((size, stored, place), wide, strict=True) if is_long]
    extra = _field(*longs) + _AES
    size32, stored32, place32 = (
        _ONES if is_long else n for n, is_long in zip((size, stored, place), wide, strict=True)
    )
    return (
        b"PK\1\2" + (rules.long_made if longs else rules.made)
        + _n(2, rules.long_needed if longs else rules.needed, 1, 99) + date + bytes(4)
        + _n(4, stored32, size32) + _n(2, len(name), len(extra), 0, 0, 0)
        + _n(4, rules.attributes, place32) + name + extra
    )  # fmt: skip


def end(rules: Rules, count: int, size: int, place: int) -> bytes:
    """Return what follows the lines."""
    wide = count > rules.files or size > rules.most or place > rules.most
    long_end = (
        b"PK\6\6" + _n(8, 44) + _n(2, 45, 45) + bytes(8) + _n(8, count, count, size, place)
        + b"PK\6\7" + bytes(4) + _n(8, place + size) + _n(4, 1)
    )  # fmt: skip
    lesser = min(count, 65535)
    return (
        (long_end if wide else b"") + b"PK\5\6" + bytes(4) + _n(2, lesser, lesser)
        + _n(4, min(size, _ONES), min(place, _ONES)) + bytes(2)
    )  # fmt: skip


def _number(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")


def _parts(data: bytes) -> tuple[Rules, list[tuple[bytes, int]], bytes]:
    """Return the layout, names and sizes in their order, and the date."""
    last = len(data) - 22
    if last < 0 or data[last : last + 4] != b"PK\5\6" or data[-2:] != b"\0\0":
        raise Refusal("trailing data" if b"PK\5\6" in data else "malformed", "a container")
    count, at = _number(data, last + 10, 2), _number(data, last + 16, 4)
    if data[last - 20 : last - 16] == b"PK\6\7":
        count, at = _number(data, last - 44, 8), _number(data, last - 28, 8)
    made, date = data[at + 4 : at + 6], data[at + 12 : at + 16]
    if made[:1] > b"\x66":
        raise Refusal("newer version", "a container")
    found = [rules for rules in TABLE if made in (rules.made, rules.long_made)]
    if not found or count > 100_000:
        raise Refusal("malformed", "a container")
    files = []
    for _ in range(count):
        length, extra = _number(data, at + 28, 2), _number(data, at + 30, 2)
        size = _number(data, at + 24, 4)
        size = _number(data, at + 50 + length, 8) if size == _ONES else size
        files.append((data[at + 46 : at + 46 + length], size))
        at += 46 + length + extra
    return found[0], files, date


def read(data: bytes, passphrase: str) -> tuple[int, dict[str, bytes]]:
    """Return the layout and every file's bytes by its name. Raises Refusal."""
    rules, files, date = _parts(data)
    at, lines, stored = 0, b"", {}
    for name, size in files:
        head = header(rules, name, size, date)
        lines += line(rules, name, size, date, at)
        if data[at : at + len(head)] != head or not _NAME.fullmatch(name) or name in stored:
            raise Refusal("malformed", "a container")
        stored[name] = data[at + len(head) : at + len(head) + size + 28]
        at += len(head) + size + 28
    if data[at:] != lines + end(rules, len(files), len(lines), at):
        raise Refusal("malformed", "a container")
    return rules.number, {
        name.decode(): _opened(member, passphrase.encode()) for name, member in stored.items()
    }


def _opened(member: bytes, passphrase: bytes) -> bytes:
    keys = hashlib.pbkdf2_hmac("sha1", passphrase, member[:16], 1000, 66)
    if member[16:18] != keys[64:]:
        raise Refusal("wrong passphrase", "a container")
    body = member[18:-10]
    if hmac.digest(keys[32:64], body, "sha1")[:10] != member[-10:]:
        raise Refusal("damaged", "a container")
    # One block after another, the counter as the page has it: slow, and nothing to get wrong.
    one = Cipher(algorithms.AES256(keys[:32]), modes.ECB()).encryptor()
    blocks = range(1, len(body) // 16 + 2)
    stream = b"".join(one.update(_n(16, number)) for number in blocks)[: len(body)]
    return bytes(a ^ b for a, b in zip(body, stream, strict=True))
