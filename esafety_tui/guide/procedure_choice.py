"""The procedures that a new incident can be opened with.

Rule: the one for "we do not know yet" stands first. Every procedure asks itself whether something
is against the law before anybody looks.
"""

from __future__ import annotations

from esafety_tui.guide.choice import Choice
from esafety_tui.guide.engine_input import load_procedure, load_profile
from esafety_tui.guide.ports import DeskPort

FIRST = "misuse"


def list_procedures(desk: DeskPort) -> tuple[Choice, ...]:
    """Return the procedures offered, FIRST at the top. Blocking. Raises Refused, BadInput."""
    policy = desk.policy()
    profile = load_profile(desk, policy.profile)
    found = []
    for name in sorted(policy.procedures, key=lambda name: (name != FIRST, name)):
        procedure = load_procedure(desk, policy.procedures[name], profile)
        if procedure.offer:
            found.append(Choice(name, procedure.offer))
    return tuple(found)
