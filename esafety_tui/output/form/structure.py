"""The shape of a form's PDF, whatever its signatures say: fields, annotations, first revision.

Rule: two signature fields and nothing else that can be clicked, run, opened or attached, in any
revision. Checks no signature; :mod:`verify_form` does.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, BinaryIO

from pyhanko.pdf_utils.reader import PdfFileReader

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form.view import OFFICER_FIELDS

_ROOT_KEYS = frozenset(
    [
        "/Type",
        "/Pages",
        "/AcroForm",
        "/Perms",
        "/PageMode",
        "/Outlines",
        "/Lang",
        "/Version",
        "/Extensions",
        "/Metadata",
    ]
)
_ACTIVE = ("/JS", "/JavaScript", "/AA", "/OpenAction", "/EmbeddedFile", "/EmbeddedFiles", "/XFA")


def need(good: object, what: str) -> None:
    """Raise NotSound about the form as a whole unless ``good``."""
    if not good:
        raise NotSound("form", what)


def signature_fields(reader: PdfFileReader) -> list[str]:
    """Return the names of the signed fields of a document that has the two and nothing to click.

    Raises NotSound for any other field, annotation, page action or part of the document.
    """
    root = reader.root
    need(set(root.keys()) <= _ROOT_KEYS, "the document has parts that a form does not have.")
    form = root["/AcroForm"]
    need(set(form.keys()) <= {"/Fields", "/SigFlags"}, "the form part has unknown entries.")
    fields = [ref.get_object() for ref in _raw(form["/Fields"])]
    names = tuple(str(f["/T"]) for f in fields)
    need(sorted(names) == sorted(OFFICER_FIELDS), "it does not have exactly the two fields.")
    for f in fields:
        lone = f["/FT"] == "/Sig" and "/Kids" not in f and "/Parent" not in f
        need(lone, "a field is not a plain signature field.")
    need(len(set(_raw(form["/Fields"]))) == 2, "a field stands twice.")
    _check_annotations(reader, set(_raw(form["/Fields"])))
    return [str(f["/T"]) for f in fields if f.get("/V") is not None]


def _raw(array: Any) -> list[Any]:
    return [array.raw_get(n) for n in range(len(array))]


def _check_annotations(reader: PdfFileReader, fields: set[Any]) -> None:
    found: list[Any] = []
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(number)[0].get_object()  # type: ignore[no-untyped-call]
        need("/AA" not in page, "a page has an action.")
        found += _raw(page.get("/Annots", []) or [])
    need(len(found) == 2 and set(found) == fields, "a page carries something besides the fields.")


def check_passive(reader: PdfFileReader) -> None:
    """Insist that no object of any revision is active content or a file. Raises NotSound."""
    xrefs = reader.xrefs
    for revision in range(xrefs.total_revisions):
        for ref in xrefs.explicit_refs_in_revision(revision):
            if not xrefs.get_historical_ref(ref, revision):
                continue
            thing = reader.get_object(ref, revision=revision)  # type: ignore[no-untyped-call]
            keys = thing.keys() if hasattr(thing, "keys") else ()
            need(not any(key in keys for key in _ACTIVE), "it holds active content or files.")


def first_revision(reader: PdfFileReader, source: BinaryIO) -> str:
    """Return hex SHA-256 of the bytes up to and with the line of the first revision's %%EOF."""
    after = reader.xrefs.get_xref_container_info(0).end_location
    source.seek(after)
    tail = source.read(4096)
    at = tail.find(b"%%EOF")
    need(at >= 0, "the first revision has no end.")
    end = at + 5
    end += 2 if tail[end : end + 2] == b"\r\n" else 1 if tail[end : end + 1] == b"\n" else 0
    source.seek(0)
    state, left = sha256(), after + end
    while left and (block := source.read(min(left, 1 << 20))):
        state.update(block)
        left -= len(block)
    return state.hexdigest()
