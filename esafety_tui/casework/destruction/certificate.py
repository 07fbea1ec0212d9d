"""The certificate of a destruction: drawn after the check, signed by both, kept and saved.

format.md section 13. The entry ``shredded`` comes first and holds all that the certificate says, so
one that a power cut prevented is made later. It is never made before the vault was looked at.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.casework.access import reauthenticate
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.access.vault_records import read_vault_records
from esafety_tui.casework.destruction import shredding
from esafety_tui.casework.destruction.verify_gone import DoomedIncident, prove_destruction
from esafety_tui.casework.disclosure import sheets
from esafety_tui.casework.disclosure.signed_form import FormSigningKey
from esafety_tui.data import merkle
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.outside import refuse_inside_vault
from esafety_tui.flows.engine.retention import format_day, uk_day_of_stamp
from esafety_tui.kernel.canon import Json, sha256_hex
from esafety_tui.kernel.clock import parse_stamp
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import EntryReceipt, OpenRecord

if TYPE_CHECKING:
    from esafety_tui.output.form.certificate import DestroyedIncident, DestructionCertificate
    from esafety_tui.output.form.view import PrintedHead

WHAT = "shredding certificate"


@dataclass(frozen=True, slots=True)
class CertificateResult:
    """A certificate that was signed by both, checked, kept in the vault and saved.

    Attributes:
        entry: number of the entry ``shredded``. found: what was looked at, as sentences.
        copies: labels of second copies that may still hold the keys.
    """

    entry: int
    path: Path
    found: tuple[str, ...]
    copies: tuple[str, ...]
    receipt: EntryReceipt


def destroy_and_certify(
    session: OpenSession, incs: Sequence[str], typed: Mapping[str, str],
    passphrases: Mapping[str, str], reason: str, folder: Path,
) -> CertificateResult:  # fmt: skip
    """Destroy incidents for good and save the certificate into ``folder``.

    Raises as casework.shredding.shred does, and OutputFailed where the certificate could not be
    saved: the destruction stands then, and :func:`make` makes or saves it again.
    """
    _refuse_unwritable_folder(folder)
    done = shredding.destroy_incidents(session, incs, typed, passphrases, reason)
    return _certify_destruction(
        session, _find_destruction(session, done.receipt.seq), session.officers, folder
    )


def list_uncertified(session: OpenSession) -> tuple[int, ...]:
    """Return entries that destroyed something and have no certificate in the vault yet."""
    entries = set(session.keyring.directory.shredded.values())
    return tuple(sorted(entries - set(_stored_certificates(session)))) if entries else ()


def make_certificate(
    session: OpenSession, entry: int, passphrases: Mapping[str, str], folder: Path
) -> CertificateResult:
    """Make the certificate of an earlier destruction, or save the one that is kept again.

    Raises BadInput where the entry destroyed nothing, OutputFailed, NotSound.
    """
    officers = reauthenticate.reauthenticate_both(session, passphrases)
    _refuse_unwritable_folder(folder)
    return _certify_destruction(session, _find_destruction(session, entry), officers, folder)


def _refuse_unwritable_folder(folder: Path) -> None:
    refuse_inside_vault(folder)
    if not folder.is_dir():
        raise BadInput("There is no such folder.", "Choose the folder the certificate goes to.")


def _find_destruction(session: OpenSession, seq: int) -> OpenRecord:
    for record in read_vault_records(session, "shredded"):
        if record.seq == seq:
            return record
    raise BadInput("This entry destroyed nothing.", "Choose one from the list.")


def _stored_certificates(session: OpenSession) -> dict[int, OpenRecord]:
    """Return the certificates in the vault by the entry they are of; only those of two count."""
    found = {}
    for record in read_vault_records(session, "printed"):
        entry = record.fields.get("entry")
        if record.field_text("what") == WHAT and len(record.by) > 1 and isinstance(entry, int):
            found[entry] = record
    return found


def _certify_destruction(
    session: OpenSession, record: OpenRecord, officers: Sequence[OfficerKeys], folder: Path
) -> CertificateResult:
    found = prove_destruction(session, list_destroyed(record))
    kept = _stored_certificates(session).get(record.seq)
    if kept is None:
        pdf = _draw_and_sign(session, _certificate_view(session, record, found), officers)
        said: dict[str, Json] = {"what": WHAT, "entry": record.seq, "sha256": sha256_hex(pdf),
                "pdf": base64.b64encode(pdf).decode()}  # fmt: skip
        receipt = session.append_record("printed", said)
    else:
        pdf = base64.b64decode(kept.field_text("pdf"))
        receipt = session.append_record("printed", {"what": f"{WHAT}, a copy", "of": record.seq})
    stem = f"certificate-of-destruction-{record.seq}"
    path = sheets.save_sheet_bytes(sheets.find_free_name(folder, stem), pdf)
    names = tuple(str(c["label"]) for c in _read_rows(record, "copies"))
    return CertificateResult(record.seq, path, found, names, receipt)


def list_destroyed(record: OpenRecord) -> list[DoomedIncident]:
    """Return what an entry ``shredded`` destroyed, as its record keeps it."""
    return [
        DoomedIncident(str(r["inc"]), str(r["reference"]), str(r["recipient"]), r)
        for r in _read_rows(record, "incidents")
    ]


def _read_rows(record: OpenRecord, name: str) -> list[Mapping[str, Any]]:
    rows = record.fields.get(name, [])
    return [r for r in rows if isinstance(r, Mapping)] if isinstance(rows, list | tuple) else []


def _draw_and_sign(
    session: OpenSession, view: DestructionCertificate, officers: Sequence[OfficerKeys]
) -> bytes:
    """Draw, sign twice and check strictly, all in memory. Raises NotSound, Refused."""
    from esafety_tui.output.form.certificate import ROLES, draw_certificate
    from esafety_tui.output.form.sign import sign_form_stream
    from esafety_tui.output.form.verify_form import verify_form

    out = io.BytesIO()
    draw_certificate(view, out)
    pdf = drawn = out.getvalue()
    directory = session.keyring.directory
    certificates = {o.id: directory.find_person(o.id).cert for o in officers}
    for number, officer in enumerate(_order_officers(session, officers)):
        key = FormSigningKey(officer, certificates[officer.id], directory.ca_cert)
        target = io.BytesIO()
        sign_form_stream(
            io.BytesIO(pdf), target, key, session.clock.read_clock().wall, number, ROLES
        )
        pdf = target.getvalue()
    verify_form(
        pdf, directory.ca_cert, frozen_sha256=sha256_hex(drawn),
        expected_certificates=set(certificates.values()),
    )  # fmt: skip
    return pdf


def _order_officers(session: OpenSession, officers: Sequence[OfficerKeys]) -> list[OfficerKeys]:
    """Return the officers as the sheet has them: the presenting one first."""
    return sorted(officers, key=lambda o: (o.id != session.presenting, o.id))


def _certificate_view(
    session: OpenSession, record: OpenRecord, found: tuple[str, ...]
) -> DestructionCertificate:
    from esafety_tui.output.form.certificate import DestructionCertificate, RemainingBackup
    from esafety_tui.output.form.view import Reviewer

    directory = session.keyring.directory
    people = [directory.find_person(i) for i in record.by]
    first, second = (Reviewer(p.name, p.position, p.initials) for p in session.people)
    line = session.store.lines[record.seq]
    return DestructionCertificate(
        school=directory.school,
        practice=directory.is_practice,
        number=record.seq,
        when=parse_stamp(record.at),
        made=session.clock.read_clock().wall,
        by=tuple(f"{p.name}, {p.position}" for p in people),
        computer=directory.machines.get(line.machine, "a computer that is not a designated one"),
        reason=record.field_text("reason"),
        gone=tuple(_describe_destroyed(r) for r in _read_rows(record, "incidents")),
        copies=tuple(
            RemainingBackup(
                str(c["label"]), str(c["generation"]), _format_day(str(c["last"])), int(c["count"])
            )
            for c in _read_rows(record, "copies")
        ),
        found=found,
        before=_head_at(session, record.seq),
        after=_head_at(session, record.seq + 1),
        signers=(first, second),
    )


def _describe_destroyed(row: Mapping[str, Any]) -> DestroyedIncident:
    from esafety_tui.output.form.certificate import DestroyedIncident

    counts = (("Packs exported", row["packs"]), ("sheets printed", row["printed"]))
    left = "; ".join(f"{what}: {count}" for what, count in counts if count)
    return DestroyedIncident(
        str(row["reference"]), _format_day(str(row["opened"])), _format_day(str(row["last"])),
        int(row["entries"]), int(row["files"]), int(row["bytes"]), tuple(_describe_reasons(row)),
        f"{left[0].upper()}{left[1:]}. They are elsewhere." if left else "",
    )  # fmt: skip


def _describe_reasons(row: Mapping[str, Any]) -> list[str]:
    """Return the schedule and what the officers decided, as sentences."""
    said = [f"{row['rule']} Source: {row['source']}."]
    if decided := row["decided"]:
        until = format_day(date.fromisoformat(decided["until"]))
        said.append(f"Set to {until} on {_format_day(decided['at'])}: {decided['reason']}")
    if outcome := row["outcome"]:
        reference = outcome.get("reference", "")
        said.append(f"Outcome: {outcome['outcome']}" + (f" ({reference})" if reference else ""))
    if row["holds_lifted"]:
        said.append(f"Legal holds lifted before: {row['holds_lifted']}.")
    return said


def _format_day(stamp: str) -> str:
    return format_day(uk_day_of_stamp(stamp))


def _head_at(session: OpenSession, size: int) -> PrintedHead:
    from esafety_tui.output.form.view import PrintedHead

    root = merkle.compute_root(map(merkle.hash_leaf, session.store.raw.between(0, size)))
    return PrintedHead(session.store.origin, size, base64.b64encode(root).decode())
