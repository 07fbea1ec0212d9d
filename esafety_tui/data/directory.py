"""The directories: who the officers are, which computers are designated, whom to call.

format.md section 4. Readable by every officer alone. One for each generation; the first is signed
by all founders, each later one by two who are in the one before, and an officer trusts the whole
because the first that lists them carries their own signature.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from esafety_tui.data.boxes import Box
from esafety_tui.data.directory_body import (
    LATEST,
    Directory,
    Restriction,
    describe,
    digest,
    number,
    parse,
)
from esafety_tui.data.officers import Officer, verify
from esafety_tui.kernel.canon import Json, canonical, exactly, parse_canonical, unbase64
from esafety_tui.kernel.errors import EvidenceError, NewerVersion, NotEligible, Tampered

__all__ = ["LATEST", "Directory", "Restriction", "describe", "digest", "read", "seal", "sign"]

PREFIX = b"evidence-directory/v1\n"


def sign(body: Mapping[str, Any], signers: Sequence[Officer]) -> dict[str, Any]:
    """Return one link of the chain: the directory and its signatures."""
    plain = canonical(dict(body))
    sigs = {o.id: base64.b64encode(o.sign(PREFIX + plain)).decode() for o in signers}
    return {"dir": dict(body), "sigs": sigs}


def seal(box: Box, chain: Sequence[Mapping[str, Any]]) -> bytes:
    """Return ``directory.sealed`` of a chain of signed directories."""
    links: list[Json] = [dict(link) for link in chain]
    place = f"evidence-directory/v1/{chain[-1]['dir']['origin']}"
    return box.seal(canonical({"v": 1, "chain": links}), place)


def read(box: Box, sealed: bytes, origin: str, readers: Sequence[Officer]) -> Directory:
    """Open and verify the chain for the officers signed in, and return its last directory.

    Raises Tampered, NotEligible for somebody who has left.
    """
    value = parse_canonical(box.open(sealed, f"evidence-directory/v1/{origin}"))
    try:
        number(value, 1)
        chain = tuple(exactly(value, {"v": int, "chain": list})["chain"])
        if not chain:
            raise ValueError
        before: Directory | None = None
        own = {o.id: False for o in readers}
        for link in chain:
            exactly(link, {"dir": dict, "sigs": dict})
            found = parse(link["dir"], chain)
            signed = _signers(link, found)
            _follows(before, found, signed)
            first = {p.id for p in found.people} - {p.id for p in (before.people if before else ())}
            for reader in readers:
                if reader.id in first:
                    own[reader.id] = found.person(reader.id).sign_spki == reader.spki
            before = found
        assert before is not None  # noqa: S101 - an empty chain was refused above
        if before.origin != origin:
            raise ValueError
    except NewerVersion:
        raise
    except (EvidenceError, KeyError, TypeError, ValueError) as err:
        raise _altered() from err
    _refuse_leavers(before, own)
    return before


def _refuse_leavers(last: Directory, own: Mapping[str, bool]) -> None:
    for officer_id, trusted in own.items():
        if not trusted:
            raise _altered()
        if not last.person(officer_id).present:
            raise NotEligible(
                "This key belongs to somebody who no longer has a part in this vault.",
                "Two officers who are in it must sign in.",
            )


def _signers(link: Mapping[str, Any], found: Directory) -> set[str]:
    """Return whose signatures stand under a directory, each verified."""
    plain = canonical(link["dir"])
    for officer_id, sig in link["sigs"].items():
        verify(found.person(officer_id).sign_spki, unbase64(sig), PREFIX + plain)
    return set(link["sigs"])


def _follows(before: Directory | None, found: Directory, signed: set[str]) -> None:
    """Raise ValueError unless a directory may follow the one before it, by those who signed."""
    if before is None:
        sound = found.generation == 1 and found.entry == 0
        sound = sound and not found.shredded and not found.restricted
        sound = sound and all(p.present and p.since == 0 and not p.follows for p in found.people)
        if not sound or signed != {p.id for p in found.people} or len(signed) < 2:
            raise ValueError
        return
    steps = found.generation == before.generation + 1 and found.entry > before.entry
    same = (found.origin, found.ca_cert) == (before.origin, before.ca_cert)
    if not steps or not same or not _grown(before, found) or not _closed_more(before, found):
        raise ValueError
    staying = {p.id for p in found.present} | {p.follows for p in found.people if p.id in signed}
    staying &= {p.id for p in before.present}
    known = {p.id for p in before.people}
    fresh = [p for p in found.people if p.id not in known]
    ended = {p.id: p.kind for p in found.people if p.until == found.entry} | {"": ""}
    born = all(
        p.present and p.since == found.entry and p.id in signed
        and ended.get(p.follows) in {"", p.kind}
        for p in fresh
    )  # fmt: skip
    if len(signed & staying) < 2 or not born:
        raise ValueError


def _grown(before: Directory, found: Directory) -> bool:
    """Whether nobody and nothing of the directory before is missing or altered."""
    after = {p.id: describe(p) for p in found.people}
    for person in before.people:
        row = after.get(person.id)
        left = {**describe(person), "until": found.entry}
        if row != describe(person) and not (person.present and row == left):
            return False
    new = {inc: e for inc, e in found.shredded.items() if inc not in before.shredded}
    kept = before.shredded.items() <= found.shredded.items()
    return kept and all(e == found.entry for e in new.values())


def _closed_more(before: Directory, found: Directory) -> bool:
    """Whether no restriction was taken back, and each new one was written since the one before."""
    count = len(before.restricted)
    kept, new = found.restricted[:count], found.restricted[count:]
    entries = [before.entry, *(row.entry for row in new), found.entry]
    rising = all(a < b for a, b in itertools.pairwise(entries))
    return found.version >= before.version and kept == before.restricted and rising


def _altered() -> Tampered:
    return Tampered(
        "The list of officers in this vault has been altered.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )
