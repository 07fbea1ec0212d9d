"""Sheets to print: what stands on them, read back by another program."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from esafety_tui.data.officers import OfficerKeys, encode_base64
from esafety_tui.output.form import sheets
from tests.programs import need_program

HOSTILE = "Hill<b>view</b> <img src='/etc/hostname'> [/x] \u202e"


def text_of(draw: Callable[[BinaryIO], None], tmp_path: Path) -> str:
    """Return the sheet's text as pdftotext reads it."""
    out = io.BytesIO()
    draw(out)
    path = tmp_path / "sheet.pdf"
    path.write_bytes(out.getvalue())
    command = [need_program("pdftotext"), "-raw", str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.tool("pdftotext")
def test_a_paper_key_can_be_typed_from_its_sheet(tmp_path: Path) -> None:
    key = OfficerKeys.generate_keys("Paper key 1")
    signing = encode_base64(key.private_der())
    said = text_of(
        lambda out: sheets.write_paper_key_sheet(
            out, school="Practice School", key_name="Paper key 1", identity=key.identity.to_text,
            signing_key=signing, practice=True,
        ),
        tmp_path,
    )  # fmt: skip
    packed = "".join(said.split())
    assert key.identity.to_text in packed and signing in packed
    assert OfficerKeys.restore_from_paper("Paper key 1", signing, key.identity.to_text).id == key.id
    assert "PRACTICE" in said and "envelope" in said


@pytest.mark.tool("pdftotext")
def test_the_call_sheet_says_999_and_101_first_and_not_known_aloud(tmp_path: Path) -> None:
    contacts = [("Designated safeguarding lead", "extension 00"), ("LADO", "")]
    said = text_of(
        lambda out: sheets.write_call_sheet(out, school="S", contacts=contacts, practice=False),
        tmp_path,
    )
    assert said.index("999") < said.index("101") < said.index("extension 00")
    assert "not known" in said and "111" not in said and "PRACTICE" not in said


@pytest.mark.tool("pdftotext")
@pytest.mark.parametrize("name", ["blank", "passphrase", "referral"])
def test_what_people_typed_is_printed_and_never_acts(name: str, tmp_path: Path) -> None:
    draws: dict[str, Callable[[BinaryIO], None]] = {
        "blank": lambda out: sheets.write_blank_form(out, school=HOSTILE, practice=True),
        "passphrase": lambda out: sheets.write_passphrase_sheet(
            out, school=HOSTILE, reference="HVS-2026-0001", passphrase="one two", practice=True
        ),
        "referral": lambda out: sheets.write_referral_sheet(
            out, school=HOSTILE, officer="A <i>B</i>", position="Head", when="now",
            words=[("Asked", "<img src=x> said")], practice=True,
        ),
    }  # fmt: skip
    said = text_of(draws[name], tmp_path)
    assert "<b>view</b>" in said and "\u202e" not in said and "PRACTICE" in said
    assert name != "passphrase" or "one two" in said
    assert name != "referral" or ("<img src=x> said" in said and "A <i>B</i>" in said)
