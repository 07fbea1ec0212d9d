"""Who may open a restricted incident: worked out from the directories that two officers signed.

format.md section 4a. Who is named in it stands in its own records, which only the eligible read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from esafety_tui.data.directory import Directory
from esafety_tui.kernel.records import Person


@dataclass(frozen=True, slots=True)
class Naming:
    """Officers were named in an incident: at its opening, or by a restriction after it.

    Attributes:
        entry: number of the entry that names them. officers: ids of all named up to it.
    """

    entry: int
    officers: frozenset[str] = field(repr=False)


def list_eligible(known: Directory, namings: Iterable[Naming]) -> tuple[Person, ...]:
    """Return those present who may open a restricted incident: eligible by every naming.

    By each of them are eligible those who had a part then and are not named. Somebody's newer key
    counts as the one it follows if that key signed for it, or two who may open the incident did:
    else two others, one of them named, could pass a key of their own off as a third one's.
    ``people`` whom no directory of the chain lists yet are being listed by two who may open it.
    """
    brought = _list_sponsors(known.chain)
    left = {p.id for p in known.people_present}
    for naming in namings:
        left &= _eligible_by_naming(known, naming, brought)
    return tuple(p for p in known.people_present if p.id in left)


def _eligible_by_naming(
    known: Directory, naming: Naming, brought: Mapping[str, set[str]]
) -> set[str]:
    people = {p.id: p for p in known.people}

    def may(person: Person) -> bool:
        trail = [person]
        while trail[-1].follows:
            trail.append(people[trail[-1].follows])
        if trail[-1].since > naming.entry or not naming.officers.isdisjoint(p.id for p in trail):
            return False
        signers = brought.get(person.id)
        if person.since <= naming.entry or signers is None:
            return True
        themselves = person.follows in signers and may(trail[1])
        return themselves or sum(may(people[i]) for i in signers) > 1

    return {p.id for p in known.people_present if may(p)}


def _list_sponsors(chain: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return who signed for each person when first listed, those listed with them left out."""
    found: dict[str, set[str]] = {}
    for link in chain:
        fresh = {row["id"] for row in link["dir"]["officers"]} - found.keys()
        found.update(dict.fromkeys(fresh, set(link["sigs"]) - fresh))
    return found
