"""One directory, read field by field: who the officers are, which incidents are closed to some.

format.md section 4. Who signed it, and whether it may follow the one before, is asked in
:mod:`esafety_tui.data.directory`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from esafety_tui.data.age import Recipient
from esafety_tui.kernel.canon import canonical_bytes, decode_base64, require_fields, sha256_hex
from esafety_tui.kernel.errors import NewerVersion, Tampered
from esafety_tui.kernel.records import Contact, Person

_BODY: Mapping[str, type] = {
    "v": int, "origin": str, "school": str, "site": str, "nation": str, "generation": int,
    "entry": int, "vault_recipient": str, "ca_cert": str, "officers": list, "machines": list,
    "contacts": list, "profile": dict, "procedures": list, "shredded": list, "created": str,
}  # fmt: skip
_LISTS = {1: _BODY, 2: {**_BODY, "restricted": list}}
"""The fields of a directory by its ``v``."""
LATEST = max(_LISTS)
"""The ``v`` of directories that are made."""
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
    "restricted": {"inc": str, "entry": int, "recipient": str},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Restriction:
    """An incident was restricted after it was opened.

    Attributes:
        entry: number of its ``incident.restricted``, from which on all is sealed to ``recipient``.
    """

    inc: str
    entry: int
    recipient: str


@dataclass(frozen=True, slots=True)
class Directory:
    """A verified directory of one generation.

    Attributes:
        entry: number of the entry that brought it.
        people: everybody who ever had a part, for checking what they witnessed.
        machines: fingerprint to label. procedures: name to digest. profile: name and digest.
        shredded: incident to the number of the entry that says so.
        restricted: the incidents restricted after their opening, in order; one may come again.
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
    version: int = 1
    restricted: tuple[Restriction, ...] = ()
    chain: tuple[Mapping[str, Any], ...] = field(repr=False, default=())

    @property
    def is_practice(self) -> bool:
        """Whether this is a practice vault: told by the reserved domain in the origin."""
        return self.origin.endswith(".practice.invalid/evidence")

    @property
    def people_present(self) -> tuple[Person, ...]:
        """Officers and paper keys that still have a part."""
        return tuple(p for p in self.people if p.is_present)

    @property
    def officers_present(self) -> tuple[Person, ...]:
        """The people present with a key file, paper keys left out."""
        return tuple(p for p in self.people_present if p.kind == "officer")

    @property
    def copy_body(self) -> dict[str, Any]:
        """A copy of what was signed, to make the next one of, with the fields of the latest."""
        return {"restricted": [], **self.chain[-1]["dir"], "v": LATEST}

    def restrictions_of(self, inc: str) -> tuple[Restriction, ...]:
        """Return how an incident was restricted after its opening, the first first."""
        return tuple(row for row in self.restricted if row.inc == inc)

    def find_person(self, officer_id: str) -> Person:
        """Return the person with this id. Raises Tampered for an id nobody ever had."""
        for person in self.people:
            if person.id == officer_id:
                return person
        raise Tampered(
            "An entry names an officer who is not in the directory.",
            "Stop. Do not add to this vault. Compare it with your second copy.",
        )


def _decode_body(data: bytes) -> str:
    return base64.b64encode(data).decode()


def person_row(person: Person) -> dict[str, Any]:
    """Return the directory's row for a person."""
    return {
        "id": person.id, "kind": person.kind, "name": person.name, "position": person.position,
        "initials": person.initials, "sign_spki": _decode_body(person.sign_spki),
        "enc_pub": person.enc_pub, "cert": _decode_body(person.cert), "since": person.since,
        "until": person.until, "follows": person.follows,
    }  # fmt: skip


def directory_digest(body: Mapping[str, Any]) -> str:
    """Return the hex hash that the entry of a directory names."""
    return sha256_hex(canonical_bytes(dict(body)))


def parse_directory(body: Mapping[str, Any], chain: Sequence[Mapping[str, Any]]) -> Directory:
    """Read the body of one directory of ``chain``. Raises EvidenceError, KeyError, ValueError."""
    version = read_version(body, LATEST)
    require_fields(body, _LISTS[version], version)
    for name, kinds in _ROWS.items():
        for row in body.get(name, ()):
            require_fields(row, kinds)
    profile = require_fields(body["profile"], _FILE)
    people = tuple(_parse_person(row) for row in body["officers"])
    if len({p.id for p in people}) != len(people):
        raise ValueError
    return Directory(
        body["origin"],
        body["school"],
        body["site"],
        body["nation"],
        body["generation"],
        body["entry"],
        Recipient.parse_text(body["vault_recipient"]),
        decode_base64(body["ca_cert"]),
        people,
        {m["fingerprint"]: m["label"] for m in body["machines"]},
        tuple(Contact(**c) for c in body["contacts"]),
        (profile["name"], profile["hash"]),
        {p["name"]: p["hash"] for p in body["procedures"]},
        {row["inc"]: row["entry"] for row in body["shredded"]},
        body["created"],
        directory_digest(body),
        version,
        tuple(map(_parse_restriction, body.get("restricted", ()))),
        tuple(chain),
    )


def read_version(value: Any, latest: int) -> int:
    """Return the ``v`` of a JSON object. Raises NewerVersion, ValueError where it has none."""
    version = value.get("v") if isinstance(value, dict) else None
    if type(version) is not int or version < 1:
        raise ValueError
    if version > latest:
        raise NewerVersion(
            "The list of officers in this vault was written by a newer version of the program.",
            "Update the program on this computer. Nothing was changed.",
        )
    return version


def _parse_restriction(row: Mapping[str, Any]) -> Restriction:
    Recipient.parse_text(row["recipient"])
    if re.fullmatch("[0-9a-f]{32}", row["inc"], re.ASCII) is None:
        raise ValueError
    return Restriction(row["inc"], row["entry"], row["recipient"])


def _parse_person(row: Mapping[str, Any]) -> Person:
    spki = decode_base64(row["sign_spki"])
    if sha256_hex(spki) != row["id"] or row["kind"] not in {"officer", "paper"}:
        raise ValueError("id does not fit the key")
    return Person(
        row["id"], row["kind"], row["name"], row["position"], row["initials"], spki,
        row["enc_pub"], decode_base64(row["cert"]), row["since"], row["until"], row["follows"],
    )  # fmt: skip
