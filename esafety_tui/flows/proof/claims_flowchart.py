"""Claims on the flowchart as such: steps, ends, names, sources. Each yields the breaches of one.

The loader refuses most of these before a procedure exists. They are claims all the same, since what
is proven is the fitted procedure, and fitting changes where steps lead.
"""

from __future__ import annotations

from collections.abc import Iterator

from esafety_tui.flows.engine.fit import known_contact_kinds
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import Option, SourceStatus, Step, StepKind
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.flows.proof.proof_paths import Breach, PathLeg, ProofSubject


def find_unreachable_steps(subject: ProofSubject) -> Iterator[Breach]:
    """A step that nobody can reach is a mistake in what leads there.

    Asked of the file as it is: fitting leaves out what one school never reaches.
    Source: proof before use (docs/procedures.md section 4).
    """
    procedure = subject.whole or subject.procedure
    seen = {
        step_id
        for first in subject.entry_step_ids
        for step_id in graph.find_reachable_ids(procedure, first)
    }
    for step in procedure.steps:
        if step.id not in seen:
            yield Breach(f"nothing leads to step {step.id}")


def find_endless_paths(subject: ProofSubject) -> Iterator[Breach]:
    """Every way ends: the steps never run in a circle, and an end can be reached from each.

    Source: no loops; the way back is a key (docs/procedures.md section 1).
    """
    circle = graph.find_cycle(subject.procedure)
    if circle:
        way = tuple(PathLeg(subject.procedure.get_step(step_id)) for step_id in circle)
        yield Breach("the steps run in a circle", way)
    ends = [step.id for step in subject.procedure.steps if step.kind is StepKind.END]
    leading = subject.steps_leading_to(ends) if ends else frozenset()
    for step in subject.procedure.steps:
        if step.id not in leading:
            yield Breach(f"no end can be reached from step {step.id}")


def find_dead_ends(subject: ProofSubject) -> Iterator[Breach]:
    """Every step and every option says what follows; only an end has nothing after it.

    Source: docs/procedures.md section 1.
    """
    for step in subject.procedure.steps:
        open_option = next((o for o in step.options if not (o.next or step.next)), None)
        if step.kind is not StepKind.END and (open_option or not graph.follower_ids(step)):
            yield Breach(f"nothing follows step {step.id}", (PathLeg(step, open_option),))


def find_unreviewed_ends(subject: ProofSubject) -> Iterator[Breach]:
    """Every way passes a review of all that was written before it ends, after STOP as well.

    Source: the group keeps the completed form; nothing is signed unread (policy, P9).
    """
    reviews = [step.id for step in subject.procedure.steps if step.kind is StepKind.REVIEW]
    for first in subject.entry_step_ids:
        for step in subject.procedure.steps:
            if step.kind is StepKind.END:
                way = subject.find_path_avoiding(first, reviews, step.id)
                if way is not None:
                    yield Breach(f"step {step.id} is reached without a review", way)


def find_unsourced_steps(subject: ProofSubject) -> Iterator[Breach]:
    """An instruction without a source says that it is to be confirmed, and no other does.

    Source: nothing is shown as a rule that no policy says (docs/procedures.md sections 1 and 4).
    """
    for step in subject.procedure.steps:
        if not step.source.strip():
            yield Breach(f"step {step.id} has no source")
        if (step.status is SourceStatus.TO_CONFIRM) != step.source.endswith(
            SourceStatus.TO_CONFIRM.value
        ):
            yield Breach(f"step {step.id}: source and status say different things")


def find_unknown_names(subject: ProofSubject) -> Iterator[Breach]:
    """Every role, kind of contact and time that a step names is in the profile.

    Also every procedure that is offered to carry on with.
    Source: docs/procedures.md sections 1 and 2.
    """
    kinds = known_contact_kinds(subject.profile)
    parts: tuple[Step | Option, ...]
    roles = {role.key for role in subject.profile.roles}
    times = {timer.key for timer in subject.profile.timers}
    for step in subject.procedure.steps:
        parts = (step, *step.options)
        named = (
            ("role", roles, step.roles),
            ("kind of contact", kinds, _named_contact_kinds(step)),
            ("time", times, [k for p in parts for k in (*p.starts, *p.ends)]),
            ("procedure", subject.others, [o.carry_on for o in step.options if o.carry_on]),
        )
        for what, known, keys in named:
            for key in keys:
                if key not in known:
                    yield Breach(f"step {step.id} names the {what} {key}, which there is not")


def find_lost_clauses(subject: ProofSubject) -> Iterator[Breach]:
    """A clause, reading or gap on a step that there is not would never be shown to anybody.

    Source: clauses of the profile replace source and status of the steps they name
    (docs/procedures.md section 4). Not asked of a procedure that was fitted before.
    """
    for what, procedure, step in _steps_named_by(subject.profile):
        if procedure not in subject.others:
            yield Breach(f"a {what} names the procedure {procedure}, which there is not")
        whole = subject.whole if procedure == subject.procedure.name else None
        if whole is not None and step and step not in whole:
            yield Breach(f"a {what} names the step {step}, which there is not")


def _steps_named_by(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Yield what names a step, the procedure and the step; "" for all steps of the procedure."""
    yield from (("clause", clause.procedure, clause.step) for clause in profile.clauses)
    listed = [("reading", one.steps) for one in profile.readings]
    listed += [("gap", one.steps) for one in profile.gaps]
    for what, steps in listed:
        for procedure, _, step in (name.partition(".") for name in steps):
            yield what, procedure, step


def _named_contact_kinds(step: Step) -> list[str]:
    told = [*step.tell, *(kind for o in step.options for kind in (*o.tell, *o.demands))]
    return told + [o.key for o in step.options if step.kind is StepKind.REFERRAL]
