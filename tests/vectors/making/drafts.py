"""Vectors of drafts, opened; the zeros that pad them are counted in the header."""

from __future__ import annotations

from typing import Any

from tests.reader import jcs
from tests.vectors.making.keys import INC, OTHER_INC, PEOPLE, STRANGER, Maker, b64, case, without
from tests.vectors.making.lines import Cases
from tests.vectors.vector import Vector

_FIRST, _SECOND, _THIRD = PEOPLE
_PAD = 65_536


def drafts() -> Cases:
    """Yield the vectors of drafts, beside the keys of three officers."""
    both = [_FIRST.id, _SECOND.id]
    note = {"place": "note", "field": "text", "values": {"text": "told: He said, \u201cno\u201d."},
            "after": 7, "by": both}  # fmt: skip
    urls = {"place": "step urls", "field": "", "values": {"urls": ["a", "b"], "known": ""},
            "after": -1, "by": [_THIRD.id]}  # fmt: skip
    body = {"v": 1, "inc": INC, "by": both, "words": [urls, note]}
    own = {**body, "by": [_THIRD.id], "words": [urls]}
    two = (_FIRST, _SECOND)
    values: dict[str, tuple[str, Any]] = {
        "ok": ("ok", _signed(body, *two)),
        "ok-of-one": ("ok", _signed(own, _THIRD)),
        "ok-without-words": ("ok", _signed(body | {"words": []}, *two)),
        "of-another-incident": ("other place", _signed(body | {"inc": OTHER_INC}, *two)),
        "signed-by-one": ("bad signature", _signed(body, _FIRST)),
        "signed-by-another": ("bad signature", _signed(body, _FIRST, _THIRD)),
        "changed": ("bad signature", _signed(body, *two) | {"draft": body | {"words": [note]}}),
        "of-a-stranger": ("not listed", _signed(
            own | {"by": [STRANGER.id], "words": [urls | {"by": [STRANGER.id]}]}, STRANGER)),
        "one-speaks-for-two": ("one officer", _signed(own | {"words": [note]}, _THIRD)),
        "by-nobody": ("malformed", _signed(body | {"by": []})),
        "by-three": ("malformed", _signed(body | {"by": [p.id for p in PEOPLE]}, *PEOPLE)),
        "by-not-sorted": ("malformed", _signed(body | {"by": both[::-1]}, *two)),
        "number-for-words": ("malformed", _signed(
            body | {"words": [note | {"values": {"text": 7}}]}, *two)),
        "list-of-lists": ("malformed", _signed(
            body | {"words": [note | {"values": {"text": [[]]}}]}, *two)),
        "after-true": ("malformed", _signed(body | {"words": [note | {"after": True}]}, *two)),
        "no-place": ("malformed", _signed(body | {"words": [without(note, "place")]}, *two)),
        "one-field-more": ("malformed", _signed(body | {"zzz": 1}, *two)),
        "version-2": ("newer version", _signed(body | {"v": 2}, *two)),
    }  # fmt: skip
    for name, (expect, value) in values.items():
        yield name, _case(expect, name.replace("-", " "), jcs.dump(value))
    good = jcs.dump(_signed(body, *two))
    yield "not-padded", _case("malformed", "as long as it is", good, zeros=0)
    yield "padded-twice", _case("malformed", "64 KiB too many", good, zeros=2 * _PAD - len(good))
    yield "only-zeros", _case("malformed", "nothing in it", b"", zeros=_PAD)
    yield "line-feed-after", _case("trailing data", "before the zeros", good + b"\n")


def _signed(body: dict[str, Any], *signers: Maker) -> dict[str, Any]:
    data = b"evidence-draft/v1\n" + jcs.dump(body)
    return {"draft": body, "sigs": {person.id: b64(person.sign(data)) for person in signers}}


def _case(expect: str, comment: str, text: bytes, zeros: int = -1) -> Vector:
    many = -len(text) % _PAD if zeros < 0 else zeros
    keys = [("key", f"{person.id} {b64(person.spki)}") for person in PEOPLE]
    return case(expect, comment, text, ("inc", INC), ("zeros", str(many)), *keys)
