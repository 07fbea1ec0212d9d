"""The signed form: frozen once, certified by one officer, signed by the other, checked strictly.

format.md section 9. "Signed" is said only of a form that passed the strict check.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from esafety_tui.casework.access import reauthenticate
from esafety_tui.casework.disclosure import form_view, readiness
from esafety_tui.casework.disclosure.form_view import FormChoices
from esafety_tui.casework.incident import capture
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data import acquisition
from esafety_tui.data.age import Recipient
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.canon import Json, sha256_hex
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused
from esafety_tui.kernel.records import EntryReceipt, OpenRecord
from esafety_tui.output.form.view import FormView
from esafety_tui.output.verify_code import compute_check_code

LARGEST_PICTURE = 100 << 20
"""Bytes of a file that is printed: it is read into memory as a whole."""


@dataclass(frozen=True, slots=True)
class RenderedForm:
    """The form as frozen for signing."""

    view: FormView
    sha256: str
    code: str
    receipt: EntryReceipt


@dataclass(frozen=True, slots=True)
class FormSignature:
    """One signature made; ``waiting`` are ids of reviewers still to sign."""

    receipt: EntryReceipt
    waiting: tuple[str, ...]
    verified: bool


class FormSigningKey:
    """An officer's key as the PDF signer needs it. Shows nothing in its repr."""

    def __init__(self, officer: OfficerKeys, certificate: bytes, authority: bytes) -> None:
        self._officer = officer
        self.id = officer.id
        self.name = officer.name
        self.certificate_der = certificate
        self.chain_der = [authority]

    def sign_form_bytes(self, data: bytes) -> bytes:
        """Return the DER signature (ECDSA P-256 with SHA-256) over ``data``."""
        return self._officer.sign_message(data)


def check_code_inputs(
    case: CaseFile, version: int, head: Checkpoint, drawn: OpenRecord | None = None
) -> dict[str, Json]:
    """Return the object the check code is made of (format.md section 9).

    ``drawn``: the form's own record, where there is one: who joined after it is not in its code.
    """
    people = case.session.keyring.directory.people
    if drawn is not None:
        people = tuple(p for p in people if p.since <= drawn.seq)
    return {
        "v": 1, "origin": head.origin, "incident": case.inc, "form": version,
        "checkpoint": head.signed_body().decode(), "officers": sorted(p.id for p in people),
    }  # fmt: skip


def refuse_newcomers(case: CaseFile, rendered: OpenRecord, signers: Iterable[str]) -> None:
    """Raise Refused where somebody in the incident, or who signs, joined after the form was drawn.

    The check code on that form knows nothing of them: a pack with it would not be sound.
    """
    known = case.session.keyring.directory
    here = {i for line in case.session.store.lines_of_incident(case.inc) for i in line.by} | set(
        signers
    )
    late = sorted(
        known.find_person(i).name for i in here if known.find_person(i).since > rendered.seq
    )
    if late:
        raise Refused(
            f"{', '.join(late)} joined after this form was drawn; its check code does not know "
            "them.",
            "Draw the form again and sign it, both of you; then export.",
        )


@translate_os_errors("prepare the form")
def render_form(
    case: CaseFile, images: Sequence[int] = (), *, thoughts: bool = False, reason: str = ""
) -> RenderedForm:
    """Freeze the form's content, draw it, seal the drawn file. Two officers.

    ``images`` are entry numbers of pictures chosen one by one. ``thoughts``: lines marked "think"
    are printed and leave with the pack. ``reason``: why it is sealed with something missing.

    Raises Frozen for pictures of a frozen incident, Refused where something is missing and no
    reason is given.
    """
    from esafety_tui.output.form.draw import draw_form

    case.session.require_pair()
    capture.refuse_pictures(case, images)
    sealing = _check_choices(case, thoughts, reason)
    case.check_clock()  # what it did since the last record belongs on this form
    version = 1 + sum(r.type == "form.rendered" for r in case.records)
    head = case.session.store.current_head()
    inputs = check_code_inputs(case, version, head)
    reviewing = form_view.list_reviewers(case)
    code = compute_check_code(inputs)
    shown = [_open_image(case, seq) for seq in images]
    view = form_view.build_form_view(case, version, head, code, shown, sealing)
    out = io.BytesIO()
    draw_form(view, out)
    pdf = out.getvalue()
    kept, held = _store_form(case, pdf, bool(images))
    receipt = case.write_record(
        "form.rendered",
        {
            "version": version, "entries": [r.seq for r in case.records],
            "checkpoint": inputs["checkpoint"], "sha256": sha256_hex(pdf), **kept,
            "officers": sorted(p.id for p in reviewing),
            "order": [p.id for p in reviewing], "check_code": code,
            "directory": inputs["officers"], "images": list(images),
            "thoughts": thoughts, "missing": [m.key for m in sealing.missing],
            "reason": sealing.reason,
        },
        blobs=held,
    )  # fmt: skip
    return RenderedForm(view, sha256_hex(pdf), code, receipt)


def _check_choices(case: CaseFile, thoughts: bool, reason: str) -> FormChoices:
    """Return what was chosen. Raises Refused, BadInput (the reason is no text)."""
    missing = readiness.judge_readiness(case).missing
    if not missing:
        return FormChoices(thoughts)
    if not reason.strip():
        raise Refused(
            f"The police would still ask for this: {'; '.join(m.what for m in missing)}.",
            "Write it down, or say in a few words why the record is sealed without it.",
        )
    words = checks.check_text(reason)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was sealed.")
    return FormChoices(thoughts, missing, words)


