"""Load every screen behind the first one, so that none is waited for when it is asked for.

The first screen imports itself alone. STOP comes first of what is loaded here, then the other
screens that may come up over any work, then the door, then the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

BEHIND = (
    "overlays.stop", "overlays.urgent", "overlays.help", "overlays.lock", "entry.unlock",
    "entry.set_up_steps", "entry.named_people", "entry.incident_list", "entry.procedure_choice",
    "steps.wizard", "administration.vault_overview",
)  # fmt: skip
"""Modules of ``screens``, in the order in which they may be needed; the others come with them."""


def import_screens(then: Callable[[], None] | None = None) -> None:
    """Import the screens, then call ``then`` (on a thread of its own, behind the first screen)."""
    for name in BEHIND:
        import_module(f"esafety_tui.screens.{name}")
    if then is not None:
        then()
