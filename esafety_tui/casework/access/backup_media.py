"""What a session knows of its backup, in memory; integrity/backup_status.py finds it out."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BackupPart:
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
class BackupMedium:
    """A copy on its medium, as ``backup.made`` tells two officers; ``label``: their own words.

    Attributes:
        at: UTC stamp of its making. size: entries in it. entry: the one that says so.
    """

    copy: str
    label: str = field(repr=False)
    at: str
    size: int
    entry: int


@dataclass(frozen=True, slots=True)
class KnownBackup:
    """The last copy known. ``upto``: entries looked through. ``sure``: all of them were.

    Attributes:
        media: the newest copy on each medium; of two officers only, and in no cache.
        holding: sentences about copies that still hold what was closed after they were made.
    """

    data: BackupPart | None = None
    keys: BackupPart | None = None
    upto: int = 0
    sure: bool = False
    media: tuple[BackupMedium, ...] = ()
    holding: tuple[str, ...] = ()
