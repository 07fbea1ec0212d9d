"""Works out how long an incident is kept and when two officers review it. Pure.

The schedule is data of a profile. Rule: a day asks for a review and never destroys anything; where
several rules fit an incident the latest day counts; what nobody has judged is kept as long as a
child protection file. A day that two officers recorded with a reason replaces the schedule's.

Source: docs/format.md section 13; the clause of each rule is in the profile.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from esafety_tui.flows.engine import checks, effects
from esafety_tui.flows.procedure.model import (
    TICKED_KINDS,
    Answer,
    IncidentClass,
    Problem,
    Procedure,
    ProcedureEvent,
)
from esafety_tui.flows.profile.retention_rules import NO_CLASS, CountedFrom, RetentionRule
from esafety_tui.kernel.clock import LONDON, parse_stamp
from esafety_tui.kernel.records import OpenRecord

NON_WRITING_TYPES = frozenset({"read", "printed", "clock.checked", "hold.set", "hold.lifted"})
"""Record types that look at an incident or keep it, and write nothing in it."""

REVIEW, OUTCOME = "retention", "outcome"
"""What a record ``decision`` of this module is about, in its field ``what``."""


@dataclass(frozen=True, slots=True)
class RetentionBasis:
    """The facts of an incident that retention depends on. ``notified``: kinds of contact."""

    incident_class: IncidentClass | None = None
    notified: frozenset[str] = frozenset()
    stopped: bool = False
    cleared: bool = False

    @property
    def outside_lead(self) -> str:
        """The outside body that leads, in words; "" where there is none."""
        police = (
            "police" in self.notified
            or self.stopped
            or self.incident_class in {IncidentClass.A, IncidentClass.B, IncidentClass.UNSURE}
        ) and not self.cleared
        names = (("the police", police), ("the LADO", "lado" in self.notified))
        return " and ".join(name for name, there in names if there)


@dataclass(frozen=True, slots=True)
class RetentionStatus:
    """The retention of one incident: its review day, its holds and its outcome.

    Attributes:
        review: the day in force. scheduled: the day of the schedule alone. rule: its rule.
        decided: the record that set another day, or None.
        holds: legal holds in force. lifted: how many were lifted.
        outcome: the record of what became of it outside, or None.
        waiting_for: whose outcome is not recorded, "" where nobody's is missing.
    """

    review: date
    scheduled: date
    rule: RetentionRule
    decided: OpenRecord | None
    holds: tuple[OpenRecord, ...]
    lifted: int
    outcome: OpenRecord | None
    waiting_for: str

    @property
    def explanation(self) -> str:
        """The origin of the day, one sentence."""
        return "Set by two officers, with a reason." if self.decided else self.rule.sentence


def find_retention_basis(
    procedure: Procedure, events: Sequence[ProcedureEvent], way: Collection[str]
) -> RetentionBasis:
    """Return what recorded ``events`` make of an incident. Raises BadInput for foreign answers.

    ``way``: the steps on the way taken.
    """
    known = effects.derive_case_facts(procedure, events, way)
    told: set[str] = set()
    for event in events:  # an answer replaced later counts, too: a notification cannot be undone
        if isinstance(event, Answer):
            step, option = effects.chosen_option(procedure, event)
            told.update(option.tell if option else ())
            if step.kind in TICKED_KINDS:
                told.update(event.list_values("options"))
    return RetentionBasis(known.incident_class, frozenset(told), known.stopped, known.cleared)


def find_retention_status(
    rules: Sequence[RetentionRule], about: RetentionBasis, records: Sequence[OpenRecord]
) -> RetentionStatus:
    """Return the retention that all ``records`` of an incident lead to, its opening first."""
    rule, scheduled = _find_latest_rule(rules, about, records)
    decided = _find_last_decision(records, REVIEW)
    lifted = {n for r in records if r.type == "hold.lifted" for n in _lifted_hold_numbers(r)}
    holds = [r for r in records if r.type == "hold.set"]
    standing = tuple(r for r in holds if r.seq not in lifted)
    outcome = _find_last_decision(records, OUTCOME)
    acts = [r.seq for r in records if r.type in {"stop", "answer", "answer.changed"}]
    late = outcome is None or any(seq > outcome.seq for seq in acts)
    return RetentionStatus(
        _decided_until(decided) or scheduled, scheduled, rule, decided, standing,
        len(holds) - len(standing), outcome, about.outside_lead if late else "",
    )  # fmt: skip


def _find_latest_rule(
    rules: Sequence[RetentionRule], about: RetentionBasis, records: Sequence[OpenRecord]
) -> tuple[RetentionRule, date]:
    name = str(about.incident_class or NO_CLASS)
    starts = {
        CountedFrom.OPENED: records[0].at,
        CountedFrom.LAST_WRITTEN: last_written_stamp(records),
    }
    fitting = [r for r in rules if name in r.classes or set(r.told) & about.notified]
    days = [(r, years_after(uk_day_of_stamp(starts[r.start]), r.years)) for r in fitting]
    return max(days, key=lambda pair: pair[1])


def last_written_stamp(records: Sequence[OpenRecord]) -> str:
    """Return the stamp of the last record that wrote something in an incident."""
    written = [
        r for r in records if r.type not in NON_WRITING_TYPES and r.field_text("what") != REVIEW
    ]
    return (written or records)[-1].at


def _find_last_decision(records: Sequence[OpenRecord], what: str) -> OpenRecord | None:
    """Return the last decision of two about ``what``; one whose day cannot be read is none."""
    found = [
        r
        for r in records
        if r.type == "decision" and r.field_text("what") == what and len(r.by) > 1
        if what != REVIEW or _decided_until(r)
    ]
    return found[-1] if found else None


def _decided_until(record: OpenRecord | None) -> date | None:
    try:
        return date.fromisoformat(record.field_text("until")) if record else None
    except ValueError:
        return None


def _lifted_hold_numbers(record: OpenRecord) -> Sequence[object]:
    """Return the entries of the holds that a record lifts; nothing for a record of one officer."""
    rows = record.fields.get("holds", [])
    return rows if isinstance(rows, list | tuple) and len(record.by) > 1 else []


def uk_day_of_stamp(stamp: str) -> date:
    """Return the day in the UK of a ledger stamp."""
    return parse_stamp(stamp).astimezone(LONDON).date()


def years_after(day: date, years: int) -> date:
    """Return the same day ``years`` later, 1 March where there is no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def parse_typed_day(text: str) -> date | Problem:
    """Return the day that people or scripts type: ``21 Nov 2051``, ``21/11/2051``, ISO."""
    words = checks.check_date_time(text)
    if isinstance(words, Problem):
        return words
    try:
        return datetime.strptime(words, "%d %b %Y").replace(tzinfo=LONDON).date()
    except ValueError:
        return Problem("Give the day alone, for example 21 Nov 2051.")


