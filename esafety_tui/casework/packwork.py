"""The police pack: gathered from the opened case, written, read back, and only then "exported".

format.md section 10. Frozen items stay behind and are listed as withheld. The reading back is done
by a fresh process that is given nothing but the pack. The order of writing, entries and the final
name stands in casework/handover.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from esafety_tui.casework import exhibits, formview, formwork
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.formwork import FormKey
from esafety_tui.casework.freezewatch import FreezeWatch
from esafety_tui.casework.handover import Handover
from esafety_tui.casework.passphrases import generate
from esafety_tui.data import checkpoint, ledger, merkle
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.flows import checks
from esafety_tui.flows.model import Problem
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import from_stamp
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused, StorageFailed, VaultBusy
from esafety_tui.kernel.records import OpenRecord, Person, Receipt
from esafety_tui.output.pack import container, folder
from esafety_tui.output.pack.source import (
    ContinuityRow,
    PackEntry,
    PackExhibit,
    PackOfficer,
    PackSource,
    RecordCopy,
    Withheld,
)  # fmt: skip
from esafety_tui.output.pack.target import Progress, Prove

FROZEN = "frozen; the police collect it, or release it with their reference"


@dataclass(frozen=True, slots=True)
class Order:
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


@dataclass(frozen=True, slots=True)
class Done:
    """A pack that was written and read back. ``passphrase`` is "" for a plain folder."""

    path: Path
    code: str
    files: int
    size: int
    read_back: str
    receipt: Receipt
    passphrase: str = field(repr=False, default="")


def export(case: CaseFile, order: Order, progress: Progress) -> Done:
    """Write the pack and read it back from the target. Two officers, passphrases asked again.

    ``progress`` is called after every piece and while it is read back; it cancels by raising.

    Raises NotEligible, WrongPassphrase, BadInput (recipient, purpose), Refused (no reason for a
    plain folder, no form, cancelled), Frozen (STOP came meanwhile; nothing stays on the target),
    OutputFailed (nothing counts as exported then; what was written is marked incomplete).
    """
    watch = FreezeWatch(case)
    case.session.need_pair()
    order = _worded(order)
    if {who for who, _ in order.passphrases} != {o.id for o in case.session.officers}:
        raise NotEligible("Both officers sign the pack.", "Each types their own passphrase again.")
    keys = [formwork.unlock_again(case, who, words) for who, words in order.passphrases]
    source = gather(case, order, (keys[0], keys[1]))
    watch.blobs |= _leaving(case, source)
    watch.check()
    passphrase = "" if order.plain else generate()
    code = formwork.latest(case)[0].text("check_code")

    def write(report: Progress, prove: Prove) -> Path:
        if order.plain:
            return folder.write_plain(source, order.target, report, prove)
        return container.write_container(source, order.target, passphrase, report, prove)

    way = Handover(case, watch, progress, _order_fields(order, source), code, passphrase)
    path, receipt = way.run(write)
    # The entries of the export stand; the head is signed again at the end of the session.
    with contextlib.suppress(StorageFailed, VaultBusy):
        formwork.sign_head(case)
    with watch.leaving(path, "A pack"):
        return Done(path, code, way.files, way.size, way.how, receipt, passphrase)


def _worded(order: Order) -> Order:
    """Return the order with its texts checked. Raises BadInput, Refused."""
    if order.plain and not order.reason.strip():
        raise Refused(
            "A plain folder can be read by anyone who finds it.",
            "Write down why it is needed, or export the encrypted container.",
        )
    return replace(
        order, recipient=_text(order.recipient), purpose=_text(order.purpose),
        reason=_text(order.reason) if order.reason.strip() else "",
    )  # fmt: skip


def _text(raw: str) -> str:
    words = checks.text(raw)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was exported.")
    return words


def _leaving(case: CaseFile, source: PackSource) -> set[str]:
    """Return the hashes of the sealed files of which something is in the pack."""
    rendered, signed = formwork.latest(case)
    refs = {e.ref for e in source.exhibits}
    names = {r.text("blob") for r in _items(case) if r.text("exhibit") in refs}
    return (names | {(signed[-1] if signed else rendered).text("blob")}) - {""}


def _order_fields(order: Order, source: PackSource) -> dict[str, Json]:
    return {
        "recipient": order.recipient, "purpose": order.purpose, "plain": order.plain,
        "reason": order.reason, "entries": len(source.entries),
        "exhibits": [e.ref for e in source.exhibits], "withheld": [w.ref for w in source.withheld],
        "state": "written and read back; it gets its name next",
    }  # fmt: skip


def gather(case: CaseFile, order: Order, signers: tuple[FormKey, FormKey]) -> PackSource:
    """Collect everything the pack holds, as of the present head. Raises Refused without a form."""
    session = case.session
    store = session.store
    rendered, _ = formwork.latest(case)
    head = store.head()
    tree = merkle.Tree([merkle.leaf_hash(data) for data in store.raw])
    printed = Checkpoint.from_body(rendered.text("checkpoint").encode())
    version = int(rendered.text("version"))
    entries = tuple(_entry(case, seq, tree) for seq in (x.seq for x in store.of_incident(case.inc)))
    people = session.keyring.directory.people
    note = checkpoint.note(
        head,
        [(f"officer-{k.id[:16]}", _spki(people, k.id), k.sign_raw(head.body())) for k in signers],
    )
    return PackSource(
        reference=case.card.reference,
        check_inputs=formwork.check_inputs(case, version, printed),
        checkpoint_note=note, printed_proof=tuple(tree.consistency_proof(printed.size)),
        form_pdf=formwork.finished(case), entries=entries, exhibits=_exhibits(case),
        withheld=_withheld(case), continuity=_continuity(case),
        officers=tuple(PackOfficer(p.id, p.name, p.sign_spki, p.cert) for p in people),
        ca_cert=session.keyring.directory.ca_cert, recipient=order.recipient,
        purpose=order.purpose, created=session.clock.now().wall, signers=signers,
        not_signed_by=formwork.waiting(case),
    )  # fmt: skip


def _spki(people: Sequence[Person], officer_id: str) -> bytes:
    return next(p.sign_spki for p in people if p.id == officer_id)


def _entry(case: CaseFile, seq: int, tree: merkle.Tree) -> PackEntry:
    store = case.session.store
    record = store.read(seq, [case.session.identity(case.card)])
    # The form itself goes along as a file; its copy inside the record would only repeat it.
    shown = tuple(d for d in record.disclosures if d[1] != "pdf")
    copy = RecordCopy(record.type, tuple(sorted(map(ledger.digest, record.disclosures))), shown)
    return PackEntry(
        seq, store.raw[seq], store.signatures(seq), copy, tuple(tree.inclusion_proof(seq))
    )


def _items(case: CaseFile) -> list[OpenRecord]:
    return [r for r in case.records if r.type in {"screenshot", "file"}]


def _exhibits(case: CaseFile) -> tuple[PackExhibit, ...]:
    store, identity = case.session.store, case.session.identity(case.card)
    people = case.session.keyring.directory
    return tuple(
        PackExhibit(
            ref=r.text("exhibit"), disk_name=exhibits.disk_name(r.text("exhibit"), r.text("media")),
            sha256=r.text("sha256"), size=int(r.text("size")),
            open=partial(store.read_blob, r.text("blob"), r.text("sha256"), identity),
            description=r.text("description"), taken_at=from_stamp(r.at),
            by=people.person(r.text("producer")).name,
        )
        for r in _items(case)
        if r.text("blob") not in store.holds.blobs
    )  # fmt: skip


def _withheld(case: CaseFile) -> tuple[Withheld, ...]:
    held = case.session.store.holds.blobs
    return tuple(
        Withheld(r.text("exhibit"), FROZEN) for r in _items(case) if r.text("blob") in held
    )


def _continuity(case: CaseFile) -> tuple[ContinuityRow, ...]:
    rows = []
    people = case.session.keyring.directory
    for r in case.records:
        if r.type in {"screenshot", "file"}:
            what, note = "taken in and sealed", r.text("provenance")
        elif r.type in {"custody", "released", "read"} and r.text("exhibit"):
            what, note = formview.acted(r), r.text("reason") or r.text("purpose")
        else:
            continue
        by = ", ".join(people.person(i).name for i in r.by)
        rows.append(ContinuityRow(from_stamp(r.at), r.text("exhibit"), what, by, note))
    return tuple(rows)
