"""Vectors of entry lines, chains of them, and the signatures beside a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.reader import jcs
from tests.vectors.making.keys import (
    INC,
    OTHER_INC,
    PEOPLE,
    STRANGER,
    Maker,
    b64,
    case,
    h,
    loose,
    without,
)  # fmt: skip
from tests.vectors.vector import Vector

IDS = [person.id for person in PEOPLE]
Cases = Iterator[tuple[str, Vector]]


def line(seq: int = 0, prev: str = "0" * 64, **fields: Any) -> dict[str, Any]:
    """Return a line's object; anything can be said otherwise."""
    return {
        "v": 1, "seq": seq, "prev": prev, "inc": INC, "iseq": 0, "rec": h(b"record"), "blobs": [],
        "by": IDS[:2], "t": "2026-11-21T14:07:12.345Z", "mono": 81_234_567, "boot": "b-01",
        "machine": h(b"machine"), **fields,
    }  # fmt: skip


def lines() -> Cases:
    """Yield the vectors of one line."""
    sound = {
        "first": ("the first entry of a vault", line()),
        "one-officer": ("one officer alone", line(by=IDS[:1])),
        "vault": ("an entry of the vault's own", line(7, h(b"x"), inc="", iseq=3)),
        "files": ("an entry that brings two sealed files", line(blobs=[h(b"1"), h(b"0")])),
        "nothing-known": ("no boot and no machine known", line(boot="", machine="")),
        "greatest-numbers": ("fifteen digits", line(10**15 - 1, h(b"x"), mono=10**15 - 1)),
    }
    for name, (comment, value) in sound.items():
        yield f"ok-{name}", case("ok", comment, jcs.dump(value))
    for name, (expect, data) in loose(line()).items():
        yield name, case(expect, name.replace("-", " "), data)
    for name, value in _wrong_lines().items():
        yield name, case("malformed", name.replace("-", " "), jcs.dump(value))
    data = jcs.dump(line())
    written = {
        "escaped-letter": data.replace(b'"boot"', b'"\\u0062oot"'),
        "escaped-slash": data.replace(b"b-01", b"b\\/01"),
        "number-with-exponent": data.replace(b'"iseq":0', b'"iseq":0e0'),
        "number-with-fraction": data.replace(b'"iseq":0', b'"iseq":0.0'),
        "number-below-zero-zero": data.replace(b'"iseq":0', b'"iseq":-0'),
        "number-with-leading-zero": data.replace(b'"iseq":0', b'"iseq":00'),
        "number-not-a-number": data.replace(b'"iseq":0', b'"iseq":NaN'),
        "other-digits": data.replace(b"2026-11", "2026-1\N{ARABIC-INDIC DIGIT ONE}".encode()),
    }
    for name, wrong in written.items():
        yield name, case("malformed", name.replace("-", " "), wrong)


def _wrong_lines() -> dict[str, dict[str, Any]]:
    return {
        "no-machine": without(line(), "machine"),
        "seq-below-zero": line(-1),
        "seq-as-text": line() | {"seq": "0"},
        "seq-true": line() | {"seq": True},
        "seq-of-16-digits": line(10**15),
        "mono-of-16-digits": line(mono=10**15),
        "prev-in-capitals": line(prev="A" * 64),
        "prev-short": line(prev="0" * 63),
        "inc-null": line(inc=None),
        "inc-of-31-digits": line(inc=INC[1:]),
        "rec-empty": line(rec=""),
        "blobs-a-text": line(blobs=h(b"1")),
        "blob-with-a-path": line(blobs=["../" + h(b"1")[3:]]),
        "by-with-a-number": line(by=[1]),
        "time-without-milliseconds": line(t="2026-11-21T14:07:12Z"),
        "time-with-offset": line(t="2026-11-21T14:07:12.345+00:00"),
        "boot-with-a-space": line(boot="b 01"),
        "machine-short": line(machine="ab"),
    }


def chained(rows: Sequence[dict[str, Any]]) -> list[bytes]:
    """Return lines that follow from one another; a row may say otherwise in any field."""
    out: list[bytes] = []
    for seq, row in enumerate(rows):
        prev = h(out[-1]) if out else "0" * 64
        out.append(jcs.dump(line(seq, prev) | row))
    return out


