"""The keys of one incident: one from its opening on, one more from each later restriction on.

format.md section 4a. What exists keeps its bytes, so an incident that was restricted later has
records and files under several keys; which one opens an entry follows from its number alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from esafety_tui.data.age import Identity


@dataclass(frozen=True, slots=True)
class IncidentKeys:
    """Who opens which entry of an incident.

    Attributes:
        newest: opens what is sealed from here on.
        before: the number of the entry at which an older identity ended, and that identity, the
            oldest first.
    """

    newest: Identity = field(repr=False)
    before: tuple[tuple[int, Identity], ...] = field(repr=False, default=())

    def identity_at(self, seq: int) -> Identity:
        """Return the identity that opens entry ``seq`` and the sealed files it brought."""
        for end, identity in self.before:
            if seq < end:
                return identity
        return self.newest

    def __iter__(self) -> Iterator[Identity]:
        """Yield all of them, the oldest first."""
        yield from (identity for _, identity in self.before)
        yield self.newest


Key = Identity | IncidentKeys
"""The VAULT identity, which opens all of the vault's own records, or an incident's keys."""


def identity_for_entry(key: Key, seq: int) -> Identity:
    """Return the identity that opens entry ``seq``."""
    return key.identity_at(seq) if isinstance(key, IncidentKeys) else key
