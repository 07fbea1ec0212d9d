"""What a police pack is made of: records and files released from the store by one entry.

format.md section 10. Items that are frozen, or await the police, are listed as withheld.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from esafety_tui.casework.disclosure import form_view, pack_policy, signed_form
from esafety_tui.casework.disclosure.signed_form import FormSigningKey
from esafety_tui.casework.incident import exhibits, permissions
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import Corrections
from esafety_tui.casework.incident.opinions import THOUGHT
from esafety_tui.data import checkpoint, ledger, merkle
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.reading import PackMaterial
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import parse_stamp
from esafety_tui.kernel.records import OpenRecord, Person
from esafety_tui.kernel.views import ALONE
from esafety_tui.output.pack.source import (
    ContinuityRow,
    PackEntry,
    PackExhibit,
    PackOfficer,
    PackSource,
    RecordCopy,
    WithheldExhibit,
)  # fmt: skip

FROZEN = "frozen; the police collect it, or release it with their reference"
HELD = "held until the police have advised; they collect it, or release it with their reference"


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What to export, to where, for whom.

    Attributes:
        passphrases: (officer id, passphrase) of both officers; asked again for the statement.
        plain: a plain folder instead of the encrypted container; needs ``reason``.
    """

    target: Path
    recipient: str
    purpose: str
    passphrases: Sequence[tuple[str, str]] = field(repr=False)
    plain: bool = False
    reason: str = ""


def gather_pack_source(
    case: CaseFile, order: PackOrder, signers: tuple[FormSigningKey, FormSigningKey]
) -> PackSource:
    """Collect everything the pack holds, as of the present head. Raises Refused without a form."""
    session = case.session
    store = session.store
    rendered, _ = signed_form.latest_rendering(case)
    signed_form.refuse_newcomers(case, rendered, [k.id for k in signers])
    kept = _release_material(case, order)
    head = store.current_head()
    tree = merkle.MerkleTree([merkle.hash_leaf(data) for data in store.raw])
    printed = Checkpoint.parse_body(rendered.field_text("checkpoint").encode())
    version = int(rendered.field_text("version"))
    # What was written after the form was drawn is not on it: nobody chose to let that opinion go.
    chosen = rendered.seq if rendered.fields.get("thoughts") is True else 0
    entries = tuple(
        _make_pack_entry(case, record, tree, record.seq < chosen) for record in kept.records
    )
    people = [p for p in session.keyring.directory.people if p.since <= rendered.seq]
    body = head.signed_body()
    signed = [
        (f"officer-{k.id[:16]}", _signing_key_of(people, k.id), k.sign_form_bytes(body))
        for k in signers
    ]
    note = checkpoint.write_signed_note(head, signed)
    return PackSource(
        reference=case.card.reference,
        check_inputs=signed_form.check_code_inputs(case, version, printed, rendered),
        checkpoint_note=note, printed_proof=tuple(tree.consistency_proof(printed.size)),
        form_pdf=_form_bytes(case, kept), entries=entries, exhibits=_make_pack_exhibits(case, kept),
        withheld=list_withheld(case), continuity=continuity_rows(case),
        officers=tuple(PackOfficer(p.id, p.name, p.sign_spki, p.cert) for p in people),
        ca_cert=session.keyring.directory.ca_cert, recipient=order.recipient,
        purpose=order.purpose, created=session.clock.read_clock().wall, signers=signers,
        not_signed_by=signed_form.missing_signers(case),
        procedure=pack_policy.read_followed_file(case, "procedure"),
        profile=pack_policy.read_followed_file(case, "policy"),
    )  # fmt: skip


def _signing_key_of(people: Sequence[Person], officer_id: str) -> bytes:
    return next(p.sign_spki for p in people if p.id == officer_id)


def _release_material(case: CaseFile, order: PackOrder) -> PackMaterial:
    """Let the records and files out of the store: an entry says for whom, before anything is."""
    items = list_disclosable(case)
    named: dict[str, Json] = {
        "recipient": order.recipient, "records": len(case.records),
        "exhibits": [r.field_text("exhibit") for r in items],
    }  # fmt: skip
    form = signed_form.newest_form_record(case)
    permissions.refuse_awaiting_police(case, form)
    files = [*items, form] if form.field_text("blob") else items
    kept = case.session.store.release_for_pack(case.session.case_reader(case.card), files, named)
    case.take_up_entry(kept.entry)
    return kept


