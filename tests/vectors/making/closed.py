"""Vectors of the list of files closed by STOP, as ``meta.closed`` holds it."""

from __future__ import annotations

import hmac
from typing import Any

from tests.reader import jcs
from tests.vectors.making.keys import ORIGIN, b64, boxed, case, h, hkdf, maker, seed, without
from tests.vectors.making.lines import Cases
from tests.vectors.vector import Vector

_VAULT, _INCIDENT = maker("vault"), maker("incident")
_KEY = seed("closed")
_FILES = [(h(b"sealed one"), h(b"one")), (h(b"sealed two"), h(b"two"))]
_ROOM = 4096


def _item(blob: str, original: str) -> list[str]:
    named = hkdf(_INCIDENT.identity.encode(), b"evidence-closed-tag/v1")
    mark = hmac.digest(_KEY, bytes.fromhex(original), "sha256").hex()
    return [hmac.digest(named, blob.encode(), "sha256").hex(), mark]


def _padded(value: dict[str, Any]) -> bytes:
    return jcs.dump({**value, "pad": "0" * (-len(jcs.dump({**value, "pad": ""})) % _ROOM)})


def _case(
    expect: str, comment: str, plain: bytes, vault: str = _VAULT.identity, origin: str = ORIGIN
) -> Vector:
    key = hkdf(vault.encode(), b"evidence-closed/v1")
    text = b64(boxed(key, plain, f"evidence-closed/v1/{origin}"))
    head = [("identity", _VAULT.identity), ("origin", ORIGIN), ("incident", _INCIDENT.identity)]
    head += [("file", f"{blob} {original}") for blob, original in _FILES]
    return case(expect, comment.replace("-", " "), text.encode(), *head)


def closed() -> Cases:
    """Yield the vectors. ``file``: a sealed file and the hash of its original."""
    items = sorted(_item(*file) for file in _FILES)
    good: dict[str, Any] = {"v": 1, "number": 3, "key": _KEY.hex(), "items": items}
    first, second = items
    values: dict[str, tuple[str, dict[str, Any]]] = {
        "ok": ("ok", good), "ok-empty": ("ok", good | {"items": []}),
        "ok-one-mark-twice": ("ok", good | {"items": [first, [second[0], first[1]]]}),
        "not-sorted": ("malformed", good | {"items": [second, first]}),
        "tag-twice": ("malformed", good | {"items": [first, [first[0], second[1]]]}),
        "item-of-three": ("malformed", good | {"items": [[*first, first[0]]]}),
        "item-a-text": ("malformed", good | {"items": ["ab"]}),
        "upper-case": ("malformed", good | {"items": [[first[0], first[1].upper()]]}),
        "key-short": ("malformed", good | {"key": _KEY.hex()[2:]}),
        "number-zero": ("malformed", good | {"number": 0}),
        "number-true": ("malformed", good | {"number": True}),
        "one-field-more": ("malformed", good | {"zzz": 1}),
        "no-key": ("malformed", without(good, "key")),
        "version-2": ("newer version", good | {"v": 2}),
    }  # fmt: skip
    for name, (expect, value) in values.items():
        yield name, _case(expect, name, _padded(value))
    plain = _padded(good)
    yield "not-padded", _case("malformed", "not padded", jcs.dump({**good, "pad": ""}))
    yield "padded-twice", _case("malformed", "a whole multiple of padding too much", jcs.dump(
        {**good, "pad": "0" * (len(jcs.load(plain)["pad"]) + _ROOM)}))  # fmt: skip
    other = {**good, "pad": "1" + jcs.load(plain)["pad"][1:]}
    yield "pad-of-ones", _case("malformed", "pad of ones", jcs.dump(other))
    yield "line-feed-after", _case("trailing data", "", plain + b"\n")
    stranger = maker("another vault").identity
    yield "of-another-vault", _case("damaged", "another identity", plain, stranger)
    yield "of-another-origin", _case("damaged", "another place", plain, origin="x/evidence")
