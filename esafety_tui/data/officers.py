"""Officers: their two keys, the file that guards them, and what they remember of a vault's head.

format.md section 3 and 8. A key file is written once and replaced only to change its passphrase.
A wrong passphrase and a damaged key file look alike on purpose: the cipher cannot tell them apart.
"""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from esafety_tui.data import platform
from esafety_tui.data.age import Identity
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.kernel.canon import (
    canonical_bytes,
    decode_base64,
    parse_canonical,
    require_fields,
    sha256_hex,
)
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NewerVersion,
    Tampered,
    WrongPassphrase,
)

_FILE: Mapping[str, type] = {
    "v": int, "typ": str, "name": str, "sign_spki": str, "enc_pub": str, "kdf": dict, "ct": str,
}  # fmt: skip
_COST: Mapping[str, type] = {"alg": str, "v": int, "m": int, "t": int, "p": int, "salt": str}
_SHA256 = ec.ECDSA(hashes.SHA256())
_ECDSA = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_ONE_AT_A_TIME = threading.Lock()
"""OpenSSL's Argon2id with two lanes or more waits for ever where two threads derive at once."""


@dataclass(frozen=True, slots=True)
class KdfCost:
    """Argon2id cost: ``m`` KiB of memory, ``t`` passes, ``p`` lanes (RFC 9106)."""

    m: int = 262144
    t: int = 3
    p: int = 4

    def require_in_bounds(self) -> KdfCost:
        """Return self if within the format's bounds. Raises BadInput before any work is done."""
        if 19456 <= self.m <= 2097152 and 1 <= self.t <= 16 and 1 <= self.p <= 8:
            return self
        raise BadInput(
            "This key file asks for an unreasonable amount of work to open.",
            "It has been altered. Use another copy of the key file.",
        )


FLOOR = KdfCost(19456, 1, 1)


def check_argon2() -> None:
    """Raise BadInput if this Python's cryptography cannot derive keys with Argon2id."""
    try:
        Argon2id(salt=b"0" * 16, length=32, iterations=1, lanes=1, memory_cost=64)
    except UnsupportedAlgorithm as err:
        raise BadInput(
            "This computer's cryptography library has no Argon2id.",
            "Install the cryptography package from its wheel, version 45 or newer.",
        ) from err


class OfficerKeys:
    """One person's unlocked keys, held only in memory. Its repr shows the public id alone."""

    def __init__(self, name: str, key: ec.EllipticCurvePrivateKey, identity: Identity) -> None:
        self.name = name
        self._key = key
        self.identity = identity
        self.spki = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.id = sha256_hex(self.spki)

    @classmethod
    def generate_keys(cls, name: str) -> OfficerKeys:
        """Make a fresh signing key and age identity."""
        return cls(name, ec.generate_private_key(ec.SECP256R1()), Identity.generate())

    @classmethod
    def restore_from_paper(cls, name: str, sign_b64: str, identity_text: str) -> OfficerKeys:
        """Rebuild a paper key from its printed texts. Raises BadInput."""
        try:
            key = _load_signing_key(base64.b64decode("".join(sign_b64.split()), validate=True))
            return cls(name, key, Identity.parse_text(identity_text.strip()))
        except (ValueError, EvidenceError) as err:
            raise BadInput(
                "The text is not that of a paper key.", "Type it again, or scan the QR code."
            ) from err

    @property
    def short_id(self) -> str:
        """First 16 digits of the id."""
        return self.id[:16]

    def sign_message(self, message: bytes) -> bytes:
        """Return the DER signature over ``message`` (ECDSA P-256, SHA-256, RFC 6979)."""
        return self._key.sign(message, _ECDSA)

    def private_der(self) -> bytes:
        """Return the signing key as PKCS#8 DER, for the key file and the paper sheet only."""
        return self._key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def __repr__(self) -> str:
        return f"Officer({self.short_id})"


class VerifyingKey:
    """A signing key's public half, loaded once. Raises Tampered for one that is not ours."""

    def __init__(self, spki: bytes) -> None:
        try:
            key = serialization.load_der_public_key(spki)
        except (ValueError, TypeError, UnsupportedAlgorithm) as err:
            raise _bad_signature() from err
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise _bad_signature()
        self._key = key

    def verify_signature(self, signature: bytes, message: bytes) -> bytes:
        """Check a DER signature. Returns the message; raises Tampered."""
        try:
            self._key.verify(signature, message, _SHA256)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm) as err:
            raise _bad_signature() from err
        return message


def verify_with_key(spki: bytes, signature: bytes, message: bytes) -> bytes:
    """Check a signature by the key ``spki`` (DER). Returns the message; raises Tampered."""
    return VerifyingKey(spki).verify_signature(signature, message)


def _bad_signature() -> Tampered:
    return Tampered("A signature is not sound.", "Stop and compare with a second copy.")


