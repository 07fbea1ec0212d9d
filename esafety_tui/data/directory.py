"""The directories: who the officers are, which computers are designated, whom to call.

format.md section 4. Readable by every officer alone. One for each generation; the first is signed
by all founders, each later one by two who are in the one before, and an officer trusts the whole
because the first that lists them carries their own signature.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from esafety_tui.data.age import Recipient
from esafety_tui.data.boxes import Box
from esafety_tui.data.officers import Officer, verify
from esafety_tui.kernel.canon import (
    Json,
    canonical,
    exactly,
    parse_canonical,
    sha256_hex,
    unbase64,
)
from esafety_tui.kernel.errors import EvidenceError, NotEligible, Tampered
from esafety_tui.kernel.records import Contact, Person

PREFIX = b"evidence-directory/v1\n"
_BODY: Mapping[str, type] = {
    "v": int, "origin": str, "school": str, "site": str, "nation": str, "generation": int,
    "entry": int, "vault_recipient": str, "ca_cert": str, "officers": list, "machines": list,
    "contacts": list, "profile": dict, "procedures": list, "shredded": list, "created": str,
}  # fmt: skip
_FILE: Mapping[str, type] = {"name": str, "hash": str}
_ROWS: Mapping[str, Mapping[str, type]] = {
    "officers": {
        "id": str, "kind": str, "name": str, "position": str, "initials": str, "sign_spki": str,
        "enc_pub": str, "cert": str, "since": int, "until": int, "follows": str,
    },
    "machines": {"fingerprint": str, "label": str},
    "contacts": {"kind": str, "label": str, "value": str, "verified": str},
    "procedures": _FILE,
    "shredded": {"inc": str, "entry": int},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Directory:
    """A verified directory of one generation.

    Attributes:
        entry: number of the entry that brought it.
        people: everybody who ever had a part, for checking what they witnessed.
        machines: fingerprint to label. procedures: name to digest. profile: name and digest.
        shredded: incident to the number of the entry that says so.
        chain: the signed directories up to this one, as they are stored.
    """

    origin: str
    school: str
    site: str
    nation: str
    generation: int
    entry: int
    vault_recipient: Recipient
    ca_cert: bytes
    people: tuple[Person, ...]
    machines: Mapping[str, str]
    contacts: tuple[Contact, ...]
    profile: tuple[str, str]
    procedures: Mapping[str, str]
    shredded: Mapping[str, int]
    created: str
    digest: str
    chain: tuple[Mapping[str, Any], ...] = field(repr=False, default=())

    @property
    def practice(self) -> bool:
        """Whether this is a practice vault: told by the reserved domain in the origin."""
        return self.origin.endswith(".practice.invalid/evidence")

    @property
    def present(self) -> tuple[Person, ...]:
        """Officers and paper keys that still have a part."""
        return tuple(p for p in self.people if p.present)

    @property
    def officers(self) -> tuple[Person, ...]:
        """The people present with a key file, paper keys left out."""
        return tuple(p for p in self.present if p.kind == "officer")

    @property
    def body(self) -> dict[str, Any]:
        """A copy of what was signed, to make the next one of."""
        return dict(self.chain[-1]["dir"])

    def eligible(self, opened: int, named: Iterable[str]) -> tuple[Person, ...]:
        """Return who may open a restricted incident begun with entry ``opened``.

        Those present who had a part then and are not named in it. Somebody's newer key counts as
        the one it follows if that key signed for it, or two who may open the incident did: else
        two others, one of them named, could pass a key of their own off as a third one's.
        ``people`` whom no directory of the chain lists yet are being listed by two who may open it.
        """
        barred = set(named)
        known = {p.id: p for p in self.people}
        brought = _brought(self.chain)

        def may(person: Person) -> bool:
            trail = [person]
            while trail[-1].follows:
                trail.append(known[trail[-1].follows])
            if trail[-1].since > opened or not barred.isdisjoint(p.id for p in trail):
                return False
            signers = brought.get(person.id)
            if person.since <= opened or signers is None:
                return True
            themselves = person.follows in signers and may(trail[1])
            return themselves or sum(may(known[i]) for i in signers) > 1

        return tuple(p for p in self.present if may(p))

    def person(self, officer_id: str) -> Person:
        """Return the person with this id. Raises Tampered for an id nobody ever had."""
        for person in self.people:
            if person.id == officer_id:
                return person
        raise Tampered(
            "An entry names an officer who is not in the directory.",
            "Stop. Do not add to this vault. Compare it with your second copy.",
        )


def _brought(chain: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return who signed for each person when first listed, those listed with them left out."""
    found: dict[str, set[str]] = {}
    for link in chain:
        fresh = {row["id"] for row in link["dir"]["officers"]} - found.keys()
        found.update(dict.fromkeys(fresh, set(link["sigs"]) - fresh))
    return found


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def describe(person: Person) -> dict[str, Any]:
    """Return the directory's row for a person."""
    return {
        "id": person.id, "kind": person.kind, "name": person.name, "position": person.position,
        "initials": person.initials, "sign_spki": _b64(person.sign_spki),
        "enc_pub": person.enc_pub, "cert": _b64(person.cert), "since": person.since,
        "until": person.until, "follows": person.follows,
    }  # fmt: skip


