"""How long an incident is kept, and on what day two officers look at it again. Pure.

The schedule is data of a profile. Rule: a day asks for a review and never destroys anything; where
several rules fit an incident the latest day counts; what nobody has judged is kept as long as a
child protection file. A day that two officers recorded with a reason replaces the schedule's.

Source: docs/format.md section 13; the clause of each rule stands in the profile.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from esafety_tui.flows.engine import checks, effects
from esafety_tui.flows.procedure.model import (
    TICKS,
    Answer,
    Event,
    IncidentClass,
    Problem,
    Procedure,
)
from esafety_tui.flows.profile.retention_rules import NONE, From, Rule
from esafety_tui.kernel.clock import LONDON, from_stamp
from esafety_tui.kernel.records import OpenRecord

ASIDE = frozenset({"read", "printed", "clock.checked", "hold.set", "hold.lifted"})
"""Record types that look at an incident or keep it, and write nothing in it."""

REVIEW, OUTCOME = "retention", "outcome"
"""What a record ``decision`` of this module is about, in its field ``what``."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an incident is about, as far as retention asks. ``told``: kinds of contacts told."""

    incident_class: IncidentClass | None = None
    told: frozenset[str] = frozenset()
    stopped: bool = False
    cleared: bool = False

    @property
    def outside(self) -> str:
        """Who leads outside the school, in words; "" where nobody does."""
        police = (
            "police" in self.told
            or self.stopped
            or self.incident_class in {IncidentClass.A, IncidentClass.B, IncidentClass.UNSURE}
        ) and not self.cleared
        names = (("the police", police), ("the LADO", "lado" in self.told))
        return " and ".join(name for name, there in names if there)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How an incident stands.

    Attributes:
        review: the day in force. scheduled: the day of the schedule alone. rule: its rule.
        decided: the record that set another day, or None.
        holds: legal holds in force. lifted: how many were lifted.
        outcome: the record of what became of it outside, or None.
        waiting_for: whose outcome is not recorded, "" where nobody's is missing.
    """

    review: date
    scheduled: date
    rule: Rule
    decided: OpenRecord | None
    holds: tuple[OpenRecord, ...]
    lifted: int
    outcome: OpenRecord | None
    waiting_for: str

    @property
    def why(self) -> str:
        """Where the day comes from, one sentence."""
        return "Set by two officers, with a reason." if self.decided else self.rule.words


def subject(procedure: Procedure, events: Sequence[Event], way: Collection[str]) -> Subject:
    """Return what recorded ``events`` make of an incident. Raises BadInput for foreign answers.

    ``way``: the steps on the way taken.
    """
    known = effects.facts(procedure, events, way)
    told: set[str] = set()
    for event in events:  # an answer replaced later counts, too: who was told stays told
        if isinstance(event, Answer):
            step, option = effects.chosen(procedure, event)
            told.update(option.tell if option else ())
            if step.kind in TICKS:
                told.update(event.many("options"))
    return Subject(known.incident_class, frozenset(told), known.stopped, known.cleared)


def keeping(rules: Sequence[Rule], about: Subject, records: Sequence[OpenRecord]) -> Keeping:
    """Return how an incident stands by all its ``records``, the first one its opening."""
    rule, scheduled = _latest(rules, about, records)
    decided = _decision(records, REVIEW)
    lifted = {n for r in records if r.type == "hold.lifted" for n in _numbers(r)}
    holds = [r for r in records if r.type == "hold.set"]
    standing = tuple(r for r in holds if r.seq not in lifted)
    outcome = _decision(records, OUTCOME)
    acts = [r.seq for r in records if r.type in {"stop", "answer", "answer.changed"}]
    late = outcome is None or any(seq > outcome.seq for seq in acts)
    return Keeping(
        _until(decided) or scheduled, scheduled, rule, decided, standing,
        len(holds) - len(standing), outcome, about.outside if late else "",
    )  # fmt: skip


def _latest(
    rules: Sequence[Rule], about: Subject, records: Sequence[OpenRecord]
) -> tuple[Rule, date]:
    name = str(about.incident_class or NONE)
    starts = {From.OPENED: records[0].at, From.LAST_WRITTEN: last_written(records)}
    fitting = [r for r in rules if name in r.classes or set(r.told) & about.told]
    days = [(r, years_after(uk_day(starts[r.start]), r.years)) for r in fitting]
    return max(days, key=lambda pair: pair[1])


def last_written(records: Sequence[OpenRecord]) -> str:
    """Return the stamp of the last record that wrote something in an incident."""
    written = [r for r in records if r.type not in ASIDE and r.text("what") != REVIEW]
    return (written or records)[-1].at


def _decision(records: Sequence[OpenRecord], what: str) -> OpenRecord | None:
    """Return the last decision of two about ``what``; one whose day cannot be read is none."""
    found = [
        r
        for r in records
        if r.type == "decision" and r.text("what") == what and len(r.by) > 1
        if what != REVIEW or _until(r)
    ]
    return found[-1] if found else None


def _until(record: OpenRecord | None) -> date | None:
    try:
        return date.fromisoformat(record.text("until")) if record else None
    except ValueError:
        return None


def _numbers(record: OpenRecord) -> Sequence[object]:
    """Return the entries of the holds that a record lifts; nothing for a record of one officer."""
    rows = record.fields.get("holds", [])
    return rows if isinstance(rows, list | tuple) and len(record.by) > 1 else []


def uk_day(stamp: str) -> date:
    """Return the day in the UK of a ledger stamp."""
    return from_stamp(stamp).astimezone(LONDON).date()


def years_after(day: date, years: int) -> date:
    """Return the same day ``years`` later, 1 March where there is no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def read_day(text: str) -> date | Problem:
    """Return the day that people or scripts type: ``21 Nov 2051``, ``21/11/2051``, ISO."""
    words = checks.when(text)
    if isinstance(words, Problem):
        return words
    try:
        return datetime.strptime(words, "%d %b %Y").replace(tzinfo=LONDON).date()
    except ValueError:
        return Problem("Give the day alone, for example 21 Nov 2051.")


