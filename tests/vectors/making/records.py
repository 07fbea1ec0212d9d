"""Vectors of records, redacted records, holds and check codes."""

from __future__ import annotations

from typing import Any

from tests.reader import jcs
from tests.vectors.making.keys import INC, ORIGIN, OTHER_INC, b64, case, h, loose, maker, seed
from tests.vectors.making.lines import IDS, Cases, chained, line

_TEXT = {
    "words": 'Seen on a message board: \N{LEFT DOUBLE QUOTATION MARK}x\\y"\n\t\x7f\u00e9\U0001f600'
}
_SHOT: dict[str, Any] = {
    "producer": IDS[0], "sha256": h(b"picture"), "size": 7, "exhibit": "AB/1", "seen": True,
    "tags": ["a", "b"], "box": {"w": 1280, "h": -1},
}  # fmt: skip


_MAY: dict[str, Any] = {"eligible": sorted(IDS[:2])}
_CLOSED: dict[str, Any] = {
    **_MAY, "named_officers": [IDS[2]], "reason": "named by a parent",
    "recipient": maker("after it").recipient,
}  # fmt: skip


def rows_of(fields: dict[str, Any]) -> list[list[Any]]:
    """Return disclosures with salts that belong to the names."""
    return [[b64(seed(f"salt {name}")[:16]), name, fields[name]] for name in sorted(fields)]


def commitment(kind: str, rows: list[list[Any]]) -> str:
    """Return H(commitment)."""
    digests = sorted(h(jcs.dump(row)) for row in rows)
    return h(jcs.dump({"v": 1, "type": kind, "digests": digests}))


def _record(kind: str, rows: list[list[Any]], **other: Any) -> dict[str, Any]:
    return {"v": 1, "inc": INC, "seq": 4, "type": kind, "disclosures": rows} | other


def _beside(kind: str, rows: list[list[Any]], by: int = 2) -> tuple[str, str]:
    """Return the header ``line`` of an entry that holds this record."""
    value = line(4, h(b"prev"), rec=commitment(kind, rows), by=IDS[:by], iseq=2)
    return "line", jcs.dump(value).decode()


def records() -> Cases:
    """Yield the vectors of sealed records, opened."""
    text, shot = rows_of(_TEXT), rows_of(_SHOT)
    good = _record("screenshot", shot)
    sound = {
        "ok-note-by-one": ("note", text, 1),
        "ok-note-by-two": ("note", text, 2),
        "ok-nothing-said": ("session.opened", [], 1),
        "ok-screenshot": ("screenshot", shot, 2),
        "ok-other-order": ("screenshot", shot[::-1], 2),
        "ok-rehearsed": ("rehearsed", text, 2),
        "ok-instruction-confirmed": ("instruction.confirmed", text, 2),
        "ok-session-locked": ("session.locked", text, 2),
        "ok-session-reopened": ("session.reopened", text, 1),
        "ok-session-left": ("session.left", text, 2),
        "ok-restricted-at-its-opening-by-one": ("incident.restricted", rows_of(_MAY), 1),
        "ok-restricted-later": ("incident.restricted", rows_of(_CLOSED), 2),
    }
    for name, (kind, rows, by) in sound.items():
        data = jcs.dump(_record(kind, rows))
        yield name, case("ok", name[3:].replace("-", " "), data, _beside(kind, rows, by))
    for name, (expect, data) in loose(good).items():
        yield name, case(expect, name.replace("-", " "), data, _beside("screenshot", shot))
    for name, (expect, value) in _wrong_places(shot, text).items():
        comment = name.replace("-", " ")
        yield name, case(expect, comment, jcs.dump(value), _beside("screenshot", shot))
    yield from _wrong_rows(shot)
    for kind in ("screenshot", "gate", "decision", "correction", "released", "form.signed",
                 "pack.exported", "shredded", "history.accepted", "officer.enrolled",
                 "generation.rotated", "profile.adopted", "instruction.confirmed",
                 "session.left", "incident.restricted"):  # fmt: skip
        rows = {"screenshot": shot, "incident.restricted": rows_of(_CLOSED)}.get(kind, text)
        data = jcs.dump(_record(kind, rows))
        comment = f"{kind} beside a line with one in by"
        yield f"one-officer-{kind}", case("one officer", comment, data, _beside(kind, rows, 1))


