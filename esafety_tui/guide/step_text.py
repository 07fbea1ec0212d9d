"""What is said with any step: who must be told, what the policy adds, where it comes from.

Rule: the sentences are worked out here; how they are joined and where they stand each face decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from esafety_tui.flows.engine.fit import SanctionAdvice, contact_name
from esafety_tui.flows.procedure.model import FORBIDDEN_ACT_TEXTS, Step
from esafety_tui.flows.profile.policy_items import PolicyGap
from esafety_tui.flows.profile.profile import Profile

ASK = "ask your safeguarding lead or the police"
NOBODY = "nobody by name"


def name_contacts(
    kinds: Iterable[str], profile: Profile, numbers: Mapping[str, str], joint: str
) -> str:
    """Return who must be told, each once and with a known number, joined by ``joint``; or "".

    ``numbers`` are by the label of a contact. The police are called by their public numbers.
    """
    labels = {contact.kind: contact.label for contact in profile.contacts}
    found = []
    for kind in dict.fromkeys(kinds):
        number = numbers.get(labels.get(kind, ""), "")
        name = contact_name(profile, kind)
        found.append(f"{name}: {number}" if number and kind != "police" else name)
    return f"Must be told: {joint.join(found)}" if found else ""


def list_prohibitions(step: Step) -> list[str]:
    """Return what nobody does from this step on, in plain words."""
    return [FORBIDDEN_ACT_TEXTS[what] for what in step.forbids]


def name_advised(named: Iterable[str]) -> str:
    """Return whom the school's matrix names, or that it names nobody."""
    return ", ".join(named) or NOBODY


def state_advice(advice: SanctionAdvice | None) -> list[str]:
    """Return what the school's matrix says, nothing where it says nothing here."""
    if advice is None:
        return []
    lines = [f"{advice.table_owner} for “{advice.row}” names: {name_advised(advice.named)}."]
    if advice.uncertain:
        lines.append(f"Confirm with school: {', '.join(advice.uncertain)}.")
    return [*lines, *([advice.note] if advice.note else [])]


def name_confirmation(confirmed: str) -> str:
    """Return who confirmed an instruction and when."""
    return f"Confirmed by {confirmed}."


def state_gap(gap: PolicyGap) -> str:
    """Return what the policy does not say, and what is offered instead."""
    return f"{gap.text} Offered instead: {gap.offered}"
