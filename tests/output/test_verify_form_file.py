"""A form alone is checked strictly and is never called authentic."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.output.verify import verify_form_file
from tests.output.pack_samples import Case, fill, form_signed_by


@pytest.fixture(scope="module")
def case() -> Case:
    case = Case()
    fill(case, [])
    return case


@pytest.fixture(scope="module")
def revisions(case: Case) -> list[bytes]:
    blank, signed = form_signed_by(2)(case)
    return [blank, *signed]


@pytest.fixture
def form(revisions: list[bytes], tmp_path: Path) -> Path:
    path = tmp_path / "form.pdf"
    path.write_bytes(revisions[2])
    return path


@pytest.fixture
def ca(case: Case, tmp_path: Path) -> Path:
    path = tmp_path / "ca.der"
    path.write_bytes(case.authority.certificate_der())
    return path


def test_with_and_without_the_authority(case: Case, form: Path, ca: Path) -> None:
    names = tuple(officer.name for officer in case.pair)
    for verdict in (verify_form_file(form, ca=ca), verify_form_file(form)):
        assert (verdict.kind, verdict.authentic, verdict.signed_by) == ("form", False, names)
        assert "origin is not shown" in verdict.sentences[-1]
    assert "only this file itself names" in verify_form_file(form).sentences[-2]


def test_the_authority_of_another_school(form: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.der"
    other.write_bytes(Case().authority.certificate_der())
    with pytest.raises(NotSound):
        verify_form_file(form, ca=other)


def test_a_missing_signature_is_named(revisions: list[bytes], form: Path, ca: Path) -> None:
    form.write_bytes(revisions[1])
    verdict = verify_form_file(form, ca=ca)
    assert verdict.not_signed_by == ("Officer2",)
    assert "The place Officer2 is not signed." in verdict.sentences


@pytest.mark.parametrize("number", [0, 3, 4, 5])
def test_an_unsigned_or_changed_form(revisions: list[bytes], form: Path, number: int) -> None:
    signed = revisions[2]
    middle = len(signed) // 2
    changed = {
        0: revisions[0],
        3: signed + b"\n% more\n",
        4: signed[:middle] + bytes([signed[middle] ^ 1]) + signed[middle + 1 :],
        5: b"%PDF-1.7\n/Contents <" + b"30" * 40 + b">",
    }
    form.write_bytes(changed[number])
    with pytest.raises(NotSound):
        verify_form_file(form)


def test_files_that_cannot_be_used(form: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable):
        verify_form_file(tmp_path / "gone.pdf")
    with pytest.raises(Unusable):
        verify_form_file(form, ca=form)