def _wrong_places(shot: list[list[Any]], text: list[list[Any]]) -> dict[str, tuple[str, Any]]:
    changed = [[row[0], row[1], 8 if row[1] == "size" else row[2]] for row in shot]
    salted = [[b64(bytes(16)), *row[1:]] if row[1] == "size" else row for row in shot]
    return {
        "of-another-incident": ("other place", _record("screenshot", shot, inc=OTHER_INC)),
        "of-another-entry": ("other place", _record("screenshot", shot, seq=5)),
        "seq-as-text": ("malformed", _record("screenshot", shot, seq="4")),
        "of-another-type": ("bad commitment", _record("file", shot)),
        "field-changed": ("bad commitment", _record("screenshot", changed)),
        "salt-changed": ("bad commitment", _record("screenshot", salted)),
        "field-left-out": ("bad commitment", _record("screenshot", shot[1:])),
        "field-added": ("bad commitment", _record("screenshot", shot + text)),
        "of-another-record": ("bad commitment", _record("note", text)),
    }


def _wrong_rows(shot: list[list[Any]]) -> Cases:
    """Yield records that fit their commitment and are wrong in themselves."""
    salt = shot[0][0]
    wrong: dict[str, tuple[str, str, list[list[Any]]]] = {
        "unknown-type": ("unknown type", "screen-shot", shot),
        "name-twice": ("malformed", "note", [[salt, "a", 1], [b64(bytes(16)), "a", 2]]),
        "salt-of-15-bytes": ("malformed", "note", [[b64(bytes(15)), "a", 1]]),
        "salt-with-spare-bits": ("malformed", "note", [["A" * 21 + "B==", "a", 1]]),
        "salt-a-number": ("malformed", "note", [[1, "a", 1]]),
        "name-a-number": ("malformed", "note", [[salt, 1, 1]]),
        "value-null": ("malformed", "note", [[salt, "a", None]]),
        "four-parts": ("malformed", "note", [[salt, "a", 1, 2]]),
        "no-producer": ("not listed", "screenshot", [r for r in shot if r[1] != "producer"]),
        "producer-absent": (
            "not listed", "screenshot",
            [[r[0], r[1], IDS[2]] if r[1] == "producer" else r for r in shot],
        ),
    }  # fmt: skip
    for name, (expect, kind, rows) in wrong.items():
        data = jcs.dump(_record(kind, rows))
        yield name, case(expect, name.replace("-", " "), data, _beside(kind, rows))
    data = jcs.dump(_record("note", [[salt, "a", 1]])).replace(b'"a",1', b'"a",1.5')
    yield "value-a-float", case("malformed", "a float", data, _beside("note", [[salt, "a", 1]]))


def redacted() -> Cases:
    """Yield the vectors of records as a pack holds them."""
    shot = rows_of(_SHOT)
    digests = sorted(h(jcs.dump(row)) for row in shot)
    whole = _record("screenshot", shot, digests=digests)
    few = [row for row in shot if row[1] in ("sha256", "size", "exhibit")]
    other = [[row[0], row[1], IDS[2]] if row[1] == "producer" else row for row in shot]
    alien = sorted(h(jcs.dump(row)) for row in other)
    values: dict[str, tuple[str, Any]] = {
        "ok-whole": ("ok", whole),
        "ok-few-fields": ("ok", whole | {"disclosures": few}),
        "ok-no-fields": ("ok", whole | {"disclosures": []}),
        "digest-left-out": ("bad commitment", whole | {"digests": digests[1:]}),
        "digest-added": ("bad commitment", whole | {"digests": sorted([*digests, h(b"x")])}),
        "field-of-no-digest": (
            "bad commitment", whole | {"disclosures": [*few, *rows_of({"a": 1})]},
        ),
        "of-another-type": ("bad commitment", whole | {"type": "file"}),
        "of-another-incident": ("other place", whole | {"inc": OTHER_INC}),
        "of-another-entry": ("other place", whole | {"seq": 3}),
        "digests-unsorted": ("malformed", whole | {"digests": digests[::-1]}),
        "digest-twice": ("malformed", whole | {"digests": sorted([*digests, digests[0]])}),
        "digest-short": ("malformed", whole | {"digests": [digests[0][1:], *digests[1:]]}),
        "field-twice": ("malformed", whole | {"disclosures": [few[0], *few]}),
    }  # fmt: skip
    beside = _beside("screenshot", shot)
    for name, (expect, value) in values.items():
        yield name, case(expect, name.replace("-", " "), jcs.dump(value), beside)
    for name, (expect, data) in loose(whole).items():
        yield name, case(expect, name.replace("-", " "), data, beside)
    hidden = whole | {"digests": alien, "disclosures": [r for r in other if r[1] == "producer"]}
    comment = "the producer was not present"
    beside = _beside("screenshot", other)
    yield "producer-absent", case("not listed", comment, jcs.dump(hidden), beside)
    lone = _beside("screenshot", shot, 1)
    yield "one-officer", case("one officer", "one in by", jcs.dump(whole), lone)


