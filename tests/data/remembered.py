"""What both places of an officer remember, in a form that is short to compare."""

from __future__ import annotations

from pathlib import Path

from esafety_tui.data import heads
from esafety_tui.data.officers import Officer


def recalled(officer: Officer, beside: Path, origin: str) -> tuple[list[heads.Head], list[Path]]:
    """Return the heads that are remembered, and the places where none of this vault is."""
    found = heads.recall_all(officer, beside, origin)
    return [memory.head for memory in found.memories], [*found.missing, *found.foreign]
