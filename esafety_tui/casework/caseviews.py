"""What a screen shows of an incident: answers, items, ticks. Reads a case file, writes nothing."""

from __future__ import annotations

from esafety_tui.casework import permission, registers
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.recorded import ANSWERS
from esafety_tui.flows.model import CLOSING, Answer
from esafety_tui.flows.model import Stopped as Halt
from esafety_tui.kernel.clock import for_people, from_stamp
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.text import defang
from esafety_tui.kernel.views import CaseView, GivenAnswer, Item, Receipt

ON_FORM = ANSWERS | {"url", "screenshot", "file", "note", "described", "stop", "released"}


def receipt(case: CaseFile, record: OpenRecord) -> Receipt:
    """Return the receipt of a record that is already sealed."""
    lines = case.session.store.lines
    last = len(lines) - 1
    head = lines[record.seq + 1].prev if record.seq < last else case.session.store.chain.prev
    return Receipt(record.seq, head[:8], for_people(from_stamp(record.at)))


def item(case: CaseFile, record: OpenRecord) -> Item:
    """Return one address, screenshot or file as the review shows it."""
    at = for_people(from_stamp(record.at))
    if record.type == "url":
        label, detail = defang(record.text("url")), record.text("concern")
        return Item(record.seq, "url", label, detail, at)
    frozen = record.text("blob") in case.session.store.holds.blobs
    return Item(
        record.seq, record.type, record.text("exhibit"), record.text("description"), at,
        record.text("sha256"), frozen, int(record.text("size") or 0),
    )  # fmt: skip


def _closing(case: CaseFile, record: OpenRecord) -> bool:
    """Whether a record answers review, sign or export: the form says nothing of these."""
    step = record.text("step")
    return step in case.procedure and case.procedure.step(step).kind in CLOSING


def view(case: CaseFile, machine: str) -> CaseView:
    """Return the incident as the wizard resumes it."""
    session, records, log = case.session, case.records, case.state.log
    directory = session.keyring.directory
    rendered = [r for r in records if r.type == "form.rendered"]
    version = rendered[-1].fields["version"] if rendered else 0
    stopped = next((r for r in records if r.type == "stop"), None)
    since = records[records.index(rendered[-1]) :] if rendered else []
    return CaseView(
        inc=case.inc, reference=case.card.reference, procedure=case.procedure.name,
        officers=tuple(registers.officer_card(p) for p in session.people),
        words_only=case.card.words_only or not session.pair,
        machine=directory.machines.get(session.machine, machine).partition(" · ")[0],
        machine_ok=session.designated,
        answers=tuple(
            GivenAnswer(e.step, e.plain(), e.reason) for e in log if isinstance(e, Answer)
        ),
        items=tuple(item(case, r) for r in records if r.type in {"url", "screenshot", "file"}),
        notes=tuple(r.text("text") for r in records if r.type in {"note", "described"}),
        last=registers.last_receipt(session), frozen=case.frozen,
        stopped_at=for_people(from_stamp(stopped.at)) if stopped else "",
        ticks=tuple(int(r.text("number")) for r in records if r.type == "stop.tick"),
        restricted=case.card.restricted, rendered=bool(rendered),
        signed_by=tuple(
            directory.person(r.text("officer")).name
            for r in records
            if r.type == "form.signed" and r.fields["version"] == version
        ),
        exported=tuple(for_people(from_stamp(r.at)) for r in records if r.type == "pack.read-back"),
        readable=bool(records) and records[0].type == "incident.opened",
        before_stop=next((n for n, e in enumerate(log) if isinstance(e, Halt)), len(log)),
        check_code=rendered[-1].text("check_code") if rendered else "",
        form_current=not any(r.type in ON_FORM and not _closing(case, r) for r in since),
        gates_again=permission.again(session, case.procedure, case.counted) if session.pair else (),
        gate_elsewhere=permission.elsewhere(session, case.procedure, case.counted),
    )  # fmt: skip
