"""What is frozen: incidents that take no more captures, and sealed files that have no reader.

format.md section 5 (Hold). The store applies these whoever calls; a frozen incident never thaws,
and a file is released one at a time. Carrying on is a new, linked incident.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from esafety_tui.kernel.canon import canonical_bytes, parse_canonical, require_fields
from esafety_tui.kernel.errors import BadInput, Tampered


class HoldEntry(Protocol):
    """As much of an entry line as a hold is measured by."""

    @property
    def inc(self) -> str: ...
    @property
    def by(self) -> tuple[str, ...]: ...
    @property
    def blobs(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Hold:
    """One freeze (all files named) or release (one file).

    The police reference is not part of it: every officer alone can open a hold, and the reference
    stands in the record ``released``, for two.
    """

    inc: str
    act: str
    blobs: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.act != "freeze" and (self.act != "release" or len(self.blobs) != 1):
            raise BadInput("A release names one item.", "Release one item after the other.")

    def to_bytes(self) -> bytes:
        """Return the canonical bytes."""
        return canonical_bytes(
            {"v": 1, "inc": self.inc, "act": self.act, "blobs": list(self.blobs)}
        )

    def belongs_to(self, line: HoldEntry, incident: Iterable[HoldEntry]) -> bool:
        """Whether the entry ``line`` of ``incident`` can have brought this hold.

        Whoever opened the LEDGER key can seal a hold; nobody alone can sign an entry for two. What
        record the entry holds is not seen here.
        """
        own = {name for other in incident for name in other.blobs}
        witnessed = self.act == "freeze" or len(line.by) > 1
        return bool(self.inc) and line.inc == self.inc and witnessed and own.issuperset(self.blobs)

    @classmethod
    def parse_hold(cls, data: bytes) -> Hold:
        """Read a hold. Raises Tampered."""
        try:
            v = require_fields(
                parse_canonical(data), {"v": int, "inc": str, "act": str, "blobs": list}
            )
            if not all(isinstance(text, str) for text in v["blobs"]):
                raise ValueError
            return cls(v["inc"], v["act"], tuple(v["blobs"]))
        except (BadInput, ValueError) as err:
            raise altered_hold() from err


@dataclass(slots=True)
class Holds:
    """The sum of all holds. ``frozen``: incidents; ``blobs``: files without a reader."""

    frozen: set[str] = field(default_factory=set)
    blobs: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)

    def apply_hold(self, hold: Hold) -> None:
        """Take in one hold. A second freeze freezes again what was released before."""
        if hold.act == "freeze":
            self.frozen.add(hold.inc)
            self.blobs.update(hold.blobs)
            self.released.difference_update(hold.blobs)
        else:
            self.blobs.difference_update(hold.blobs)
            self.released.update(hold.blobs)


def fingerprint_holds(held: Mapping[int, Hold], end: int) -> str:
    """Return 64 hexadecimal digits that stand for all holds of entries before ``end``."""
    told = hashlib.sha256()
    for seq in sorted(seq for seq in held if seq < end):
        told.update(b"%d %b\n" % (seq, held[seq].to_bytes()))
    return told.hexdigest()


def altered_hold() -> Tampered:
    """Return the error for a hold that no officers of this vault can have written."""
    return Tampered("A freeze has been altered.", "Stop. Fetch the second copy.")
