"""What the police would still ask for before a record is sealed, in order of importance.

Judged from the records alone. Steps are found by kind, part, gate, field names and the kinds of
contact in their options, never by their id, so that it holds for a school's own procedure, too.
Only what lies on the way taken, or on every way ahead, is asked for. It never hinders: whoever
seals with something missing gives a reason. It does not judge what is written, only that it is.

Source: school policies on what the record holds; ACPO Good Practice Guide v5, principle 3;
domain notes on continuity and on comparing the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from esafety_tui.casework.disclosure import route_view
from esafety_tui.casework.incident import (
    answer_record,
    clock_check,
    entries,
    gates,
    notifications,
    opinions,
)
from esafety_tui.casework.incident.answer_log import is_by_right
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import Corrections
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import Step, StepKind
from esafety_tui.kernel.errors import Refused
from esafety_tui.kernel.guidance import MissingItem, Readiness
from esafety_tui.kernel.records import OpenRecord

Rows: TypeAlias = Iterator[MissingItem | None]
"""One for each thing asked for: what is missing, or None where it is there."""
_REASONS = ("reasons", "conclusion")
_INFORMED = frozenset({"parents", "reporter"})


@dataclass(slots=True)
class ReadinessContext:
    """A case file as the rules see it: the answers in force and the steps still to come."""

    case: CaseFile
    given: dict[str, OpenRecord] = field(init=False, repr=False)
    way: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.given = route_view.answers_in_force(self.case)
        self.way = engine.steps_on_path(self.case.procedure, self.case.state)

    def steps_on_path(self, fits: Callable[[Step], bool]) -> list[Step]:
        """Return the steps on the way taken that fit."""
        found = (self.case.procedure.get_step(step_id) for step_id in self.way)
        return [step for step in found if fits(step)]

    def is_asked(self, fits: Callable[[Step], bool]) -> bool:
        """Whether a step that fits is on the way, or none of the ways ahead avoids all of them."""
        if self.steps_on_path(fits):
            return True
        procedure = self.case.procedure
        group = {step.id for step in procedure.steps if fits(step)}
        if not group:
            return False
        left = graph.find_reachable_ids(procedure, self.way[-1], group)
        return not any(procedure.get_step(step_id).kind is StepKind.END for step_id in left)

    def answered_steps(self, fits: Callable[[Step], bool]) -> list[tuple[Step, OpenRecord]]:
        """Return the steps that fit and were answered, with the answer."""
        return [(s, self.given[s.id]) for s in self.steps_on_path(fits) if s.id in self.given]

    def missing_item(self, key: str, what: str, fits: Callable[[Step], bool]) -> MissingItem:
        """Return what is missing, with the first step on the way where it can be given."""
        return MissingItem(key, what, next((s.id for s in self.steps_on_path(fits)), ""))

    def require_once(self, key: str, what: str, fits: Callable[[Step], bool]) -> Rows:
        """Ask that a step that fits was answered, where there is one."""
        if self.is_asked(fits):
            yield None if self.answered_steps(fits) else self.missing_item(key, what, fits)


def judge_readiness(case: CaseFile) -> Readiness:
    """Return how ready the incident is. Raises Refused where its records cannot be read here."""
    if not case.is_fully_read:
        raise Refused(
            "One officer alone cannot judge whether this record is complete.",
            "Ask a second officer to sign in with you.",
        )
    look = ReadinessContext(case)
    rows = [row for rule in RULES for row in rule(look)]
    missing = tuple(row for row in rows if row is not None)
    return Readiness(len(rows) - len(missing), len(rows), missing)


def _step_has_field(*names: str) -> Callable[[Step], bool]:
    return lambda step: all(step.find_field(name) is not None for name in names)


def _check_reported(look: ReadinessContext) -> Rows:
    return look.require_once(
        "reported", "Who reported it, and when", _step_has_field("by", "when", "words")
    )


def _check_danger(look: ReadinessContext) -> Rows:
    """A question without classes whose answer may demand the police and the school's own lead."""

    def fits(step: Step) -> bool:
        demands = {kind for option in step.options for kind in option.demands}
        classes = any(option.incident_class for option in step.options)
        here = notifications.POLICE in demands and bool(demands & {notifications.DSL, "head"})
        return step.kind is StepKind.QUESTION and here and not classes

    return look.require_once("danger", "Whether anybody is in danger now", fits)


def _check_notified(look: ReadinessContext) -> Rows:
    """Everybody who had to be told; of the police, their reference and who took the call."""
    told, profile = notifications.read_notifications(look.case), look.case.profile

    def offers(kind: str) -> Callable[[Step], bool]:
        return lambda step: step.kind is StepKind.REFERRAL and step.find_option(kind) is not None

    for kind in told.needed:
        name = answer_record.contact_in_full(profile, kind)
        fits = offers(kind)
        done = kind in told.told
        yield (
            None
            if done
            else look.missing_item(f"told-{kind}", f"That they were told: {name}", fits)
        )
    if notifications.POLICE in told.told:
        yield from _check_field_of_notified(
            look, notifications.POLICE, told.references, "reference", "The police reference"
        )
        yield from _check_field_of_notified(
            look, notifications.POLICE, told.contacts, "contact", "Who took the call"
        )


def _check_field_of_notified(
    look: ReadinessContext, kind: str, known: Iterable[str], name: str, what: str
) -> Rows:
    """Ask for a field about those told, where a step on the way has a place for it."""
    places = _step_has_field(name)
    if kind in known:
        yield None
    elif look.steps_on_path(places) or look.case.outcome_of_answers.stopped:
        yield look.missing_item(f"{kind}-{name}", what, places)


