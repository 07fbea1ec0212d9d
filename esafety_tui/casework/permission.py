"""Whether an address, screenshot or file may be taken now: every rule, whoever asks.

Class, advice, gates and freeze come from the recorded answers (flows.effects). Advice and gates
open nothing but on the way they were given on, and no step of it may forbid looking or copying.
Beside those: the step that takes it lies on the way taken or ahead, the pair at work is the one
that confirmed the gate of two, and this is the designated computer of the newest gate about it: a
change of computer is confirmed again by two officers, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.casework.session import Session
from esafety_tui.flows import effects, engine, graph
from esafety_tui.flows.model import Forbidden, Kind, Procedure, Takes
from esafety_tui.kernel.errors import Refused
from esafety_tui.kernel.records import OpenRecord

_BLIND = frozenset({Forbidden.LOOK, Forbidden.COPY})
_STEP = {"url": Takes.ADDRESSES, "screenshot": Takes.FILES, "file": Takes.FILES}


def refuse(
    session: Session,
    procedure: Procedure,
    state: engine.State,
    counted: Sequence[OpenRecord],
    kind: effects.CaptureKind,
) -> None:
    """Raise Refused with the sentence that says why not, or return."""
    _open(engine.case_facts(procedure, state), kind)
    way = engine.path(procedure, state)
    _not_forbidden(procedure, way)
    ahead = graph.reachable(procedure, way[-1])
    if not any(procedure.step(step).takes is _STEP[kind] for step in {*way, *ahead}):
        raise Refused(
            "The answers given lead to words only: nothing may be taken on this way.",
            "Write it down in words instead.",
        )
    # Everything ever said counts against it; for it only what was said on the way taken.
    on_it = tuple(given for given in state.answers if given.step in set(way))
    _open(effects.facts(procedure, on_it), kind)
    _same_pair(session, procedure, counted)
    _same_computer(session, procedure, counted)


def refuse_letting_out(procedure: Procedure, state: engine.State) -> None:
    """Raise Refused where looking or copying is forbidden on the way taken; packs go all the same.

    The police get what was taken, whatever the school may still look at itself.
    """
    _not_forbidden(procedure, engine.path(procedure, state))


def _open(known: effects.CaseFacts, kind: effects.CaptureKind) -> None:
    refusal = effects.may_capture(known, kind)
    if refusal is not None:
        raise Refused(refusal.what, refusal.do)


def _not_forbidden(procedure: Procedure, way: Sequence[str]) -> None:
    """Raise Refused where a step of the way, the present one too, forbids looking or copying."""
    for step in map(procedure.step, way):
        if _BLIND & set(step.forbids):
            raise Refused(
                f"From “{step.title}” on nobody looks at anything or copies it.",
                "Write it down in words instead.",
            )


def gate_record(
    procedure: Procedure, counted: Sequence[OpenRecord], gate: str
) -> OpenRecord | None:
    """Return the last record that confirmed ``gate``, None where there is none."""
    found = None
    for record in counted:
        step = record.text("step")
        if step in procedure and gate in procedure.step(step).gates:
            found = record
    return found


def _same_pair(session: Session, procedure: Procedure, counted: Sequence[OpenRecord]) -> None:
    gate = gate_record(procedure, counted, "two-seniors")
    if gate is None or list(gate.by) != sorted(o.id for o in session.officers):
        raise Refused(
            "The two of you have not confirmed that you are two senior people, and not named.",
            "Go back to the step about two senior people, and confirm it together.",
        )


def need_designated(session: Session) -> None:
    """Raise Refused unless this is one of the school's designated computers."""
    if not session.designated:
        raise Refused(
            "This is not the school's designated computer.",
            "Go to the designated computer and carry on there.",
        )


def elsewhere(session: Session, procedure: Procedure, counted: Sequence[OpenRecord]) -> str:
    """Return the step of the computer's gate if it was last confirmed at another one, else ""."""
    gate = gate_record(procedure, counted, "designated-computer")
    if gate is None or session.store.lines[gate.seq].machine == session.machine:
        return ""
    return gate.text("step")


def again(session: Session, procedure: Procedure, counted: Sequence[OpenRecord]) -> tuple[str, ...]:
    """Return the steps whose gate this pair has to confirm again, here, before it may capture."""
    last = {r.text("step"): r for r in counted}
    present = sorted(o.id for o in session.officers)
    moved = elsewhere(session, procedure, counted)
    return tuple(
        step
        for step, record in last.items()
        if step in procedure and procedure.step(step).kind is Kind.GATE
        if step == moved or list(record.by) != present
    )


def _same_computer(session: Session, procedure: Procedure, counted: Sequence[OpenRecord]) -> None:
    need_designated(session)
    if gate_record(procedure, counted, "designated-computer") is None:
        raise Refused(
            "The two of you have not confirmed the designated computer.",
            "Go back to the step about the computer, and confirm it together.",
        )
    if elsewhere(session, procedure, counted):
        raise Refused(
            "This incident is reviewed on another computer.",
            "Carry on at that one. Or go back to the step about the computer and confirm it again "
            "here together, with the reason.",
        )
