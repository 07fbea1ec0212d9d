"""Vectors of directories that restrict incidents after their opening."""

from __future__ import annotations

from typing import Any

from tests.vectors.making.keys import INC, OTHER_INC, PEOPLE, STRANGER, case, maker, without
from tests.vectors.making.lines import Cases
from tests.vectors.making.people import (
    ALL,
    FIRST_ONE,
    directory,
    link,
    reader_head,
    sealed_chain,
    second,
)

_FIRST, _SECOND, _ = PEOPLE
_CLOSED = {"inc": OTHER_INC, "entry": 4, "recipient": maker("after it").recipient}
_AGAIN = {"inc": OTHER_INC, "entry": 8, "recipient": maker("after that").recipient}


def _v2(generation: int, entry: int, *closed: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a link of version 2, signed by two; ``closed``: its list of restrictions."""
    body = directory(generation, entry, ALL) | {"v": 2, "restricted": list(closed)} | fields
    return link(body, _FIRST, _SECOND)


def _chains() -> dict[str, tuple[str, list[Any]]]:
    """Return chains in which incidents were restricted after their opening."""
    once = _v2(2, 5, _CLOSED)
    new = link(directory(1, 0, ALL) | {"v": 2, "restricted": []}, *PEOPLE)
    first = link(directory(1, 0, ALL) | {"v": 2, "restricted": [_CLOSED | {"entry": 0}]}, *PEOPLE)
    no_list = without(once["dir"], "restricted")
    return {
        "ok-of-version-2": ("ok", [new]),
        "ok-restricted": ("ok", [FIRST_ONE, once]),
        "ok-restricted-twice": ("ok", [new, once, _v2(3, 9, _CLOSED, _AGAIN)]),
        "ok-restricted-and-shredded": ("ok", [
            new, once, _v2(3, 9, _CLOSED, shredded=[{"inc": OTHER_INC, "entry": 9}])]),
        "restriction-in-the-first": ("broken link", [first]),
        "restriction-taken-back": ("broken link", [FIRST_ONE, once, _v2(3, 9)]),
        "restriction-taken-back-by-version-1": ("broken link", [
            FIRST_ONE, once, link(directory(3, 9, ALL), _FIRST, _SECOND)]),
        "version-falls": ("broken link", [new, *second(ALL)[1:]]),
        "restriction-recipient-swapped": ("broken link", [
            FIRST_ONE, once, _v2(3, 9, _CLOSED | {"recipient": STRANGER.recipient})]),
        "restriction-moved": ("broken link", [
            FIRST_ONE, once, _v2(3, 9, _CLOSED | {"entry": 3})]),
        "restrictions-in-another-order": ("broken link", [
            FIRST_ONE, once, _v2(3, 9, _AGAIN, _CLOSED)]),
        "restriction-of-earlier": ("broken link", [
            FIRST_ONE, once, _v2(3, 9, _CLOSED, _AGAIN | {"entry": 5})]),
        "restriction-of-its-own-entry": ("broken link", [
            FIRST_ONE, _v2(2, 5, _CLOSED | {"entry": 5})]),
        "two-restrictions-of-one-entry": ("broken link", [
            FIRST_ONE, _v2(2, 5, _CLOSED, _CLOSED | {"inc": INC})]),
        "restriction-by-one": ("one officer", [
            FIRST_ONE, link(once["dir"], _FIRST)]),
        "version-1-with-restrictions": ("malformed", [
            FIRST_ONE, link(once["dir"] | {"v": 1}, _FIRST, _SECOND)]),
        "version-2-without-restrictions": ("malformed", [
            FIRST_ONE, link(no_list, _FIRST, _SECOND)]),
        "restriction-with-one-more": ("malformed", [FIRST_ONE, _v2(2, 5, _CLOSED | {"zzz": 1})]),
        "restriction-of-no-incident": ("malformed", [FIRST_ONE, _v2(2, 5, _CLOSED | {"inc": ""})]),
        "restriction-recipient-mistyped": ("malformed", [
            FIRST_ONE, _v2(2, 5, _CLOSED | {"recipient": "age1" + "q" * 58})]),
    }  # fmt: skip


def restrictions() -> Cases:
    """Yield the vectors; the reader is one of the two who signed."""
    for name, (expect, chain) in _chains().items():
        yield name, case(expect, name.replace("-", " "), sealed_chain(chain), *reader_head())
