"""The list of claims: what a fitted procedure has to keep before anybody answers a question.

A claim is a name and a function that yields its breaches; the function's docstring says why, and
from which source. The order is the order in which they are printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from esafety_tui.flows.proof import claims_capture as capture
from esafety_tui.flows.proof import claims_flowchart as shape
from esafety_tui.flows.proof import claims_notification as notice
from esafety_tui.flows.proof import claims_screen_size as room
from esafety_tui.flows.proof import claims_unsure as unsure
from esafety_tui.flows.proof.proof_paths import Breach, ProofSubject

BreachFinder: TypeAlias = Callable[[ProofSubject], Iterator[Breach]]

FIRST_CLAIMS: dict[str, BreachFinder] = {
    "every way ends": shape.find_endless_paths,
    "there is no dead end": shape.find_dead_ends,
}
"""Without these the others cannot be asked."""

OTHER_CLAIMS: dict[str, BreachFinder] = {
    "every step can be reached": shape.find_unreachable_steps,
    "every way passes a review before its end": shape.find_unreviewed_ends,
    "no capture before triage": capture.find_untriaged_capture,
    "no capture in class A": capture.find_class_a_capture,
    "no capture while unsure": capture.find_unsure_capture,
    "class B captures only behind recorded police advice": capture.find_unadvised_capture,
    **{
        name: partial(capture.find_ungated_capture, gate=gate)
        for gate, name in capture.GATE_CLAIMS.items()
    },
    "nothing is captured after STOP": capture.find_capture_after_stop,
    "nothing is captured once looking or copying is forbidden": capture.find_forbidden_capture,
    "a capture step is allowed where it stands": capture.find_misplaced_capture,
    "one officer alone reaches no capture": capture.find_lone_capture,
    "nothing is captured where the policy forbids a review": capture.find_unpermitted_capture,
    "casework and the engine agree with the flowchart": capture.find_disagreement,
    "not sure never leads to viewing": unsure.find_unsure_viewing,
    "not sure is marked as such": unsure.find_unmarked_doubt,
    "not sure goes the safer way": unsure.find_less_safe_doubt,
    "whoever must be told is offered on every way": notice.find_missing_referrals,
    "what is forbidden to tell waits for an answer": notice.find_early_notification,
    "what the policy calls illegal is never merely against the rules": notice.find_milder_crimes,
    "every time that begins can be met": notice.find_unmet_timers,
    "a time to report is met by that report": notice.find_wrongly_met_duties,
    "everything that is named exists": shape.find_unknown_names,
    "every clause, reading and gap belongs to a step": shape.find_lost_clauses,
    "what has no source says so": shape.find_unsourced_steps,
    "every text fits 80x24": room.find_oversized_texts,
}


def claim_reason(find: BreachFinder) -> str:
    """Return why a claim is made and its source: the docstring of its function, on one line."""
    function = find.func if isinstance(find, partial) else find
    return " ".join((function.__doc__ or "").split())