def for_people(day: date) -> str:
    """Return ``21 Nov 2051``."""
    return f"{day.day} {day.strftime('%b %Y')}"


def due(
    rules: Sequence[Rule],
    procedure: Procedure,
    events: Sequence[Event],
    way: Collection[str],
    records: Sequence[OpenRecord],
) -> str:
    """Return field ``due`` of the register card, ``2051-11-21 child`` or ``… decided held``."""
    stands = keeping(rules, subject(procedure, events, way), records)
    return card_text(stands)


def card_text(stands: Keeping) -> str:
    """Return what the register card says of ``stands``: no names, no reasons."""
    origin = "decided" if stands.decided else stands.rule.key
    return " ".join([stands.review.isoformat(), origin, *(["held"] if stands.holds else [])])


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the list of reviews, for screens and the command line.

    Attributes:
        day: of the review, None where it is not known here.
        why: one sentence. held: a legal hold is in force. over: the day has come.
    """

    inc: str
    reference: str
    day: date | None
    why: str
    held: bool = False
    over: bool = False


def read_due(inc: str, reference: str, text: str, rules: Sequence[Rule], today: date) -> Due | None:
    """Return a register card's ``due`` as a line of the list, None where it says nothing.

    The card is a cache that anybody can seal: it is shown and never relied on.
    """
    words = text.split(" ")
    try:
        day = date.fromisoformat(words[0])
    except ValueError:
        return None
    named = {rule.key: rule.words for rule in rules}
    origin = words[1] if len(words) > 1 else ""
    why = named.get(origin, "Set by two officers, with a reason.")
    return Due(inc, reference, day, why, "held" in words[2:], day <= today)
