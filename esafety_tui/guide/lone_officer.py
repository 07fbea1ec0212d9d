"""What one officer alone can do with an incident that they cannot read."""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.guide.choice import Choice
from esafety_tui.guide.ports import DeskState, OfficerCard

CANNOT_READ = (
    "This was written down earlier. One officer alone cannot read it again; you can add words, and "
    "two officers together carry on with the questions."
)
ADD_WORDS = Choice("note", "Add words to it")
TO_LIST = Choice("list", "To the list")


def join_names(officers: Iterable[OfficerCard]) -> str:
    """Return the names of officers as one phrase."""
    return " and ".join(officer.name for officer in officers)


def waits_for_second(state: DeskState, inc: str) -> bool:
    """Whether the incident was at work by two when it was locked, and one of them is back."""
    return bool(state.away) and state.place == inc
