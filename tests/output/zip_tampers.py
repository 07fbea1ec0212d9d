"""What can be done to a container without its passphrase, by name and by the dice."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from tests.output.zip_surgery import Part, Parts, field_of, unicode_path

Tamper = Callable[[Parts], None]

_LOCAL = ("needed", "flags", "method", "time", "date", "crc", "stored", "size")
_ENTRY = (
    "made by", "system", "needed", "reserved", "flags", "method", "time", "date", "crc", "stored",
    "size", "disk", "internal", "external",
)  # fmt: skip
_BITS = {"made by": 8, "system": 8, "needed in list": 8, "reserved": 8, "crc": 32, "stored": 32,
         "size": 32, "external": 32}  # fmt: skip
_END = ("disk", "disk of the list", "count on this disk", "count", "size of the list", "place")
_FIELDS = {
    "unknown": field_of(0xCAFE, b"look here"), "NTFS times": field_of(0x000A, bytes(32)),
    "Unix times": field_of(0x5455, b"\3" + bytes(8)), "Unix owner": field_of(0x7875, b"\1\4" * 5),
    "64-bit sizes": field_of(1, bytes(16)), "empty": field_of(0xCAFE, b""), "cut": b"\1",
    "AES again": field_of(0x9901, b"\2\0AE\3\0\0"), "AES, weak": field_of(0x9901, b"\2\0AE\1\0\0"),
}  # fmt: skip


def swap_by_unicode_path(parts: Parts) -> None:
    """Let 7-Zip unpack the first two members under each other's names: the list says so alone."""
    one, two = parts.members[:2]
    for m, other in ((one, two.name), (two, one.name)):
        m.entry_extra += unicode_path(m.entry_name, other)


def _set(which: str, number: int, value: int) -> Tamper:
    def change(parts: Parts) -> None:
        getattr(parts.members[0], which)[number] ^= value

    return change


def _add(which: str, data: bytes, *, first: bool = False) -> Tamper:
    def change(parts: Parts) -> None:
        m = parts.members[0]
        old = getattr(m, which)
        setattr(m, which, data + old if first else old + data)

    return change


def _end(number: int, value: int) -> Tamper:
    def change(parts: Parts) -> None:
        parts.end[number] += value

    return change


def _other_unicode_path(which: str) -> Tamper:
    def change(parts: Parts) -> None:
        one, two = parts.members[:2]
        _add(which, unicode_path(one.name, two.name + b"x"))(parts)

    return change


def _part(change: Callable[[Part], None]) -> Tamper:
    return lambda parts: change(parts.members[0])


def _descriptor(parts: Parts) -> None:
    for m in parts.members:
        m.local[1] |= 8
        m.entry[4] |= 8
        m.behind = struct.pack("<4s3L", b"PK\7\x08", 0, m.local[6], m.local[7])


def _end_64(parts: Parts) -> None:
    place = len(parts.to_bytes()) - 22
    _, _, _, _, count, size, start, _ = struct.unpack("<4s4H2LH", parts.to_bytes()[-22:])
    parts.before_end = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start
    ) + struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)


def _table() -> dict[str, Tamper]:
    out: dict[str, Tamper] = {"names exchanged by Unicode Path": swap_by_unicode_path}
    for number, name in enumerate(_LOCAL):
        out[f"header: {name}"] = _set("local", number, 1)
        out[f"header: {name}, high"] = _set("local", number, 1 << (_BITS.get(name, 16) - 1))
    for number, name in enumerate(_ENTRY):
        bits = 8 if name == "needed" else _BITS.get(name, 16)
        out[f"list: {name}"] = _set("entry", number, 1)
        out[f"list: {name}, high"] = _set("entry", number, 1 << (bits - 1))
    for name, data in _FIELDS.items():
        for place in ("extra", "entry_extra"):
            out[f"field {name} in {place}"] = _add(place, data)
            out[f"field {name} first in {place}"] = _add(place, data, first=True)
    for place in ("extra", "entry_extra"):
        out[f"Unicode Path in {place} alone"] = _other_unicode_path(place)
    for number, name in enumerate(_END):
        out[f"end: {name} + 1"] = _end(number, 1)
        out[f"end: {name} - 1"] = _end(number, -1)
    return out | dict(_others())


