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
    notifications,
    opinions,
    permissions,
)
from esafety_tui.casework.incident.answer_log import by_right
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
class Look:
    """A case file as the rules see it: the answers in force and the steps still to come."""

    case: CaseFile
    given: dict[str, OpenRecord] = field(init=False, repr=False)
    way: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.given = route_view.in_force(self.case)
        self.way = engine.steps_on_path(self.case.procedure, self.case.state)

    def steps(self, fits: Callable[[Step], bool]) -> list[Step]:
        """Return the steps on the way taken that fit."""
        found = (self.case.procedure.get_step(step_id) for step_id in self.way)
        return [step for step in found if fits(step)]

    def asked(self, fits: Callable[[Step], bool]) -> bool:
        """Whether a step that fits is on the way, or none of the ways ahead avoids all of them."""
        if self.steps(fits):
            return True
        procedure = self.case.procedure
        group = {step.id for step in procedure.steps if fits(step)}
        if not group:
            return False
        left = graph.find_reachable_ids(procedure, self.way[-1], group)
        return not any(procedure.get_step(step_id).kind is StepKind.END for step_id in left)

    def answers(self, fits: Callable[[Step], bool]) -> list[tuple[Step, OpenRecord]]:
        """Return the steps that fit and were answered, with the answer."""
        return [(s, self.given[s.id]) for s in self.steps(fits) if s.id in self.given]

    def missing(self, key: str, what: str, fits: Callable[[Step], bool]) -> MissingItem:
        """Return what is missing, with the first step on the way where it can be given."""
        return MissingItem(key, what, next((s.id for s in self.steps(fits)), ""))

    def once(self, key: str, what: str, fits: Callable[[Step], bool]) -> Rows:
        """Ask that a step that fits was answered, where there is one."""
        if self.asked(fits):
            yield None if self.answers(fits) else self.missing(key, what, fits)


def judge(case: CaseFile) -> Readiness:
    """Return how ready the incident is. Raises Refused where its records cannot be read here."""
    if not case.whole:
        raise Refused(
            "One officer alone cannot judge whether this record is complete.",
            "Ask a second officer to sign in with you.",
        )
    look = Look(case)
    rows = [row for rule in RULES for row in rule(look)]
    missing = tuple(row for row in rows if row is not None)
    return Readiness(len(rows) - len(missing), len(rows), missing)


def _has(*names: str) -> Callable[[Step], bool]:
    return lambda step: all(step.find_field(name) is not None for name in names)


def _reported(look: Look) -> Rows:
    return look.once("reported", "Who reported it, and when", _has("by", "when", "words"))


def _danger(look: Look) -> Rows:
    """A question without classes whose answer may demand the police and the school's own lead."""

    def fits(step: Step) -> bool:
        demands = {kind for option in step.options for kind in option.demands}
        classes = any(option.incident_class for option in step.options)
        here = notifications.POLICE in demands and bool(demands & {notifications.DSL, "head"})
        return step.kind is StepKind.QUESTION and here and not classes

    return look.once("danger", "Whether anybody is in danger now", fits)


def _told(look: Look) -> Rows:
    """Everybody who had to be told; of the police, their reference and who took the call."""
    told, profile = notifications.read(look.case), look.case.profile

    def offers(kind: str) -> Callable[[Step], bool]:
        return lambda step: step.kind is StepKind.REFERRAL and step.find_option(kind) is not None

    for kind in told.needed:
        name = answer_record.called(profile, kind)
        fits = offers(kind)
        done = kind in told.told
        yield None if done else look.missing(f"told-{kind}", f"That they were told: {name}", fits)
    if notifications.POLICE in told.told:
        yield from _of(
            look, notifications.POLICE, told.references, "reference", "The police reference"
        )
        yield from _of(look, notifications.POLICE, told.contacts, "contact", "Who took the call")


def _of(look: Look, kind: str, known: Iterable[str], name: str, what: str) -> Rows:
    """Ask for a field about those told, where a step on the way has a place for it."""
    places = _has(name)
    if kind in known:
        yield None
    elif look.steps(places) or look.case.facts.stopped:
        yield look.missing(f"{kind}-{name}", what, places)


def _device(look: Look) -> Rows:
    what = "The computer or device: which, how it was left, who keeps it"
    return look.once("device", what, _has("device", "power", "keeper"))


