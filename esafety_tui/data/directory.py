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

from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.directory_body import (
    LATEST,
    Directory,
    Restriction,
    directory_digest,
    parse_directory,
    person_row,
    read_version,
)
from esafety_tui.data.officers import OfficerKeys, verify_with_key
from esafety_tui.kernel.canon import (
    Json,
    canonical_bytes,
    decode_base64,
    parse_canonical,
    require_fields,
)
from esafety_tui.kernel.errors import EvidenceError, NewerVersion, NotEligible, Tampered

__all__ = [
    "LATEST",
    "Directory",
    "Restriction",
    "directory_digest",
    "open_directory_chain",
    "person_row",
    "seal_directory_chain",
    "sign_directory",
]

PREFIX = b"evidence-directory/v1\n"


def sign_directory(body: Mapping[str, Any], signers: Sequence[OfficerKeys]) -> dict[str, Any]:
    """Return one link of the chain: the directory and its signatures."""
    plain = canonical_bytes(dict(body))
    sigs = {o.id: base64.b64encode(o.sign_message(PREFIX + plain)).decode() for o in signers}
    return {"dir": dict(body), "sigs": sigs}


def seal_directory_chain(box: LedgerBox, chain: Sequence[Mapping[str, Any]]) -> bytes:
    """Return ``directory.sealed`` of a chain of signed directories."""
    links: list[Json] = [dict(link) for link in chain]
    place = f"evidence-directory/v1/{chain[-1]['dir']['origin']}"
    return box.seal_bytes(canonical_bytes({"v": 1, "chain": links}), place)


def open_directory_chain(
    box: LedgerBox, sealed: bytes, origin: str, readers: Sequence[OfficerKeys]
) -> Directory:
    """Open and verify the chain for the officers signed in, and return its last directory.

    Raises Tampered, NotEligible for somebody who has left.
    """
    value = parse_canonical(box.open_bytes(sealed, f"evidence-directory/v1/{origin}"))
    try:
        read_version(value, 1)
        chain = tuple(require_fields(value, {"v": int, "chain": list})["chain"])
        if not chain:
            raise ValueError
        before: Directory | None = None
        own = {o.id: False for o in readers}
        for link in chain:
            require_fields(link, {"dir": dict, "sigs": dict})
            found = parse_directory(link["dir"], chain)
            signed = _verify_link_signers(link, found)
            _require_successor(before, found, signed)
            first = {p.id for p in found.people} - {p.id for p in (before.people if before else ())}
            for reader in readers:
                if reader.id in first:
                    own[reader.id] = found.find_person(reader.id).sign_spki == reader.spki
            before = found
        assert before is not None  # noqa: S101 - an empty chain was refused above
        if before.origin != origin:
            raise ValueError
    except NewerVersion:
        raise
    except (EvidenceError, KeyError, TypeError, ValueError) as err:
        raise _directory_altered() from err
    _refuse_leavers(before, own)
    return before


def _refuse_leavers(last: Directory, own: Mapping[str, bool]) -> None:
    for officer_id, trusted in own.items():
        if not trusted:
            raise _directory_altered()
        if not last.find_person(officer_id).is_present:
            raise NotEligible(
                "This key belongs to somebody who no longer has a part in this vault.",
                "Two officers who are in it must sign in.",
            )


def _verify_link_signers(link: Mapping[str, Any], found: Directory) -> set[str]:
    """Return whose signatures stand under a directory, each verified."""
    plain = canonical_bytes(link["dir"])
    for officer_id, sig in link["sigs"].items():
        verify_with_key(found.find_person(officer_id).sign_spki, decode_base64(sig), PREFIX + plain)
    return set(link["sigs"])


def _require_successor(before: Directory | None, found: Directory, signed: set[str]) -> None:
    """Raise ValueError unless a directory may follow the one before it, by those who signed."""
    if before is None:
        sound = found.generation == 1 and found.entry == 0
        sound = sound and not found.shredded and not found.restricted
        sound = sound and all(p.is_present and p.since == 0 and not p.follows for p in found.people)
        if not sound or signed != {p.id for p in found.people} or len(signed) < 2:
            raise ValueError
        return
    steps = found.generation == before.generation + 1 and found.entry > before.entry
    same = (found.origin, found.ca_cert) == (before.origin, before.ca_cert)
    if (
        not steps
        or not same
        or not _keeps_everything(before, found)
        or not _keeps_restrictions(before, found)
    ):
        raise ValueError
    staying = {p.id for p in found.people_present} | {
        p.follows for p in found.people if p.id in signed
    }
    staying &= {p.id for p in before.people_present}
    known = {p.id for p in before.people}
    fresh = [p for p in found.people if p.id not in known]
    ended = {p.id: p.kind for p in found.people if p.until == found.entry} | {"": ""}
    born = all(
        p.is_present and p.since == found.entry and p.id in signed
        and ended.get(p.follows) in {"", p.kind}
        for p in fresh
    )  # fmt: skip
    if len(signed & staying) < 2 or not born:
        raise ValueError


def _keeps_everything(before: Directory, found: Directory) -> bool:
    """Whether nobody and nothing of the directory before is missing or altered."""
    after = {p.id: person_row(p) for p in found.people}
    for person in before.people:
        row = after.get(person.id)
        left = {**person_row(person), "until": found.entry}
        if row != person_row(person) and not (person.is_present and row == left):
            return False
    new = {inc: e for inc, e in found.shredded.items() if inc not in before.shredded}
    kept = before.shredded.items() <= found.shredded.items()
    return kept and all(e == found.entry for e in new.values())


def _keeps_restrictions(before: Directory, found: Directory) -> bool:
    """Whether no restriction was taken back, and each new one was written since the one before."""
    count = len(before.restricted)
    kept, new = found.restricted[:count], found.restricted[count:]
    entries = [before.entry, *(row.entry for row in new), found.entry]
    rising = all(a < b for a, b in itertools.pairwise(entries))
    return found.version >= before.version and kept == before.restricted and rising


def _directory_altered() -> Tampered:
    return Tampered(
        "The list of officers in this vault has been altered.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )
