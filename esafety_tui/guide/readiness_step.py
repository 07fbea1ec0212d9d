"""Before the form is drawn: what the police would still ask for, opinions, pictures.

Rule: nothing is hidden and nothing is forced. What cannot be made up is said and not offered. No
picture that is frozen or awaits the police is offered; opinions stay unless they are chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.flows.procedure.model import KnowledgeMark
from esafety_tui.guide.case_state import CaseState
from esafety_tui.guide.choice import Choice
from esafety_tui.guide.ports import CaseView, ExhibitView, MissingItem, Readiness

CLOCK = ("clock-start", "clock-end")
"""Keys of what is made up by comparing the clock."""
OPINIONS = "Some lines say what you think. Do they go on the form and into the pack?"
LEAVE_OUT = Choice("no", "No: they stay in the vault", "as a rule")
PRINT_THEM = Choice("yes", "Yes: print them, marked as opinion")
DRAW_ANYWAY = Choice("draw all the same", "Draw the form all the same", "with a reason")
DRAWING = "Drawing the form"


@dataclass(frozen=True, slots=True)
class MissingParts:
    """What is missing: ``open`` can still be given, ``late`` not any more."""

    open: tuple[MissingItem, ...]
    late: tuple[MissingItem, ...]


def measure_readiness(ready: Readiness) -> str:
    """Return how ready it is, in words."""
    if ready.is_complete:
        return f"All {ready.asked} things the police would ask for are there."
    return f"{ready.done} of {ready.asked} things the police would ask for are there."


def split_missing(ready: Readiness) -> MissingParts:
    """Return what can still be given, and what was left out and cannot be made up."""
    return MissingParts(
        tuple(m for m in ready.missing if not m.late), tuple(m for m in ready.missing if m.late)
    )


def has_opinions(incident: CaseState) -> bool:
    """Whether any line that is recorded says what somebody thinks."""
    given = (value for answer in incident.state.answers for value in answer.values.values())
    texts = [text for text in given if isinstance(text, str)]
    texts += [*incident.case.notes, *(d.words for d in incident.case.described)]
    return any(f"{KnowledgeMark.THINK}: " in text for text in texts)


def list_pictures(case: CaseView) -> list[ExhibitView]:
    """Return the screenshots that may be shown on the form."""
    return [item for item in case.items if item.kind == "screenshot" and not item.disclosure_bar]