def _open_image(case: CaseFile, seq: int) -> tuple[OpenRecord, Callable[[], bytes]]:
    record = capture.find_exhibit(case, seq)
    size = record.fields.get("size")
    if not isinstance(size, int) or size > LARGEST_PICTURE:
        raise BadInput(
            f"The file of exhibit {record.field_text('exhibit')} is larger than 100 MiB, "
            "so it cannot be "
            "printed.",
            "Leave it out of the form. The original stays in the evidence.",
        )
    pieces = capture.view_exhibit(case, seq, "form")
    return record, lambda: b"".join(pieces)


def _store_form(
    case: CaseFile, pdf: bytes, pictures: bool
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Keep a form: in its own record; with pictures in it, as a sealed file that STOP can freeze.

    Returns the record's fields and the hashes of sealed files.
    """
    if not pictures:
        return {"pdf": base64.b64encode(pdf).decode()}, ()
    folder = case.session.folder / "blobs"
    stored = acquisition.acquire_file(
        io.BytesIO(pdf), folder, Recipient.parse_text(case.card.recipient)
    )
    return {"blob": stored.blob_name}, (stored.blob_name,)


def newest_form_record(case: CaseFile) -> OpenRecord:
    """Return the record that keeps the newest form as it stands, signed or not."""
    rendered, signed = latest_rendering(case)
    return signed[-1] if signed else rendered


def release_form(case: CaseFile, purpose: str) -> bytes:
    """Return the newest form as it stands; the reading is an entry first. Raises Frozen."""
    record = newest_form_record(case)
    named: dict[str, Json] = {"form": record.fields["version"], "purpose": purpose}
    return b"".join(case.release_original(record, named))


def release_form_for_paper(case: CaseFile) -> bytes:
    """Return the newest form for paper or a file; the entry ``printed`` is first. Raises Frozen."""
    record = newest_form_record(case)
    named: dict[str, Json] = {"what": "form", "form": record.fields["version"]}
    return b"".join(case.release_original(record, named, "printed"))


def latest_rendering(case: CaseFile) -> tuple[OpenRecord, list[OpenRecord]]:
    """Return the newest rendered form and its signatures. Raises Refused where there is none."""
    rendered = [r for r in case.records if r.type == "form.rendered"]
    if not rendered:
        raise Refused("There is no form yet.", "Go to the signing step first.")
    last = rendered[-1]
    version = last.fields["version"]
    signed = [r for r in case.records if r.type == "form.signed" and r.fields["version"] == version]
    return last, signed


def missing_signers(case: CaseFile) -> tuple[str, ...]:
    """Return ids of reviewers whose signature the newest form lacks."""
    rendered, signed = latest_rendering(case)
    done = {r.field_text("officer") for r in signed}
    return tuple(i for i in _read_officer_ids(rendered) if i not in done)


def _read_officer_ids(rendered: OpenRecord, name: str = "officers") -> list[str]:
    rows = rendered.fields[name]
    return [str(r) for r in rows] if isinstance(rows, list | tuple) else []


def reauthenticate_signer(case: CaseFile, officer_id: str, passphrase: str) -> FormSigningKey:
    """Ask an officer's passphrase again and return their key for one signature."""
    officer = reauthenticate.reauthenticate_officer(case.session, officer_id, passphrase)
    directory = case.session.keyring.directory
    return FormSigningKey(officer, directory.find_person(officer_id).cert, directory.ca_cert)


@translate_os_errors("sign the form")
def sign_form(case: CaseFile, officer_id: str, passphrase: str) -> FormSignature:
    """Put one officer's signature into the newest form. Raises WrongPassphrase, NotEligible."""
    from esafety_tui.output.form.sign import sign_form_stream

    case.session.require_pair()
    rendered, signed = latest_rendering(case)
    if officer_id not in missing_signers(case):
        raise NotEligible("This officer has signed, or is not a reviewer.", "Ask the other one.")
    if not signed and officer_id != _read_officer_ids(rendered, "order")[0]:
        first = case.session.keyring.directory.find_person(_read_officer_ids(rendered, "order")[0])
        raise NotEligible(
            f"{first.name} stands first on this form and signs first.",
            "If they cannot, prepare the form again with those who are here.",
        )
    key = reauthenticate_signer(case, officer_id, passphrase)
    source = io.BytesIO(release_form(case, "to sign"))
    out = io.BytesIO()
    sign_form_stream(source, out, key, case.session.clock.read_clock().wall, int(bool(signed)))
    pdf = out.getvalue()
    left = tuple(i for i in missing_signers(case) if i != officer_id)
    check_form(case, rendered, pdf, complete=not left)
    kept, held = _store_form(case, pdf, bool(rendered.field_text("blob")))
    receipt = case.write_record(
        "form.signed",
        {
            "version": rendered.fields["version"], "officer": officer_id,
            "sha256": sha256_hex(pdf), **kept,
        },
        blobs=held,
    )  # fmt: skip
    if not left:
        seal_signed_head(case)
    return FormSignature(receipt, left, not left)


def check_form(case: CaseFile, rendered: OpenRecord, pdf: bytes, *, complete: bool) -> None:
    """Raise NotSound unless the form passes the strict check with the signatures it should have."""
    from esafety_tui.output.form.verify_form import verify_form

    verify_form(
        pdf, case.session.keyring.directory.ca_cert, frozen_sha256=rendered.field_text("sha256"),
        allow_missing=not complete,
    )  # fmt: skip


def seal_signed_head(case: CaseFile) -> None:
    """Seal a head signed by the officers signed in, as an entry of the vault."""
    head = case.session.store.current_head()
    sigs: dict[str, Json] = {
        o.id: base64.b64encode(o.sign_message(head.signed_body())).decode()
        for o in case.session.officers
    }
    fields: dict[str, Json] = {"checkpoint": head.signed_body().decode(), "sigs": sigs}
    case.session.append_record("head.signed", fields)
