"""Forms of each layout: the golden ones are sound, a newer one is not called unsound."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.output.form.verify_form import FormVerdict, verify_form
from esafety_tui.output.verify_form_file import verify_form_file
from tests.promises.c_never_a_false_ok.pdf_tools import drawn, people, signed
from tests.promises.c_never_a_false_ok.test_pdf_container import (
    last_container,
    sibling,
    with_container,
)
from tests.vectors.vector import HERE, read

GOLDEN = sorted((HERE / "form").iterdir())


def answer(path: Path) -> FormVerdict:
    """Check a golden form."""
    vector = read(path)
    return verify_form(vector.data, base64.b64decode(vector["ca"]), allow_missing=True)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_golden_forms(path: Path) -> None:
    vector = read(path)
    if vector.expect == "ok":
        assert str(answer(path).layout) == vector["layout"]
    else:
        with pytest.raises(NotSound):
            answer(path)


def test_each_layout_has_forms_of_both_sorts() -> None:
    names = [path.name for path in GOLDEN]
    for layout in ("layout-1", "layout-2"):
        assert [n for n in names if n.startswith(f"ok-{layout}")]
        assert [n for n in names if n.startswith(layout)]


def test_a_form_of_a_newer_layout_is_not_called_unsound(tmp_path: Path) -> None:
    pdf = signed(drawn().replace(b"esafety_tui form 2", b"esafety_tui form 9"))
    with pytest.raises(Unusable, match="newer version"):
        verify_form(pdf, people().school.ca_der)
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf)
    with pytest.raises(Unusable, match="newer version"):
        verify_form_file(path)


@pytest.mark.parametrize(
    "other", [b"esafety_tui form 1", b"esafety_tui form 0", b"another_program"]
)
def test_no_other_mark_is_a_layout(other: bytes) -> None:
    pdf = drawn()
    at = pdf.index(b"(esafety_tui form 2)")
    head = pdf[:at] + b"(" + other + b")" + b" " * (18 - len(other)) + pdf[at + 20 :]
    with pytest.raises(NotSound):
        verify_form(signed(head), people().school.ca_der)


def test_the_mark_cannot_be_taken_away_without_the_keys() -> None:
    pdf = signed(drawn()).replace(b"(esafety_tui form 2)", b"(esafety_tui)       ", 1)
    with pytest.raises(NotSound):
        verify_form(pdf, people().school.ca_der)


def test_in_layout_1_alone_both_siblings_of_the_last_signature_pass() -> None:
    """What is signed stays signed: half of the forms of layout 1 have the greater s."""
    vector = read(HERE / "form" / "ok-layout-1")
    other = with_container(vector.data, sibling(last_container(vector.data)))
    assert other != vector.data
    assert verify_form(other, base64.b64decode(vector["ca"])).layout == 1
