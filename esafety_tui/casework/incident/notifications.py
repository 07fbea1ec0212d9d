"""Who had to be told of an incident and who was, from its records alone. Pure.

Kinds of contact are those of the profile. Having been told is a fact that no later change of the
way undoes. Steps are found by kind, option keys and field names; no step id is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from esafety_tui.casework.incident import answer_record
from esafety_tui.casework.incident.answer_log import parse_answer
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.flows.procedure.model import TICKED_KINDS, Answer, IncidentClass, Step, StepKind
from esafety_tui.flows.procedure.urgent_steps import STOP_STEPS
from esafety_tui.kernel.records import OpenRecord

POLICE, DSL, LADO = "police", "dsl", "lado"
BY_CLASS: Mapping[IncidentClass, tuple[str, ...]] = {
    IncidentClass.A: (POLICE, DSL), IncidentClass.B: (POLICE, DSL), IncidentClass.UNSURE: (DSL,),
}  # fmt: skip
"""Who must be told because of what an answer made of the incident."""
_ON_STOP = {"reference": POLICE, "told": DSL}
"""Who is told by a STOP step, by the field beside its tick."""


@dataclass(frozen=True, slots=True)
class NotificationLog:
    """What is recorded of telling.

    Attributes:
        needed: kinds that had to be told, in the order of the way. told: kinds that were.
        references, contacts: kinds with whom a reference, or who took the call, is written down.
    """

    needed: tuple[str, ...]
    told: frozenset[str]
    references: frozenset[str]
    contacts: frozenset[str]


def read_notifications(case: CaseFile) -> NotificationLog:
    """Return who had to be told and who was."""
    needed: list[str] = []
    told: set[str] = set()
    found: dict[str, set[str]] = {"reference": set(), "contact": set()}
    spoken: frozenset[str] = frozenset()
    for step, given in _iterate_last_answers(case):
        needed += _kinds_needed(step, given)
        if step.kind in TICKED_KINDS:
            ticked = _kinds_ticked(step, given)
            told |= ticked
            spoken = ticked if step.kind is StepKind.REFERRAL else spoken
        for name, kinds in found.items():
            kinds |= _kinds_of_field(step, given, name, spoken)
    for kind, note in _notified_after_stop(case):
        told.add(kind)
        if note:
            found["reference"].add(kind)
            found["contact"].add(kind)
    if case.outcome_of_answers.stopped:
        needed += [POLICE, DSL]
    return NotificationLog(
        tuple(dict.fromkeys(needed)), frozenset(told),
        frozenset(found["reference"]), frozenset(found["contact"]),
    )  # fmt: skip


def _kinds_ticked(step: Step, given: Answer) -> frozenset[str]:
    """Return the kinds that a tick says were told.

    At an action only where the option itself tells them: "in the log for the authority" does not.
    """
    keys = given.list_values("options")
    if step.kind is StepKind.REFERRAL:
        return frozenset(keys)
    return frozenset(o.key for o in step.options if o.key in keys and o.key in o.tell)


def _iterate_last_answers(case: CaseFile) -> Iterator[tuple[Step, Answer]]:
    """Yield the last answer to each step, on the way or not, in the order of the procedure."""
    last = {r.field_text("step"): r for r in case.counted_answers}
    for step in case.procedure.steps:
        if step.id in last:
            yield step, parse_answer(last[step.id])


def _kinds_needed(step: Step, given: Answer) -> list[str]:
    option = step.find_option(given.single_value("option"))
    of_class = option.incident_class if option is not None else None
    by_class = BY_CLASS.get(of_class, ()) if of_class is not None else ()
    demands = option.demands if option is not None else ()
    return [*by_class, *demands, *answer_record.kinds_to_notify(step, given)]


def _kinds_of_field(step: Step, given: Answer, name: str, spoken: frozenset[str]) -> set[str]:
    """Return the kinds that a field ``reference`` or ``contact`` is about.

    Where it stands beside ticks they are those ticked; later, those told last before it.
    """
    fields = [f.name for f in step.fields if given.single_value(f.name).strip()]
    own = {f.removesuffix(f"-{name}") for f in fields if f.endswith(f"-{name}")}
    if name not in fields:
        return own
    about = (
        set(given.list_values("options")) if step.kind in TICKED_KINDS else {*spoken, *step.tell}
    )
    return own | about


def iterate_stop_ticks(records: Iterable[OpenRecord]) -> Iterator[OpenRecord]:
    """Yield the ticks of STOP's own screen; before any STOP nobody can have set one."""
    stopped = False
    for record in records:
        stopped = stopped or record.type == "stop"
        if stopped and record.type == "stop.tick":
            yield record


def _notified_after_stop(case: CaseFile) -> Iterator[tuple[str, str]]:
    """Yield who was told after STOP, with the words beside the tick."""
    kinds = {step.key: _ON_STOP[step.field] for step in STOP_STEPS if step.field in _ON_STOP}
    for record in iterate_stop_ticks(case.records):
        number = record.field_text("number")
        if number in kinds:
            yield kinds[number], record.field_text("note").strip()
