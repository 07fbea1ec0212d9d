"""The officers of a pack: public keys, and certificates of the school's authority (RFC 5280).

A certificate gives a key its name and nothing more. Trust comes from the check code on paper,
which binds the keys themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import NotSound
from esafety_tui.kernel.text import show_invisible
from esafety_tui.output.pack.layout import CA_CERT, CERT_NAME, KEY_NAME
from esafety_tui.output.verify_der import SPKI_HEAD, SchoolCertificate, read_certificate
from esafety_tui.output.verify_files import PackFile
from esafety_tui.output.verify_shape import decode_pem_block


@dataclass(frozen=True, slots=True)
class CertifiedOfficer:
    """An officer whose key the authority certified. ``name`` is safe to show."""

    id: str
    name: str = field(repr=False)
    spki: bytes = field(repr=False)
    key: ec.EllipticCurvePublicKey = field(repr=False)
    certificate: SchoolCertificate = field(repr=False)

    def verify_signature(self, signature: bytes, message: bytes, item: str) -> bytes:
        """Return ``message`` if the signature over it is sound. Raises NotSound naming ``item``."""
        if not _is_signed_by(self.key, signature, message):
            raise NotSound(item, f"the signature of {self.name} is not sound")
        return message


def read_authority(files: Mapping[str, PackFile]) -> SchoolCertificate:
    """Return the authority's certificate: signed by itself and allowed to certify."""
    der = decode_pem_block(files[CA_CERT].content, "CERTIFICATE", CA_CERT)
    authority = read_certificate(der, CA_CERT, authority=True)
    own = authority.issuer == authority.subject
    if not own or not _is_signed_by(
        _load_p256_key(authority.spki, CA_CERT), authority.signature, authority.signed
    ):
        raise NotSound(CA_CERT, "it is not signed by itself")
    return authority


def read_certified_officers(files: Mapping[str, PackFile]) -> dict[str, CertifiedOfficer]:
    """Return all officers of the pack by id. Raises NotSound naming the key or certificate."""
    authority = read_authority(files)
    keys = {match[1] for match in map(KEY_NAME.fullmatch, files) if match}
    certs = {match[1] for match in map(CERT_NAME.fullmatch, files) if match}
    for id16 in sorted(keys ^ certs):
        folder = "certs" if id16 in keys else "keys"
        raise NotSound(f"{folder}/{id16}.pem", "it is missing")
    issuer = _load_p256_key(authority.spki, CA_CERT)
    holders = [_read_officer(files, id16, authority, issuer) for id16 in sorted(keys)]
    return {holder.id: holder for holder in holders}


def _read_officer(
    files: Mapping[str, PackFile],
    id16: str,
    authority: SchoolCertificate,
    issuer: ec.EllipticCurvePublicKey,
) -> CertifiedOfficer:
    key_file, cert_file = f"keys/{id16}.pem", f"certs/{id16}.pem"
    spki = decode_pem_block(files[key_file].content, "PUBLIC KEY", key_file)
    key, id = _load_p256_key(spki, key_file), sha256_hex(spki)
    if not id.startswith(id16):
        raise NotSound(key_file, "it is another key than its name says")
    der = decode_pem_block(files[cert_file].content, "CERTIFICATE", cert_file)
    certificate = read_certificate(der, cert_file, authority=False)
    if certificate.spki != spki:
        raise NotSound(cert_file, "it certifies another key")
    of_school = (certificate.issuer, certificate.organisation) == (
        authority.subject, authority.organisation,
    )  # fmt: skip
    if not of_school or not _is_signed_by(issuer, certificate.signature, certificate.signed):
        raise NotSound(cert_file, "the school's authority did not issue it")
    return CertifiedOfficer(id, show_invisible(certificate.common_name), spki, key, certificate)


def _load_p256_key(spki: bytes, item: str) -> ec.EllipticCurvePublicKey:
    """Return a P-256 key from its SPKI DER, which has one form only. Raises NotSound."""
    try:
        key = load_der_public_key(spki) if spki.startswith(SPKI_HEAD) else None
    except (ValueError, UnsupportedAlgorithm) as err:
        raise NotSound(item, "it is not a point of the curve P-256") from err
    if len(spki) != 91 or not isinstance(key, ec.EllipticCurvePublicKey):
        raise NotSound(item, "it is not a P-256 key")
    return key


def _is_signed_by(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def require_valid_at(holder: CertifiedOfficer, when: str) -> None:
    """Raise NotSound if the officer's certificate was not valid at ``when``, a stamp."""
    if not holder.certificate.start <= when <= holder.certificate.end:
        raise NotSound(f"certs/{holder.id[:16]}.pem", "it was not valid when the pack was made")
