"""Keeping the vault: what casework tells the screens about officers, copies and reviews.

Values for people to look at, as in :mod:`esafety_tui.kernel.views`. Passphrases and paper keys
stay out of every repr.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.cards import Receipt


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who has or had a part. ``certificate``: SHA-256 in hexadecimal."""

    id: str
    name: str
    position: str
    initials: str
    kind: str
    part: str
    certificate: str
    valid_until: str
    present: bool


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One incident in the list of reviews. ``day``: ``21 Nov 2051`` or "" where unknown."""

    inc: str
    reference: str
    day: str
    why: str
    held: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class VaultOverview:
    """How the keeping of the vault stands.

    Attributes:
        machines: (fingerprint, label). contacts: (kind, label, value or "").
        uncertified: entries that destroyed something and have no certificate yet.
        notes: sentences that ask for something: no copy yet, a rehearsal due, a review due.
        rehearsal_due: the paper keys were not tried for about a term.
        verified: contact kind to the day it was last checked, ``3 Sep 2026`` or "" for never.
    """

    people: tuple[PersonRow, ...]
    machines: tuple[tuple[str, str], ...]
    contacts: tuple[tuple[str, str, str], ...]
    generation: int
    designated: bool
    second_copy: str
    due: tuple[ReviewRow, ...] = ()
    uncertified: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    rehearsal_due: bool = False
    verified: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do, as the officers filled it in.

    Attributes:
        values: field name to what was typed. passphrases: officer id to passphrase.
        secrets: field name to a new passphrase or a paper key's line.
        folder, second: where files go; ``second`` for what is to be kept apart.
    """

    name: ActName
    values: Mapping[str, str] = field(default_factory=dict)
    passphrases: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    second: Path | None = None


@dataclass(frozen=True, slots=True)
class ActResult:
    """What was done and checked, as sentences. ``receipt`` None where no entry was written.

    ``warnings`` are sentences that ask for something; ``facts`` what the table of acts and the
    command line fill in: ``entry``, ``head``, ``short`` of the entry, and what the act counted.
    """

    sentences: tuple[str, ...]
    receipt: Receipt | None = None
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
