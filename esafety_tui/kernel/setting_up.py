"""What set-up asks for and what it made: frozen values that screens and casework share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """One officer to enrol."""

    name: str
    position: str
    initials: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetUpRequest:
    """Everything set-up asks for.

    Attributes:
        nation: "england", "wales", "scotland" or "northern-ireland".
        profile: name of the shipped profile closest to the school's policy.
        machine_place: where the designated computer stands.
        contacts: role id of :data:`CONTACT_ROLES` to what was typed; "" means "not known".
    """

    school: str
    domain: str
    site_code: str
    nation: str
    machine_name: str
    machine_place: str
    officers: tuple[NewOfficer, ...]
    contacts: Mapping[str, str]
    profile: str = "generic"


CONTACT_ROLES: tuple[tuple[str, str], ...] = (
    ("dsl", "Designated safeguarding lead"),
    ("chair", "Chair of governors"),
    ("lado", "LADO (local authority designated officer)"),
    ("authority", "Local authority or trust"),
    ("technician", "Technician"),
)
"""Contact slots of set-up as (id, name for people). 999 and 101 are built in."""


@dataclass(frozen=True, slots=True)
class SetUpResult:
    """Where the vault is and which sheets were saved, each as (what it is, path)."""

    vault: Path
    sheets: tuple[tuple[str, Path], ...]
