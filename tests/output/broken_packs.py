"""Packs that two officers signed and whose hashes all fit, each breaking one rule behind them.

``BROKEN`` maps a name to (what makes the source wrong, pattern of the item that must be named).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate

from esafety_tui.data import checkpoint
from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.output.pack.source import PackEntry, PackSource
from tests.output.pack_samples import START, Signer, exhibit


@dataclass(frozen=True)
class Namesake:
    """As much of an officer as an authority needs to issue a certificate."""

    name: str
    spki: bytes


Change = Callable[[PackSource], PackSource]


def _with_entry(source: PackSource, at: int, entry: PackEntry) -> PackSource:
    return replace(source, entries=(*source.entries[:at], entry, *source.entries[at + 1 :]))


def entry_cut(source: PackSource) -> PackSource:
    return replace(source, entries=(*source.entries[:4], *source.entries[5:]))


def first_cut(source: PackSource) -> PackSource:
    return replace(source, entries=source.entries[1:])


def entries_swapped(source: PackSource) -> PackSource:
    first, second, *rest = source.entries
    return replace(source, entries=(second, first, *rest))


def tail_cut(source: PackSource) -> PackSource:
    return replace(source, entries=source.entries[:-1])


def line_changed(source: PackSource) -> PackSource:
    entry = source.entries[2]
    line = entry.line.replace(b'"boot":"0-boot"', b'"boot":"1-boot"')
    message = b"evidence-entry/v1\n" + line
    sigs = {signer.id: signer.sign_form_bytes(message) for signer in source.signers}
    return _with_entry(source, 2, replace(entry, line=line, sigs=sigs))


def signature_of_another_entry(source: PackSource) -> PackSource:
    return _with_entry(source, 2, replace(source.entries[2], sigs=source.entries[3].sigs))


def signature_missing(source: PackSource) -> PackSource:
    key, sig = min(source.entries[2].sigs.items())
    return _with_entry(source, 2, replace(source.entries[2], sigs={key: sig}))


def proof_of_another_entry(source: PackSource) -> PackSource:
    return _with_entry(source, 2, replace(source.entries[2], proof=source.entries[3].proof))


def consistency_cut(source: PackSource) -> PackSource:
    return replace(source, printed_proof=source.printed_proof[:-1])


def record_field_changed(source: PackSource) -> PackSource:
    entry = source.entries[2]
    salt, name, _ = entry.record.disclosures[0]
    rows = ((salt, name, "another answer"), *entry.record.disclosures[1:])
    return _with_entry(source, 2, replace(entry, record=replace(entry.record, disclosures=rows)))


def record_type_changed(source: PackSource) -> PackSource:
    entry = source.entries[2]
    return _with_entry(source, 2, replace(entry, record=replace(entry.record, type="note")))


def exhibit_replaced(source: PackSource) -> PackSource:
    return replace(source, exhibits=(exhibit(1, b"another"), *source.exhibits[1:]))


def exhibit_left_out(source: PackSource) -> PackSource:
    return replace(source, exhibits=source.exhibits[1:])


def exhibit_of_no_record(source: PackSource) -> PackSource:
    return replace(source, exhibits=(*source.exhibits, exhibit(9, b"never taken in")))


def procedure_of_another_version(source: PackSource) -> PackSource:
    return replace(source, procedure=source.procedure + b"# later")


def profile_that_no_entry_names(source: PackSource) -> PackSource:
    """The first entry's copy leaves out which policy it was."""
    first = source.entries[0]
    rows = tuple(row for row in first.record.disclosures if row[1] != "policy")
    return _with_entry(source, 0, replace(first, record=replace(first.record, disclosures=rows)))


def form_replaced(source: PackSource) -> PackSource:
    return replace(source, form_pdf=source.form_pdf + b"%3\n")


def form_of_another_beginning(source: PackSource) -> PackSource:
    return replace(source, form_pdf=b"%PDF-1.7\n%%EOF\n")


def signer_denied(source: PackSource) -> PackSource:
    return replace(source, not_signed_by=(source.signers[0].id,))


def head_of_one_signer(source: PackSource) -> PackSource:
    head, _ = checkpoint.parse_signed_note(source.checkpoint_note)
    return replace(source, checkpoint_note=_note(head, source, source.signers[:1]))


def head_signature_broken(source: PackSource) -> PackSource:
    head, _ = checkpoint.parse_signed_note(source.checkpoint_note)
    other = replace(head, size=head.size - 1)
    note = _note(other, source, source.signers).replace(other.signed_body(), head.signed_body())
    return replace(source, checkpoint_note=note)


