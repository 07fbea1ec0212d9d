"""The police pack: gathered from the opened case, written, read back, and only then "exported".

format.md section 10. Items that are frozen, or held until the police have advised, stay behind and
are listed as withheld; so does opinion, where the newest form has none. Written by pack_delivery.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from pathlib import Path

from esafety_tui.casework.access.passphrases import generate_passphrase
from esafety_tui.casework.disclosure import pack_policy, signed_form
from esafety_tui.casework.disclosure.pack_delivery import PackDelivery
from esafety_tui.casework.disclosure.pack_source import (
    PackOrder,
    gather_pack_source,
    list_exhibits,
)
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.freeze_guard import FreezeGuard
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused, StorageFailed, VaultBusy
from esafety_tui.kernel.records import UNREADABLE, EntryReceipt
from esafety_tui.output.pack import container, folder
from esafety_tui.output.pack.source import (
    PackSource,
)  # fmt: skip
from esafety_tui.output.pack.target import Progress, ProvePack


@dataclass(frozen=True, slots=True)
class PackResult:
    """A pack, written and read back. ``passphrase``: "" for a folder; ``lacks``: sentences."""

    path: Path
    code: str
    files: int
    size: int
    read_back: str
    receipt: EntryReceipt
    passphrase: str = field(repr=False, default="")
    lacks: tuple[str, ...] = ()


@translate_os_errors("write the pack")
def export_pack(case: CaseFile, order: PackOrder, progress: Progress) -> PackResult:
    """Write the pack and read it back from the target. Two officers, passphrases asked again.

    ``progress`` is called after every piece and while it is read back; it cancels by raising.

    Raises NotEligible, WrongPassphrase, BadInput (recipient, purpose), Refused (no reason for a
    plain folder, no form, cancelled), Frozen (STOP came meanwhile; nothing stays on the target),
    OutputFailed (nothing counts as exported then; what was written is marked incomplete).
    """
    watch = FreezeGuard(case)
    case.session.require_pair()
    order = _check_order_texts(order)
    if {who for who, _ in order.passphrases} != {o.id for o in case.session.officers}:
        raise NotEligible("Both officers sign the pack.", "Each types their own passphrase again.")
    keys = [signed_form.reauthenticate_signer(case, who, words) for who, words in order.passphrases]
    lost = [r for r in case.records if r.type == UNREADABLE]
    if lost:
        raise Refused(
            f"Entry {lost[0].seq}, which one officer alone signed, cannot be read. A pack holds "
            "every entry of its incident, so none can be made.",
            "Print the form, or copy the exhibits out. Look for the entry in the second copy.",
        )
    source = gather_pack_source(case, order, (keys[0], keys[1]))
    watch.blobs |= _disclosed_files(case, source)
    watch.require_unfrozen()
    passphrase = "" if order.plain else generate_passphrase()
    code = signed_form.latest_rendering(case)[0].field_text("check_code")

    def write(report: Progress, prove: ProvePack) -> Path:
        if order.plain:
            return folder.write_plain_folder(source, order.target, report, prove)
        return container.write_container(source, order.target, passphrase, report, prove)

    way = PackDelivery(case, watch, progress, _order_fields(order, source), code, passphrase)
    path, receipt = way.deliver_pack(write)
    # The entries of the export stand; the head is signed again at the end of the session.
    with contextlib.suppress(StorageFailed, VaultBusy):
        signed_form.seal_signed_head(case)
    with watch.guard_new_file(path, "A pack"):
        lacks = pack_policy.describe_missing_files(source.missing_files)
        return PackResult(path, code, way.files, way.size, way.how, receipt, passphrase, lacks)


def _check_order_texts(order: PackOrder) -> PackOrder:
    """Return the order with its texts checked. Raises BadInput, Refused."""
    if order.plain and not order.reason.strip():
        raise Refused(
            "A plain folder can be read by anyone who finds it.",
            "Write down why it is needed, or export the encrypted container.",
        )
    return replace(
        order, recipient=_check_order_text(order.recipient),
        purpose=_check_order_text(order.purpose),
        reason=_check_order_text(order.reason) if order.reason.strip() else "",
    )  # fmt: skip


def _check_order_text(raw: str) -> str:
    words = checks.check_text(raw)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was exported.")
    return words


def _disclosed_files(case: CaseFile, source: PackSource) -> set[str]:
    """Return the hashes of the sealed files of which something is in the pack."""
    rendered, signed = signed_form.latest_rendering(case)
    refs = {e.ref for e in source.exhibits}
    names = {r.field_text("blob") for r in list_exhibits(case) if r.field_text("exhibit") in refs}
    return (names | {(signed[-1] if signed else rendered).field_text("blob")}) - {""}


def _order_fields(order: PackOrder, source: PackSource) -> dict[str, Json]:
    return {
        "recipient": order.recipient, "purpose": order.purpose, "plain": order.plain,
        "reason": order.reason, "entries": len(source.entries),
        "exhibits": [e.ref for e in source.exhibits], "withheld": [w.ref for w in source.withheld],
        "lacks": list(source.missing_files),
        "state": "written and read back; it gets its name next",
    }  # fmt: skip