def format_day(day: date) -> str:
    """Return ``21 Nov 2051``."""
    return f"{day.day} {day.strftime('%b %Y')}"


def compute_card_due(
    rules: Sequence[RetentionRule],
    procedure: Procedure,
    events: Sequence[ProcedureEvent],
    way: Collection[str],
    records: Sequence[OpenRecord],
) -> str:
    """Return field ``due`` of the register card, ``2051-11-21 child`` or ``… decided held``."""
    stands = find_retention_status(rules, find_retention_basis(procedure, events, way), records)
    return format_card_due(stands)


def format_card_due(stands: RetentionStatus) -> str:
    """Return the due text of the register card for ``stands``: no names, no reasons."""
    origin = "decided" if stands.decided else stands.rule.key
    return " ".join([stands.review.isoformat(), origin, *(["held"] if stands.holds else [])])


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """One line of the list of reviews, for screens and the command line.

    Attributes:
        day: of the review, None where it is not known here.
        why: one sentence. on_legal_hold: a hold is in force. has_come: the day.
    """

    inc: str
    reference: str
    day: date | None
    why: str
    on_legal_hold: bool = False
    has_come: bool = False


def read_card_due(
    inc: str, reference: str, text: str, rules: Sequence[RetentionRule], today: date
) -> ReviewDue | None:
    """Return a register card's ``due`` as a line of the list, None where it says nothing.

    The card is a cache that anybody can seal: it is shown and never relied on.
    """
    words = text.split(" ")
    try:
        day = date.fromisoformat(words[0])
    except ValueError:
        return None
    named = {rule.key: rule.sentence for rule in rules}
    origin = words[1] if len(words) > 1 else ""
    why = named.get(origin, "Set by two officers, with a reason.")
    return ReviewDue(inc, reference, day, why, "held" in words[2:], day <= today)
