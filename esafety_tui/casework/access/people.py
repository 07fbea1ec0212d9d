"""Everybody who has or had a part in the vault, described for people, with their certificates."""

from __future__ import annotations

import hashlib

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data.certificates import certificate_expiry
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.records import Person


def describe_people(session: OpenSession) -> list[dict[str, str]]:
    """Return one row a person: initials, name, position, kind, part, certificate, valid_until.

    ``part`` says since when, and until when for those who have left; ``certificate`` is the
    SHA-256 of the X.509 certificate (DER), as other programs show it, in hexadecimal.
    """
    return [_describe_person(session, person) for person in session.keyring.directory.people]


def _describe_person(session: OpenSession, person: Person) -> dict[str, str]:
    kind = "paper key" if person.kind == "paper" else "officer"
    end = certificate_expiry(person.cert)
    return {
        "id": person.id, "initials": person.initials, "name": person.name,
        "position": person.position, "kind": kind, "part": _describe_part(session, person),
        "certificate": hashlib.sha256(person.cert).hexdigest(), "valid_until": format_uk_time(end),
    }  # fmt: skip


def _describe_part(session: OpenSession, person: Person) -> str:
    lines = session.store.lines
    since = format_uk_time(parse_stamp(lines[person.since].t))
    if person.is_present:
        return f"since {since}, entry {person.since}"
    until = format_uk_time(parse_stamp(lines[person.until].t))
    renewed = any(p.follows == person.id for p in session.keyring.directory.people)
    why = "replaced by newer keys" if renewed else "left"
    return f"from {since} to {until}, entries {person.since} to {person.until}; {why}"
