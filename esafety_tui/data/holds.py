"""What is frozen: incidents that take no more captures, and sealed files that have no reader.

format.md section 5 (Hold). The store applies these whoever calls; a frozen incident never thaws,
and a file is released one at a time. Carrying on is a new, linked incident.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from esafety_tui.kernel.canon import canonical, parse_canonical
from esafety_tui.kernel.errors import BadInput, Tampered


@dataclass(frozen=True, slots=True)
class Hold:
    """One freeze (all files named) or release (one file, with the police reference)."""

    inc: str
    act: str
    blobs: tuple[str, ...]
    reference: str = ""

    def __post_init__(self) -> None:
        lawful = self.act == "freeze" or (
            self.act == "release" and len(self.blobs) == 1 and self.reference.strip()
        )
        if not lawful:
            raise BadInput(
                "A release names one item and the police reference.", "Give the reference."
            )

    def to_bytes(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(
            {
                "v": 1, "inc": self.inc, "act": self.act, "blobs": list(self.blobs),
                "reference": self.reference,
            }
        )  # fmt: skip

    @classmethod
    def parse(cls, data: bytes) -> Hold:
        """Read a hold. Raises Tampered."""
        try:
            v = parse_canonical(data)
            return cls(v["inc"], v["act"], tuple(v["blobs"]), v["reference"])
        except (BadInput, KeyError, TypeError) as err:
            raise Tampered("A freeze has been altered.", "Stop. Fetch the second copy.") from err


@dataclass(slots=True)
class Holds:
    """The sum of all holds. ``frozen``: incidents; ``blobs``: files without a reader."""

    frozen: set[str] = field(default_factory=set)
    blobs: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)

    def apply(self, hold: Hold) -> None:
        """Take in one hold. A second freeze freezes again what was released before."""
        if hold.act == "freeze":
            self.frozen.add(hold.inc)
            self.blobs.update(hold.blobs)
            self.released.difference_update(hold.blobs)
        else:
            self.blobs.difference_update(hold.blobs)
            self.released.update(hold.blobs)
