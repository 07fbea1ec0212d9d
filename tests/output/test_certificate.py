"""The certificate of destruction: what stands on it, and that both signatures count."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form.certificate import (
    ROLES,
    DestroyedIncident,
    DestructionCertificate,
    RemainingBackup,
    draw_certificate,
)
from esafety_tui.output.form.sign import sign_form_stream
from esafety_tui.output.form.verify_form import verify_form
from esafety_tui.output.form.view import PrintedHead, Reviewer
from tests.output.form_pki import School
from tests.output.form_samples import START
from tests.programs import need_program

HEAD = PrintedHead(
    "exs.practice.invalid/evidence", 210, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
)
VIEW = DestructionCertificate(
    school="Hill<b>view</b> School", practice=True, number=210,
    when=datetime(2052, 6, 30, 23, 3, 4, tzinfo=UTC),
    made=datetime(2052, 6, 30, 23, 5, 9, tzinfo=UTC),
    by=("Ada Bellweather, Head", "Cosmo Dunnock, DSL"), computer="PC 1 · office",
    reason="The time is over. <img src='/etc/hostname'>",
    gone=(
        DestroyedIncident("EXS-2026-0001", "21 Nov 2026", "3 Feb 2027", 41, 2, 1234567,
             ("Child protection file: 25 years after it was last written in.",
              "Set to 1 Jun 2052 on 2 Mar 2031: The birthday is known."),
             "Packs exported: 1. They are elsewhere."),
        DestroyedIncident("EXS-2026-0002", "22 Nov 2026", "3 Feb 2027", 9, 0, 0,
        ("Other incident.",)),
    ),
    copies=(RemainingBackup("blue stick", "3", "1 May 2052", 212),),
    found=("No record is left.",), before=HEAD, after=replace(HEAD, size=211),
    signers=(Reviewer("Ada Bellweather", "Head", "AB"), Reviewer("Cosmo Dunnock", "DSL", "CD")),
)  # fmt: skip


def drawn(view: DestructionCertificate) -> bytes:
    """Return the PDF, unsigned."""
    out = io.BytesIO()
    draw_certificate(view, out)
    return out.getvalue()


def text_of(pdf: bytes, folder: Path) -> str:
    """Return the text as pdftotext reads it."""
    path = folder / "certificate.pdf"
    path.write_bytes(pdf)
    command = [need_program("pdftotext"), "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.tool("pdftotext")
def test_it_says_what_by_whom_when_why_and_what_is_still_to_do(tmp_path: Path) -> None:
    said = text_of(drawn(VIEW), tmp_path)
    for words in (
        "EXS-2026-0001", "Entries: 41", "Files: 2", "Bytes: 1,234,567", "Ada Bellweather, Head",
        "Cosmo Dunnock, DSL", "30 Jun 2052, 23:03:04 UTC (1 Jul 00:03:04 BST in the UK)",
        "#210", "blue stick", "Times made: 212, generation 3", "Still to do", "PC 1 · office",
        "Head before", "Head after", "\n", "First officer", "Second officer", "PRACTICE",
        "Packs exported: 1. They are elsewhere.", "Page 1 of",
    ):  # fmt: skip
        assert words in said, words
    assert "Hill<b>view</b> School" in said and "<img src='/etc/hostname'>" in said
    assert "reviewing" not in said


@pytest.mark.tool("pdftotext")
def test_without_a_copy_it_says_so_and_a_real_vault_is_not_called_practice(tmp_path: Path) -> None:
    said = text_of(drawn(replace(VIEW, copies=(), practice=False)), tmp_path)
    assert "knows of no second copy" in said and "Still to do" not in said
    assert "PRACTICE" not in said


@pytest.mark.tool("pdftotext")
def test_equal_views_give_equal_bytes_and_many_incidents_go_over_pages(tmp_path: Path) -> None:
    assert drawn(VIEW) == drawn(VIEW)
    many = replace(VIEW, gone=VIEW.gone * 60, copies=VIEW.copies * 30)
    said = text_of(drawn(many), tmp_path)
    assert said.count("EXS-2026-0002") == 60 and "Page 6 of" in said


def test_both_sign_it_and_a_change_afterwards_is_found() -> None:
    school = School()
    first, second = school.officer("Ada Bellweather"), school.officer("Cosmo Dunnock")
    pdf = plain = drawn(VIEW)
    for number, officer in enumerate((first, second)):
        target = io.BytesIO()
        sign_form_stream(io.BytesIO(pdf), target, officer, START, number, ROLES)
        pdf = target.getvalue()
    frozen = sha256_hex(plain)
    found = verify_form(pdf, school.ca_der, frozen_sha256=frozen)
    assert [s.name for s in found.signers] == ["Ada Bellweather", "Cosmo Dunnock"]
    assert b"First officer" in pdf and b"Second officer" in pdf
    with pytest.raises(NotSound):
        verify_form(pdf, school.ca_der, frozen_sha256=sha256_hex(drawn(replace(VIEW, number=9))))
    at = pdf.index(b"stream") + 40
    with pytest.raises(NotSound):
        verify_form(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :], school.ca_der)
