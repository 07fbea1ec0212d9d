"""Which keys are in a program's memory, and which records each of them opens."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from typing import Any

from esafety_tui.data.age import Identity, decrypt_file
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import Practice

CODE = ("module", "type", "function", "builtin_function_or_method", "code", "method_descriptor")
"""Kinds of objects that lead everywhere: into all of the program, not into what is kept."""


def reachable(root: object) -> Iterator[Any]:
    """Yield every object that can be got at from ``root``, code left out."""
    seen, waiting = {id(root)}, [root]
    while waiting:
        here = waiting.pop()
        yield here
        for found in gc.get_referents(here):
            known = id(found) in seen or type(found).__name__ in CODE or isinstance(found, type)
            if not known:
                seen.add(id(found))
                waiting.append(found)


def everything() -> Iterator[Any]:
    """Yield every object of this process that the collector knows, rubbish left out."""
    gc.collect()
    for found in gc.get_objects():
        yield found
        yield from (x for x in gc.get_referents(found) if isinstance(x, Identity | OfficerKeys))


def identities(objects: Iterable[Any]) -> dict[str, Identity]:
    """Return the age identities among ``objects`` and inside officers, by recipient."""
    found: dict[str, Identity] = {}
    for one in objects:
        key = one.identity if isinstance(one, OfficerKeys) else one
        if isinstance(key, Identity):
            found[key.recipient.to_text] = key
    return found


def officers(objects: Iterable[Any]) -> set[str]:
    """Return ids of the officers whose signing keys are among ``objects``."""
    return {one.id for one in objects if isinstance(one, OfficerKeys)}


def opened_records(objects: Iterable[Any]) -> list[OpenRecord]:
    """Return records that were decrypted, the vault's own left out."""
    return [one for one in objects if isinstance(one, OpenRecord) and one.inc]


def opens(vault: Practice, keys: Iterable[Identity]) -> set[int]:
    """Return numbers of the entries whose record one of ``keys`` opens, by the sealed bytes."""
    found = set()
    for seq, sealed in vault.sql("SELECT seq, ct FROM rec"):
        for key in keys:
            try:
                decrypt_file(sealed, [key])
            except EvidenceError:
                continue
            found.add(seq)
    return found
