"""The strict check of a signed form. Knows no drawing, no screen, no database.

Rule: a form is sound only if it is exactly what the program makes: a drawing with the two named
fields, one revision a signature and nothing else; every byte is accounted for before pyHanko reads
one. PDF viewers call more than that valid: text
appended after a signature, extra empty fields, more signatures. Whatever goes wrong inside this
check is a rejection. It says nothing about the school: whose CA it is shows the check code.

The clock of the reader plays no part: a certificate is judged at the time the signature claims,
because a form must stay verifiable when certificates have run out.

Source: ISO 32000-1, 12.8; ETSI EN 319 142-1.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from asn1crypto import x509  # type: ignore[import-untyped]  # has no stubs
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    SigFieldModificationRule,
    StandardDiffPolicy,
)
from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.fields import FieldMDPAction, MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, read_certification_data
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.output.form.container import check_container
from esafety_tui.output.form.drawing import DrawingWalk, read_layout_number, refuse_newer_form
from esafety_tui.output.form.increment import Increment, read_increments
from esafety_tui.output.form.need import require_sound
from esafety_tui.output.form.revisions import read_drawing
from esafety_tui.output.form.view import OFFICER_FIELDS

# pyHanko reports each bad signature to its log; without a handler Python would print that over the
# screen. The verdict below carries the same fact.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

_LARGEST = 2 << 30  # bytes
_FORM_FILLING = ModificationLevel.FORM_FILLING

# Between two revisions a form gains a signature in a field that was there, a date, and once the
# certification's /Perms. The first revision is compared, too, which a signature does not cover.
_SIGNING_ONLY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(  # type: ignore[no-untyped-call]
            ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"}
        ),
        DocInfoRule().as_qualified(ModificationLevel.LTA_UPDATES),
        MetadataUpdateRule().as_qualified(  # type: ignore[no-untyped-call]
            ModificationLevel.LTA_UPDATES
        ),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldModificationRule()]),
)


@dataclass(frozen=True, slots=True)
class FormSignature:
    """One sound signature.

    Attributes:
        place: ``Officer1`` or ``Officer2``.
        name: common name of the certificate.
        key_id: hex SHA-256 of the SPKI DER, the officer's id.
        when: the time the signer's computer claimed.
    """

    place: str
    name: str = field(repr=False)
    key_id: str
    certificate_der: bytes = field(repr=False)
    when: datetime


@dataclass(frozen=True, slots=True)
class FormVerdict:
    """A sound form.

    Attributes:
        signers: in the order of signing.
        missing: fields nobody signed; empty unless the caller allowed it.
        first_revision_sha256: hex SHA-256 of the frozen rendering.
        sha256: hex SHA-256 of the whole file.
        revisions: 1 + number of signatures. layout: number of the form's layout.
    """

    signers: tuple[FormSignature, ...]
    missing: tuple[str, ...]
    first_revision_sha256: str
    sha256: str
    revisions: int
    layout: int

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Officer ids in the order of signing."""
        return tuple(signer.key_id for signer in self.signers)


def _check_locks(reader: PdfFileReader, sigs: list[EmbeddedPdfSignature]) -> None:
    seal = read_certification_data(reader)
    require_sound(
        seal is not None
        and set(reader.root["/Perms"].keys()) == {"/DocMDP"}
        and seal.permission == MDPPerm.FILL_FORMS
        and seal.author_sig.container_ref == sigs[0].sig_object.container_ref,
        "the first signature does not certify the form.",
    )
    first, last = sigs[0].fieldmdp, sigs[-1].fieldmdp
    require_sound(
        first is not None
        and first.action == FieldMDPAction.EXCLUDE
        and first.fields == [OFFICER_FIELDS[1]],
        "the first signature does not lock the form.",
    )
    if len(sigs) == 2:
        locked = last is not None and last.action == FieldMDPAction.ALL
        require_sound(locked, "the second signature does not lock the form.")
    change = _SIGNING_ONLY.review_file(reader, 0, doc_mdp=MDPPerm.FILL_FORMS)
    require_sound(
        isinstance(change, DiffResult) and change.modification_level <= _FORM_FILLING,
        "more than the signatures was changed after the form was drawn.",
    )


def _check_certificate(sig: EmbeddedPdfSignature, ca: x509.Certificate) -> None:
    cert = sig.signer_cert
    usage = cert.key_usage_value
    require_sound(cert.issuer == ca.subject, "a certificate is not of the school's own authority.")
    require_sound(
        not cert.ca and cert.dump() != ca.dump(), "the authority itself signed as an officer."
    )
    require_sound(
        usage is not None and {"digital_signature", "non_repudiation"} <= usage.native,
        "a certificate is not made for signing.",
    )
    key = cert.public_key
    require_sound(key.algorithm == "ec" and key.curve[1] == "secp256r1", "a key is not of P-256.")