def _check_device(look: ReadinessContext) -> Rows:
    what = "The computer or device: which, how it was left, who keeps it"
    return look.require_once("device", what, _step_has_field("device", "power", "keeper"))


def _check_exhibits(look: ReadinessContext) -> Rows:
    known = Corrections(look.case.records)
    items = [r for r in look.case.records if r.type in {"screenshot", "file"}]
    bare = [
        r.field_text("exhibit") for r in items if not known.current_text(r, "provenance").strip()
    ]
    if items:
        yield (
            MissingItem("provenance", f"Who gave it and how: {_name_a_few(bare)}") if bare else None
        )
    urls = [r for r in look.case.records if r.type == "url"]
    bare = [
        f"#{r.seq}"
        for r in urls
        if not (known.current_text(r, "concern") and r.field_text("how_known"))
    ]
    if urls:
        what = f"What worries you and how you know: {_name_a_few(bare)}"
        yield MissingItem("concern", what) if bare else None


def _name_a_few(refs: list[str]) -> str:
    return ", ".join(refs[:3]) + (f" and {len(refs) - 3} more" if len(refs) > 3 else "")


def _check_clock_comparisons(look: ReadinessContext) -> Rows:
    """Before the first thing that was taken and after the last; nobody's word alone.

    Where nothing was taken, the first comparison is the one at the start and another the end.
    """
    records, words_only = look.case.records, look.case.card.words_only
    found = [
        r for r in records if r.type == "clock.checked" and r.field_text("found") == "compared"
    ]
    compared = [r.seq for r in found if is_by_right(r, records, words_only)]
    taken = clock_check.list_captures(records)
    start = [seq for seq in compared if not taken or seq < taken[0]]
    end = [seq for seq in compared[0 if taken else 1 :] if not taken or seq > taken[-1]]
    if taken:
        late = MissingItem("clock-start", clock_check.LATE, late=True)
    else:
        late = MissingItem("clock-start", "This computer's clock, compared at start")
    yield None if start else late
    yield None if end else MissingItem("clock-end", "This computer's clock, compared at the end")


def _check_statements(look: ReadinessContext) -> Rows:
    def fits(step: Step) -> bool:
        return bool(opinions.statement_fields(step))

    if not look.is_asked(fits):
        return
    given = [*look.answered_steps(fits), *_check_described(look)]
    texts = [(s, opinions.text_without_opinion(r, n)) for s,
    r in given for n in opinions.statement_fields(s)
             if n in opinions.values_with(r)]  # fmt: skip
    bare = [step.id for step, text in texts if not text.strip()]
    what = "A statement that says what was seen, told or done, not only thought"
    if bare:
        yield MissingItem("statement", what, bare[0])
    else:
        yield None if any(text for _, text in texts) else look.missing_item("statement", what, fits)


def _check_described(look: ReadinessContext) -> list[tuple[Step, OpenRecord]]:
    procedure = look.case.procedure
    counted = [r for r in look.case.records if entries.is_counted(look.case, r)]
    items = [r for r in counted if r.field_text("step") in procedure]
    return [(procedure.get_step(r.field_text("step")), r) for r in items]


def _check_decision(look: ReadinessContext) -> Rows:
    def fits(step: Step) -> bool:
        told = step.kind is StepKind.DECISION or any(
            step.find_field(n) is not None for n in _REASONS
        )
        return step.part == "conclusion" and (told or step.kind is StepKind.WAIT)

    return look.require_once("decided", "What was decided, with the reasons", fits)


def _check_reviewers(look: ReadinessContext) -> Rows:
    gate = "two-seniors"

    def fits(step: Step) -> bool:
        return gate in step.gates

    if look.is_asked(fits):
        record = gates.last_gate_record(look.case.procedure, look.case.counted_answers, gate)
        two = record is not None and len(record.by) > 1 and bool(look.answered_steps(fits))
        yield None if two else look.missing_item("reviewers", "Two reviewers, confirmed", fits)


def _check_informed(look: ReadinessContext) -> Rows:
    def fits(step: Step) -> bool:
        return step.kind is StepKind.REFERRAL and bool(_INFORMED & {o.key for o in step.options})

    return look.require_once("informed", "Who was informed of the outcome, or why nobody", fits)


def _check_lado(look: ReadinessContext) -> Rows:
    told = notifications.read_notifications(look.case)
    if notifications.LADO in told.told:
        name = answer_record.contact_in_full(look.case.profile, notifications.LADO)
        yield from _check_field_of_notified(
            look, notifications.LADO, told.references, "reference", f"The reference of: {name}"
        )


def _check_frozen(look: ReadinessContext) -> Rows:
    held = look.case.session.store.holds.blobs
    known = Corrections(look.case.records)
    items = [
        r for r in look.case.records if r.field_text("exhibit") and r.field_text("blob") in held
    ]
    bare = [
        r.field_text("exhibit") for r in items if not known.current_text(r, "description").strip()
    ]
    if items:
        yield (
            MissingItem("frozen", f"What is frozen, described: {_name_a_few(bare)}")
            if bare
            else None
        )


RULES: tuple[Callable[[ReadinessContext], Rows], ...] = (
    _check_reported, _check_danger, _check_notified, _check_device, _check_exhibits,
    _check_clock_comparisons, _check_statements, _check_decision, _check_reviewers,
    _check_informed, _check_lado, _check_frozen,
)  # fmt: skip
"""In order of importance."""
