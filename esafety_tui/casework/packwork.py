"""The police pack: gathered from the opened case, written, read back, and only then "exported".

format.md section 10. Frozen items stay behind and are listed as withheld. The reading back is done
by a fresh process that is given nothing but the pack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from esafety_tui.casework import exhibits, formview, formwork
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.formwork import FormKey
from esafety_tui.casework.passphrases import generate
from esafety_tui.casework.readback import ReadBack, read_back
from esafety_tui.data import checkpoint, ledger, merkle
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.kernel.clock import from_stamp
from esafety_tui.kernel.errors import NotEligible, OutputFailed, Refused
from esafety_tui.kernel.records import OpenRecord, Person, Receipt
from esafety_tui.output.pack import cache, container, folder
from esafety_tui.output.pack.source import (
    ContinuityRow,
    PackEntry,
    PackExhibit,
    PackOfficer,
    PackSource,
    RecordCopy,
    Withheld,
)  # fmt: skip

Progress = Callable[[str, int, int], None]
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

    Raises NotEligible, WrongPassphrase, Refused (no reason for a plain folder, no form),
    OutputFailed (nothing counts as exported then; what was written is marked incomplete).
    """
    case.session.need_pair()
    if order.plain and not order.reason.strip():
        raise Refused(
            "A plain folder can be read by anyone who finds it.",
            "Write down why it is needed, or export the encrypted container.",
        )
    if {who for who, _ in order.passphrases} != {o.id for o in case.session.officers}:
        raise NotEligible("Both officers sign the pack.", "Each types their own passphrase again.")
    keys = [formwork.unlock_again(case, who, words) for who, words in order.passphrases]
    source = gather(case, order, (keys[0], keys[1]))
    passphrase = "" if order.plain else generate()
    if order.plain:
        path = folder.write_plain(source, order.target, progress)
    else:
        path = container.write_container(source, order.target, passphrase, progress)
    code = formwork.latest(case)[0].text("check_code")
    how = cache.drop_cache(path)
    progress("reading back in a fresh check", 0, 0)
    verdict = _proven(case, path, passphrase, code)
    size = _size(path)
    case.write("pack.exported", _order_fields(order, source))
    receipt = case.write("pack.read-back", {"how": how, "files": verdict.files, "bytes": size})
    formwork.sign_head(case)
    return Done(path, code, verdict.files, size, how, receipt, passphrase)


def _proven(case: CaseFile, path: Path, passphrase: str, code: str) -> ReadBack:
    """Read the pack back; one that fails loses its name, so that nobody hands it over."""
    try:
        return read_back(path, passphrase, code)
    except OutputFailed:
        path.replace(path.with_name(f".{path.name}.incomplete"))
        case.write("note", {"text": "A pack was written, but did not read back. Not exported."})
        raise


def _order_fields(order: Order, source: PackSource) -> dict[str, str | bool | int | list[str]]:
    return {
        "recipient": order.recipient, "purpose": order.purpose, "plain": order.plain,
        "reason": order.reason, "entries": len(source.entries),
        "exhibits": [e.ref for e in source.exhibits], "withheld": [w.ref for w in source.withheld],
    }  # fmt: skip


def _size(path: Path) -> int:
    files = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    return sum(p.stat().st_size for p in files)


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
