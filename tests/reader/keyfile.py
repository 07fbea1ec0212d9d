"""Officers: key files opened with a passphrase, and paper keys. docs/format.md section 3."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tests.reader import agefile, jcs, signs
from tests.reader.refusal import Refusal

_FIELDS: Mapping[str, type] = {
    "v": int, "typ": str, "name": str, "sign_spki": str, "enc_pub": str, "kdf": dict, "ct": str,
}  # fmt: skip
_KDF: Mapping[str, type] = {"alg": str, "v": int, "m": int, "t": int, "p": int, "salt": str}
_BOUNDS = {"m": (19456, 2097152), "t": (1, 16), "p": (1, 8)}


@dataclass(frozen=True, repr=False)
class Officer:
    """Somebody whose two keys are at hand."""

    id: str
    spki: bytes
    identity: agefile.Identity


def _argon2(value: dict[str, object], passphrase: str) -> bytes:
    kdf = value["kdf"]
    assert isinstance(kdf, dict)
    if set(kdf) != set(_KDF) or any(type(kdf[name]) is not kind for name, kind in _KDF.items()):
        raise Refusal("malformed", "a key file, kdf")
    if (kdf["alg"], kdf["v"]) != ("argon2id", 19):
        raise Refusal("malformed", "a key file, kdf")
    salt = signs.unbase64(kdf["salt"], "a key file, salt")
    if len(salt) != 16:
        raise Refusal("malformed", "a key file, salt")
    for name, (low, high) in _BOUNDS.items():
        if not low <= kdf[name] <= high:
            raise Refusal("out of bounds", f"a key file, {name}")
    text = unicodedata.normalize("NFKC", passphrase).encode("utf-8")
    deriver = Argon2id(
        salt=salt, length=32, iterations=kdf["t"], lanes=kdf["p"], memory_cost=kdf["m"]
    )
    return deriver.derive(text)


def from_keys(signing: bytes, identity_text: str) -> Officer:
    """Return an officer from PKCS#8 DER and the text of the identity. Raises Refusal."""
    try:
        key = serialization.load_der_private_key(signing, None)
    except (ValueError, TypeError):
        raise Refusal("malformed", "a signing key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Refusal("malformed", "a signing key")
    spki = signs.spki_of(key.public_key())
    signs.public_key(spki)
    return Officer(signs.digest(spki), spki, agefile.Identity(identity_text))


def from_paper(signing: str, identity: str) -> Officer:
    """Return the officer of a paper key: b64 PKCS#8 and identity, as printed. Raises Refusal."""
    return from_keys(signs.unbase64(signing, "a paper key"), identity)


def open_key_file(data: bytes, passphrase: str) -> Officer:
    """Open a key file. Raises Refusal.

    ``wrong passphrase`` also where somebody edited a public field: the tag covers them all.
    """
    value = jcs.shape(jcs.load(data), _FIELDS, "a key file")
    if value["typ"] != "evidence-officer-key":
        raise Refusal("malformed", "a key file")
    ct = signs.unbase64(value["ct"], "a key file, ct")
    spki = signs.unbase64(value["sign_spki"], "a key file, sign_spki")
    key = _argon2(value, passphrase)
    place = jcs.dump({name: what for name, what in value.items() if name != "ct"})
    try:
        plain = ChaCha20Poly1305(key).decrypt(ct[:12], ct[12:], place)
    except (InvalidTag, ValueError):
        raise Refusal("wrong passphrase", "a key file") from None
    inside = jcs.load(plain)
    if not isinstance(inside, dict) or set(inside) != {"sign", "enc"}:
        raise Refusal("malformed", "a key file, inside")
    officer = from_paper(inside["sign"], inside["enc"])
    if officer.spki != spki or agefile.recipient(value["enc_pub"]) != officer.identity.recipient:
        raise Refusal("wrong key", "a key file")
    return officer
