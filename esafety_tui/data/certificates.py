"""The school's own certificate authority and the officers' certificates (RFC 5280).

Only so that ordinary PDF readers can check a signed form. The authority signs officers and paper
keys at set-up; its key is then sealed to the vault. No revocation list and no network.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.errors import Tampered
from esafety_tui.kernel.timeline import is_believable_time

YEARS = 30
"""A child protection file may be needed for decades; the certificate must not lapse first."""

ANY_DAY = (datetime(1950, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC))
"""Validity where the clock at issue cannot be right, so that it still counts when it is."""


class SchoolAuthority:
    """The school's certificate authority, in memory."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self.certificate = certificate

    @classmethod
    def create_authority(cls, school: str, now: datetime) -> SchoolAuthority:
        """Make an authority whose common name is unique by year and serial number."""
        key = ec.generate_private_key(ec.SECP256R1())
        serial = x509.random_serial_number()
        common = f"{_cut_to_bytes(school, 30)} evidence CA {now.year} {serial & 0xFFFFFF:06x}"
        name = _distinguished_name(common, school)
        builder = _certificate_builder(name, name, key.public_key(), serial, now)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        builder = builder.add_extension(_signing_key_usage("key_cert_sign", "crl_sign"), True)
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    @classmethod
    def load_authority(cls, key_der: bytes, certificate_der: bytes) -> SchoolAuthority:
        """Take up the authority again from its sealed key. Raises Tampered if they do not fit."""
        certificate = x509.load_der_x509_certificate(certificate_der)
        key = serialization.load_der_private_key(key_der, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or (
            key.public_key() != certificate.public_key()
        ):
            raise Tampered(
                "The school's certificate does not belong to its key.",
                "Stop. Do not add to this vault. Compare it with your second copy.",
            )
        return cls(key, certificate)

    def issue_certificate(self, officer: OfficerKeys, now: datetime) -> bytes:
        """Return the officer's certificate, DER: may sign documents, may not issue others."""
        school = self.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        public = serialization.load_der_public_key(officer.spki)
        assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101 - Officer makes no other
        builder = _certificate_builder(
            _distinguished_name(officer.name, str(school[0].value)),
            self.certificate.subject,
            public,
            x509.random_serial_number(),
            now,
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        builder = builder.add_extension(
            _signing_key_usage("digital_signature", "content_commitment"), True
        )
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
        )
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def private_der(self) -> bytes:
        """Return the authority's key as PKCS#8 DER, to be sealed to the vault."""
        return self._key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def certificate_der(self) -> bytes:
        """Return the authority's own certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


def certificate_expiry(certificate_der: bytes) -> datetime:
    """Return the time from which a certificate no longer counts, in UTC."""
    return x509.load_der_x509_certificate(certificate_der).not_valid_after_utc


def _distinguished_name(common: str, school: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut_to_bytes(school)),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut_to_bytes(common)),
        ]
    )


def _cut_to_bytes(text: str, size: int = 64) -> str:
    """Return as much of a name as a certificate takes: whole characters, ``size`` bytes UTF-8."""
    return text.encode()[:size].decode("utf-8", "ignore")


def _certificate_builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    serial: int,
    now: datetime,
) -> x509.CertificateBuilder:
    # A school laptop's clock may be put right after set-up: a day of slack.
    near = (now - timedelta(days=1), now + timedelta(days=366 * YEARS))
    start, end = near if is_believable_time(now) else ANY_DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _signing_key_usage(*on: str) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in on for name in names})