def _form_bytes(case: CaseFile, kept: PackMaterial) -> bytes:
    form = signed_form.newest_form_record(case)
    if form.field_text("blob"):
        return b"".join(kept.open[form.field_text("blob")]())
    return base64.b64decode(form.field_text("pdf"))


def _make_pack_entry(
    case: CaseFile, record: OpenRecord, tree: merkle.MerkleTree, opinion: bool
) -> PackEntry:
    store, seq = case.session.store, record.seq
    # The form itself goes along as a file; its copy inside the record would only repeat it. What
    # somebody only thinks stays in the school, unless the form prints it.
    left = {"pdf"} if opinion else {"pdf", THOUGHT}
    shown = tuple(d for d in record.disclosures if d[1] not in left)
    digests = sorted(map(ledger.disclosure_digest, record.disclosures))
    copy = RecordCopy(record.type, tuple(digests), shown)
    return PackEntry(
        seq, store.raw[seq], store.signatures_of(seq), copy, tuple(tree.inclusion_proof(seq))
    )


def list_exhibits(case: CaseFile) -> list[OpenRecord]:
    return [r for r in case.records if r.type in {"screenshot", "file"}]


def list_disclosable(case: CaseFile) -> list[OpenRecord]:
    """Return the exhibits that may leave."""
    stays = (
        case.session.store.holds.blobs
        | case.files_awaiting_police
        | permissions.frozen_by_content(case)
    )
    return [r for r in list_exhibits(case) if r.field_text("blob") not in stays]


def _make_pack_exhibits(case: CaseFile, kept: PackMaterial) -> tuple[PackExhibit, ...]:
    people = case.session.keyring.directory
    known = Corrections(case.records)
    return tuple(
        PackExhibit(
            ref=r.field_text("exhibit"),
            disk_name=exhibits.exhibit_disk_name(r.field_text("exhibit"), r.field_text("media")),
            sha256=r.field_text("sha256"), size=int(r.field_text("size")),
            open=kept.open[r.field_text("blob")], description=known.current_text(r, "description"),
            taken_at=parse_stamp(r.at), by=people.find_person(r.field_text("producer")).name,
            corrected=_original_description(known, r),
        )
        for r in list_disclosable(case)
        if r.field_text("blob") in kept.open
    )  # fmt: skip


def _original_description(known: Corrections, record: OpenRecord) -> str:
    """Return what the description was and which records corrected it, "" for one as sealed."""
    mark = known.correction_mark(record, "description")
    return f"{mark}; first written: {record.field_text('description')}" if mark else ""


def list_withheld(case: CaseFile) -> tuple[WithheldExhibit, ...]:
    frozen, held = (
        case.session.store.holds.blobs | permissions.frozen_by_content(case),
        case.files_awaiting_police,
    )
    return tuple(
        WithheldExhibit(r.field_text("exhibit"), FROZEN if r.field_text("blob") in frozen else HELD)
        for r in list_exhibits(case)
        if r.field_text("blob") in frozen | held
    )


def _exhibit_references(record: OpenRecord) -> list[str]:
    """Return the exhibits a record is about: one, those of a pack, or none."""
    many = record.fields.get("exhibits", ())
    listed = [str(ref) for ref in many] if isinstance(many, list | tuple) else []
    return [record.field_text("exhibit")] if record.field_text("exhibit") else listed


def continuity_rows(case: CaseFile) -> tuple[ContinuityRow, ...]:
    rows: list[ContinuityRow] = []
    people = case.session.keyring.directory
    known = Corrections(case.records)
    for r in case.records:
        if r.type in {"screenshot", "file"}:
            what, note = "taken in and sealed", known.original_and_current(r, "provenance")
        elif r.type in {"custody", "released", "read"}:
            what, note = (
                form_view.describe_exhibit_act(r),
                r.field_text("reason") or r.field_text("purpose"),
            )
            note = f"{note}, for {r.field_text('recipient')}" if r.field_text("recipient") else note
        else:
            continue
        if len(r.by) < 2:  # the program does all of these for two alone
            note = f"{ALONE} {note}"
        by = ", ".join(people.find_person(i).name for i in r.by)
        rows.extend(
            ContinuityRow(parse_stamp(r.at), ref, what, by, note) for ref in _exhibit_references(r)
        )
    return tuple(rows)
