"""Steps that ask: what can be chosen, and the answer that a choice comes to.

Rule: it knows the kinds of steps and no procedure; the engine judges the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.flows.procedure.built_in_fields import WHY_NONE
from esafety_tui.flows.procedure.model import (
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    Problem,
    Step,
    StepKind,
)
from esafety_tui.guide.choice import Choice
from esafety_tui.kernel.views import Values

CHOSEN = ("option", "options", "confirmed")
"""Names of the values that hold what was chosen, ticked or confirmed."""


def list_choices(step: Step) -> list[Choice]:
    """Return what can be chosen at a step: its options, or the statements of a gate."""
    if step.kind is StepKind.GATE:
        return [Choice(statement.key, statement.text) for statement in step.statements]
    return [Choice(option.key, option.label, option.detail) for option in step.options]


def name_choice(step: Step) -> str:
    """Return the name of the value that holds what is chosen, "" where nothing is."""
    if step.kind is StepKind.GATE:
        return "confirmed"
    if step.kind in TICKED_KINDS:
        return "options"
    return "option" if step.kind in ONE_OPTION_KINDS else ""


def build_choice(step: Step, keys: Sequence[str]) -> dict[str, str | tuple[str, ...]]:
    """Return the value that choosing ``keys`` comes to; of one option the first counts."""
    name = name_choice(step)
    return {name: keys[0] if name == "option" else tuple(keys)}


def find_contradiction(values: Values) -> Problem | None:
    """Return a Problem where something is given and "none" at the same time."""
    given = [k for k, v in values.items() if v and k not in ("done", WHY_NONE)]
    if values.get("done") != "none" or not given:
        return None
    return Problem("Either give an answer, or clear everything but the reason for none.", given[0])
