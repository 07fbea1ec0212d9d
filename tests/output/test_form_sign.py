"""The two signatures, and everything a strict reader must turn down."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field

from esafety_tui.kernel.errors import NotEligible, NotSound, OutputFailed, Refused, Unusable
from esafety_tui.output.form import sign
from esafety_tui.output.form.draw import draw_form
from esafety_tui.output.form.verify_form import verify_form
from tests.output.form_pki import Officer, School, sign_file
from tests.output.form_samples import START, view
from tests.programs import need_program

NEXT_DAY = START + timedelta(days=1)


def run(*command: str) -> str:
    """Run a system tool and return what it says."""
    need_program(command[0])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass
class Signed:
    school: School
    first: Officer
    second: Officer
    folder: Path
    frozen: str

    @property
    def both(self) -> bytes:
        return (self.folder / "2.pdf").read_bytes()

    @property
    def one(self) -> bytes:
        return (self.folder / "1.pdf").read_bytes()


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    folder = tmp_path_factory.mktemp("form")
    school = School()
    first, second = school.officer("Alex Bell"), school.officer("Cerys Dŵnne")
    with (folder / "0.pdf").open("wb") as out:
        draw_form(view(2), out)
    frozen = sha256((folder / "0.pdf").read_bytes()).hexdigest()
    sign_file(folder / "0.pdf", folder / "1.pdf", first, START, 0)
    sign_file(folder / "1.pdf", folder / "2.pdf", second, NEXT_DAY, 1)
    return Signed(school, first, second, folder, frozen)


def test_both_signatures_are_sound(signed: Signed) -> None:
    verdict = verify_form(
        signed.folder / "2.pdf", signed.school.ca_der, frozen_sha256=signed.frozen
    )
    assert [s.place for s in verdict.signers] == ["Officer1", "Officer2"]
    assert [s.name for s in verdict.signers] == ["Alex Bell", "Cerys Dŵnne"]
    assert [s.when for s in verdict.signers] == [
        START.replace(microsecond=0),
        NEXT_DAY.replace(microsecond=0),
    ]
    assert (verdict.missing, verdict.revisions) == ((), 3)
    assert verdict.first_revision_sha256 == signed.frozen
    assert verdict.sha256 == sha256(signed.both).hexdigest()
    assert len(set(verdict.signed_by)) == 2


@pytest.mark.tool("certutil")
def test_pdfsig_trusts_both_and_qpdf_finds_no_fault(signed: Signed, tmp_path: Path) -> None:
    database, ca = f"sql:{tmp_path}", tmp_path / "ca.pem"
    ca.write_bytes(signed.school.ca.public_bytes(Encoding.PEM))
    run("certutil", "-N", "-d", database, "--empty-password")
    run("certutil", "-A", "-d", database, "-n", "school", "-t", "CT,C,C", "-i", str(ca))
    said = run("pdfsig", "-nssdir", str(tmp_path), str(signed.folder / "2.pdf"))
    first, second = said.split("Signature #2:")
    for part in (first, second):
        assert "Signature is Valid." in part
        assert "Certificate is Trusted." in part
        assert "ETSI.CAdES.detached" in part
        assert "SHA-256" in part
    assert "Not total document signed" in first
    assert "Total document signed" in second
    assert "No syntax or stream encoding errors" in run(
        "qpdf", "--check", str(signed.folder / "2.pdf")
    )


def test_one_signature_is_not_a_signed_form_unless_asked(signed: Signed) -> None:
    with pytest.raises(NotSound) as error:
        verify_form(signed.one, signed.school.ca_der, frozen_sha256=signed.frozen)
    assert error.value.item == "Officer2"
    verdict = verify_form(signed.one, signed.school.ca_der, allow_missing=True)
    assert (verdict.missing, len(verdict.signed_by), verdict.revisions) == (("Officer2",), 1, 2)


def _more(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _repaint(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()  # type: ignore[no-untyped-call]
    text = b"BT /F1 30 Tf 90 400 Td (nothing was found) Tj ET"
    page["/Contents"] = writer.add_object(StreamObject(stream_data=text))
    writer.update_container(page)


def _script(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = writer.add_object(pdf_name("/None"))
    writer.update_root()  # type: ignore[no-untyped-call]


def _third(signed: Signed) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(signed.both))
    meta = signers.PdfSignatureMetadata(field_name="Officer3", md_algorithm="sha256")
    officer = sign._OfficerSigner(signed.school.officer("Someone Else"))
    out = signers.PdfSigner(meta, officer, new_field_spec=SigFieldSpec("Officer3")).sign_pdf(writer)
    return bytes(out.getvalue())


def _twice(signed: Signed) -> bytes:
    """The same officer in both places, made without the check that the program makes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign, "_check_other_officer", lambda *_: None)
        target = signed.folder / "twice.pdf"
        target.unlink(missing_ok=True)
        sign_file(signed.folder / "1.pdf", target, signed.first, NEXT_DAY, 1)
    return target.read_bytes()


def _repainted_before_signing(signed: Signed) -> bytes:
    """A page overwritten in the very revision in which the first officer certifies."""
    writer = IncrementalPdfFileWriter(BytesIO((signed.folder / "0.pdf").read_bytes()))
    _repaint(writer)
    meta = signers.PdfSignatureMetadata(
        field_name="Officer1",
        md_algorithm="sha256",
        certify=True,
        subfilter=SigSeedSubFilter.PADES,
    )
    out = signers.PdfSigner(meta, sign._OfficerSigner(signed.first)).sign_pdf(
        writer, existing_fields_only=True
    )
    source, target = signed.folder / "r1.pdf", signed.folder / "r2.pdf"
    source.write_bytes(out.getvalue())
    target.unlink(missing_ok=True)
    sign_file(source, target, signed.second, NEXT_DAY, 1)
    return target.read_bytes()


