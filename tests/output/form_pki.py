"""A small invented school CA and officers for tests of signing and verifying."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from esafety_tui.output.form.sign import FormSigner, sign_form_stream

MADE = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2046, 11, 1, tzinfo=UTC)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Harbour View School (invented)"),
        ]
    )


def _usage(*on: str) -> x509.KeyUsage:
    names = [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ]
    return x509.KeyUsage(**{name: name in on for name in names})


@dataclass
class Officer:
    """Fits FormSigner."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate_der: bytes = field(repr=False)
    chain_der: list[bytes] = field(repr=False)

    def sign_form_bytes(self, data: bytes) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


class School:
    """A CA of its own: unique common name, path length 0."""

    def __init__(self, serial: str = "5C3E") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"Harbour View School record CA 2026 {serial}")
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(MADE)
            .not_valid_after(UNTIL)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False
            )
        )
        self.ca = made.sign(self.key, hashes.SHA256())
        self.ca_der = self.ca.public_bytes(serialization.Encoding.DER)
        self.ca_pem = self.ca.public_bytes(serialization.Encoding.PEM)

    def officer(self, name: str) -> Officer:
        key = ec.generate_private_key(ec.SECP256R1())
        cert = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(self.ca.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(MADE)
            .not_valid_after(UNTIL - timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage("digital_signature", "content_commitment"), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        return Officer(name, key, cert.public_bytes(serialization.Encoding.DER), [self.ca_der])


def sign_file(source: Path, target: Path, officer: FormSigner, when: datetime, number: int) -> None:
    """Sign ``source`` into the new file ``target``, as the officer of that ``number``."""
    with source.open("rb") as drawn, target.open("x+b") as signed:
        sign_form_stream(drawn, signed, officer, when, number)
