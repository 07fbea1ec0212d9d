"""What both places of an officer remember, in a form that is short to compare."""

from __future__ import annotations

from pathlib import Path

from esafety_tui.data import heads
from esafety_tui.data.officers import OfficerKeys


def recalled(
    officer: OfficerKeys, beside: Path, origin: str
) -> tuple[list[heads.Head], list[Path]]:
    """Return the heads that are remembered, and the places where none of this vault is."""
    found = heads.read_pinned_heads(officer, beside, origin)
    return [memory.as_checkpoint_head for memory in found.memories], [
        *found.missing,
        *found.foreign,
    ]
