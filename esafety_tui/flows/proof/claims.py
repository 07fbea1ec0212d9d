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
from esafety_tui.flows.proof import claims_notification as telling
from esafety_tui.flows.proof import claims_screen_size as room
from esafety_tui.flows.proof import claims_unsure as unsure
from esafety_tui.flows.proof.proof_paths import Breach, Subject

Finder: TypeAlias = Callable[[Subject], Iterator[Breach]]

FIRST: dict[str, Finder] = {
    "every way ends": shape.endless,
    "there is no dead end": shape.dead_end,
}
"""Without these the others cannot be asked."""

THEN: dict[str, Finder] = {
    "every step can be reached": shape.unreachable,
    "every way passes a review before its end": shape.unreviewed,
    "no capture before triage": capture.untriaged,
    "no capture in class A": capture.in_class_a,
    "no capture while unsure": capture.while_unsure,
    "class B captures only behind recorded police advice": capture.unadvised,
    **{name: partial(capture.without_gate, gate=gate) for gate, name in capture.GATES.items()},
    "nothing is captured after STOP": capture.after_stop,
    "nothing is captured once looking or copying is forbidden": capture.while_forbidden,
    "a capture step is allowed where it stands": capture.out_of_place,
    "one officer alone reaches no capture": capture.by_one,
    "nothing is captured where the policy forbids a review": capture.forbidden_review,
    "casework and the engine agree with the flowchart": capture.disagreeing,
    "not sure never leads to viewing": unsure.leads_to_viewing,
    "not sure is marked as such": unsure.unmarked,
    "not sure goes the safer way": unsure.less_safe,
    "whoever must be told is offered on every way": telling.untold,
    "what is forbidden to tell waits for an answer": telling.told_too_soon,
    "what the policy calls illegal is never merely against the rules": telling.merely_rules,
    "every time that begins can be met": telling.unmet,
    "a time to report is met by that report": telling.met_by_others,
    "everything that is named exists": shape.unknown_name,
    "every clause, reading and gap belongs to a step": shape.lost_clause,
    "what has no source says so": shape.unsourced,
    "every text fits 80x24": room.too_big,
}


def reason(find: Finder) -> str:
    """Return why a claim is made and its source: the docstring of its function, on one line."""
    function = find.func if isinstance(find, partial) else find
    return " ".join((function.__doc__ or "").split())
