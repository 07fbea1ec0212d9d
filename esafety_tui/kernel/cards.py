"""An officer and a receipt as they are shown to people: all that the door needs of the views."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfficerCard:
    """An officer as the clear part of the vault knows them. ``id`` is opaque to the screens."""

    id: str
    name: str
    position: str
    initials: str
    asked: str = "passphrase"
    """What this person gives to confirm: a paper key has no passphrase, but its Identity."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a record is on the disk.

    Attributes:
        seq: number of the entry in the ledger.
        head8: first eight hexadecimal digits of the entry's hash, without a space.
        at: time for people, zone named.
    """

    seq: int
    head8: str
    at: str