_FIVE: list[dict[str, Any]] = [
    {"inc": "", "iseq": 0}, {"inc": INC, "iseq": 0}, {"inc": OTHER_INC, "iseq": 0},
    {"inc": INC, "iseq": 1}, {"inc": "", "iseq": 1},
]  # fmt: skip


def _but(number: int, **fields: Any) -> list[bytes]:
    """Return the five lines with one field of one line otherwise, all else following from it."""
    return chained([row | (fields if n == number else {}) for n, row in enumerate(_FIVE)])


def chains() -> Cases:
    """Yield the vectors of several lines, each followed by a line feed."""
    five = chained(_FIVE)
    broken = {
        "first-missing": five[1:],
        "one-missing": [*five[:2], *five[3:]],
        "two-swapped": [five[0], five[2], five[1], *five[3:]],
        "one-twice": [*five[:2], five[1], *five[2:]],
        "first-of-another-vault": [chained([{"t": "2026-11-21T14:07:12.346Z"}])[0], *five[1:]],
        "first-follows-something": _but(0, prev="1" + "0" * 63),
        "prev-of-another": _but(3, prev=h(five[1])),
        "seq-left-out": _but(4, seq=5),
        "iseq-left-out": _but(3, iseq=2),
        "iseq-twice": _but(4, iseq=0),
        "iseq-of-the-vault": _but(4, inc=INC, iseq=1),
        "inc-starts-at-1": _but(2, iseq=1),
    }
    malformed = {
        "by-unsorted": _but(2, by=IDS[1::-1]),
        "by-twice": _but(2, by=[IDS[0], IDS[0]]),
        "by-nobody": _but(2, by=[]),
        "one-with-a-space": [*five[:2], five[2].replace(b":", b": ", 1)],
    }
    sound = {"ok-one": five[:1], "ok-five": five, "ok-by-three": _but(3, by=IDS), "ok-none": []}
    for expect, cases in (("ok", sound), ("broken link", broken), ("malformed", malformed)):
        for name, rows in cases.items():
            data = b"".join(row + b"\n" for row in rows)
            yield name, case(expect, name.replace("-", " "), data)


def _sigs(data: bytes, *people: Maker, prefix: bytes = b"evidence-entry/v1\n") -> dict[str, str]:
    return {person.id: b64(person.sign(prefix + data)) for person in people}


def signatures() -> Cases:
    """Yield the vectors of what stands beside a line. ``key``: id and SPKI of all officers."""
    data = jcs.dump(line())
    first, second, third = PEOPLE
    both = _sigs(data, first, second)
    other = _sigs(jcs.dump(line(7)), second)
    swapped = {first.id: both[second.id], second.id: both[first.id]}
    bare = _sigs(data, first, second, prefix=b"")
    values: dict[str, tuple[str, Any]] = {
        "ok": ("ok", both),
        "one-missing": ("bad signature", _sigs(data, first)),
        "one-more": ("bad signature", both | _sigs(data, third)),
        "another-instead": ("bad signature", _sigs(data, first, third)),
        "of-another-line": ("bad signature", both | other),
        "swapped": ("bad signature", swapped),
        "without-its-prefix": ("bad signature", bare),
        "empty-signature": ("bad signature", both | {first.id: ""}),
        "spaced-base64": ("malformed", both | {first.id: both[first.id] + " "}),
        "a-number": ("malformed", both | {first.id: 1}),
    }
    head = [("line", data.decode())] + [("key", f"{p.id} {b64(p.spki)}") for p in PEOPLE]
    for name, (expect, value) in values.items():
        yield name, case(expect, name.replace("-", " "), jcs.dump(value), *head)
    after = case("trailing data", "line feed after", jcs.dump(both) + b"\n", *head)
    yield "line-feed-after", after
    alien = jcs.dump(line(by=sorted([first.id, STRANGER.id])))
    sigs = jcs.dump(_sigs(alien, first, STRANGER))
    comment = "somebody who is not in the directory"
    yield "stranger", case("not listed", comment, sigs, ("line", alien.decode()), *head[1:])
