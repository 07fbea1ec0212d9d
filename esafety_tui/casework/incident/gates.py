"""Gates: who confirmed them last, where, and whether this pair confirms them again."""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.flows.procedure.model import (
    Procedure,
    StepKind,
)
from esafety_tui.kernel.errors import Refused
from esafety_tui.kernel.records import OpenRecord


def last_gate_record(
    procedure: Procedure, counted: Sequence[OpenRecord], gate: str
) -> OpenRecord | None:
    """Return the last record that confirmed ``gate``, None where there is none."""
    found = None
    for record in counted:
        step = record.field_text("step")
        if step in procedure and gate in procedure.get_step(step).gates:
            found = record
    return found


def require_same_pair(
    session: OpenSession, procedure: Procedure, counted: Sequence[OpenRecord]
) -> None:
    gate = last_gate_record(procedure, counted, "two-seniors")
    if gate is None or list(gate.by) != sorted(o.id for o in session.officers):
        raise Refused(
            "The two of you have not confirmed that you are two senior people, and not named.",
            "Go back to the step about two senior people, and confirm it together.",
        )


def require_designated(session: OpenSession) -> None:
    """Raise Refused unless this is one of the school's designated computers."""
    if not session.is_designated:
        raise Refused(
            "This is not the school's designated computer.",
            "Go to the designated computer and carry on there.",
        )


def gate_confirmed_elsewhere(
    session: OpenSession, procedure: Procedure, counted: Sequence[OpenRecord]
) -> str:
    """Return the step of the computer's gate if it was last confirmed at another one, else ""."""
    gate = last_gate_record(procedure, counted, "designated-computer")
    if gate is None or session.store.lines[gate.seq].machine == session.machine:
        return ""
    return gate.field_text("step")


def gates_to_confirm_again(
    session: OpenSession, procedure: Procedure, counted: Sequence[OpenRecord]
) -> tuple[str, ...]:
    """Return the steps whose gate this pair has to confirm again, here, before it may capture."""
    last = {r.field_text("step"): r for r in counted}
    present = sorted(o.id for o in session.officers)
    moved = gate_confirmed_elsewhere(session, procedure, counted)
    return tuple(
        step
        for step, record in last.items()
        if step in procedure and procedure.get_step(step).kind is StepKind.GATE
        if step == moved or list(record.by) != present
    )


def require_same_computer(
    session: OpenSession, procedure: Procedure, counted: Sequence[OpenRecord]
) -> None:
    require_designated(session)
    if last_gate_record(procedure, counted, "designated-computer") is None:
        raise Refused(
            "The two of you have not confirmed the designated computer.",
            "Go back to the step about the computer, and confirm it together.",
        )
    if gate_confirmed_elsewhere(session, procedure, counted):
        raise Refused(
            "This incident is reviewed on another computer.",
            "Carry on at that one. Or go back to the step about the computer and confirm it again "
            "here together, with the reason.",
        )
