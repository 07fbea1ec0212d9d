"""A certificate built byte by byte, so that any part of it can be wrong and the signature right."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALGORITHM = bytes.fromhex("300a06082a8648ce3d040302")
ORGANISATION, COMMON_NAME = b"\x06\x03\x55\x04\x0a", b"\x06\x03\x55\x04\x03"
UTC, GENERAL, UTF8 = 0x17, 0x18, 0x0C
OFFICER_BASIC = bytes.fromhex("300c0603551d130101ff04023000")
OFFICER_USAGE = bytes.fromhex("300e0603551d0f0101ff0404030206c0")
CA_BASIC = bytes.fromhex("30120603551d130101ff040830060101ff020100")
CA_USAGE = bytes.fromhex("300e0603551d0f0101ff040403020106")


def der(tag: int, *parts: bytes) -> bytes:
    """Return one DER value (X.690)."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 + len(digits)]) + digits + body


def attribute(oid: bytes, text: str | bytes, tag: int = UTF8) -> bytes:
    """Return one relative name of one attribute."""
    value = text if isinstance(text, bytes) else text.encode()
    return der(0x31, der(0x30, oid, der(tag, value)))


def name(school: str | bytes, person: str | bytes) -> bytes:
    """Return a name as the school's authority writes it."""
    return der(0x30, attribute(ORGANISATION, school), attribute(COMMON_NAME, person))


@dataclass(frozen=True)
class Plan:
    """The parts of a certificate, each its DER."""

    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    spki: bytes = field(repr=False)
    start: bytes = der(UTC, b"261120140000Z")
    end: bytes = der(GENERAL, b"20561215140000Z")
    version: bytes = b"\xa0\x03\x02\x01\x02"
    serial: bytes = b"\x02\x01\x11"
    inner: bytes = ALGORITHM
    outer: bytes = ALGORITHM
    extensions: tuple[bytes, ...] = (OFFICER_BASIC, OFFICER_USAGE)
    more: bytes = b""
    spare_bits: int = 0

    def sign(self, key: ec.EllipticCurvePrivateKey) -> bytes:
        """Return the certificate, signed."""
        inside = der(0xA3, der(0x30, *self.extensions)) if self.extensions else b""
        body = der(
            0x30, self.version, self.serial, self.inner, self.issuer,
            der(0x30, self.start, self.end), self.subject, self.spki, inside, self.more,
        )  # fmt: skip
        signature = key.sign(body, ec.ECDSA(hashes.SHA256()))
        return der(0x30, body, self.outer, der(0x03, bytes([self.spare_bits]), signature))

    def but(self, **parts: Any) -> Plan:
        """Return the plan with other parts."""
        return replace(self, **parts)


def spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