def _other_drawing(signed: Signed) -> bytes:
    """A sound form of the same two officers over another drawing."""
    names = [signed.folder / f"other{n}.pdf" for n in range(3)]
    for name in names:
        name.unlink(missing_ok=True)
    with names[0].open("wb") as out:
        draw_form(replace(view(2), findings="Nothing was found."), out)
    sign_file(names[0], names[1], signed.first, START, 0)
    sign_file(names[1], names[2], signed.second, NEXT_DAY, 1)
    return names[2].read_bytes()


def _swapped_first_revision(signed: Signed) -> bytes:
    """The updates of one form behind the drawing of another of the same length."""
    drawn = (signed.folder / "0.pdf").read_bytes()
    return drawn.replace(b"/PageMode /UseNone", b"/PageMode /UseOC  ") + signed.both[len(drawn) :]


ATTACKS: dict[str, Callable[[Signed], bytes]] = {
    "an edit appended after signing": lambda s: _more(s.both, _repaint),
    "an edit appended after one signature": lambda s: _more(s.one, _repaint),
    "an extra empty field": lambda s: _more(
        s.both, lambda w: append_signature_field(w, SigFieldSpec("Officer3"))
    ),
    "an extra visible field": lambda s: _more(
        s.both, lambda w: append_signature_field(w, SigFieldSpec("X", box=(10, 10, 90, 60)))
    ),
    "an action on opening": lambda s: _more(s.both, _script),
    "a sneaky third signature": _third,
    "the same officer twice": _twice,
    "a page overwritten in the certified revision": _repainted_before_signing,
    "another drawing, soundly signed": _other_drawing,
    "a swapped first revision": _swapped_first_revision,
    "cut short": lambda s: s.both[:-300],
    "cut back to the drawing": lambda s: (s.folder / "0.pdf").read_bytes(),
    "bytes behind the end": lambda s: s.both + b"\n%%EOF\n",
    "one byte of the drawing": lambda s: _flip(s.both, 9000),
    "one byte of the first signature's revision": lambda s: _flip(s.both, len(s.one) - 400),
    "one byte of the last": lambda s: _flip(s.both, len(s.both) - 40),
    "padding behind a signature": lambda s: s.both.replace(b"0" * 40 + b">", b"0" * 39 + b"1>", 1),
    "no PDF": lambda s: b"hello",
    "empty": lambda s: b"",
}


def _flip(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_is_turned_down(signed: Signed, attack: str) -> None:
    pdf = ATTACKS[attack](signed)
    for missing in (False, True):
        with pytest.raises(NotSound):
            verify_form(
                pdf, signed.school.ca_der, frozen_sha256=signed.frozen, allow_missing=missing
            )


def test_the_drawing_is_compared_only_where_a_frozen_hash_is_known(signed: Signed) -> None:
    assert verify_form(_other_drawing(signed), signed.school.ca_der).revisions == 3


def test_a_page_overwritten_before_certifying_is_found_without_the_frozen_hash(
    signed: Signed,
) -> None:
    with pytest.raises(NotSound, match="more than the signatures was changed"):
        verify_form(_repainted_before_signing(signed), signed.school.ca_der)


def test_another_school_with_the_same_name_is_turned_down(signed: Signed) -> None:
    with pytest.raises(NotSound):
        verify_form(signed.both, School().ca_der, frozen_sha256=signed.frozen)
    with pytest.raises(NotSound):
        verify_form(signed.both, b"not a certificate")


def test_only_expected_certificates_may_sign(signed: Signed) -> None:
    expected = {signed.first.certificate_der, signed.second.certificate_der}
    ca = signed.school.ca_der
    assert verify_form(signed.both, ca, expected_certificates=expected).missing == ()
    with pytest.raises(NotSound, match="unexpected"):
        verify_form(signed.both, ca, expected_certificates={signed.first.certificate_der})


def test_the_same_officer_is_refused_when_signing(signed: Signed, tmp_path: Path) -> None:
    with pytest.raises(NotEligible):
        sign_file(signed.folder / "1.pdf", tmp_path / "x.pdf", signed.first, START, 1)


def test_signing_in_the_wrong_order_is_refused(signed: Signed, tmp_path: Path) -> None:
    target, folder = tmp_path / "x.pdf", signed.folder
    for number, source in ((1, "0"), (0, "1"), (1, "2"), (0, "2")):
        with pytest.raises(Refused):
            sign_file(folder / f"{source}.pdf", target, signed.second, START, number)
        target.unlink()


@pytest.mark.parametrize("days", [-60, 20 * 366])
def test_a_clock_outside_the_certificate_is_refused(
    signed: Signed, tmp_path: Path, days: int
) -> None:
    when: datetime = START + timedelta(days=days)
    with pytest.raises(Refused, match="clock"):
        sign_file(signed.folder / "0.pdf", tmp_path / "x.pdf", signed.first, when, 0)


def test_what_is_no_form_is_not_signed(signed: Signed, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 no")
    with pytest.raises(OutputFailed):
        sign_file(tmp_path / "a.pdf", tmp_path / "b.pdf", signed.first, START, 0)


def test_a_form_that_is_not_there_is_unusable(tmp_path: Path, signed: Signed) -> None:
    with pytest.raises(Unusable):
        verify_form(tmp_path / "none.pdf", signed.school.ca_der)


def test_verifying_loads_no_screen_database_or_drawing() -> None:
    code = (
        "import sys, esafety_tui.output.form.verify_form\n"
        "bad = {'reportlab', 'textual', 'rich', 'sqlmodel', 'sqlalchemy', 'PIL', 'segno'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
