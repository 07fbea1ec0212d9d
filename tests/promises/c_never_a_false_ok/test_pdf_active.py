"""Nothing in a form can run, open, link or attach, however deep a signer hides it."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509  # type: ignore[import-untyped]  # has no stubs
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form.drawing import DrawingWalk, read_layout_number
from esafety_tui.output.form.revisions import read_drawing
from esafety_tui.output.form.shapes import array_values, dictionary_entries
from esafety_tui.output.form.tokens import (
    PdfHexString,
    PdfName,
    PdfNumber,
    PdfReference,
    PdfStream,
    PdfValue,
)
from esafety_tui.output.form.verify_form import verify_form
from tests.output.form_samples import START
from tests.programs import need_program
from tests.promises.c_never_a_false_ok.pdf_attacks import (
    ACTIONS,
    PARTS,
    PLACES,
    attacked,
    with_action,
)
from tests.promises.c_never_a_false_ok.pdf_tools import (
    copied,
    parts,
    people,
    put_together,
    signed,
    sound,
)

EVERYTHING = os.environ.get("ESAFETY_PDF") == "all"
"""Whether to try each change there is; without it a part of them, each kind once."""
NAMED = ("JavaScript", "Launch", "URI", "SubmitForm", "GoToR")


def refused(drawing: bytes) -> bool:
    """Whether the walk over a first revision finds something that no drawing makes."""
    try:
        read = read_drawing(drawing)
        read_layout_number(read)
        DrawingWalk(read).check_drawing()
    except NotSound:
        return True
    return False


@pytest.mark.long("test_pdf_revisions.py")
def test_a_form_taken_apart_and_put_together_again_is_sound() -> None:
    drawing, objects = parts()
    pdf = signed(put_together(drawing, objects))
    verdict = verify_form(pdf, people().school.ca_der)
    assert (verdict.layout, verdict.revisions, verdict.missing) == (2, 3, ())
    assert verify_form(sound(), people().school.ca_der).layout == 2


@pytest.mark.parametrize("place", PLACES)
def test_no_action_anywhere(place: str) -> None:
    at = list(PLACES).index(place)
    kinds = ACTIONS if EVERYTHING else (NAMED[at % len(NAMED)], NAMED[(at + 1) % len(NAMED)])
    assert [kind for kind in kinds if not refused(with_action(place, kind))] == []


@pytest.mark.parametrize("place", PLACES)
def test_a_script_signed_into_a_form_is_found(place: str) -> None:
    pdf = signed(with_action(place, "JavaScript"), both=False)
    with pytest.raises(NotSound):
        verify_form(pdf, people().school.ca_der, allow_missing=True)


def test_other_parts_that_no_form_has() -> None:
    assert [name for name, change in PARTS.items() if not refused(attacked(change))] == []


@pytest.mark.tool("qpdf")
def test_other_programs_call_such_a_form_sound(tmp_path: Path) -> None:
    """So it is this check alone that refuses it."""
    path = tmp_path / "form.pdf"
    path.write_bytes(signed(with_action("in the outline", "JavaScript"), both=False))
    check = [need_program("qpdf"), "--check", str(path)]
    said = subprocess.run(check, capture_output=True, text=True, check=True).stdout
    assert "No syntax or stream encoding errors" in said
    seen = [need_program("pdfsig"), "-nocert", str(path)]
    assert "Signature is Valid." in subprocess.run(seen, capture_output=True, text=True).stdout
    authority = x509.Certificate.load(people().school.ca_der)
    context = ValidationContext(trust_roots=[authority], moment=START, allow_fetching=False)
    signature = PdfFileReader(BytesIO(path.read_bytes())).embedded_signatures[0]
    status = validate_pdf_signature(signature, signer_validation_context=context)
    assert status.intact
    assert status.bottom_line


def leaves(value: PdfValue, path: str = "") -> Iterator[str]:
    """Yield the path of each value inside ``value``, itself included."""
    yield path
    if isinstance(value, PdfStream):
        value = value.entries
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, f"{path}/{key}")
    if isinstance(value, list):
        for number, each in enumerate(value[:4]):
            yield from leaves(each, f"{path}/{number}")


def other(value: PdfValue) -> list[PdfValue]:
    """Return values that are not ``value``: of another kind, and of the same."""
    if isinstance(value, PdfStream):
        return [PdfStream(value.entries, memoryview(bytes(value.data) + b" ")), value.entries]
    if isinstance(value, dict):
        return [{**value, "X": PdfNumber("1")}, {**value, "A": {"S": PdfName("URI")}}, []]
    if isinstance(value, list):
        return [[*value, PdfNumber("1")], value[:-1], {}]
    same: list[PdfValue] = [
        PdfNumber("7") if isinstance(value, PdfNumber) else PdfName("X") if isinstance(value,
        PdfName)
        else PdfReference(value.number + 1) if isinstance(value, PdfReference) else b"other"
    ]  # fmt: skip
    return [*same, PdfHexString(b"x"), {"S": PdfName("JavaScript"), "JS": b"x"}]


def changed(value: PdfValue, path: list[str], new: PdfValue) -> PdfValue:
    """Return ``value`` with the value at ``path`` replaced."""
    if not path:
        return new
    head, *rest = path
    if isinstance(value, PdfStream):
        inner = changed(value.entries, path, new)
        assert isinstance(inner, dict)
        return PdfStream(inner, value.data)
    if isinstance(value, dict):
        return {**value, head: changed(value[head], rest, new)}
    assert isinstance(value, list)
    return [changed(v, rest, new) if str(n) == head else v for n, v in enumerate(value)]


def found_at(value: PdfValue, path: list[str]) -> PdfValue:
    """Return the value at ``path``."""
    for step in path:
        inner = value.entries if isinstance(value, PdfStream) else value
        value = inner[step] if isinstance(inner, dict) else array_values(inner)[int(step)]
    return value


FREE = (
    "Title", "Rect", "FontBBox", "Widths", "Ascent", "CapHeight", "Descent", "Flags", "ItalicAngle",
    "MissingWidth", "StemV", "Length",
)  # fmt: skip
"""Keys whose numbers the drawing chooses."""


def free(path: str, kind: type[object]) -> bool:
    """Whether a value at ``path`` may be another: a measure, the title's words, a length, which
    these tools write anew."""
    number = kind is PdfNumber and any(f"/{key}" in path for key in FREE)
    return number or path == "/Length" or (path == "/Title" and kind is bytes)


def sampled(objects: dict[int, PdfValue]) -> list[int]:
    """Return one object of each kind, or all of them in the long runs."""
    if EVERYTHING:
        return list(objects)
    kinds: dict[str, int] = {}
    for number, value in objects.items():
        entries = value.entries if isinstance(value, PdfStream) else dictionary_entries(value)
        kinds.setdefault(" ".join(entries) if len(entries) > 4 else str(number), number)
    return list(kinds.values())


@pytest.mark.long("the other tests of this file")
def test_each_leaf_of_each_object_is_looked_at() -> None:
    """Every value of every object is replaced; only measures and the title may be others."""
    drawing, objects = parts()
    tried, dice = 0, random.Random(12)
    passed: set[tuple[str, type[PdfValue]]] = set()
    for number in sampled(objects):
        for path in leaves(objects[number]):
            steps = path.split("/")[1:]
            news = other(found_at(objects[number], steps))
            for new in news if EVERYTHING else [dice.choice(news)]:
                mine = {**objects, number: changed(copied(objects[number]), steps, new)}
                tried += 1
                if not refused(put_together(drawing, mine)):
                    passed.add((path, type(new)))
    assert tried > 100
    assert {(path, kind) for path, kind in passed if not free(path, kind)} == set()