def _others() -> list[tuple[str, Tamper]]:
    more = field_of(0x6375, b"\1" + bytes(4) + b"read this")
    return [
        ("comment of a file", _part(lambda m: setattr(m, "comment", b"read me"))),
        ("Unicode comment", _add("entry_extra", more)),
        ("comment of the container", lambda p: setattr(p, "comment", b"read me first")),
        ("bytes in front", lambda p: setattr(p, "front", b"PK\3\4" + bytes(26))),
        ("bytes behind", lambda p: setattr(p, "back", b"x")),
        ("bytes before the end", lambda p: setattr(p, "before_end", bytes(4))),
        ("gap behind a file", _part(lambda m: setattr(m, "behind", bytes(8)))),
        ("data descriptors", _descriptor),
        ("a 64-bit end that is not needed", _end_64),
        ("listed twice", _part(lambda m: setattr(m, "listed", 2))),
        ("not listed", _part(lambda m: setattr(m, "listed", 0))),
        ("place + 1", _part(lambda m: setattr(m, "shift", 1))),
        ("another order in the list", lambda p: setattr(p, "order", [1, 0, 2])),
        ("name changed in the header", _part(lambda m: setattr(m, "name", m.name + b"x"))),
        ("name changed in the list", _part(lambda m: setattr(m, "entry_name", b"x.txt"))),
        ("backslashes", _part(lambda m: setattr(m, "name", m.name.replace(b"/", b"\\")))),
        ("NUL behind the name", _part(lambda m: setattr(m, "name", m.name + b"\0"))),
        ("shorter", _part(lambda m: setattr(m, "stored", m.stored[:-1]))),
        ("longer", _part(lambda m: setattr(m, "stored", m.stored + b"x"))),
    ]


TAMPERS = _table()


def rename_to_each_other(parts: Parts) -> None:
    """Give two members each other's names everywhere: a ZIP cannot tell, the statement can."""
    one, two = parts.members[:2]
    one.name, two.name = two.name, one.name
    one.entry_name, two.entry_name = one.name, two.name


def _other_order(parts: Parts) -> None:
    parts.members.reverse()


def _other_date(parts: Parts) -> None:
    for m in parts.members:
        m.local[3] = m.entry[6] = 0x6000


HARMLESS: tuple[Tamper, ...] = (rename_to_each_other, _other_order, _other_date, lambda _: None)
"""What the container alone cannot tell; whoever unpacks it gets what the check has seen."""


def roll(dice: random.Random, parts: Parts) -> bytes:
    """Change a container by one to three throws; sometimes only in harmless ways."""
    harmless = dice.random() < 0.15
    for _ in range(dice.randint(1, 3)):
        if not harmless and dice.random() < 0.4:
            _throw(dice, parts)
        else:
            dice.choice(HARMLESS if harmless else tuple(TAMPERS.values()))(parts)
    data = parts.to_bytes()
    if dice.random() < 0.1:
        at = dice.randrange(len(data))
        data = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
    return data


def _throw(dice: random.Random, parts: Parts) -> None:
    """Set any number of any member to anything."""
    m = dice.choice(parts.members)
    which = dice.choice(("local", "entry"))
    numbers = getattr(m, which)
    number = dice.randrange(len(numbers))
    name = (_LOCAL if which == "local" else _ENTRY)[number]
    bits = 8 if which == "entry" and name == "needed" else _BITS.get(name, 16)
    numbers[number] = dice.choice((0, 1, (1 << bits) - 1, dice.getrandbits(bits)))