def sign(body: Mapping[str, Any], signers: Sequence[Officer]) -> dict[str, Any]:
    """Return one link of the chain: the directory and its signatures."""
    plain = canonical(dict(body))
    return {"dir": dict(body), "sigs": {o.id: _b64(o.sign(PREFIX + plain)) for o in signers}}


def digest(body: Mapping[str, Any]) -> str:
    """Return the hex hash that the entry of a directory names."""
    return sha256_hex(canonical(dict(body)))


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
        chain = tuple(exactly(value, {"v": int, "chain": list})["chain"])
        if not chain:
            raise ValueError
        before: Directory | None = None
        own = {o.id: False for o in readers}
        for link in chain:
            exactly(link, {"dir": dict, "sigs": dict})
            found = _parse(link["dir"], chain)
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


def _parse(body: Mapping[str, Any], chain: Sequence[Mapping[str, Any]]) -> Directory:
    exactly(body, _BODY)
    for name, kinds in _ROWS.items():
        for row in body[name]:
            exactly(row, kinds)
    profile = exactly(body["profile"], _FILE)
    people = tuple(_person(row) for row in body["officers"])
    if len({p.id for p in people}) != len(people):
        raise ValueError
    return Directory(
        body["origin"], body["school"], body["site"], body["nation"], body["generation"],
        body["entry"], Recipient.parse(body["vault_recipient"]),
        unbase64(body["ca_cert"]), people,
        {m["fingerprint"]: m["label"] for m in body["machines"]},
        tuple(Contact(**c) for c in body["contacts"]), (profile["name"], profile["hash"]),
        {p["name"]: p["hash"] for p in body["procedures"]},
        {row["inc"]: row["entry"] for row in body["shredded"]}, body["created"], digest(body),
        tuple(chain),
    )  # fmt: skip


def _signers(link: Mapping[str, Any], found: Directory) -> set[str]:
    """Return whose signatures stand under a directory, each verified."""
    plain = canonical(link["dir"])
    for officer_id, sig in link["sigs"].items():
        verify(found.person(officer_id).sign_spki, unbase64(sig), PREFIX + plain)
    return set(link["sigs"])


def _follows(before: Directory | None, found: Directory, signed: set[str]) -> None:
    """Raise ValueError unless a directory may follow the one before it, by those who signed."""
    if before is None:
        sound = found.generation == 1 and found.entry == 0 and not found.shredded
        sound = sound and all(p.present and p.since == 0 and not p.follows for p in found.people)
        if not sound or signed != {p.id for p in found.people} or len(signed) < 2:
            raise ValueError
        return
    steps = found.generation == before.generation + 1 and found.entry > before.entry
    same = (found.origin, found.ca_cert) == (before.origin, before.ca_cert)
    if not steps or not same or not _grown(before, found):
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


def _person(row: Mapping[str, Any]) -> Person:
    spki = unbase64(row["sign_spki"])
    if sha256_hex(spki) != row["id"] or row["kind"] not in {"officer", "paper"}:
        raise ValueError("id does not fit the key")
    return Person(
        row["id"], row["kind"], row["name"], row["position"], row["initials"], spki,
        row["enc_pub"], unbase64(row["cert"]), row["since"], row["until"], row["follows"],
    )  # fmt: skip


def _altered() -> Tampered:
    return Tampered(
        "The list of officers in this vault has been altered.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )
