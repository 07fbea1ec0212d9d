"""Whether something may be taken now, and whether what was taken may be let out: every rule.

Class, advice, gates and freeze come from the recorded answers (flows.effects). Advice and gates
open nothing but on the way they were given on, and no step of it may forbid looking or copying.
Beside those: the step that takes it lies on the way taken or follows it at once, after steps that
take something alone, since any other answer may still lead elsewhere; the pair at work is the one
that confirmed the gate of two, and this is the designated computer of the newest gate about it: a
change of computer is confirmed again by two officers, with a reason.

What was taken is held while the police come first: in class B until their advice to record stands
on the way taken. Nothing that is held is looked at, copied, printed or handed on, whatever the
incident was when it was taken. The advice opens it again, or a release of the single item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import frozen_content, gates
from esafety_tui.data.closed import DO
from esafety_tui.flows.engine import effects, engine
from esafety_tui.flows.procedure.model import (
    FREEZING_CLASSES,
    CaptureContent,
    ForbiddenAct,
    IncidentClass,
    Procedure,
    Step,
)
from esafety_tui.kernel.errors import Frozen, Refused
from esafety_tui.kernel.records import FREEZES, OpenRecord

_BLIND = frozenset({ForbiddenAct.LOOK, ForbiddenAct.COPY})
EXHIBITS = frozenset({"screenshot", "file"})
HELD = (
    "The police come first: what was taken is held. Nobody looks at it, copies it or hands it on.",
    "Ask the police and write down what they said: it is open again once they say that you may "
    "record. Or release it item by item, with their reference.",
)
"""What is held, and what to do next: two sentences."""
_FILES = CaptureContent.FILES
_STEP = {"url": CaptureContent.ADDRESSES, "screenshot": _FILES, "file": _FILES}


def refuse_capture(
    session: OpenSession,
    procedure: Procedure,
    state: engine.FlowState,
    counted: Sequence[OpenRecord],
    kind: effects.CaptureKind,
) -> None:
    """Raise Refused with the sentence that says why not, or return."""
    known = engine.case_facts(procedure, state)
    _is_open_for(known, kind)
    way = engine.steps_on_path(procedure, state)
    _require_not_forbidden(procedure, way)
    open_ = [s for s in _reachable_steps(procedure, way) if s.takes is _STEP[kind]]
    if not any(known.incident_class in step.classes for step in open_):
        raise Refused(
            "The answers so far lead to no step at which this is taken.",
            "Answer the step shown, or write it down in words instead.",
        )
    # Everything ever said counts against it; for it only what was said on the way taken.
    on_it = tuple(given for given in state.answers if given.step in set(way))
    _is_open_for(effects.derive_case_facts(procedure, on_it), kind)
    here = [record for record in counted if record.field_text("step") in way]
    gates.require_same_pair(session, procedure, here)
    gates.require_same_computer(session, procedure, here)


def _reachable_steps(procedure: Procedure, way: Sequence[str]) -> list[Step]:
    steps = [procedure.get_step(step) for step in way]
    while steps[-1].is_capture:
        steps.append(procedure.get_step(steps[-1].next))
    return steps


def refuse_disclosure(procedure: Procedure, state: engine.FlowState) -> None:
    """Raise Refused where looking or copying is forbidden on the way taken; packs go all the same.

    The police get what was taken, whatever the school may still look at itself. What is held for
    them stays behind in a pack, too: see :func:`held`.
    """
    _require_not_forbidden(procedure, engine.steps_on_path(procedure, state))


def is_police_first(procedure: Procedure, state: engine.FlowState) -> bool:
    """Whether the police have not yet said that the school may record, or it is frozen for good.

    The facts are those that the capture gate goes by.
    """
    known = engine.case_facts(procedure, state)
    waits = known.incident_class is IncidentClass.B and not known.advice_recorded
    return known.frozen or waits


def is_freezing_answer(
    procedure: Procedure, before: engine.FlowState, after: engine.FlowState
) -> bool:
    """Whether an answer freezes: the first one that does, or class A or unsure over another class.

    By the answers, never by the database, in which one officer alone can seal a freeze of nothing.
    What the police released before they heard of the new class is frozen again.
    """
    was, known = engine.case_facts(procedure, before), engine.case_facts(procedure, after)
    named = known.incident_class
    graver = named in FREEZING_CLASSES and named is not was.incident_class
    return known.frozen and (graver or not was.frozen)


def released_files(records: Sequence[OpenRecord]) -> frozenset[str]:
    """Return the sealed files that two released with a police reference, and nothing froze since.

    By the records: one officer alone can seal a hold of the database, and no such record.
    """
    free: set[str] = set()
    for record in records:
        if record.type in FREEZES:
            free.clear()
        elif record.type == "released" and len(record.by) > 1:
            free.add(record.field_text("blob"))
    return frozenset(free)


def files_awaiting_police(
    procedure: Procedure, state: engine.FlowState, records: Sequence[OpenRecord]
) -> frozenset[str]:
    """Return the sealed files that are held: exhibits, and forms that show one of them."""
    if not is_police_first(procedure, state):
        return frozenset()
    free = released_files(records)
    items = {r.seq: r.field_text("blob") for r in records if r.type in EXHIBITS}
    return _add_forms(records, items, set(items.values()) - free, free)


def frozen_by_content(case: DisclosableCase) -> frozenset[str]:
    """Return sealed files whose bytes STOP closed, wherever that was, and forms that show them.

    Those that are frozen themselves are left out, and those released with a police reference.
    """
    known = case.session.store.closed
    if known is None or not known.items:
        return frozenset()
    free = released_files(case.records)
    items = {r.seq: r for r in case.records if r.type in EXHIBITS}
    shut = {
        r.field_text("blob") for r in items.values()
        if r.field_text("blob") not in free and known.tags_of_original(r.field_text("sha256"))
    }  # fmt: skip
    names = {seq: r.field_text("blob") for seq, r in items.items()}
    open_ = frozenset(set(names.values()) - shut)
    return _add_forms(case.records, names, shut, open_) - case.session.store.holds.blobs


def frozen_list_of(session: OpenSession) -> object:
    """Return the items of the list at work: another object once something was added."""
    return session.store.closed.items if session.store.closed is not None else None


def _add_forms(
    records: Sequence[OpenRecord], items: Mapping[int, str], stays: set[str], free: frozenset[str]
) -> frozenset[str]:
    """Return ``stays`` and the forms that show anything but what is ``free``."""
    found = set(stays)
    showing: set[str] = set()  # versions of the form
    for record in records:
        if record.type not in {"form.rendered", "form.signed"} or not record.field_text("blob"):
            continue
        pictures = record.fields.get("images", ())
        seqs = pictures if isinstance(pictures, list | tuple) else ()
        if any(not isinstance(seq, int) or items.get(seq) not in free for seq in seqs):
            showing.add(record.field_text("version"))
        if record.field_text("version") in showing:
            found.add(record.field_text("blob"))
    return frozenset(found)


class DisclosableCase(Protocol):
    """As much of an incident at work as letting out asks for."""

    session: OpenSession
    state: engine.FlowState
    records: list[OpenRecord]

    @property
    def files_awaiting_police(self) -> frozenset[str]:
        """The sealed files that are held."""
        ...


def refuse_awaiting_police(case: DisclosableCase, record: OpenRecord) -> None:
    """Raise Refused where the sealed file that ``record`` keeps is held, Frozen if it is closed."""
    if record.field_text("blob") in frozen_by_content(case):
        frozen_content.refuse_frozen_bytes(case.session, record.field_text("sha256"))
        raise Frozen(
            "This form shows a picture that is closed by STOP.",
            f"{DO} Draw the form again without it. The earlier one is kept.",
        )
    if record.field_text("blob") not in case.files_awaiting_police:
        return
    if record.type in EXHIBITS:
        raise Refused(*HELD)
    raise Refused(
        "This form shows pictures that are held until the police say that you may record.",
        "Draw the form again without them. The earlier one is kept.",
    )


def yield_while_allowed(
    case: DisclosableCase, record: OpenRecord, pieces: Iterator[bytes]
) -> Iterator[bytes]:
    """Yield ``pieces``; an answer given meanwhile that holds them is asked before the next one."""
    known: tuple[object, object] | None = None
    for piece in pieces:
        now = (case.state, frozen_list_of(case.session))
        if known is None or any(a is not b for a, b in zip(known, now, strict=True)):
            refuse_awaiting_police(case, record)
            known = now
        yield piece


def _is_open_for(known: effects.CaseFacts, kind: effects.CaptureKind) -> None:
    refusal = effects.capture_refusal(known, kind)
    if refusal is not None:
        raise Refused(refusal.what, refusal.do)


def _require_not_forbidden(procedure: Procedure, way: Sequence[str]) -> None:
    """Raise Refused where a step of the way, the present one too, forbids looking or copying."""
    for step in map(procedure.get_step, way):
        if _BLIND & set(step.forbids):
            raise Refused(
                f"From “{step.title}” on nobody looks at anything or copies it.",
                "Write it down in words instead.",
            )
