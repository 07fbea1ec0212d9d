"""A signature's revision is what signing writes, to the last byte; nobody adds to it unseen."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from io import BytesIO

import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    pdf_name,
    pdf_string,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form import sign
from esafety_tui.output.form.verify_form import verify_form
from esafety_tui.output.form.view import REVIEWING_ROLES
from tests.output.form_samples import START
from tests.promises.c_never_a_false_ok.pdf_tools import drawn, people, signed, sound

Writer = IncrementalPdfFileWriter


def _entry(writer: Writer, key: str, value: object) -> None:
    writer.root[key] = value
    writer.update_root()  # type: ignore[no-untyped-call]


def _file(writer: Writer) -> object:
    stream = StreamObject({pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=b"MZ")
    return writer.add_object(stream)


def _in_form(writer: Writer) -> None:
    form = writer.root["/AcroForm"]
    form["/NeedAppearances"] = pdf_name("/x")
    writer.update_container(form)


def _in_page(writer: Writer) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()  # type: ignore[no-untyped-call]
    page["/AA"] = _with({pdf_name("/O"): _script()})
    writer.update_container(page)


def _with(entries: dict[NameObject, object]) -> DictionaryObject:
    return DictionaryObject(entries)  # type: ignore[no-untyped-call]


def _script() -> DictionaryObject:
    words: dict[NameObject, object] = {
        pdf_name("/S"): pdf_name("/JavaScript"),
        pdf_name("/JS"): pdf_string("x"),
    }
    return _with(words)


ADDED: dict[str, Callable[[Writer], object]] = {
    "a file nobody refers to": _file,
    "an object nobody refers to": lambda w: w.add_object(_script()),
    "a second metadata stream": lambda w: _entry(w, "/Metadata", _file(w)),
    "a version": lambda w: _entry(w, "/Version", pdf_name("/2.1")),
    "an action on opening": lambda w: _entry(w, "/OpenAction", _script()),
    "an associated file": lambda w: _entry(w, "/AF", ArrayObject([_file(w)])),
    "another language": lambda w: _entry(w, "/Lang", pdf_string("cy")),
    "an entry of the form": _in_form,
    "an action of a page": _in_page,
}


def _signing(pdf: bytes, number: int, change: Callable[[Writer], object], **more: object) -> bytes:
    """Sign as the program does, with ``change`` made in the same revision."""
    who = (people().first, people().second)[number]
    writer = Writer(BytesIO(pdf))
    change(writer)
    facts = {
        "field_name": f"Officer{number + 1}", "md_algorithm": "sha256", "certify": number == 0,
        "subfilter": SigSeedSubFilter.PADES, "reason": REVIEWING_ROLES[number],
        "docmdp_permissions": MDPPerm.NO_CHANGES if number else MDPPerm.FILL_FORMS, **more,
    }  # fmt: skip
    meta = signers.PdfSignatureMetadata(**facts)  # type: ignore[arg-type]
    mark = sign._stamp_style(who, START)
    signer = sign._DatedSigner(START, meta, sign._OfficerSigner(who), stamp_style=mark)
    out = BytesIO()
    signer.sign_pdf(writer, existing_fields_only=True, output=out)
    return out.getvalue()


def _verify(pdf: bytes) -> None:
    verify_form(pdf, people().school.ca_der, allow_missing=True)


def test_the_same_signing_without_a_change_is_sound() -> None:
    one = _signing(drawn(), 0, lambda _: None)
    _verify(one)
    _verify(_signing(one, 1, lambda _: None))


@pytest.mark.parametrize("what", ADDED)
def test_a_signer_adds_nothing(what: str) -> None:
    with pytest.raises(NotSound):
        _verify(_signing(drawn(), 0, ADDED[what]))


@pytest.mark.parametrize("what", ["a file nobody refers to", "a version"])
def test_nor_does_the_second(what: str) -> None:
    with pytest.raises(NotSound):
        _verify(_signing(signed(drawn(), both=False), 1, ADDED[what]))


@pytest.mark.parametrize(
    "more",
    [{"location": "Harbour View"}, {"name": "Somebody Else"}, {"contact_info": "x"},
     {"reason": "Approved"}, {"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED}],
    ids=str,
)  # fmt: skip
def test_nor_other_words_in_the_signature(more: dict[str, object]) -> None:
    with pytest.raises(NotSound):
        _verify(_signing(drawn(), 0, lambda _: None, **more))


def _between(pdf: bytes, what: bytes) -> bytes:
    """Put bytes between two objects of the drawing and move the table behind them."""
    at = pdf.index(b"4 0 obj\n")
    table = pdf.index(b"xref\n")
    head, body = pdf[:at] + what + pdf[at:table], pdf[table:]
    rows = body.split(b"\n")
    for n, row in enumerate(rows):
        if row.endswith(b" n ") and int(row[:10]) >= at:
            rows[n] = b"%010d 00000 n " % (int(row[:10]) + len(what))
    body = b"\n".join(rows)
    return head + body.replace(b"%d\n%%%%EOF" % table, b"%d\n%%%%EOF" % (table + len(what)))


@pytest.mark.parametrize("what", [b"% hidden words\n", b"\n", b" ", b"hidden words\n", b"\0"])
def test_no_bytes_between_objects(what: bytes) -> None:
    pdf = signed(_between(drawn(), what), both=False)
    with pytest.raises(NotSound):
        _verify(pdf)


def _mutated(pdf: bytes, dice: random.Random) -> bytes:
    """Return ``pdf`` with one small change that needs no key."""
    at = dice.randrange(len(pdf))
    other = bytes([pdf[at] ^ (1 << dice.randrange(8))])
    some = dice.randbytes(dice.randrange(1, 9))
    return dice.choice(
        [
            pdf[:at] + other + pdf[at + 1 :],
            pdf[:at] + pdf[at + 1 :],
            pdf[:at] + some + pdf[at:],
            pdf[:at] + pdf[at : at + 9] + pdf[at:],
            pdf + some,
        ]
    )


def test_whatever_passes_is_the_form_itself() -> None:
    """Each change that needs no key is found. ``ESAFETY_PDF_MUTATIONS`` says how many are tried."""
    dice, pdf = random.Random(12), sound()
    for _ in range(int(os.environ.get("ESAFETY_PDF_MUTATIONS", "10"))):
        mine = _mutated(pdf, dice)
        try:
            _verify(mine)
        except NotSound:
            continue
        assert mine == pdf


def test_an_appended_revision_is_found() -> None:
    for change in ADDED.values():
        writer = Writer(BytesIO(sound()))
        change(writer)
        out = BytesIO()
        writer.write(out)  # type: ignore[no-untyped-call]
        with pytest.raises(NotSound):
            _verify(out.getvalue())
