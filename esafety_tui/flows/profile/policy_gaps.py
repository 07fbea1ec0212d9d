"""Finds the gaps and the safe readings of a policy that are about one step. Pure.

Rule: a step on which the policy says something is never called a general one. It changes no
instruction; it says whose it is. Source: docs/procedures.md section 2.
"""

from __future__ import annotations

from esafety_tui.flows.procedure.model import CLOSING_KINDS, Step, StepKind
from esafety_tui.flows.profile.policy_items import PolicyGap, SafeReading
from esafety_tui.flows.profile.profile import Profile

GENERAL_STEP = "Not in your policy: a general step"
GENERAL_BUT_NEEDED = "Not in your policy; do it all the same"
"""Of a general step that notifies the police: a silent policy is no reason to wait."""
PARTLY_COVERED = "Not all of this is in your policy"
READ_SAFELY = "Your policy is read on the safe side here"
ALSO_READ_SAFELY = "Read on the safe side"
_RECORD_KEEPING_KINDS = frozenset({*CLOSING_KINDS, StepKind.END})
"""Kinds of steps that keep the record: a procedure named whole does not mean them."""


def gaps_at_step(profile: Profile, procedure: str, step: Step) -> tuple[PolicyGap, ...]:
    """Return the gaps that are about a step of the procedure of that name."""
    whole = not has_own_clause(profile, procedure, step) and step.kind not in _RECORD_KEEPING_KINDS
    named = {f"{procedure}.{step.id}", *([procedure] if whole else ())}
    return tuple(gap for gap in profile.gaps if not named.isdisjoint(gap.steps))


def safe_readings_at_step(profile: Profile, procedure: str, step: Step) -> tuple[SafeReading, ...]:
    """Return the safe readings that are about a step of the procedure of that name."""
    at = f"{procedure}.{step.id}"
    return tuple(reading for reading in profile.readings if at in reading.steps)


def has_own_clause(profile: Profile, procedure: str, step: Step) -> bool:
    """Return whether the policy has a clause of its own on a step."""
    clause = profile.find_clause(procedure, step.id)
    return clause is not None and clause.is_from_policy


def describe_gap(profile: Profile, procedure: str, step: Step, more: str = "") -> str:
    """Return in at most 76 characters what is left open here, "" where nothing is.

    ``more`` is the key or the word by which the rest of it is read.
    """
    key = f": {more}" if more else ""
    silent, read = (
        gaps_at_step(profile, procedure, step),
        safe_readings_at_step(profile, procedure, step),
    )
    if not silent:
        return f"{READ_SAFELY}{key}" if read else ""
    said = GENERAL_BUT_NEEDED if "police" in step.tell else GENERAL_STEP
    if has_own_clause(profile, procedure, step):
        said = PARTLY_COVERED
    if read:
        return f"{said}. {ALSO_READ_SAFELY}{key}"
    return f"{said}{key}" if said == PARTLY_COVERED else said
