"""Clear files leave the vault: they are never written into a vault's own folder.

A vault holds sealed files and the closed list of clear text of format.md section 2. A form, a copy
of an exhibit or a pack put there would be clear text at rest that nobody looks for, and would go
along in every copy made by hand.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.kernel.errors import BadInput

PLATE = "vault.json"
"""The file at the top of each vault (format.md section 1)."""


def refuse_inside_vault(folder: Path) -> None:
    """Raise BadInput where ``folder`` is a vault or lies inside one, links followed."""
    try:
        place = folder.resolve()
        inside = any((above / PLATE).is_file() for above in (place, *place.parents))
    except (OSError, RuntimeError) as err:  # RuntimeError: links that form a ring
        raise BadInput(
            "That folder cannot be followed. Nothing was written.", "Choose another folder."
        ) from err
    if inside:
        raise BadInput(
            "That folder lies inside a vault, where nothing readable may lie. Nothing was written.",
            "Choose a stick, or another folder.",
        )
