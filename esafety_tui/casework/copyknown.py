"""What a session knows of its second copy, in memory; casework/secondcopy.py finds it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Copy:
    """One part of a copy, as its entry tells.

    Attributes:
        at: UTC stamp of its making. size: entries in it. entry, head: the entry that says so and
            the hash of that entry's line.
    """

    copy: str
    at: str
    size: int
    generation: int
    entry: int
    head: str


@dataclass(frozen=True, slots=True)
class Known:
    """The last copy known. ``upto``: entries looked through. ``sure``: all of them were."""

    data: Copy | None = None
    keys: Copy | None = None
    upto: int = 0
    sure: bool = False
