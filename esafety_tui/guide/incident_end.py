"""The end: what can still be done with an incident that is written down."""

from __future__ import annotations

from collections.abc import Callable

from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.model import CLOSING_KINDS, StepKind
from esafety_tui.guide.case_state import CaseState
from esafety_tui.guide.choice import Choice
from esafety_tui.guide.export_step import WRITE

AGAIN = {
    StepKind.REVIEW: "Look through everything again",
    StepKind.SIGN: "The form: sign it, save it, draw a new one",
    StepKind.EXPORT: WRITE.words,
}
LINKED = "Carry on in a new, linked incident"
TO_LIST = Choice("list", "To the list of incidents")
REFERRAL = Choice("referral", "Save your referral sheet, to print it")
SHEET_NOTE = "It is not encrypted: whoever has it can read it. Print it, then put it away."
WHERE_SHEET = "Where shall the sheet go?"


def list_end_choices(incident: CaseState, name_linked: Callable[[str], str]) -> list[Choice]:
    """Return what can still be done.

    Ids: "list", "referral", "link NAME" of a procedure, "goto ID" of a step. ``name_linked`` words
    the choice to carry on in the procedure of that name.
    """
    choices = [TO_LIST]
    if incident.case.words_only:
        choices.insert(0, REFERRAL)
    if len(incident.case.officers) > 1:
        for name in engine.case_facts(incident.procedure, incident.state).carry_on:
            choices.insert(0, Choice(f"link {name}", name_linked(name)))
    for step_id in incident.path_step_ids:
        kind = incident.procedure.get_step(step_id).kind
        if kind in CLOSING_KINDS:
            choices.append(Choice(f"goto {step_id}", AGAIN[kind]))
    return choices
