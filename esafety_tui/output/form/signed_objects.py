"""The objects that one signing writes, from a few facts: what pyHanko 0.38 makes of a form.

Rule: nothing here reads a file. A change of pyHanko that writes another revision is a new layout:
the golden forms in tests/vectors/form fail first.

Source: docs/format.md section 9; ISO 32000-1, 12.7.4.5 and 12.8; XMP (ISO 16684-1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from esafety_tui.output.form.revisions import Drawing
from esafety_tui.output.form.shapes import dictionary_entries, number_array
from esafety_tui.output.form.tokens import PdfName, PdfNumber, PdfReference, PdfStream, PdfValue
from esafety_tui.output.form.view import OFFICER_FIELDS

_EXTENSIONS: dict[str, PdfValue] = {
    "ESIC": {
        "Type": PdfName("DeveloperExtensions"),
        "BaseVersion": PdfName("1.7"),
        "ExtensionLevel": PdfNumber("1"),
    },
    "ISO_": [
        {
            "Type": PdfName("DeveloperExtensions"),
            "BaseVersion": PdfName("2.0"),
            "ExtensionLevel": PdfNumber("32002"),
            "URL": b"https://www.iso.org/standard/45875.html",
            "ExtensionRevision": b":2022",
        }
    ],
}
_COURIER: dict[str, PdfValue] = {
    "Type": PdfName("Font"),
    "BaseFont": PdfName("Courier"),
    "Subtype": PdfName("Type1"),
    "Encoding": PdfName("WinAnsiEncoding"),
}


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """The facts that differ from one signing to another.

    Attributes:
        number: 0 certifies, 1 countersigns.
        field, mark, signature, metadata: numbers of the objects written, besides catalog and
            title. certification: number of the certifying signature's object.
        when: by the signer's clock. shown: the same for people. reason: the role.
        stamp: 32 hex digits of the certificate's SHA-256.
        changed: date of the change, of a PDF. xmp: of XMP. version: of pyHanko.
        producer: who made the revision before, "" for the first signature.
        ident: identifier of this revision, 16 bytes.
    """

    number: int
    field: int
    mark: int
    signature: int
    metadata: int
    certification: int
    when: datetime
    reason: str
    shown: str
    stamp: str
    changed: bytes
    xmp: bytes
    version: bytes
    producer: bytes
    ident: bytes


def with_producer(facts: SigningFacts, drawing: Drawing) -> SigningFacts:
    """Return ``facts`` with who made this revision."""
    before = facts.producer or bytes(
        _bytes_or_empty(dictionary_entries(drawing.objects[drawing.info])["Producer"])
    )
    mine = b"pyHanko " + facts.version
    return replace(facts, producer=before if mine in before else before + b"; " + mine)


def _bytes_or_empty(value: PdfValue) -> bytes:
    return value if isinstance(value, bytes) else b""


def signing_objects(drawing: Drawing, facts: SigningFacts) -> dict[int, PdfValue]:
    """Return each object of the revision by number; the signature without container and range."""
    return {
        facts.field: dictionary_entries(drawing.objects[facts.field])
        | {"AP": {"N": PdfReference(facts.mark)}, "V": PdfReference(facts.signature)},
        drawing.root: dictionary_entries(drawing.objects[drawing.root])
        | {
            "Version": PdfName("2.0"),
            "Extensions": _EXTENSIONS,
            "Perms": {"DocMDP": PdfReference(facts.certification)},
            "Metadata": PdfReference(facts.metadata),
        },
        drawing.info: dictionary_entries(drawing.objects[drawing.info])
        | {"ModDate": b"D:" + facts.changed, "Producer": facts.producer},
        facts.mark: _visible_mark(facts),
        facts.signature: _signature_entries(drawing, facts),
        facts.metadata: _metadata_stream(facts),
    }


def _make_stream(entries: dict[str, PdfValue], data: bytes) -> PdfStream:
    return PdfStream(entries | {"Length": PdfNumber(str(len(data)))}, memoryview(data))


def _visible_mark(facts: SigningFacts) -> PdfStream:
    """The visible mark in the field: when, and by which certificate."""
    text = (
        "q q 0.74 0 0 0.74 3 1 cm 1 0 0 1 10 10 cm /Tx BMC q BT /F1 7 Tf 10 TL /F1 7 Tf 10 TL "
        f"0 20 Td (Digitally signed) Tj T* ({facts.shown.replace(':', chr(92) + '072')}) Tj T* "
        f"(certificate {facts.stamp}) Tj T* ET Q EMC Q Q"
    )
    entries: dict[str, PdfValue] = {
        "BBox": number_array(0, 39, 237, 0),
        "Resources": {"Font": {"F1": _COURIER}},
        "Type": PdfName("XObject"),
        "Subtype": PdfName("Form"),
    }
    return _make_stream(entries, text.encode("ascii"))


def _signature_entries(drawing: Drawing, facts: SigningFacts) -> dict[str, PdfValue]:
    level = PdfNumber("2" if facts.number == 0 else "1")
    params = PdfName("TransformParams")
    lock: dict[str, PdfValue] = {"Action": PdfName("All"), "Type": params}
    if facts.number == 0:
        others: list[PdfValue] = [OFFICER_FIELDS[1].encode("ascii")]
        lock = {"Action": PdfName("Exclude"), "Fields": others, "Type": params}
    locked: dict[str, PdfValue] = {
        "Type": PdfName("SigRef"),
        "TransformMethod": PdfName("FieldMDP"),
        "Data": PdfReference(drawing.root),
        "TransformParams": lock | {"V": PdfName("1.2"), "P": level},
    }
    certified: dict[str, PdfValue] = {
        "Type": PdfName("SigRef"),
        "TransformMethod": PdfName("DocMDP"),
        "TransformParams": {"Type": params, "V": PdfName("1.2"), "P": level},
    }
    return {
        "Type": PdfName("Sig"),
        "Filter": PdfName("Adobe.PPKLite"),
        "SubFilter": PdfName("ETSI.CAdES.detached"),
        "M": b"D:" + facts.when.strftime("%Y%m%d%H%M%SZ").encode("ascii"),
        "Reason": facts.reason.encode("ascii"),
        "Reference": [certified, locked] if facts.number == 0 else [locked],
    }


def _metadata_stream(facts: SigningFacts) -> PdfStream:
    rdf = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    text = (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="pyHanko ' + facts.version + b'">\n'
        b'<rdf:RDF xmlns:rdf="' + rdf + b'">\n<rdf:Description xmlns:rdf="' + rdf + b'" '
        b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
        b'xmp:ModifyDate="' + facts.xmp + b'" pdf:Producer="pyHanko ' + facts.version + b'" '
        b'rdf:about=""/>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="r"?>'
    )
    return _make_stream({"Type": PdfName("Metadata"), "Subtype": PdfName("XML")}, text)
