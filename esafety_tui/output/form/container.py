"""The bytes of a signature itself, which no signature covers.

Rule: the container (CMS) is built again from its few parts in the one way the program builds it and
compared byte for byte, and the room behind it is as long as signing makes it and holds zeros. So a
second encoding of the same signature is found like any other change. Checks neither who signed nor
whether the signature fits.

Source: RFC 5652, 5.1 and 5.3; RFC 5035 (ESSCertIDv2); ISO 32000-1, 12.8.1; SEC 1, 4.1.4 (s and
n - s fit alike, so one of the two is chosen).
"""

from __future__ import annotations

from hashlib import sha256

from asn1crypto import algos, cms, core, tsp, x509  # type: ignore[import-untyped]  # has no stubs
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from esafety_tui.output.form.increment import Increment
from esafety_tui.output.form.need import require_sound

LONGEST_SIGNATURE = 72
"""Bytes of a DER ECDSA P-256 signature at most."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_REWRITTEN = "the signature is built in an unknown way."


def lower_s_signature(signature: bytes) -> bytes:
    """Return a DER ECDSA P-256 signature with the lesser of s and n - s. Raises ValueError."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, _ORDER - s))


def build_container(
    officer: x509.Certificate, ca: x509.Certificate, digest: bytes, sig: bytes
) -> bytes:
    """Return the DER that signing makes.

    Args:
        digest: SHA-256 of the bytes signed. sig: DER ECDSA over the signed attributes.
    """
    hashing = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
    sid = cms.IssuerAndSerialNumber(
        {"issuer": officer.issuer, "serial_number": officer.serial_number}
    )
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
            "digest_algorithm": hashing,
            "signed_attrs": _signed_attributes(officer, digest),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": sig,
        }
    )
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([hashing]),
            "encap_content_info": {"content_type": "data"},
            "certificates": [officer, ca],
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def _signed_attributes(officer: x509.Certificate, digest: bytes) -> cms.CMSAttributes:
    name = x509.GeneralName({"directory_name": officer.issuer})
    seal = tsp.ESSCertIDv2(
        {
            "cert_hash": sha256(officer.dump()).digest(),
            "issuer_serial": {"issuer": [name], "serial_number": officer.serial_number},
        }
    )
    values = (
        ("content_type", "data"),
        ("message_digest", digest),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [seal]})),
    )
    return cms.CMSAttributes(
        [cms.CMSAttribute({"type": kind, "values": (value,)}) for kind, value in values]
    )


def check_container(
    increment: Increment, officer: x509.Certificate, ca: x509.Certificate, data: bytes, layout: int
) -> None:
    """Check the value of /Contents bit for bit. Raises NotSound, or ValueError if unreadable."""
    content = increment.container
    info = cms.ContentInfo.load(content)["content"]["signer_infos"][0]
    signature = bytes(info["signature"].native)
    r, s = decode_dss_signature(signature)
    require_sound(
        encode_dss_signature(r, s) == signature and 0 < r < _ORDER and 0 < s < _ORDER, _REWRITTEN
    )
    # Forms of layout 1 were signed with either; a twin of the last signature cannot be told apart.
    require_sound(
        layout == 1 or s <= _ORDER // 2, "the signature is not the one of its two that is used."
    )
    before, after = increment.unsigned_range
    state = sha256(memoryview(data)[:before])
    state.update(memoryview(data)[after : increment.end])
    require_sound(
        increment.stamp == sha256(officer.dump()).hexdigest()[:32],
        "the mark in the field is of another certificate.",
    )
    bare = build_container(officer, ca, state.digest(), signature)
    longest = len(build_container(officer, ca, state.digest(), bytes(LONGEST_SIGNATURE)))
    room = longest + longest // 2
    require_sound(content == bare + bytes(room - len(bare)), _REWRITTEN)
