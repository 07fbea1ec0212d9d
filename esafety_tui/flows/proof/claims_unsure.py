"""Claims on "we do not know": it never leads to viewing, and it leads the safer way.

Safer is compared option by option within one question, by what the flowchart does: whether a
capture can follow, who is notified and which times run on every path from there. It judges no
wording beyond recognising that an option says that somebody does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from esafety_tui.flows.procedure.model import (
    FREEZING_CLASSES,
    ONE_OPTION_KINDS,
    IncidentClass,
    Option,
    PeopleGroup,
    Step,
    StepKind,
)
from esafety_tui.flows.proof.proof_paths import (
    REPORTING_DUTIES,
    Breach,
    PathLeg,
    ProofSubject,
    guaranteed_on_paths,
)

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
    """Return whether an option's label says that somebody does not know."""
    return _DOUBT.search(label) is not None


def _doubts(option: Option) -> bool:
    """Return whether an option says so, in its label or in the short text beside it."""
    beside = bool(option.detail.strip()) and says_unsure(option.detail)
    return beside or says_unsure(option.label)


def find_unsure_viewing(subject: ProofSubject) -> Iterator[Breach]:
    """Not sure never leads to viewing.

    From an answer of class "unsure" no capture can be reached at all. From any other "we do not
    know" none can, either, unless every answer of that question leaves it open in the same way.
    Source: unsure whether it is a crime means advice first, not review (Kent model clause).
    """
    viewing = subject.steps_leading_to(step.id for step in subject.capture_steps)
    for step in _asking_steps(subject):
        open_anyway = all(_follower_of_option(step, option) in viewing for option in step.options)
        for option in step.options:
            unsure = option.incident_class is IncidentClass.UNSURE
            if _follower_of_option(step, option) in viewing and (
                unsure or (option.unsure and not open_anyway)
            ):
                yield _option_breach(step, option, "leads to a step that captures")


def find_unmarked_doubt(subject: ProofSubject) -> Iterator[Breach]:
    """Whoever offers "we are not sure" marks it, so that the safer way can be proven.

    A row of the policy's table has no such mark but "illegal", and no answer is no advice.
    Source: unsure always takes the safer branch (docs/procedures.md section 1).
    """
    for step in _asking_steps(subject):
        for option in step.options:
            doubt, in_table = _doubts(option), step.matrix is not PeopleGroup.NONE
            open_yet = _NO_ANSWER.search(f"{option.label}. {option.detail}")
            if doubt and not in_table and not option.unsure:
                yield _option_breach(
                    step, option, "says that somebody does not know; add unsure = true"
                )
            if doubt and in_table and option.incident_class is not IncidentClass.UNSURE:
                yield _option_breach(
                    step, option, "says that nobody knows; make the row illegal = true"
                )
            if option.advice and (doubt or option.unsure or open_yet):
                yield _option_breach(step, option, "is no advice, and counts as advice")
            if option.cleared and (doubt or option.unsure or open_yet):
                yield _option_breach(
                    step, option, "is no word that nothing is illegal, and counts as one"
                )
            if option.carry_on and step.kind is StepKind.WAIT and _NO_ANSWER.search(option.label):
                yield _option_breach(step, option, "is no answer, and offers to carry on")


def find_less_safe_doubt(subject: ProofSubject) -> Iterator[Breach]:
    """Not sure is at least as safe as each other answer to the same question.

    Whoever is told on every way from another answer is offered from this one, too; a duty to report
    in time that begins there begins here; an answer that freezes is matched by one that freezes.
    Source: unsure always takes the safer branch (docs/procedures.md section 1).
    """
    told = guaranteed_on_paths(subject.procedure, _offered_contacts)
    times = guaranteed_on_paths(subject.procedure, lambda step: frozenset(step.starts))
    for step in _asking_steps(subject):
        for option in (each for each in step.options if each.unsure):
            for other in step.options:
                here, there = _follower_of_option(step, option), _follower_of_option(step, other)
                missing = told[there].union(other.demands) - told[here].union(option.demands)
                missing &= PROTECTING
                late = times[there].union(other.starts) - times[here].union(option.starts)
                late &= REPORTING_DUTIES
                if missing:
                    yield _option_breach(
                        step, option, f"does not lead past {min(missing)} as others do"
                    )
                if late:
                    yield _option_breach(
                        step, option, f"does not begin the time {min(late)} as others do"
                    )
                if (
                    other.incident_class in FREEZING_CLASSES
                    and option.incident_class not in FREEZING_CLASSES
                ):
                    yield _option_breach(step, option, "does not freeze as another answer does")


def _asking_steps(subject: ProofSubject) -> Iterator[Step]:
    yield from (step for step in subject.procedure.steps if step.kind in ONE_OPTION_KINDS)


def _offered_contacts(step: Step) -> frozenset[str]:
    return frozenset(o.key for o in step.options) if step.kind is StepKind.REFERRAL else frozenset()


def _follower_of_option(step: Step, option: Option) -> str:
    return option.next or step.next


def _option_breach(step: Step, option: Option, words: str) -> Breach:
    return Breach(f"step {step.id}, “{option.label}” {words}", (PathLeg(step, option),))
