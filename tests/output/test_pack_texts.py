"""Names and cells of a pack carry nothing that a person typed into a program's hands."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from esafety_tui.kernel.errors import BadInput
from esafety_tui.output.pack import layout, tables
from tests.output.pack_samples import build_sample


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("cat.PNG", "AB_12.png"),
        ("photo.jpeg", "AB_12.jpeg"),
        ("run.exe", "AB_12.bin"),
        ("page.html", "AB_12.bin"),
        ("drawing.svg", "AB_12.bin"),
        ("two.png.scr", "AB_12.bin"),
        ("no-ending", "AB_12.bin"),
        ("png", "AB_12.bin"),
        ("gpj.\u202eexe", "AB_12.bin"),
        ("stream.png:evil", "AB_12.bin"),
        ("../../up.pdf", "AB_12.pdf"),
        ("trailing.png.", "AB_12.bin"),
        ("CON.txt", "AB_12.txt"),
    ],
)
def test_exhibit_file_names(original: str, expected: str) -> None:
    name = layout.exhibit_file_name("AB/12", original)
    assert name == expected
    assert layout.exhibit_reference(layout.EXHIBITS + name) == "AB/12"


@pytest.mark.parametrize("reference", ["", "AB", "AB/0", "ab/1", "A/../1", "AB/1\n", "ÄB/1"])
def test_an_odd_exhibit_reference_is_refused(reference: str) -> None:
    with pytest.raises(BadInput):
        layout.exhibit_file_name(reference, "cat.png")


@pytest.mark.parametrize(
    "name",
    [
        "fetch.txt", "data/../up", "data/exhibits/AB_1.exe", "Data/form.pdf",
        "data/records/12.json", "data/exhibits/AB_1.png\n", "keys/../certs/ca.pem", "readme.txt",
        "data/exhibits/.png", "data/exhibits/ab_1.png", "statement.0.sig",
        "data/records/000001.json/x", "data\\form.pdf",
    ],
)  # fmt: skip
def test_names_that_no_pack_has(name: str) -> None:
    assert not layout.is_pack_name(name)


@pytest.mark.parametrize(
    "text",
    ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(1)", "  =1", "\t=1", "\r=1", "|x", "%x", "＝1"],  # noqa: RUF001
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert tables.spreadsheet_cell(text)[0] in "'<"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert tables.spreadsheet_cell("Zoë's phone, 3 - 4") == "Zoë's phone, 3 - 4"


def test_the_lists_read_back_in_excel_form() -> None:
    source = build_sample()
    nasty = replace(source.exhibits[0], description='a "quote",\n\u202ejpg\x1b[31m')
    data = tables.exhibit_list_csv(replace(source, exhibits=(nasty, *source.exhibits[1:])))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [11] * 5
    assert rows[1][2] == 'a "quote",<U+000A><U+202E>jpg<U+001B>[31m'
    assert rows[4][0] == "AS/4"
    assert rows[4][9] == "no"


def test_the_pre_authentication_encoding_is_that_of_the_dsse_page() -> None:
    assert layout.pre_authentication_encoding(b"hello") == (
        b"DSSEv1 28 application/vnd.in-toto+json 5 hello"
    )
