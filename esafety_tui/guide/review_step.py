"""Everything so far: which answers can be changed, and what else can be done from there.

Rule: what may be corrected or released the desk says and decides; this names it.
"""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.flows.procedure.model import CLOSING_KINDS, Answer, Step
from esafety_tui.guide.case_state import CaseState
from esafety_tui.guide.ports import CaseView, EditableText, ExhibitView

RIGHT = "Right and complete"
RELEASED = "Released, and written down."
WHICH_WORDS = "Which words are to be corrected?"


@dataclass(frozen=True, slots=True)
class GivenStep:
    """An answered step on the path; ``number`` is its place there, from 1."""

    number: int
    step: Step
    answer: Answer


def list_answers(incident: CaseState) -> list[GivenStep]:
    """Return the answers on the path; reviewing, signing and exporting are none to read."""
    found = []
    for number, step_id in enumerate(incident.path_step_ids, 1):
        step, answer = incident.procedure.get_step(step_id), incident.state.answer_to_step(step_id)
        if answer is not None and step.kind not in CLOSING_KINDS:
            found.append(GivenStep(number, step, answer))
    return found


def list_releasable_items(case: CaseView) -> list[ExhibitView]:
    """Return the items that two officers can release with a reference of the police."""
    return [item for item in case.items if item.disclosure_bar]


def find_item(case: CaseView, seq: int) -> ExhibitView:
    """Return the item of that entry number."""
    return next(item for item in case.items if item.seq == seq)


def offer_release(item: ExhibitView) -> str:
    """Return the line by which an item is released."""
    return f"{item.disclosure_bar} {item.label}: release it"


def can_close_to_officer(case: CaseView) -> bool:
    """Whether these officers may close the incident to one of them: it takes two."""
    return len(case.officers) > 1


def quote_wording(wording: EditableText) -> str:
    """Return the words that can be corrected, or that there are none."""
    return wording.words if wording.words.strip() else "(nothing was written)"


def report_correction(number: str) -> str:
    """Return that words were corrected; ``number`` is the entry's, with its time or without."""
    return f"Corrected{number}. The old words are kept."
