"""The bytes of a signature itself, which no signature covers.

Rule: the signature container (CMS) is built in the one way the program builds it, and its place in
the file holds nothing else, so that a byte changed there is found like any other. Checks neither
the signature nor who signed.

Source: RFC 5652, 5.1 and 5.3; ISO 32000-1, 12.8.1 (/Contents, /ByteRange).
"""

from __future__ import annotations

from typing import BinaryIO

from asn1crypto import algos, cms, x509  # type: ignore[import-untyped]  # has no stubs
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from esafety_tui.output.form.structure import need

_SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
_ECDSA = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()
_DETACHED = cms.ContentInfo({"content_type": "data"}).dump()


def check_container(sig: EmbeddedPdfSignature, ca: x509.Certificate, source: BinaryIO) -> None:
    """Check the container of ``sig`` bit for bit. Raises NotSound, or ValueError if unreadable."""
    _, before, after, _ = (int(n) for n in sig.byte_range)
    content = sig.pkcs7_content
    source.seek(before)
    need(
        source.read(after - before) == b"<" + content.hex().upper().encode() + b">",
        "it was rewritten.",
    )
    message = cms.ContentInfo.load(content)
    lone = message.dump()
    need(not content[len(lone) :].strip(b"\0"), "something stands behind the signature.")
    data = message["content"]
    certificates = {choice.chosen.dump() for choice in data["certificates"]}
    need(certificates == {sig.signer_cert.dump(), ca.dump()}, "it carries other certificates.")
    info = data["signer_infos"][0]
    plain = (
        message["content_type"].native == "signed_data"
        and data["version"].native == "v1"
        and [a.dump() for a in data["digest_algorithms"]] == [info["digest_algorithm"].dump()]
        and data["encap_content_info"].dump() == _DETACHED
        and len(data["signer_infos"]) == 1
        and info["version"].native == "v1"
        and info["digest_algorithm"].dump() == _SHA256
        and info["signature_algorithm"].dump() == _ECDSA
        and not info["unsigned_attrs"].native
        and not data["crls"].native
    )
    need(plain, "the signature is built in an unknown way.")