def holds() -> Cases:
    """Yield the vectors of holds. ``line``: all lines, by number; ``seq``: the hold's."""
    one, two, other = h(b"file 1"), h(b"file 2"), h(b"file 3")
    lines = chained([
        {"inc": INC, "iseq": 0}, {"inc": INC, "iseq": 1, "blobs": [one, two]},
        {"inc": OTHER_INC, "iseq": 0, "blobs": [other]}, {"inc": INC, "iseq": 2},
        {"inc": INC, "iseq": 3, "by": IDS[:1]},
    ])  # fmt: skip
    head = [("line", data.decode()) for data in lines]
    freeze = {"v": 1, "inc": INC, "act": "freeze", "blobs": [one, two]}
    release = {"v": 1, "inc": INC, "act": "release", "blobs": [two]}
    values: dict[str, tuple[str, int, Any]] = {
        "ok-freeze-by-two": ("ok", 3, freeze),
        "ok-freeze-by-one": ("ok", 4, freeze),
        "ok-freeze-without-files": ("ok", 0, freeze | {"blobs": []}),
        "ok-release": ("ok", 3, release),
        "release-by-one": ("one officer", 4, release),
        "release-of-two": ("malformed", 3, release | {"blobs": [one, two]}),
        "release-of-none": ("malformed", 3, release | {"blobs": []}),
        "other-act": ("malformed", 3, freeze | {"act": "thaw"}),
        "a-reference": ("malformed", 3, release | {"reference": "CAD 1"}),
        "blobs-a-text": ("malformed", 3, release | {"blobs": two}),
        "beside-another-incident": ("broken link", 2, freeze),
        "beside-no-entry": ("broken link", 5, freeze),
        "files-of-another": ("broken link", 3, freeze | {"blobs": [one, other]}),
        "release-of-another": ("broken link", 3, release | {"blobs": [other]}),
    }
    for name, (expect, seq, value) in values.items():
        data = jcs.dump(value)
        yield name, case(expect, name.replace("-", " "), data, ("seq", str(seq)), *head)
    for name, (expect, data) in loose(freeze).items():
        yield name, case(expect, name.replace("-", " "), data, ("seq", "3"), *head)


def checkcodes() -> Cases:
    """Yield the vectors of check codes. ``typed``: what stands on the paper."""
    checkpoint = f"{ORIGIN}\n205\n{b64(seed('root'))}\n"
    value: dict[str, Any] = {
        "v": 1, "origin": ORIGIN, "incident": INC, "form": 2, "checkpoint": checkpoint,
        "officers": IDS,
    }  # fmt: skip
    data = jcs.dump(value)
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = int(h(data)[:20], 16)
    flat = "".join(signs[number >> shift & 31] for shift in range(75, -1, -5))
    code = " ".join(flat[at : at + 4] for at in range(0, 16, 4))
    look = code.replace("0", "O").replace("1", "l")
    typed = {
        "ok": ("ok", code), "ok-small-letters": ("ok", code.lower()), "ok-hyphens":
        ("ok", code.replace(" ", "-")), "ok-run-together": ("ok", flat), "ok-look-alikes":
        ("ok", look), "one-sign-other": ("changed", code[:-1] + ("3" if code[-1] != "3" else "4")),
        "short": ("malformed", code[:-1]), "long": ("malformed", code + "0"),
        "letter-u": ("malformed", "U" + code[1:]), "empty": ("malformed", "-"),
    }  # fmt: skip
    for name, (expect, text) in typed.items():
        yield name, case(expect, name.replace("-", " "), data, ("typed", text))
    others: dict[str, dict[str, Any]] = {
        "other-form": {"form": 3},
        "other-officers": {"officers": IDS[:2]},
        "other-head": {"checkpoint": checkpoint.replace("205", "206")},
        "other-incident": {"incident": OTHER_INC},
    }
    for name, changed in others.items():
        new = jcs.dump(value | changed)
        yield name, case("changed", name.replace("-", " "), new, ("typed", code))
