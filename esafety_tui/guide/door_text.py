"""What both faces say at the door: who opens, who may not, and who leaves."""

from __future__ import annotations

from esafety_tui.guide.choice import Choice
from esafety_tui.kernel.errors import NotEligible

ALARM = "ALARM. The vault was not opened."
NOT_FOR_NAMED = "Officers who are named in the incident cannot open it."
START_NEW = Choice("new", "Something that is not written down yet")
CARRY_ON = Choice("open", "Carry on with something written down earlier")
WHO_LEAVES = "Who leaves? The other goes on alone, in words. To bring in a third, sign out first."


def say_who_opens(*, alone: bool) -> str:
    """Return whether one officer is asked for or two."""
    return "One officer writes words." if alone else "Two officers open the vault."


def report_alone(name: str) -> str:
    """Return that one officer is left, and what they can do."""
    return f"{name} is alone: words only."


def refuse_named_officer() -> NotEligible:
    """Return why a session ended in which one of the two is named in the new incident."""
    return NotEligible(
        "An officer who is signed in is named, so this session has been ended.",
        "Two other officers open the vault for it.",
    )
