"""Signs the form: officer 1 certifies, officer 2 signs, today or another day.

Rule: the drawing already holds both fields, so the file that goes in is revision 1 and each
signature appends one revision. Private keys stay with the caller, who offers only
:class:`FormSigner`. ECDSA P-256 with SHA-256, PAdES baseline B; no time stamp, no OCSP, no network.
PDF locks (DocMDP, FieldMDP) make viewers complain and prevent nothing: verify_form decides.

pyHanko runs an event loop of its own: call these functions from a thread that has none.

Source: ETSI EN 319 142-1 (PAdES B-B); ISO 32000-1, 12.8.2 (DocMDP, FieldMDP).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, BinaryIO, Protocol

from asn1crypto import algos, x509  # type: ignore[import-untyped]  # has no stubs
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.font.basic import SimpleFontEngineFactory
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.clock import format_uk_time
from esafety_tui.kernel.errors import NotEligible, OutputFailed, Refused
from esafety_tui.output.form.container import LONGEST_SIGNATURE, lower_s_signature
from esafety_tui.output.form.view import OFFICER_FIELDS, REVIEWING_ROLES


class FormSigner(Protocol):
    """An officer who is about to sign; the private key is not part of it.

    Attributes:
        certificate_der: the officer's X.509 certificate.
        chain_der: the school CA's certificate.
        name: as in the certificate.
    """

    @property
    def certificate_der(self) -> bytes: ...
    @property
    def chain_der(self) -> list[bytes]: ...
    @property
    def name(self) -> str: ...
    def sign_form_bytes(self, data: bytes) -> bytes:
        """Return the DER ECDSA P-256 signature over SHA-256 of ``data``."""
        ...


class _OfficerSigner(signers.Signer):
    def __init__(self, who: FormSigner) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([x509.Certificate.load(der) for der in who.chain_der])
        super().__init__(
            signing_cert=x509.Certificate.load(who.certificate_der),
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._who = who

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if digest_algorithm != "sha256":
            raise SigningError("only SHA-256 is used")
        return (
            bytes(LONGEST_SIGNATURE)
            if dry_run
            else lower_s_signature(self._who.sign_form_bytes(data))
        )


class _DatedSigner(signers.PdfSigner):
    """pyHanko asks the system for the time; here the caller's clock gives it."""

    def __init__(self, when: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._when = when

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._when
        return session


def _stamp_style(who: FormSigner, when: datetime) -> TextStampStyle:
    """Return the visible mark: no name, which is beside it and may need letters Courier lacks."""
    seal = sha256_hex(who.certificate_der)
    lines = ("Digitally signed", format_uk_time(when), f"certificate {seal[:32]}")
    font = SimpleFontEngineFactory("Courier", 0.6)
    return TextStampStyle(
        stamp_text="\n".join(lines),
        border_width=0,
        text_box_style=TextBoxStyle(font=font, font_size=7, leading=10),
        inner_content_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MIN,
            y_align=layout.AxisAlignment.ALIGN_MID,
            margins=layout.Margins(3, 3, 1, 1),
            inner_content_scaling=layout.InnerScaling.SHRINK_TO_FIT,
        ),
    )


def _check_signing_place(pdf: IncrementalPdfFileWriter, first: bool) -> None:
    fields = {name: value for name, value, _ in enumerate_sig_fields(pdf.prev)}
    signed = [name for name, value in fields.items() if value is not None]
    wanted = [] if first else [OFFICER_FIELDS[0]]
    revisions = pdf.prev.xrefs.total_revisions
    if sorted(fields) != sorted(OFFICER_FIELDS) or revisions != 1 + len(wanted):
        raise Refused(
            "This PDF is not a form as the program drew it.", "Draw the form again, then sign."
        )
    if signed != wanted:
        raise Refused(
            "The first reviewing person has signed already."
            if signed
            else "The first reviewing person has not signed yet.",
            "Look at which signature is missing, and give that one.",
        )


def _check_validity(who: FormSigner, when: datetime) -> None:
    validity = x509.Certificate.load(who.certificate_der)["tbs_certificate"]["validity"]
    if not validity["not_before"].native <= when <= validity["not_after"].native:
        raise Refused(
            "By this computer's clock the officer's certificate is not valid today.",
            "Check the date of the computer. Ink on the printed form is always possible.",
        )


def _check_other_officer(pdf: IncrementalPdfFileWriter, who: FormSigner) -> None:
    first = pdf.prev.embedded_signatures[0].signer_cert
    mine = x509.Certificate.load(who.certificate_der)
    if first.public_key.dump() == mine.public_key.dump():
        raise NotEligible(
            "The same officer cannot sign the form twice.", "Ask the other reviewing person."
        )


def _append_signature(
    source: BinaryIO, target: BinaryIO, who: FormSigner, when: datetime, n: int,
    roles: tuple[str, str] = REVIEWING_ROLES,
) -> None:  # fmt: skip
    pdf = IncrementalPdfFileWriter(source, strict=True)
    _check_signing_place(pdf, n == 0)
    if n:
        _check_other_officer(pdf, who)
    meta = signers.PdfSignatureMetadata(
        field_name=OFFICER_FIELDS[n],
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=roles[n],
        certify=n == 0,
        docmdp_permissions=MDPPerm.NO_CHANGES if n else MDPPerm.FILL_FORMS,
    )
    writer = _DatedSigner(when, meta, _OfficerSigner(who), stamp_style=_stamp_style(who, when))
    writer.sign_pdf(pdf, existing_fields_only=True, output=target)


def sign_form_stream(
    source: BinaryIO, target: BinaryIO, signer: FormSigner, when: datetime, number: int,
    roles: tuple[str, str] = REVIEWING_ROLES,
) -> None:  # fmt: skip
    """Sign from one stream to another, for a form that must not lie on a disk in clear.

    Args:
        target: can be read and written.
        number: 0 certifies a freshly drawn form: DocMDP P=2 (only filling in is lawful), FieldMDP
            all but the second officer's field. 1 countersigns: FieldMDP all, P=1, no change after.
        roles: why each of the two signs, in words.

    Raises:
        NotEligible: the key is the one that signed first.
        Refused: not the form that this signature belongs on, or the clock is outside the
            certificate's days.
        OutputFailed: ``source`` cannot be read or ``target`` cannot be written.
    """
    _check_validity(signer, when)
    try:
        _append_signature(source, target, signer, when.astimezone(UTC), number, roles)
    except (PdfError, SigningError, OSError) as err:
        raise _unsigned_error() from err


def _unsigned_error() -> OutputFailed:
    return OutputFailed("The form could not be signed.", "Draw it again and sign once more.")
