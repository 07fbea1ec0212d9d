"""The container of a signature is the one encoding that signing makes: no sibling passes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from asn1crypto import cms, core  # type: ignore[import-untyped]  # has no stubs
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form.container import lower_s_signature
from esafety_tui.output.form.verify_form import verify_form
from tests.promises.c_never_a_false_ok.pdf_tools import people, sound

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_CONTENTS = re.compile(rb"/Contents <([0-9A-F]+)>\n/ByteRange")


def last_container(pdf: bytes) -> bytes:
    """Return the DER of the last signature, without the zeros behind it."""
    found = bytes.fromhex(_CONTENTS.findall(pdf)[-1].decode())
    return bytes(cms.ContentInfo.load(found).dump())


def with_container(pdf: bytes, der: bytes) -> bytes:
    """Return ``pdf`` with another last container in the same room."""
    match = list(_CONTENTS.finditer(pdf))[-1]
    digits = der.hex().upper().encode().ljust(len(match[1]), b"0")
    assert len(digits) == len(match[1])
    return pdf[: match.start(1)] + digits + pdf[match.end(1) :]


def _edited(der: bytes, change: Callable[[cms.SignedData], object]) -> bytes:
    info = cms.ContentInfo.load(der)
    change(info["content"])
    return bytes(info.dump(force=True))


def _signature(der: bytes, change: Callable[[bytes], bytes]) -> bytes:
    def put(data: cms.SignedData) -> None:
        signer = data["signer_infos"][0]
        signer["signature"] = change(signer["signature"].native)

    return _edited(der, put)


def sibling(der: bytes) -> bytes:
    """Return the container with n - s for s, which the same key signs, too."""
    r, s = decode_dss_signature(
        cms.ContentInfo.load(der)["content"]["signer_infos"][0]["signature"].native
    )
    return _signature(der, lambda _: encode_dss_signature(r, ORDER - s))


def _tag(der: bytes) -> tuple[int, bytes]:
    """Return the length of the outer header, and the value behind it."""
    assert der[:2] == b"\x30\x82"
    return 4, der[4:]


def _long_length(der: bytes) -> bytes:
    _, value = _tag(der)
    return b"\x30\x83" + len(value).to_bytes(3, "big") + value


def _indefinite(der: bytes) -> bytes:
    _, value = _tag(der)
    return b"\x30\x80" + value + b"\0\0"


def _padded_r(der: bytes) -> bytes:
    """A zero before r, which DER does not write."""

    def pad(signature: bytes) -> bytes:
        r, s = decode_dss_signature(signature)
        first = b"\0" + bytes(core.Integer(r).contents)
        second = bytes(core.Integer(s).contents)
        body = b"\x02" + bytes([len(first)]) + first + b"\x02" + bytes([len(second)]) + second
        return bytes([0x30, len(body)]) + body

    return _signature(der, pad)


def _swapped_certificates(der: bytes) -> bytes:
    """The set of certificates in the other order, which BER allows."""
    ours = [c.chosen.dump() for c in cms.ContentInfo.load(der)["content"]["certificates"]]
    return der.replace(b"".join(ours), b"".join(reversed(ours)))


def _swapped_attributes(der: bytes) -> bytes:
    attrs = cms.ContentInfo.load(der)["content"]["signer_infos"][0]["signed_attrs"]
    first, second = attrs[0].dump(), attrs[1].dump()
    return der.replace(first + second, second + first)


def _unsigned(data: cms.SignedData) -> None:
    note = cms.CMSAttribute({"type": "1.3.6.1.4.1.99999.1", "values": [core.OctetString(b"hi")]})
    data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([note])


def _extra_certificate(data: cms.SignedData) -> None:
    more = people().school.officer("Extra").certificate_der
    data["certificates"].append(cms.CertificateChoices.load(more))


def _header(data: bytes, at: int) -> tuple[int, int]:
    """Return where the value of the DER element at ``at`` starts and ends."""
    first = data[at + 1]
    if first < 0x80:
        return at + 2, at + 2 + first
    start = at + 2 + (first & 0x7F)
    return start, start + int.from_bytes(data[at + 2 : start], "big")


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return DER elements with each ``old`` in them replaced, and the lengths set right."""
    out, at = b"", 0
    while at < len(data):
        start, end = _header(data, at)
        whole, value = data[at:end], data[start:end]
        if whole == old:
            out += new
        elif data[at] & 0x20 and old in value:
            inner = _replaced(value, old, new)
            size = len(inner).to_bytes((len(inner).bit_length() + 7) // 8, "big")
            length = size if len(inner) < 0x80 else bytes([0x80 | len(size)]) + size
            out += data[at : at + 1] + length + inner
        else:
            out += whole
        at = end
    return out


_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_SHA256_ALONE = bytes.fromhex("300b0609608648016503040201")  # as RFC 5754 prefers it


REENCODED: dict[str, Callable[[bytes], bytes]] = {
    "n - s for s": sibling,
    "a zero before r": _padded_r,
    "a longer length": _long_length,
    "an indefinite length": _indefinite,
    "certificates in the other order": _swapped_certificates,
    "attributes in the other order": _swapped_attributes,
    "an unsigned attribute": lambda der: _edited(der, _unsigned),
    "one certificate more": lambda der: _edited(der, _extra_certificate),
    "no authority": lambda der: _replaced(der, people().school.ca_der, b""),
    "an empty set of lists": lambda der: _edited(
        der, lambda d: d.__setitem__("crls", cms.RevocationInfoChoices([]))
    ),
    "algorithms without a NULL": lambda der: _replaced(der, _SHA256, _SHA256_ALONE),
    "version 3": lambda der: _edited(der, lambda d: d.__setitem__("version", "v3")),
    "signer of version 3": lambda der: _edited(
        der, lambda d: d["signer_infos"][0].__setitem__("version", "v3")
    ),
    "two hash algorithms": lambda der: _edited(
        der, lambda d: d["digest_algorithms"].append(d["digest_algorithms"][0].copy())
    ),
    "bytes behind it": lambda der: der + b"\x05\0",
}


def _refused(pdf: bytes) -> bool:
    try:
        verify_form(pdf, people().school.ca_der)
    except NotSound:
        return True
    return False


def test_the_container_put_back_is_sound() -> None:
    pdf = sound()
    assert with_container(pdf, last_container(pdf)) == pdf
    assert not _refused(pdf)


@pytest.mark.parametrize("way", REENCODED)
def test_no_second_encoding_passes(way: str) -> None:
    pdf = sound()
    der = last_container(pdf)
    other = REENCODED[way](der)
    assert other != der
    assert _refused(with_container(pdf, other))


@pytest.mark.parametrize("old, new", [(b"0>\n/ByteRange", b"1>\n/ByteRange"), (b"A", b"a")])
def test_nor_other_digits(old: bytes, new: bytes) -> None:
    pdf = sound()
    at = list(_CONTENTS.finditer(pdf))[-1].start(1)
    assert _refused(pdf[:at] + pdf[at:].replace(old, new, 1))


def test_what_is_signed_here_has_the_lesser_s() -> None:
    r, s = 5, ORDER - 7
    assert lower_s_signature(encode_dss_signature(r, s)) == encode_dss_signature(r, 7)
    assert lower_s_signature(encode_dss_signature(r, 7)) == encode_dss_signature(r, 7)
    for found in _CONTENTS.findall(sound()):
        info = cms.ContentInfo.load(bytes.fromhex(found.decode()))["content"]["signer_infos"][0]
        assert decode_dss_signature(info["signature"].native)[1] <= ORDER // 2
