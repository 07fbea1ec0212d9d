"""The directory: who the officers are, which computer is designated, whom to call.

format.md section 4. Readable by every officer alone, signed by every founder. An officer trusts a
directory because it carries that officer's own signature.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from esafety_tui.data.age import Recipient
from esafety_tui.data.boxes import Box
from esafety_tui.data.officers import Officer, verify
from esafety_tui.kernel.canon import canonical, parse_canonical, sha256_hex
from esafety_tui.kernel.errors import EvidenceError, Tampered
from esafety_tui.kernel.records import Contact, Person

PREFIX = b"evidence-directory/v1\n"


@dataclass(frozen=True, slots=True)
class Directory:
    """A verified directory of one generation. ``machines`` maps fingerprint to label."""

    origin: str
    school: str
    site: str
    nation: str
    generation: int
    vault_recipient: Recipient
    ca_cert: bytes
    people: tuple[Person, ...]
    machines: Mapping[str, str]
    contacts: tuple[Contact, ...]
    procedures: Mapping[str, str]
    created: str
    digest: str

    @property
    def practice(self) -> bool:
        """Whether this is a practice vault: told by the reserved domain in the origin."""
        return self.origin.endswith(".practice.invalid/evidence")

    @property
    def officers(self) -> tuple[Person, ...]:
        """The people with a key file, paper keys left out."""
        return tuple(p for p in self.people if p.kind == "officer")

    def person(self, officer_id: str) -> Person:
        """Return the person with this id. Raises Tampered for an id nobody has."""
        for person in self.people:
            if person.id == officer_id:
                return person
        raise Tampered(
            "An entry names an officer who is not in the directory.",
            "Stop. Do not add to this vault. Compare it with your second copy.",
        )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def describe(person: Person) -> dict[str, Any]:
    """Return the directory's row for a person."""
    return {
        "id": person.id, "kind": person.kind, "name": person.name, "position": person.position,
        "initials": person.initials, "sign_spki": _b64(person.sign_spki),
        "enc_pub": person.enc_pub, "cert": _b64(person.cert),
    }  # fmt: skip


def write(box: Box, body: Mapping[str, Any], founders: Sequence[Officer]) -> tuple[bytes, str]:
    """Sign and seal a directory. Returns the file's bytes and the directory's hex digest."""
    plain = canonical(body)
    sigs = {o.id: _b64(o.sign(PREFIX + plain)) for o in founders}
    place = f"evidence-directory/v1/{body['origin']}"
    return box.seal(canonical({"dir": dict(body), "sigs": sigs}), place), sha256_hex(plain)


def read(box: Box, sealed: bytes, origin: str, readers: Sequence[Officer]) -> Directory:
    """Open and verify a directory for the officers signed in. Raises Tampered."""
    value = parse_canonical(box.open(sealed, f"evidence-directory/v1/{origin}"))
    try:
        body, plain = value["dir"], canonical(value["dir"])
        people = tuple(_person(row) for row in body["officers"])
        spki = {p.id: p.sign_spki for p in people}
        for officer_id, sig in value["sigs"].items():
            verify(spki[officer_id], base64.b64decode(sig), PREFIX + plain)
        own = all(o.id in value["sigs"] and spki[o.id] == o.spki for o in readers)
        if len(value["sigs"]) < 2 or not own or body["origin"] != origin:
            raise ValueError
        return Directory(
            body["origin"], body["school"], body["site"], body["nation"], body["generation"],
            Recipient.parse(body["vault_recipient"]), base64.b64decode(body["ca_cert"]), people,
            {m["fingerprint"]: m["label"] for m in body["machines"]},
            tuple(Contact(c["kind"], c["label"], c["value"]) for c in body["contacts"]),
            {p["name"]: p["hash"] for p in body["procedures"]}, body["created"], sha256_hex(plain),
        )  # fmt: skip
    except (EvidenceError, KeyError, TypeError, ValueError) as err:
        raise Tampered(
            "The list of officers in this vault has been altered.",
            "Stop. Do not add to this vault. Compare it with your second copy.",
        ) from err


def _person(row: Mapping[str, Any]) -> Person:
    spki = base64.b64decode(row["sign_spki"])
    if sha256_hex(spki) != row["id"]:
        raise ValueError("id does not fit the key")
    return Person(
        row["id"], row["kind"], row["name"], row["position"], row["initials"], spki,
        row["enc_pub"], base64.b64decode(row["cert"]),
    )  # fmt: skip
