"""Keys from seeds, and the primitives that a writer needs. Not for real use: nothing is random."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256

from tests.reader import jcs
from tests.vectors.vector import Vector

ORIGIN = "exs.practice.invalid/evidence"
INC = "5a" * 16
OTHER_INC = "6b" * 16
_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def seed(text: str) -> bytes:
    """Return 32 bytes that belong to ``text``."""
    return hashlib.sha256(f"esafety vectors {text}".encode()).digest()


def h(data: bytes) -> str:
    """Return H(data) as hex."""
    return hashlib.sha256(data).hexdigest()


def b64(data: bytes) -> str:
    """Return standard base64."""
    return base64.b64encode(data).decode()


def bech32(prefix: str, data: bytes) -> str:
    """Return ``data`` (32 bytes) as bech32 without a length limit."""
    number = int.from_bytes(data, "big") << 4
    values = [number >> shift & 31 for shift in range(255, -1, -5)]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for value in [*spread, *values, 0, 0, 0, 0, 0, 0]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> bit & 1 else 0
    values += [(check ^ 1) >> 5 * (5 - n) & 31 for n in range(6)]
    return prefix + "1" + "".join(_SIGNS[value] for value in values)


@dataclass(frozen=True)
class Maker:
    """An invented officer."""

    name: str
    key: ec.EllipticCurvePrivateKey
    enc: X25519PrivateKey

    @property
    def spki(self) -> bytes:
        """SPKI DER."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.DER, form)

    @property
    def pkcs8(self) -> bytes:
        """PKCS#8 DER."""
        return self.key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def id(self) -> str:
        """Officer id."""
        return h(self.spki)

    @property
    def identity(self) -> str:
        """AGE-SECRET-KEY-1..."""
        return bech32("age-secret-key-", self.enc.private_bytes_raw()).upper()

    @property
    def recipient(self) -> str:
        """age1..."""
        return bech32("age", self.enc.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        """Return the deterministic DER signature."""
        return self.key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))


def maker(name: str) -> Maker:
    """Return the officer of this name: always the same keys."""
    number = int.from_bytes(seed(f"sign {name}"), "big") % (_ORDER - 1) + 1
    enc = X25519PrivateKey.from_private_bytes(seed(f"enc {name}"))
    return Maker(name, ec.derive_private_key(number, ec.SECP256R1()), enc)


PEOPLE = tuple(
    sorted(map(maker, ("Ada Bellweather", "Cosmo Dunnock", "Effie Finchley")), key=lambda m: m.id)
)
"""Three officers, by id."""
STRANGER = maker("Gus Hawthorn")


def boxed(key: bytes, data: bytes, place: str) -> bytes:
    """Return seal(key, data, place) with a nonce that belongs to the data."""
    nonce = hashlib.sha256(key + data + place.encode()).digest()[:12]
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, data, place.encode())


def hkdf(secret: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256 without salt."""
    return hmac.digest(hmac.digest(bytes(32), secret, "sha256"), info + b"\x01", "sha256")


def case(expect: str, comment: str, data: bytes, *head: tuple[str, str]) -> Vector:
    """Return a vector."""
    return Vector((("expect", expect), ("comment", comment), *head), data)


def without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object without one field."""
    return {key: what for key, what in value.items() if key != name}


def loose(value: Any) -> dict[str, tuple[str, bytes]]:
    """Return ways to write an object that no strict reader takes: name to (expect, bytes)."""
    data = jcs.dump(value)
    return {
        "key-twice": ("malformed", b'{"v":1,' + data[1:]),
        "space-inside": ("malformed", data.replace(b":", b": ", 1)),
        "unsorted-keys": ("malformed", b'{"v":1,' + jcs.dump(without(value, "v"))[1:]),
        "line-feed-after": ("trailing data", data + b"\n"),
        "object-after": ("trailing data", data + b"{}"),
        "byte-order-mark": ("malformed", b"\xef\xbb\xbf" + data),
        "cut-short": ("malformed", data[:-1]),
        "nothing": ("malformed", b""),
        "not-utf-8": ("malformed", data[:2] + b"\xff" + data[2:]),
        "a-list": ("malformed", b"[" + data + b"]"),
        "version-2": ("newer version", jcs.dump({**value, "v": 2})),
        "version-0": ("malformed", jcs.dump({**value, "v": 0})),
        "version-true": ("malformed", jcs.dump({**value, "v": True})),
        "version-as-float": ("malformed", data.replace(b'"v":1', b'"v":1.0')),
        "no-version": ("malformed", jcs.dump(without(value, "v"))),
        "one-field-more": ("malformed", jcs.dump({**value, "zzz": ""})),
    }
