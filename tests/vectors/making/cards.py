"""Vectors of incident cards, sealed under the ledger key of the directories."""

from __future__ import annotations

from typing import Any

from tests.reader import jcs
from tests.vectors.making.keys import (
    INC,
    ORIGIN,
    OTHER_INC,
    PEOPLE,
    STRANGER,
    Maker,
    b64,
    boxed,
    case,
    maker,
    without,
)
from tests.vectors.making.lines import Cases
from tests.vectors.making.people import FIRST_ONE, LEDGER, reader_head, sealed_chain
from tests.vectors.vector import Vector

_FIRST, _SECOND, _THIRD = PEOPLE


def cards() -> Cases:
    """Yield the vectors of incident cards, beside a directory of the first three."""
    body = {
        "v": 1, "inc": INC, "reference": "EXS-2026-0001", "recipient": maker("incident").recipient,
        "restricted": False, "words_only": False, "opened": "2026-11-21T14:07:12.345Z",
        "linked": "", "by": [_FIRST.id, _SECOND.id],
    }  # fmt: skip
    both = _signed_card(body, _FIRST, _SECOND)
    values: dict[str, tuple[str, Any]] = {
        "ok": ("ok", both),
        "ok-restricted-linked": ("ok", _signed_card(
            body | {"restricted": True, "linked": OTHER_INC}, _FIRST, _SECOND)),
        "of-another-incident": ("other place", _signed_card(
            body | {"inc": OTHER_INC}, _FIRST, _SECOND)),
        "by-others": ("other place", _signed_card(
            body | {"by": [_FIRST.id, _THIRD.id]}, _FIRST, _SECOND)),
        "by-one": ("other place", _signed_card(body | {"by": [_FIRST.id]}, _FIRST, _SECOND)),
        "signed-by-one": ("bad signature", _signed_card(body, _FIRST)),
        "signed-by-another": ("bad signature", _signed_card(body, _FIRST, _THIRD)),
        "signed-by-three": ("bad signature", _signed_card(body, *PEOPLE)),
        "recipient-swapped": ("bad signature", both | {
            "card": body | {"recipient": STRANGER.recipient}}),
        "restriction-lifted": ("bad signature", _signed_card(
            body | {"restricted": True}, _FIRST, _SECOND) | {"card": body}),
        "recipient-mistyped": ("malformed", _signed_card(
            body | {"recipient": "age1" + "q" * 58}, _FIRST, _SECOND)),
        "restricted-a-number": ("malformed", _signed_card(
            body | {"restricted": 0}, _FIRST, _SECOND)),
        "one-field-more": ("malformed", _signed_card(body | {"zzz": 1}, _FIRST, _SECOND)),
        "no-linked": ("malformed", _signed_card(without(body, "linked"), _FIRST, _SECOND)),
        "version-2": ("newer version", _signed_card(body | {"v": 2}, _FIRST, _SECOND)),
        "outer-one-field-more": ("malformed", both | {"zzz": 1}),
    }  # fmt: skip
    for name, (expect, value) in values.items():
        yield name, _card_case(expect, name, jcs.dump(value))
    yield "line-feed-after", _card_case("trailing data", "", jcs.dump(both) + b"\n")
    yield "cut", _card_case("damaged", "last byte missing", jcs.dump(both), cut=1)


def _signed_card(body: dict[str, Any], *signers: Maker) -> dict[str, Any]:
    data = b"evidence-card/v1\n" + jcs.dump(body)
    return {"card": body, "sigs": {person.id: b64(person.sign(data)) for person in signers}}


def _card_case(expect: str, comment: str, plain: bytes, cut: int = 0) -> Vector:
    sealed = boxed(LEDGER, plain, f"evidence-card/v1/{ORIGIN}/{INC}")
    by = [("by", _FIRST.id), ("by", _SECOND.id)]
    folder = ("directory", sealed_chain([FIRST_ONE]).hex())
    data = sealed[: len(sealed) - cut]
    return case(expect, comment.replace("-", " "), data, *reader_head(), ("inc", INC), *by, folder)
