"""The table of acts, by name."""

from __future__ import annotations

from collections.abc import Mapping

from esafety_tui.kernel.acts.model import ActField, ActName, ActRow
from esafety_tui.kernel.acts.of_officers import OFFICER_ACTS
from esafety_tui.kernel.acts.of_vault import VAULT_ACTS

ACTS: Mapping[ActName, ActRow] = {row.name: row for row in (*OFFICER_ACTS, *VAULT_ACTS)}
"""Every act of administration; casework/desk/administering.py has one function for each."""


def field_of(act: ActName, name: str) -> ActField:
    """Return one field of an act. Raises KeyError where it has none of this name."""
    return {each.name: each for each in ACTS[act].fields}[name]