def _check_signature(
    sig: EmbeddedPdfSignature, revision: Increment, ca: x509.Certificate, form: _ParsedForm
) -> FormSignature:
    where = revision.place
    last = revision is form.increments[-1]
    try:
        when = revision.when
        _check_certificate(sig, ca)
        check_container(revision, sig.signer_cert, ca, form.data, form.layout)
        context = ValidationContext(
            trust_roots=[ca], allow_fetching=False, moment=when, best_signature_time=when
        )
        status = validate_pdf_signature(
            sig, signer_validation_context=context, diff_policy=_SIGNING_ONLY
        )
    except NotSound as err:
        raise NotSound(where, err.reason) from err
    except Exception as err:
        raise NotSound(where, "the signature cannot be checked.") from err
    level = status.modification_level
    whole = SignatureCoverageLevel.ENTIRE_FILE if last else SignatureCoverageLevel.ENTIRE_REVISION
    rules = (
        (status.intact, "the bytes it covers were changed."),
        (status.valid, "the signature is not sound."),
        (status.trusted, "the certificate was not issued by the school's own authority."),
        (status.coverage == whole, "it does not cover what it must cover."),
        (level is not None and level <= _FORM_FILLING, "something was changed after it."),
        (status.docmdp_ok and status.bottom_line, "the lock of the form was broken."),
        (status.md_algorithm == "sha256", "it uses another hash than SHA-256."),
        (sig.sig_object["/SubFilter"] == "/ETSI.CAdES.detached", "it is of another kind."),
    )
    for good, what in rules:
        if not good:
            raise NotSound(where, what)
    cert = sig.signer_cert
    key_id = sha256(cert.public_key.dump()).hexdigest()
    name = str(cert.subject.native.get("common_name", ""))
    return FormSignature(where, name, key_id, cert.dump(), when)


@dataclass(frozen=True, slots=True)
class _ParsedForm:
    """A form of which every byte is accounted for; its signatures are not checked yet."""

    data: bytes = field(repr=False)
    layout: int
    first_sha256: str
    increments: list[Increment] = field(repr=False)


def _parse_form(data: bytes) -> _ParsedForm:
    refuse_newer_form(data)
    drawing = read_drawing(data)
    layout = read_layout_number(drawing)
    walk = DrawingWalk(drawing)
    walk.check_drawing()
    return _ParsedForm(data, layout, drawing.sha256, read_increments(data, drawing, walk.fields))


def _check_form_bytes(
    data: bytes, ca_der: bytes, frozen: str | None, expected: set[bytes] | None, lax: bool
) -> FormVerdict:
    ca = x509.Certificate.load(ca_der)
    form = _parse_form(data)
    require_sound(
        frozen is None or form.first_sha256 == frozen, "the drawing is not the one that was frozen."
    )
    reader = PdfFileReader(BytesIO(data), strict=True)
    sigs = list(reader.embedded_signatures)
    seen = [(sig.field_name, tuple(map(int, sig.byte_range))) for sig in sigs]
    ours = [(e.place, (0, *e.unsigned_range, e.end - e.unsigned_range[1])) for e in form.increments]
    require_sound(seen == ours, "its signatures and fields do not agree.")
    _check_locks(reader, sigs)
    pairs = zip(sigs, form.increments, strict=True)
    signers = tuple(_check_signature(sig, revision, ca, form) for sig, revision in pairs)
    require_sound(len({s.key_id for s in signers}) == len(signers), "one officer signed twice.")
    if expected is not None:
        require_sound(
            {s.certificate_der for s in signers} <= expected, "an unexpected person signed."
        )
    missing = tuple(OFFICER_FIELDS[len(sigs) :])
    if missing and not lax:
        raise NotSound(missing[0], "this signature is missing.")
    digest, revisions = sha256(data).hexdigest(), 1 + len(sigs)
    return FormVerdict(signers, missing, form.first_sha256, digest, revisions, form.layout)


def verify_form(
    pdf: bytes | Path,
    ca_certificate_der: bytes,
    *,
    frozen_sha256: str | None = None,
    expected_certificates: set[bytes] | None = None,
    allow_missing: bool = False,
) -> FormVerdict:
    """Return who signed, or raise.

    Args:
        pdf: the file or its bytes.
        ca_certificate_der: the school CA the reader trusts.
        frozen_sha256: hex SHA-256 of the rendering in record ``form.rendered``; None where the
            reader has only the PDF.
        expected_certificates: DER certificates that may sign; None: any officer of the CA.
        allow_missing: accept the first signature alone; ``missing`` then names the other.

    Raises:
        NotSound: names the field or ``form`` and what is wrong.
        Unusable: ``pdf`` cannot be read at all, or is of a newer layout.
    """
    try:
        data = _read_form_file(pdf) if isinstance(pdf, Path) else pdf
    except OSError as err:
        raise Unusable("The form cannot be read.", "Check the file and the folder.") from err
    try:
        require_sound(len(data) <= _LARGEST, "it is larger than 2 GiB.")
        return _check_form_bytes(
            data, ca_certificate_der, frozen_sha256, expected_certificates, allow_missing
        )
    except (NotSound, Unusable):
        raise
    except Exception as err:
        # A parser that stumbles has met something the program did not write.
        raise NotSound("form", "it is not a form as the program makes it.") from err


def _read_form_file(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(_LARGEST + 1)
