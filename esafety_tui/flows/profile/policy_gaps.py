"""What the policy leaves open at one step: the gaps and safe readings that are about it. Pure.

Rule: a step on which the policy says something is never called a general one. It changes no
instruction; it says whose it is. Source: docs/procedures.md section 2.
"""

from __future__ import annotations

from esafety_tui.flows.procedure.model import CLOSING, Kind, Step
from esafety_tui.flows.profile.policy_items import Gap, Reading
from esafety_tui.flows.profile.profile import Profile

GENERAL = "Not in your policy: a general step"
NEEDED = "Not in your policy; do it all the same"
"""Of a general step that has the police told: a silent policy is no reason to wait."""
PART = "Not all of this is in your policy"
READ = "Your policy is read on the safe side here"
AND_READ = "Read on the safe side"
_OF_THE_PROGRAM = frozenset({*CLOSING, Kind.END})
"""Kinds of steps that keep the record: a procedure named whole does not mean them."""


def gaps(profile: Profile, procedure: str, step: Step) -> tuple[Gap, ...]:
    """Return the gaps that are about a step of the procedure of that name."""
    whole = not own(profile, procedure, step) and step.kind not in _OF_THE_PROGRAM
    named = {f"{procedure}.{step.id}", *([procedure] if whole else ())}
    return tuple(gap for gap in profile.gaps if not named.isdisjoint(gap.steps))


def readings(profile: Profile, procedure: str, step: Step) -> tuple[Reading, ...]:
    """Return the safe readings that are about a step of the procedure of that name."""
    at = f"{procedure}.{step.id}"
    return tuple(reading for reading in profile.readings if at in reading.steps)


def own(profile: Profile, procedure: str, step: Step) -> bool:
    """Whether the policy has a clause of its own on a step."""
    clause = profile.clause(procedure, step.id)
    return clause is not None and clause.own


def notice(profile: Profile, procedure: str, step: Step, more: str = "") -> str:
    """Return in at most 76 characters what is left open here, "" where nothing is.

    ``more`` is the key or the word by which the rest of it is read.
    """
    key = f": {more}" if more else ""
    silent, read = gaps(profile, procedure, step), readings(profile, procedure, step)
    if not silent:
        return f"{READ}{key}" if read else ""
    said = NEEDED if "police" in step.tell else GENERAL
    if own(profile, procedure, step):
        said = PART
    if read:
        return f"{said}. {AND_READ}{key}"
    return f"{said}{key}" if said == PART else said
