"""The officers of a pack: public keys, and certificates of the school's authority (RFC 5280).

A certificate gives a key its name and nothing more. Trust comes from the check code on paper,
which binds the keys themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from cryptography.x509.oid import NameOID

from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import NotSound
from esafety_tui.kernel.text import show
from esafety_tui.output.pack.layout import CA_CERT, CERT_NAME, KEY_NAME
from esafety_tui.output.verify_files import Seen
from esafety_tui.output.verify_shape import unpem

_BAD = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound,
        x509.DuplicateExtension)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """An officer whose key the authority certified. ``name`` is safe to show."""

    id: str
    name: str = field(repr=False)
    spki: bytes = field(repr=False)
    key: ec.EllipticCurvePublicKey = field(repr=False)
    certificate: x509.Certificate = field(repr=False)

    def verify(self, signature: bytes, message: bytes, item: str) -> bytes:
        """Return ``message`` if the signature over it is sound. Raises NotSound naming ``item``."""
        try:
            self.key.verify(signature, message, ec.ECDSA(SHA256()))
        except InvalidSignature as err:
            raise NotSound(item, f"the signature of {self.name} is not sound") from err
        return message


def read_authority(files: Mapping[str, Seen]) -> x509.Certificate:
    """Return the authority's certificate: signed by itself and allowed to certify."""
    try:
        der = unpem(files[CA_CERT].content, "CERTIFICATE", CA_CERT)
        authority = x509.load_der_x509_certificate(der)
        authority.verify_directly_issued_by(authority)
        may = authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
    except _BAD as err:
        raise NotSound(CA_CERT, "it is not a sound certificate of an authority") from err
    if not may or not usage.key_cert_sign:
        raise NotSound(CA_CERT, "it may not certify anyone")
    return authority


def read_holders(files: Mapping[str, Seen]) -> dict[str, Holder]:
    """Return all officers of the pack by id. Raises NotSound naming the key or certificate."""
    authority = read_authority(files)
    keys = {match[1] for match in map(KEY_NAME.fullmatch, files) if match}
    certs = {match[1] for match in map(CERT_NAME.fullmatch, files) if match}
    for id16 in sorted(keys ^ certs):
        folder = "certs" if id16 in keys else "keys"
        raise NotSound(f"{folder}/{id16}.pem", "it is missing")
    holders = [_holder(files, id16, authority) for id16 in sorted(keys)]
    return {holder.id: holder for holder in holders}


def _holder(files: Mapping[str, Seen], id16: str, authority: x509.Certificate) -> Holder:
    key_file, cert_file = f"keys/{id16}.pem", f"certs/{id16}.pem"
    spki = unpem(files[key_file].content, "PUBLIC KEY", key_file)
    try:
        key = load_der_public_key(spki)
    except _BAD as err:
        raise NotSound(key_file, "it is not a public key") from err
    p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not p256:
        raise NotSound(key_file, "it is not a P-256 key")
    if sha256_hex(spki)[:16] != id16 or _spki(key) != spki:
        raise NotSound(key_file, "it is another key than its name says")
    certificate = _certificate(unpem(files[cert_file].content, "CERTIFICATE", cert_file), cert_file)
    try:
        certificate.verify_directly_issued_by(authority)
    except _BAD as err:
        raise NotSound(cert_file, "the school's authority did not issue it") from err
    if _spki(certificate.public_key()) != spki:
        raise NotSound(cert_file, "it certifies another key")
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(common) != 1:
        raise NotSound(cert_file, "it does not name one person")
    return Holder(sha256_hex(spki), show(str(common[0].value)), spki, key, certificate)


def _spki(key: object) -> bytes:
    assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 - callers checked the kind
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _certificate(der: bytes, item: str) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        is_ec = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    except _BAD as err:
        raise NotSound(item, "it is not a sound certificate") from err
    if basic.ca or not (is_ec and usage.digital_signature and usage.content_commitment):
        raise NotSound(item, "it is not the certificate of an officer who may sign")
    return certificate


def valid_at(holder: Holder, when: datetime) -> None:
    """Raise NotSound if the officer's certificate was not valid at ``when`` (aware)."""
    certificate = holder.certificate
    if not certificate.not_valid_before_utc <= when <= certificate.not_valid_after_utc:
        raise NotSound(f"certs/{holder.id[:16]}.pem", "it was not valid when the pack was made")
