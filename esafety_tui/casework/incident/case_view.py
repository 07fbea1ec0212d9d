"""What a screen shows of an incident: answers, items, ticks. Reads a case file, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from esafety_tui.casework.access import summaries
from esafety_tui.casework.incident import entries, gates, notifications, permissions
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import (
    Corrections,
    field_asked,
    is_one_of_many,
    text_fields,
)
from esafety_tui.flows.procedure.model import Answer, ProcedureEvent
from esafety_tui.flows.procedure.model import StopEvent as Halt
from esafety_tui.flows.procedure.urgent_steps import STOP_STEPS
from esafety_tui.kernel.cards import Receipt
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.text import defang_address
from esafety_tui.kernel.views import CaseView, EditableText, ExhibitView, GivenAnswer

NAMES = {
    "note": "note", "described": "described in words", "referral": "referral",
    "seizure": "computer in question", "custody": "continuity", "stop.tick": "STOP step",
    "concern": "what worries you", "description": "description", "provenance": "who gave it",
}  # fmt: skip
_STEPS = {step.key for step in STOP_STEPS}


def receipt_of_record(case: CaseFile, record: OpenRecord) -> Receipt:
    """Return the receipt of a record that is already sealed."""
    lines = case.session.store.lines
    last = len(lines) - 1
    head = lines[record.seq + 1].prev if record.seq < last else case.session.store.chain.prev
    return Receipt(record.seq, head[:8], format_uk_time(parse_stamp(record.at)))


def view_exhibit_item(
    case: CaseFile, record: OpenRecord, known: Corrections | None = None,
    held: Collection[str] = (), closed: Collection[str] = (),
) -> ExhibitView:  # fmt: skip
    """Return one address, screenshot or file as the review shows it, its words as they stand.

    ``held``, ``closed``: the sealed files that are held, or closed by a STOP in any incident.
    """
    known = known or Corrections(case.records)
    at = format_uk_time(parse_stamp(record.at))
    name = "concern" if record.type == "url" else "description"
    words, mark = known.current_text(record, name), known.correction_mark(record, name)
    if record.type == "url":
        return ExhibitView(
            record.seq, "url", defang_address(record.field_text("url")), words, at, corrected=mark
        )
    frozen = record.field_text("blob") in {*case.session.store.holds.blobs, *closed}
    return ExhibitView(
        record.seq, record.type, record.field_text("exhibit"), words, at,
        record.field_text("sha256"), frozen, int(record.field_text("size") or 0), mark,
        record.field_text("blob") in held,
    )  # fmt: skip


def _note_text(known: Corrections, record: OpenRecord) -> str:
    mark = known.correction_mark(record, "text")
    return known.current_text(record, "text") + (f"  ({mark})" if mark else "")


def _list_notes(case: CaseFile, known: Corrections) -> tuple[str, ...]:
    found = [r for r in case.records if r.type in {"note", "described"} and not is_one_of_many(r)]
    return tuple(_note_text(known, r) for r in found)


def list_editable_texts(case: CaseFile, known: Corrections) -> tuple[EditableText, ...]:
    """Return the words that two officers may correct, oldest first; none for one alone."""
    if not case.session.is_pair:
        return ()
    found = []
    for record in case.records:
        about = record.field_text("exhibit") or defang_address(record.field_text("url"))
        for name in text_fields(record):
            field = field_asked(case, record, name)
            if field is not None and field.choices:
                continue
            what = _editable_text(record, name, about)
            label = f"#{record.seq} {what}"
            found.append(EditableText(record.seq, name, label, known.current_text(record, name)))
    return tuple(found)


def _editable_text(record: OpenRecord, name: str, about: str) -> str:
    if is_one_of_many(record):
        return entries.label_of_field(record, name)
    return NAMES.get(record.type) or f"{about}: {NAMES[name]}"


def _ticked_steps(records: Sequence[OpenRecord]) -> tuple[int, ...]:
    """Return the steps of the last STOP that are done; one alone may have sealed any number."""
    last = max((r.seq for r in records if r.type == "stop"), default=-1)
    done = (
        r.field_text("number") for r in notifications.iterate_stop_ticks(records) if r.seq > last
    )
    return tuple(int(number) for number in done if number in _STEPS)


def _answers_before_last_stop(log: Sequence[ProcedureEvent]) -> int:
    """Return how many answers came before the last STOP, 0 where there is one STOP at most."""
    halts = [n for n, event in enumerate(log) if isinstance(event, Halt)]
    return halts[-1] - len(halts) + 1 if len(halts) > 1 else 0


def _form_signers(case: CaseFile, rendered: list[OpenRecord]) -> tuple[str, ...]:
    """Return who signed the newest form."""
    version = rendered[-1].fields["version"] if rendered else 0
    signed = [r for r in case.records if r.type == "form.signed"]
    person = case.session.keyring.directory.find_person
    return tuple(
        person(r.field_text("officer")).name for r in signed if r.fields["version"] == version
    )


def view_case(case: CaseFile, machine: str) -> CaseView:
    """Return the incident as the wizard resumes it."""
    session, records, log = case.session, case.records, case.state.log
    directory = session.keyring.directory
    rendered = [r for r in records if r.type == "form.rendered"]
    stopped = next((r for r in records if r.type == "stop"), None)
    known, closed = Corrections(records), permissions.frozen_by_content(case)
    held = case.files_awaiting_police - closed
    taken = [r for r in records if r.type in {"url", *permissions.EXHIBITS}]
    items = tuple(view_exhibit_item(case, r, known, held, closed) for r in taken)
    times = {r.field_text("step"): format_uk_time(parse_stamp(r.at)) for r in case.counted_answers}
    return CaseView(
        inc=case.inc, reference=case.card.reference, procedure=case.procedure.name,
        officers=tuple(summaries.officer_card(p) for p in session.people),
        words_only=case.card.words_only or not session.is_pair,
        machine=directory.machines.get(session.machine, machine).partition(" · ")[0],
        machine_ok=session.is_designated,
        answers=tuple(
            GivenAnswer(e.step, e.to_json_values(), e.reason, times.get(e.step, ""))
            for e in log
            if isinstance(e, Answer)
        ),
        described=tuple(entries.show_entry(case, r, known) for r in records if is_one_of_many(r)),
        items=items,
        awaiting_police=" ".join(permissions.HELD) if any(i.held for i in items) else "",
        notes=_list_notes(case, known), wordings=list_editable_texts(case, known),
        review_stale=case.is_review_stale, frozen=case.is_frozen,
        last=summaries.last_receipt(session),
        stopped_at=format_uk_time(parse_stamp(stopped.at)) if stopped else "",
        ticks=_ticked_steps(records),
        restricted=case.card.restricted, rendered=bool(rendered),
        signed_by=_form_signers(case, rendered),
        exported=_export_times(records),
        readable=bool(records) and records[0].type == "incident.opened",
        before_stop=next((n for n, e in enumerate(log) if isinstance(e, Halt)), len(log)),
        stopped_again=_answers_before_last_stop(log),
        check_code=rendered[-1].field_text("check_code") if rendered else "",
        form_current=not (rendered and case.added_since(rendered[-1].seq)),
        gates_again=_gates_to_confirm(case), gate_elsewhere=_gate_elsewhere(case),
        sources=(case.procedure.digest, case.procedure.profile),
    )  # fmt: skip


def _export_times(records: Sequence[OpenRecord]) -> tuple[str, ...]:
    """Return when packs were exported, each after it was read back."""
    return tuple(format_uk_time(parse_stamp(r.at)) for r in records if r.type == "pack.read-back")


def _gates_to_confirm(case: CaseFile) -> tuple[str, ...]:
    """Return the steps whose gate this pair confirms again before capture; none for one alone."""
    session = case.session
    if not session.is_pair:
        return ()
    return gates.gates_to_confirm_again(session, case.procedure, case.counted_answers)


def _gate_elsewhere(case: CaseFile) -> str:
    """Return the step of the computer's gate where it was last confirmed at another computer."""
    answers = case.counted_answers
    return gates.gate_confirmed_elsewhere(case.session, case.procedure, answers)
