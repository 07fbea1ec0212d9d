"""Where an instruction comes from, who confirmed it, and what holds from here on.

Rule: whatever nobody has confirmed is said to be unconfirmed, with whom to ask. What is forbidden
is everything that a step on the path taken has forbidden so far, not the last step's alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.fit import contact_name
from esafety_tui.flows.engine.retention import format_day
from esafety_tui.flows.procedure.model import FORBIDDEN_ACT_TEXTS, Procedure, SourceStatus, Step
from esafety_tui.flows.profile import policy_gaps
from esafety_tui.flows.profile.policy_items import PolicyGap, SafeReading
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.guide.step_text import name_confirmation, state_gap

READ_HERE = "Your policy is read on the safe side here"
NOT_SAID_HERE = "Not in your policy, on this step"
CONTRADICTS = "Where your policy contradicts itself, the safe reading is used"
GAPS = "What your policy does not say at all"
Part = tuple[str, Sequence[str]]

ASK = "To be confirmed: ask your safeguarding lead or the police before you rely on it."
SOURCED = "That source says so. Nobody has to confirm it."
HOLIDAYS = "Working days are Monday to Friday; bank and school holidays are not known here."


def list_source_parts(
    procedure: Procedure,
    profile: Profile,
    state: engine.FlowState,
    today: date,
    confirmed: str = "",
) -> list[Part]:
    """Return headings and lines about the step shown; ``confirmed``: by whom and when, or "".

    Of gaps and readings those of this step, then those of no one step; not those of other steps.
    """
    step = engine.current_step(procedure, state)
    found: list[Part] = [
        ("Where it comes from", _state_origin(procedure, profile, step, confirmed)),
        (NOT_SAID_HERE, _state_gaps(policy_gaps.gaps_at_step(profile, procedure.name, step))),
        (
            READ_HERE,
            _state_readings(policy_gaps.safe_readings_at_step(profile, procedure.name, step)),
        ),
        ("Why", [" ".join(text.split()) for text in step.why.split("\n\n")]),
        ("Who does this", _name_roles(profile, step)),
        ("Who must be told", _name_notified(profile, step)),
        ("From here on, nobody may", list_forbidden(procedure, state)),
        ("Times", _list_times(profile, step)),
        (CONTRADICTS, _state_readings(one for one in profile.readings if not one.steps)),
        (GAPS, _state_gaps(one for one in profile.gaps if not one.steps)),
        ("Your policy", state_policy(profile, today)),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def _state_gaps(gaps: Iterable[PolicyGap]) -> list[str]:
    return [state_gap(gap) for gap in gaps]


def _state_readings(readings: Iterable[SafeReading]) -> list[str]:
    return [f"{r.text} Because: {r.because} ({r.source})" for r in readings]


def list_forbidden(procedure: Procedure, state: engine.FlowState) -> list[str]:
    """Return what the steps up to the one shown forbid, in plain words, each once."""
    path = engine.steps_on_path(procedure, state)
    upto = path[: path.index(state.at) + 1]
    named = dict.fromkeys(what for step_id in upto for what in procedure.get_step(step_id).forbids)
    return [FORBIDDEN_ACT_TEXTS[what] for what in named]


def state_policy(profile: Profile, today: date) -> list[str]:
    """Return which policy it is, its date, and whether it should have been reviewed by now."""
    known = profile.policy
    dated = f", {format_day(known.date)}" if known.date else ""
    lines = [f"{known.title or profile.title}{dated}"]
    return (
        [*lines, state_overdue_review(profile, today)]
        if profile.is_review_overdue(today)
        else lines
    )


def state_overdue_review(profile: Profile, today: date) -> str:
    """Return ``Your policy was due for review on 12 Apr 2022.``, "" where it is not overdue."""
    due = profile.policy.review_due
    late = due is not None and profile.is_review_overdue(today)
    return f"Your policy was due for review on {format_day(due)}." if due and late else ""


def _state_origin(procedure: Procedure, profile: Profile, step: Step, confirmed: str) -> list[str]:
    own = policy_gaps.has_own_clause(profile, procedure.name, step)
    lines = [
        f"Source: {step.source}",
        "Your school's own policy." if own else "Your policy has no clause on this step.",
    ]
    if confirmed:
        lines.append(name_confirmation(confirmed))
    else:
        lines.append(SOURCED if step.status is SourceStatus.SOURCED else ASK)
    return lines


def _name_roles(profile: Profile, step: Step) -> list[str]:
    labels = {role.key: role.label for role in profile.roles}
    return [labels.get(key, key) for key in step.roles]


def _name_notified(profile: Profile, step: Step) -> list[str]:
    """Return who must be told whatever is answered, then who because of one answer."""
    always = [contact_name(profile, kind) for kind in dict.fromkeys(step.tell)]
    some: dict[str, list[str]] = {}
    for option in step.options:
        for kind in option.tell:
            if kind not in step.tell:
                some.setdefault(contact_name(profile, kind), []).append(f"“{option.label}”")
    return [*always, *(f"{who}, if you answer {' or '.join(said)}" for who, said in some.items())]


def _list_times(profile: Profile, step: Step) -> list[str]:
    lines = []
    for timer in profile.timers:
        length = f"{timer.hours} hours" if timer.hours else _count_days(timer.working_days)
        begins = timer.key in step.starts or any(timer.key in o.starts for o in step.options)
        meets = timer.key in step.ends or any(timer.key in o.ends for o in step.options)
        word = "begins or is met" if begins and meets else "begins" if begins else "is met"
        if begins or meets:
            lines.append(f"{timer.label}, {length}: {word} here ({timer.source})")
    return [*lines, HOLIDAYS] if lines else []


def _count_days(days: int) -> str:
    return "1 working day" if days == 1 else f"{days} working days"
