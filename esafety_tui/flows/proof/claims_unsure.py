"""Claims on "we do not know": it never leads to viewing, and it leads the safer way.

Safer is compared option by option within one question, by what the flowchart does: whether a
capture can follow, who is told and which times run on every way from there. It judges no wording
beyond recognising that an option says that somebody does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from esafety_tui.flows.procedure.model import (
    FREEZING,
    ONE_OPTION,
    Group,
    IncidentClass,
    Kind,
    Option,
    Step,
)
from esafety_tui.flows.proof.proof_paths import DUTIES, Breach, Leg, Subject, guaranteed

PROTECTING = frozenset({"emergency", "police", "dsl", "lado", "social-care"})
"""Kinds of contact that keep a child safe; telling them is the safer side."""

_DOUBT = re.compile(
    r"\b(?:unsure|un-?certain|unclear|perhaps|maybe)\b"
    r"|\b(?:not|n[o']t) (?:quite |yet )?(?:sure|certain|know|known|clear)\b"
    r"|\b(?:do not|don['\u2019]?t|cannot|can['\u2019]?t|can not|unable to|hard to|impossible to)"
    r" (?:know|tell|say)\b"
    r"|\b(?:nobody|no one|none of us) (?:knows?|can (?:tell|say))\b"
    r"|\b(?:unknown|undecided|possibly|might|could be|doubt(?:s|ful)?|no idea|it depends)\b"
    r"|^\W*$",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"\b(?:no (?:answer|word|reply)|wait(?:s|ing)?|messages?|voice ?mail|engaged|unreach\w*)\b"
    r"|\b(?:not|never|cannot|nobody|no one|n[o'\u2019]t)"
    r" (?:yet|be |get |been )*(?:sa(?:y|id)|answer|repl|reach|call|rung|ring|pick|yet|ask|asked)",
    re.IGNORECASE,
)


def says_unsure(label: str) -> bool:
    """Whether an option's label says that somebody does not know."""
    return _DOUBT.search(label) is not None


def _doubts(option: Option) -> bool:
    """Whether an option says so, in its label or in the short text beside it."""
    beside = bool(option.detail.strip()) and says_unsure(option.detail)
    return beside or says_unsure(option.label)


def leads_to_viewing(subject: Subject) -> Iterator[Breach]:
    """Not sure never leads to viewing.

    From an answer of class "unsure" no capture can be reached at all. From any other "we do not
    know" none can, either, unless every answer of that question leaves it open in the same way.
    Source: unsure whether it is a crime means advice first, not review (Kent model clause).
    """
    viewing = subject.before(step.id for step in subject.captures)
    for step in _asking(subject):
        open_anyway = all(_follower(step, option) in viewing for option in step.options)
        for option in step.options:
            unsure = option.incident_class is IncidentClass.UNSURE
            if _follower(step, option) in viewing and (
                unsure or (option.unsure and not open_anyway)
            ):
                yield _breach(step, option, "leads to a step that captures")


def unmarked(subject: Subject) -> Iterator[Breach]:
    """Whoever offers "we are not sure" marks it, so that the safer way can be proven.

    A row of the policy's table has no such mark but "illegal", and no answer is no advice.
    Source: unsure always takes the safer branch (docs/procedures.md section 1).
    """
    for step in _asking(subject):
        for option in step.options:
            doubt, in_table = _doubts(option), step.matrix is not Group.NONE
            open_yet = _NO_ANSWER.search(f"{option.label}. {option.detail}")
            if doubt and not in_table and not option.unsure:
                yield _breach(step, option, "says that somebody does not know; add unsure = true")
            if doubt and in_table and option.incident_class is not IncidentClass.UNSURE:
                yield _breach(step, option, "says that nobody knows; make the row illegal = true")
            if option.advice and (doubt or option.unsure or open_yet):
                yield _breach(step, option, "is no advice, and counts as advice")
            if option.cleared and (doubt or option.unsure or open_yet):
                yield _breach(step, option, "is no word that nothing is illegal, and counts as one")
            if option.carry_on and step.kind is Kind.WAIT and _NO_ANSWER.search(option.label):
                yield _breach(step, option, "is no answer, and offers to carry on")


def less_safe(subject: Subject) -> Iterator[Breach]:
    """Not sure is at least as safe as each other answer to the same question.

    Whoever is told on every way from another answer is offered from this one, too; a duty to report
    in time that begins there begins here; an answer that freezes is matched by one that freezes.
    Source: unsure always takes the safer branch (docs/procedures.md section 1).
    """
    told = guaranteed(subject.procedure, _offers)
    times = guaranteed(subject.procedure, lambda step: frozenset(step.starts))
    for step in _asking(subject):
        for option in (each for each in step.options if each.unsure):
            for other in step.options:
                here, there = _follower(step, option), _follower(step, other)
                missing = told[there].union(other.demands) - told[here].union(option.demands)
                missing &= PROTECTING
                late = times[there].union(other.starts) - times[here].union(option.starts)
                late &= DUTIES
                if missing:
                    yield _breach(step, option, f"does not lead past {min(missing)} as others do")
                if late:
                    yield _breach(step, option, f"does not begin the time {min(late)} as others do")
                if other.incident_class in FREEZING and option.incident_class not in FREEZING:
                    yield _breach(step, option, "does not freeze as another answer does")


def _asking(subject: Subject) -> Iterator[Step]:
    yield from (step for step in subject.procedure.steps if step.kind in ONE_OPTION)


def _offers(step: Step) -> frozenset[str]:
    return frozenset(o.key for o in step.options) if step.kind is Kind.REFERRAL else frozenset()


def _follower(step: Step, option: Option) -> str:
    return option.next or step.next


def _breach(step: Step, option: Option, words: str) -> Breach:
    return Breach(f"step {step.id}, “{option.label}” {words}", (Leg(step, option),))
