"""Hashes, base64, sealed boxes and ECDSA signatures as the head of docs/format.md defines them."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256

from tests.reader.refusal import Refusal


def digest(data: bytes) -> str:
    """Return H(data) as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def unbase64(text: object, about: str) -> bytes:
    """Read standard base64 with padding, written in its one way. Raises Refusal (malformed)."""
    try:
        if not isinstance(text, str):
            raise ValueError("no text")
        data = base64.b64decode(text, validate=True)
        if base64.b64encode(data).decode("ascii") != text:
            raise ValueError("spare bits")
    except (ValueError, binascii.Error):
        raise Refusal("malformed", about) from None
    return data


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Open seal(key, x, place). Raises Refusal (damaged)."""
    if len(sealed) < 28:
        raise Refusal("damaged", place)
    try:
        box = ChaCha20Poly1305(key)
        return box.decrypt(sealed[:12], sealed[12:], place.encode("utf-8"))
    except InvalidTag:
        raise Refusal("damaged", place) from None


def public_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """Read a P-256 key as SPKI DER, the one way to write it. Raises Refusal (malformed)."""
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal("malformed", "a public key") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise Refusal("malformed", "a public key")
    if spki_of(key) != spki:
        raise Refusal("malformed", "a public key")
    return key


def spki_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return SPKI DER."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form)


def check_signature(spki: bytes, sig: bytes, data: bytes) -> None:
    """Raise Refusal (bad signature) unless ``sig`` is one over ``data`` by this key."""
    try:
        public_key(spki).verify(sig, data, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise Refusal("bad signature", "a signature") from None