@dataclass(frozen=True, slots=True)
class OfficerKeyFile:
    """The public part of an officer key file, and the sealed part as it is."""

    path: Path
    name: str
    spki: bytes
    enc_pub: str
    kdf: KdfCost
    salt: bytes
    sealed: bytes
    bound: bytes

    @property
    def officer_id(self) -> str:
        """Officer id, 64 hexadecimal digits."""
        return sha256_hex(self.spki)

    def unlock_keys(self, passphrase: str) -> OfficerKeys:
        """Open the key with its passphrase. Raises WrongPassphrase."""
        self.kdf.require_in_bounds()
        try:
            cipher = ChaCha20Poly1305(_derive_key(passphrase, self.kdf, self.salt))
            inner = parse_canonical(cipher.decrypt(self.sealed[:12], self.sealed[12:], self.bound))
            require_fields(inner, {"sign": str, "enc": str})
            key = _load_signing_key(decode_base64(inner["sign"]))
            officer = OfficerKeys(self.name, key, Identity.parse_text(inner["enc"]))
        except (InvalidTag, TypeError, ValueError, BadInput) as err:
            raise WrongPassphrase(
                "That passphrase does not open this key.",
                "Check the words and the spaces between them, then try again.",
            ) from err
        if officer.spki != self.spki or officer.identity.recipient.to_text != self.enc_pub:
            raise Tampered("This key file has been altered.", "Use another copy of the key file.")
        return officer


def _load_signing_key(der: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(der, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key


def _derive_key(passphrase: str, kdf: KdfCost, salt: bytes) -> bytes:
    secret = unicodedata.normalize("NFKC", passphrase).encode()
    cost = Argon2id(salt=salt, length=32, iterations=kdf.t, lanes=kdf.p, memory_cost=kdf.m)
    with _ONE_AT_A_TIME:
        return cost.derive(secret)


def write_key_file(folder: Path, officer: OfficerKeys, passphrase: str, kdf: KdfCost) -> Path:
    """Write ``officer-<id16>.evkey``, then read it back and open it. Returns its path.

    Raises StorageFailed, or Tampered when what stands on the disk does not open again.
    """
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    cost = {
        "alg": "argon2id",
        "v": 19,
        "m": kdf.m,
        "t": kdf.t,
        "p": kdf.p,
        "salt": encode_base64(salt),
    }
    outer: dict[str, Any] = {
        "v": 1, "typ": "evidence-officer-key", "name": officer.name, "kdf": cost,
        "sign_spki": encode_base64(officer.spki), "enc_pub": officer.identity.recipient.to_text,
    }  # fmt: skip
    inner = canonical_bytes(
        {"sign": encode_base64(officer.private_der()), "enc": officer.identity.to_text}
    )
    cipher = ChaCha20Poly1305(_derive_key(passphrase, kdf.require_in_bounds(), salt))
    sealed = nonce + cipher.encrypt(nonce, inner, canonical_bytes(outer))
    path = folder / f"officer-{officer.short_id}.evkey"
    platform.write_atomically(path, canonical_bytes({**outer, "ct": encode_base64(sealed)}))
    if read_key_file(path).unlock_keys(passphrase).id != officer.id:
        raise Tampered("The key file did not read back.", "Check the disk, then try again.")
    return path


def read_key_file(path: Path) -> OfficerKeyFile:
    """Read the public part of a key file. Raises BadInput or NewerVersion."""
    try:
        data = read_plain(path)
    except OSError as err:
        raise BadInput(
            "An officer's key file cannot be read.", "Put the stick with the key file back in."
        ) from err
    value = parse_canonical(data)
    version = value.get("v") if isinstance(value, dict) else None
    if type(version) is int and version > 1:
        raise NewerVersion("This key file is of a newer version.", "Update this program.")
    try:
        cost = require_fields(require_fields(value, _FILE)["kdf"], _COST, version=19)
        kdf = KdfCost(cost["m"], cost["t"], cost["p"])
        known = (value["typ"], cost["alg"]) == ("evidence-officer-key", "argon2id")
        known = known and len(unb64(cost["salt"])) == 16
        bound = canonical_bytes({k: v for k, v in value.items() if k != "ct"})
        file = OfficerKeyFile(
            path, value["name"], unb64(value["sign_spki"]), value["enc_pub"], kdf,
            unb64(cost["salt"]), unb64(value["ct"]), bound,
        )  # fmt: skip
    except BadInput as err:
        raise _not_a_key_file() from err
    if not known:
        raise _not_a_key_file()
    return replace(file, kdf=kdf.require_in_bounds())


def _not_a_key_file() -> BadInput:
    return BadInput("This is not an officer's key file.", "Choose the file that ends in .evkey.")


def encode_base64(data: bytes) -> str:
    """Return standard base64 text."""
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    """Read standard base64 strictly. Raises BadInput."""
    return decode_base64(text)
