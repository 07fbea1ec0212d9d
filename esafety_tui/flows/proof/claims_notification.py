"""Claims on notification: required contacts are offered in time, others hear of it late enough.

A referral step that may be left out with a reason still offers; that it was left out is recorded.
STOP has its own screen for notifying the police and the safeguarding lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from esafety_tui.flows.engine.fit import known_contact_kinds
from esafety_tui.flows.procedure.model import (
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    ForbiddenAct,
    IncidentClass,
    Option,
    PeopleGroup,
    Step,
    StepKind,
)
from esafety_tui.flows.proof.proof_paths import (
    REPORTING_DUTIES,
    ArrivalSearch,
    Breach,
    PathLeg,
    ProofSubject,
)

INFORMED_ON_ADVICE = frozenset({"parents", "accused"})
"""Kinds of contact that are informed only when the police and the authorities agree."""

_CRIME_CLASSES = (IncidentClass.A, IncidentClass.B, IncidentClass.UNSURE)
_DEMANDED_BY_CLASS: Mapping[IncidentClass | None, frozenset[str]] = {
    IncidentClass.A: frozenset({"police", "dsl"}),
    IncidentClass.B: frozenset({"police", "dsl"}),
    IncidentClass.UNSURE: frozenset({"dsl"}),
}


def find_missing_referrals(subject: ProofSubject) -> Iterator[Breach]:
    """Whoever an answer demands is offered in a referral on every way that it lies on.

    A and B demand the police and the safeguarding lead, unsure the lead, and an option what it
    names itself. It may lie before or after the answer.
    Source: adult to the LADO, lead always, police for a crime (Kent model clause).
    """
    for kind in sorted(_demanded_kinds(subject) & known_contact_kinds(subject.profile)):
        opens = kind in _DEMANDED_BY_CLASS.get(subject.procedure.opens_as, ())
        for first, asked in zip(subject.entry_step_ids, (opens, False), strict=True):
            walk = ArrivalSearch(
                subject.procedure, first, (asked, False), partial(_track_demand, kind)
            )
            for step, (demanded, offered) in walk.list_arrivals():
                if step.kind is StepKind.END and demanded and not offered:
                    way = walk.path_to_arrival(step, (demanded, offered))
                    yield Breach(f"{kind} is demanded, and no referral on the way offers it", way)


def _demanded_kinds(subject: ProofSubject) -> set[str]:
    found = {kind for step in subject.procedure.steps for o in step.options for kind in o.demands}
    return found.union(*_DEMANDED_BY_CLASS.values())


def _track_demand(kind: str, before: tuple[bool, bool], leg: PathLeg) -> tuple[bool, bool]:
    asked, offered = before
    step, option = leg
    if option is not None:
        asked = (
            asked
            or kind in option.demands
            or kind in _DEMANDED_BY_CLASS.get(option.incident_class, ())
        )
    return asked, offered or (step.kind is StepKind.REFERRAL and step.find_option(kind) is not None)


def find_early_notification(subject: ProofSubject) -> Iterator[Breach]:
    """Where telling is forbidden, parents and the person named hear of it after a wait at most.

    After STOP it counts as forbidden. Source: await the police before telling parents or the
    accused (SWGfL flowchart).
    """
    for first, forbidden in zip(subject.entry_step_ids, (False, True), strict=True):
        walk = ArrivalSearch(subject.procedure, first, forbidden, _track_silence)
        for step, silent in walk.list_arrivals():
            soon = sorted(INFORMED_ON_ADVICE & _notified_at_step(step))
            if soon and (silent or ForbiddenAct.INFORM in step.forbids):
                words = f"step {step.id} tells {soon[0]} before a wait for an answer"
                yield Breach(words, walk.path_to_arrival(step, silent))


def _track_silence(before: bool, leg: PathLeg) -> bool:
    if ForbiddenAct.INFORM in leg.step.forbids:
        return True
    return before and leg.step.kind is not StepKind.WAIT


def _notified_at_step(step: Step) -> set[str]:
    keys = {option.key for option in step.options} if step.kind in TICKED_KINDS else set()
    return keys | {*step.tell} | {kind for option in step.options for kind in option.tell}


def find_milder_crimes(subject: ProofSubject) -> Iterator[Breach]:
    """What the policy calls a crime never ends as merely against the rules.

    A, B and "not sure" can be answered on each way to a capture, whatever crimes a policy lists,
    and a row of a matrix that may be illegal freezes, with police and safeguarding lead on every
    way from there.
    Source: policies list extremism as merely unacceptable and send it to the police; the procedure
    counts.
    """
    for incident_class in _CRIME_CLASSES:
        asking = [s.id for s in subject.procedure.steps if _offers_class(s, incident_class)]
        for step in subject.capture_steps:
            way = subject.find_path_avoiding(subject.procedure.first, asking, step.id)
            if way is not None:
                words = f"step {step.id} is reached before class {incident_class} can be answered"
                yield Breach(words, way)
    yield from _find_unsafe_rows(subject)


def _offers_class(step: Step, incident_class: IncidentClass) -> bool:
    return any(option.incident_class is incident_class for option in step.options)


def _find_unsafe_rows(subject: ProofSubject) -> Iterator[Breach]:
    unreferred = {kind: _steps_without_referral(subject, kind) for kind in ("police", "dsl")}
    for step in subject.procedure.steps:
        matrix = subject.profile.find_matrix(step.matrix) if step.kind in ONE_OPTION_KINDS else None
        if matrix is None or step.matrix is PeopleGroup.NONE:
            continue
        for row in (row for row in matrix.rows if row.illegal):
            option = step.find_option(row.key)
            if option is None or option.incident_class is not IncidentClass.UNSURE:
                yield Breach(f"step {step.id}, “{row.label}” is illegal and does not freeze")
                continue
            for kind, steps in unreferred.items():
                if (option.next or step.next) in steps:
                    words = f"step {step.id}, “{row.label}” may be a crime and ends without {kind}"
                    yield Breach(words, (PathLeg(step, option),))


def _steps_without_referral(subject: ProofSubject, kind: str) -> frozenset[str]:
    """Return the ids from which an end can be reached and no referral offers ``kind``."""
    steps = subject.procedure.steps
    offering = [
        s.id for s in steps if s.kind is StepKind.REFERRAL and s.find_option(kind) is not None
    ]
    return subject.steps_leading_to((s.id for s in steps if s.kind is StepKind.END), offering)


def find_unmet_timers(subject: ProofSubject) -> Iterator[Breach]:
    """Every time that begins can be met on each way from there.

    Source: a deadline without a step that meets it is forgotten (docs/procedures.md section 1).
    """
    known = {timer.key for timer in subject.profile.timers}
    for key in sorted(_started_timers(subject) & known):
        for first in subject.entry_step_ids:
            walk = ArrivalSearch(subject.procedure, first, False, partial(_track_timer, key))
            for step, running in walk.list_arrivals():
                if step.kind is StepKind.END and running:
                    yield Breach(
                        f"the time {key} begins and is never met",
                        walk.path_to_arrival(step, running),
                    )


def find_wrongly_met_duties(subject: ProofSubject) -> Iterator[Breach]:
    """A time to report is met by that report: where it is ticked who is told, by no other tick.

    Nor by a step at which nobody is told, whatever is answered there; by one answer it may be,
    where that says that there is nothing to report.
    Source: adult to the LADO in the profile's hours, data to the ICO in 72 (Kent model clause;
    UK GDPR art. 33). Telling somebody else first does not stop the clock.
    """
    for step in subject.procedure.steps:
        if step.kind not in TICKED_KINDS and REPORTING_DUTIES & set(step.ends):
            key = min(REPORTING_DUTIES & set(step.ends))
            yield Breach(f"step {step.id} meets the time {key} whatever is answered")
        if step.kind in TICKED_KINDS:
            others = {o.key for o in step.options}
            met = [(key, others - {key}) for key in sorted(REPORTING_DUTIES & set(step.ends))]
            met += [
                (key, {o.key} - {key})
                for o in step.options
                for key in REPORTING_DUTIES & set(o.ends)
            ]
            for key, other in met:
                if other:
                    words = f"step {step.id} meets the time {key} by a tick at {min(other)}"
                    yield Breach(words)


def _started_timers(subject: ProofSubject) -> set[str]:
    parts: list[Step | Option] = [*subject.procedure.steps]
    parts += [option for step in subject.procedure.steps for option in step.options]
    return {key for part in parts for key in part.starts}


def _track_timer(key: str, before: bool, leg: PathLeg) -> bool:
    """Return whether the time may still run after a step: begun at worst, met at best."""
    step, option = leg
    ticked = step.options if step.kind in TICKED_KINDS else ()
    parts: list[Step | Option] = [step, *ticked, *([option] if option else [])]
    if any(key in part.starts for part in parts):
        before = True
    return before and not any(key in part.ends for part in parts)
