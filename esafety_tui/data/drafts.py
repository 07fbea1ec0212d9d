"""A record about to be written, who witnesses it, and what is refused before a key is used.

The same rules hold on reading (:mod:`ledger` for the two officers, :mod:`holds` for a hold); here
they are sentences for the people at the keyboard. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from esafety_tui.data.age import Recipient
from esafety_tui.data.holds import Hold
from esafety_tui.data.ledger import EntryLine
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Instant
from esafety_tui.kernel.errors import BadInput, NotEligible
from esafety_tui.kernel.records import CARRIERS, PAIR_ONLY, RECORD_TYPES, TAKEN


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """A record about to be written.

    Attributes:
        type: one of RECORD_TYPES. inc: incident id or "" for the vault's own.
        recipient: whom the record is sealed to. blobs: hashes of files already stored.
        hold: a freeze or release that must stand or fall with this entry.
    """

    type: str
    fields: Mapping[str, Json] = field(repr=False)
    inc: str
    recipient: Recipient
    blobs: tuple[str, ...] = ()
    hold: Hold | None = None

    @property
    def takes_material(self) -> bool:
        """Whether a frozen incident refuses it: something of the material, or a sealed file."""
        return self.type in TAKEN or bool(self.blobs)

    def refuse_unfit(self, witness: EntrySigners) -> None:
        """Raise BadInput for an unknown type, and for a file that its type or place cannot bring.

        Raises NotEligible for what one alone may not write.
        """
        if self.type not in RECORD_TYPES:
            raise BadInput(f"There is no record type {self.type}.", "Report this as a fault.")
        if self.blobs and not (self.inc and self.type in CARRIERS):
            raise BadInput(
                f"A record of type {self.type} brings no file. Nothing was saved.",
                "Take the file in as an item of the incident.",
            )
        if self.type in PAIR_ONLY and len(witness.officers) < 2:
            raise NotEligible(
                "Two officers are needed for this.", "Ask a second officer to sign in with you."
            )

    def refuse_stray_hold(self, line: EntryLine, incident: Iterable[EntryLine]) -> None:
        """Raise BadInput for a hold that would be refused when the store is opened again.

        A release belongs to the record that says so, with the police reference.
        """
        hold = self.hold
        if hold is None:
            return
        says_so = hold.act == "freeze" or self.type == "released"
        if not says_so or not hold.belongs_to(line, [*incident, line]):
            raise BadInput("This hold does not fit its record.", "Report this as a fault.")


@dataclass(slots=True)
class EntrySigners:
    """Who is present, and where: the officers who sign, the machine, the clock's reading."""

    officers: Sequence[OfficerKeys]
    machine: str
    read_clock: Callable[[], Instant] = field(repr=False)
