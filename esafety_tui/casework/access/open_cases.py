"""The incidents that a session works with: one object each, asked before something is taken.

Two objects of one incident could disagree: one of them stopped, the other still taking files in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakValueDictionary

from esafety_tui.data.holds import Hold
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.flows.engine.effects import CaptureKind
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import Refused
from esafety_tui.kernel.records import TAKEN, EntryReceipt
from esafety_tui.kernel.views import StopResult


class OpenCase(Protocol):
    """As much of an incident at work as a record that takes something has to ask."""

    def refuse_capture(self, kind: CaptureKind) -> None:
        """Raise Refused or Frozen unless something of this type may be taken now."""

    def write_record(
        self, kind: str, fields: Mapping[str, Json], *, hold: Hold | None
    ) -> EntryReceipt:
        """Seal a record into the incident and keep it in memory after the commit."""


@dataclass(frozen=True, slots=True)
class DeferredStop:
    """A STOP pressed behind the lock in ``inc`` ("" for none), and the incident that was stopped.

    Another one, where that could not be opened.
    """

    inc: str
    case: OpenCase
    stopped: StopResult


class OpenCases:
    """Incident to the object that stands for it, for as long as somebody works with it."""

    def __init__(self) -> None:
        self._cases: WeakValueDictionary[str, OpenCase] = WeakValueDictionary()

    def add_case(self, inc: str, case: OpenCase) -> None:
        """Take ``case`` as the one object of its incident. Raises Refused if there is another."""
        if self._cases.setdefault(inc, case) is not case:
            raise Refused("This incident is open already.", "Carry on in it where it is open.")

    def get_case(self, inc: str) -> OpenCase | None:
        """Return the object of an incident, None where nobody works with it."""
        return self._cases.get(inc)

    def forget_cases(self) -> None:
        """Let go of all of them; whoever holds one still must not write with it."""
        self._cases.clear()

    def refuse_capture(self, kind: str, card: IncidentCard | None) -> None:
        """Ask the gates before a record of type ``kind`` that takes something. Raises Refused.

        An incident that nobody has open has no gates to ask, so it takes nothing.
        """
        if kind not in TAKEN:
            return
        found = self._cases.get(card.inc) if card else None
        if found is None:
            raise Refused("This incident is not open.", "Open it, then take the item in.")
        found.refuse_capture(kind)  # type: ignore[arg-type]  # TAKEN holds the capture kinds