def _note(head: checkpoint.Checkpoint, source: PackSource, signers: tuple[object, ...]) -> bytes:
    spki = {officer.id: officer.spki for officer in source.officers}
    rows = [
        (f"officer-{s.id[:16]}", spki[s.id], s.sign_form_bytes(head.signed_body()))
        for s in signers
        if isinstance(s, Signer)
    ]
    return checkpoint.write_signed_note(head, rows)


def certificates_of_another_school(source: PackSource) -> PackSource:
    return replace(
        source,
        ca_cert=SchoolAuthority.create_authority("Heron Valley School", START).certificate_der(),
    )


def officer_not_listed(source: PackSource) -> PackSource:
    inputs = dict(source.check_inputs)
    inputs["officers"] = [officer.id for officer in source.officers if officer.id != _first(source)]
    return replace(source, check_inputs=inputs)


def printed_head_of_another_time(source: PackSource) -> PackSource:
    head, _ = checkpoint.parse_signed_note(source.checkpoint_note)
    inputs = {**source.check_inputs, "checkpoint": head.signed_body().decode()}
    return replace(source, check_inputs=inputs, printed_proof=())


def key_of_a_stranger(source: PackSource) -> PackSource:
    known, stranger = source.officers[0], OfficerKeys.generate_keys("Otto Stranger")
    extra = replace(known, id=sha256(stranger.spki).hexdigest(), spki=stranger.spki)
    return replace(source, officers=(*source.officers, extra))


def certificate_of_a_namesake(source: PackSource) -> PackSource:
    """An authority of the same name and number, but another key, issued the certificates."""
    real = load_der_x509_certificate(source.ca_cert)
    forger = SchoolAuthority(ec.generate_private_key(ec.SECP256R1()), real)
    one, *rest = source.officers
    cert = forger.issue_certificate(Namesake(one.name, one.spki), START)  # type: ignore[arg-type]
    return replace(source, officers=(replace(one, cert=cert), *rest))


def certificate_of_another_officer(source: PackSource) -> PackSource:
    one, two, *rest = source.officers
    return replace(source, officers=(replace(one, cert=two.cert), two, *rest))


def _first(source: PackSource) -> str:
    return source.signers[0].id


_ENTRY = r"data/ledger\.json, entry "
_RECORD = r"data/records/\d{6}\.json: "
BROKEN: dict[str, tuple[Change, str]] = {
    "entry cut": (entry_cut, _ENTRY + "5: does not follow"),
    "first entry cut": (first_cut, _ENTRY + "1: does not follow"),
    "entries swapped": (entries_swapped, _ENTRY + "1: does not follow"),
    "tail cut": (tail_cut, r"data/form\.pdf: is not the form as it was last signed"),
    "line changed": (line_changed, _ENTRY + "3: "),
    "signature of another": (signature_of_another_entry, _ENTRY + "3: has a signature"),
    "signature missing": (signature_missing, _ENTRY + "3: is not signed by those"),
    "proof of another": (proof_of_another_entry, _ENTRY + "3: is not in the ledger"),
    "consistency cut": (consistency_cut, r"data/ledger\.json: does not continue"),
    "record field": (record_field_changed, _RECORD + "has a field that is not"),
    "record type": (record_type_changed, _RECORD + "is not the record"),
    "exhibit replaced": (exhibit_replaced, r"data/exhibits/AS_1\.png: is not the exhibit"),
    "exhibit left out": (exhibit_left_out, _RECORD + "has its exhibit AS/1 neither in the pack"),
    "exhibit of no record": (exhibit_of_no_record, r"data/exhibits/AS_9\.png: is not an exhibit"),
    "procedure": (procedure_of_another_version, r"data/procedure\.toml: is not the file"),
    "profile unnamed": (profile_that_no_entry_names, r"data/profile\.toml: is not the file"),
    "form replaced": (form_replaced, r"data/form\.pdf: is not the form as it was last"),
    "form begins otherwise": (
        form_of_another_beginning,
        r"data/form\.pdf: is not the form as it was",
    ),
    "signer denied": (signer_denied, r"statement\.dsse\.json: does not name rightly"),
    "head of one": (head_of_one_signer, r"data/checkpoint\.txt: is not signed by the two"),
    "head signature": (head_signature_broken, r"data/checkpoint\.txt: has a signature"),
    "another school": (certificates_of_another_school, "certs/"),
    "officer not listed": (officer_not_listed, r"statement\.dsse\.json: was signed by somebody"),
    "printed head": (printed_head_of_another_time, _RECORD + "has another head"),
    "stranger's key": (key_of_a_stranger, "certs/.*is not for the key"),
    "namesake": (certificate_of_a_namesake, "certs/.*: was not issued by certs/ca.pem"),
    "another's certificate": (certificate_of_another_officer, "certs/.*same name"),
}
