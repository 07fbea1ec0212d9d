"""The form: which drawing it is, who signed it, and what is inside the PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from esafety_tui.output.pack.layout import FORM, STATEMENT
from tests.output.pack_samples import Case, form_signed_by
from tests.promises.tampers.row import SOUND, Make, Tamper
from tests.promises.tampers.rows_records import built, fields, of_kind
from tests.promises.tampers.world import Edit, Entry, World, write

KIND = "form revision"


def _signed(edit: Edit, **said: Any) -> Make:
    """Return what writes the pack whose form both signed, with edited entries."""

    def make(world: World, folder: Path) -> Path:
        return write(replace(world.source(edit, 2), **said), folder)

    return make


def _each(kind: str, **values: Any) -> Make:
    return _signed(of_kind(kind, lambda entry: entry.fields.update(values)))


def _none(_entry: Entry) -> None:
    """Change nothing."""


def _other_pdf(change: Callable[[bytes], bytes], forms: int = 0) -> Make:
    """Return what puts another PDF in the place of the form, and seals its hash as the last."""

    def make(world: World, folder: Path) -> Path:
        pdf = change((world.signed if forms else world.unsigned).form_pdf)
        digest = hashlib.sha256(pdf).hexdigest()
        last = "form.signed" if forms else "form.rendered"
        edit = of_kind(last, lambda entry: entry.fields.update(sha256=digest))
        return write(replace(world.source(edit, forms), form_pdf=pdf), folder)

    return make


def _strangers(world: World, folder: Path) -> Path:
    """Signed by two of another school, with the right hashes in the records."""
    blank, revisions = form_signed_by(2)(Case())
    digests = iter([blank, *revisions])

    def edit(entry: Entry) -> None:
        if entry.kind in {"form.rendered", "form.signed"}:
            entry.fields.update(sha256=hashlib.sha256(next(digests)).hexdigest())

    return write(replace(world.source(edit, 2), form_pdf=revisions[-1]), folder)


def _code(change: Callable[[str], str]) -> Make:
    def edit(entry: Entry) -> None:
        entry.fields.update(check_code=change(entry.fields["check_code"]))

    return built(of_kind("form.rendered", edit))


def _officers(change: Callable[[list[Any]], Any]) -> Make:
    def edit(entry: Entry) -> None:
        entry.fields.update(officers=change(list(entry.fields["officers"])))

    return built(of_kind("form.rendered", edit))


def _first_signer(entry: Entry) -> None:
    entry.fields.update(officer=entry.present[0].id)


def rows() -> Iterator[Tamper]:
    """Return the rows of the form."""
    yield Tamper(KIND, "signed by both", True, _signed(_none), SOUND)
    sealed: dict[str, Make] = {
        "not drawn": fields("form.rendered", version=2),
        "drawn of version 0": fields("form.rendered", version=0),
        "version as text": fields("form.rendered", version="1"),
        "another hash": fields("form.rendered", sha256="0" * 64),
        "hash in capitals": fields("form.rendered", sha256="A" * 64),
        "another head": fields("form.rendered", checkpoint="x"),
        "another code": _code(lambda code: code[::-1]),
        "code in small letters": _code(str.lower),
        "code without blanks": _code(lambda code: code.replace(" ", "")),
        "code with hyphens": _code(lambda code: code.replace(" ", "-")),
        "reviewers reversed": _officers(lambda ids: ids[::-1]),
        "no reviewers": _officers(lambda _: {}),
        "reviewer twice": _officers(lambda ids: [ids[0], ids[0]]),
        "reviewer a list": _officers(lambda ids: [ids, ids]),
        "reviewer a stranger": _officers(lambda ids: sorted([*ids, "0" * 64])),
        "signed by a stranger": _each("form.signed", officer="0" * 64),
        "signer a list": _each("form.signed", officer=["0"]),
        "signed by one twice": _signed(of_kind("form.signed", _first_signer)),
        "signatures of version 2": _each("form.signed", version=2),
        "signatures of version true": _each("form.signed", version=True),
        "hash after signing": _each("form.signed", sha256="0" * 64),
        "bytes after it": _other_pdf(lambda pdf: pdf + b"%\n", 2),
    }
    inside = {"bytes after it"}
    for name, make in sealed.items():
        unseen = "form" if name in inside else ""
        yield Tamper(KIND, name, True, make, unseen=unseen)
    yield Tamper(
        KIND, "a signature denied", True, _signed(_none, not_signed_by=("0" * 64,)), item=STATEMENT
    )
    yield Tamper(
        KIND, "not the drawing", True, _other_pdf(lambda _: b"%PDF-1.7\n%%EOF\n", 2), item=FORM
    )
    yield Tamper(KIND, "signed by strangers", True, _strangers, item=FORM, unseen="form")
    yield Tamper(
        KIND,
        "one bit inside",
        True,
        _other_pdf(lambda pdf: pdf[:-40] + b"%" + pdf[-39:], 2),
        item=FORM,
        unseen="form",
    )