def _exhibits(look: Look) -> Rows:
    known = Corrections(look.case.records)
    items = [r for r in look.case.records if r.type in {"screenshot", "file"}]
    bare = [r.field_text("exhibit") for r in items if not known.now(r, "provenance").strip()]
    if items:
        yield MissingItem("provenance", f"Who gave it and how: {_few(bare)}") if bare else None
    urls = [r for r in look.case.records if r.type == "url"]
    bare = [
        f"#{r.seq}" for r in urls if not (known.now(r, "concern") and r.field_text("how_known"))
    ]
    if urls:
        what = f"What worries you and how you know: {_few(bare)}"
        yield MissingItem("concern", what) if bare else None


def _few(refs: list[str]) -> str:
    return ", ".join(refs[:3]) + (f" and {len(refs) - 3} more" if len(refs) > 3 else "")


def _clock(look: Look) -> Rows:
    """Before the first thing that was taken and after the last; nobody's word alone.

    Where nothing was taken, the first comparison is the one at the start and another the end.
    """
    records, words_only = look.case.records, look.case.card.words_only
    found = [
        r for r in records if r.type == "clock.checked" and r.field_text("found") == "compared"
    ]
    compared = [r.seq for r in found if by_right(r, records, words_only)]
    taken = clock_check.taken(records)
    start = [seq for seq in compared if not taken or seq < taken[0]]
    end = [seq for seq in compared[0 if taken else 1 :] if not taken or seq > taken[-1]]
    if taken:
        late = MissingItem("clock-start", clock_check.LATE, late=True)
    else:
        late = MissingItem("clock-start", "This computer's clock, compared at start")
    yield None if start else late
    yield None if end else MissingItem("clock-end", "This computer's clock, compared at the end")


def _statements(look: Look) -> Rows:
    def fits(step: Step) -> bool:
        return bool(opinions.statements(step))

    if not look.asked(fits):
        return
    given = [*look.answers(fits), *_described(look)]
    texts = [(s, opinions.kept(r, n)) for s, r in given for n in opinions.statements(s)
             if n in opinions.values(r)]  # fmt: skip
    bare = [step.id for step, text in texts if not text.strip()]
    what = "A statement that says what was seen, told or done, not only thought"
    if bare:
        yield MissingItem("statement", what, bare[0])
    else:
        yield None if any(text for _, text in texts) else look.missing("statement", what, fits)


def _described(look: Look) -> list[tuple[Step, OpenRecord]]:
    procedure = look.case.procedure
    counted = [r for r in look.case.records if entries.counts(look.case, r)]
    items = [r for r in counted if r.field_text("step") in procedure]
    return [(procedure.get_step(r.field_text("step")), r) for r in items]


def _decided(look: Look) -> Rows:
    def fits(step: Step) -> bool:
        told = step.kind is StepKind.DECISION or any(
            step.find_field(n) is not None for n in _REASONS
        )
        return step.part == "conclusion" and (told or step.kind is StepKind.WAIT)

    return look.once("decided", "What was decided, with the reasons", fits)


def _reviewers(look: Look) -> Rows:
    gate = "two-seniors"

    def fits(step: Step) -> bool:
        return gate in step.gates

    if look.asked(fits):
        record = permissions.gate_record(look.case.procedure, look.case.counted, gate)
        two = record is not None and len(record.by) > 1 and bool(look.answers(fits))
        yield None if two else look.missing("reviewers", "Two reviewers, confirmed", fits)


def _informed(look: Look) -> Rows:
    def fits(step: Step) -> bool:
        return step.kind is StepKind.REFERRAL and bool(_INFORMED & {o.key for o in step.options})

    return look.once("informed", "Who was informed of the outcome, or why nobody", fits)


def _lado(look: Look) -> Rows:
    told = notifications.read(look.case)
    if notifications.LADO in told.told:
        name = answer_record.called(look.case.profile, notifications.LADO)
        yield from _of(
            look, notifications.LADO, told.references, "reference", f"The reference of: {name}"
        )


def _frozen(look: Look) -> Rows:
    held = look.case.session.store.holds.blobs
    known = Corrections(look.case.records)
    items = [
        r for r in look.case.records if r.field_text("exhibit") and r.field_text("blob") in held
    ]
    bare = [r.field_text("exhibit") for r in items if not known.now(r, "description").strip()]
    if items:
        yield MissingItem("frozen", f"What is frozen, described: {_few(bare)}") if bare else None


RULES: tuple[Callable[[Look], Rows], ...] = (
    _reported, _danger, _told, _device, _exhibits, _clock, _statements, _decided, _reviewers,
    _informed, _lado, _frozen,
)  # fmt: skip
"""In order of importance."""
