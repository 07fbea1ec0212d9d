"""age v1 files for X25519 identities (C2SP age.md), read whole. No armour, no passphrases."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tests.reader import bech32
from tests.reader.refusal import Refusal

_CHUNK = 65536
_TAG = 16
_HEADER = re.compile(
    rb"(age-encryption\.org/v1\n(?:->(?: [\x21-\x7e]+)+\n(?:[A-Za-z0-9+/]{64}\n)*"
    rb"[A-Za-z0-9+/]{0,63}\n)+---) ([A-Za-z0-9+/]+)\n"
)
_STANZA = re.compile(rb"->((?: [\x21-\x7e]+)+)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63})\n")


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256 (RFC 5869): one block is all that is asked for."""
    key = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    return hmac.digest(key, info + b"\x01", hashlib.sha256)


class Identity:
    """The secret half of an age key.

    Attributes:
        recipient: the 32 public bytes. text: AGE-SECRET-KEY-1..., as it was given.
    """

    def __init__(self, text: str) -> None:
        """Read the text of an identity, upper case. Raises Refusal (malformed)."""
        if text != text.upper():
            raise Refusal("malformed", "an age identity")
        self.text = text
        self._key = X25519PrivateKey.from_private_bytes(
            bech32.decode("age-secret-key-", text.lower())
        )
        self.recipient = self._key.public_key().public_bytes_raw()

    def unwrap(self, share: bytes, body: bytes) -> bytes | None:
        """Return the file key, or None where it is another's. Raises Refusal (malformed)."""
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:  # a share of low order
            raise Refusal("malformed", "an age file") from None
        key = hkdf(shared, share + self.recipient, b"age-encryption.org/v1/X25519")
        try:
            return ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
        except InvalidTag:
            return None


def recipient(text: str) -> bytes:
    """Return the 32 bytes of age1... . Raises Refusal (malformed)."""
    return bech32.decode("age", text)


def _raw(text: bytes) -> bytes:
    """Read base64 without padding, written in its one way."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise Refusal("malformed", "an age file") from None
    if base64.b64encode(data).rstrip(b"=") != text:
        raise Refusal("malformed", "an age file")
    return data


def _stanzas(head: bytes) -> list[tuple[bytes, bytes]]:
    """Return share and body of each X25519 stanza. Raises Refusal (malformed)."""
    found = []
    all_of_them = _STANZA.findall(head)
    for args, lines in all_of_them:
        kind, *rest = args[1:].split(b" ")
        body = _raw(lines.replace(b"\n", b""))
        if kind == b"scrypt" and len(all_of_them) > 1:
            raise Refusal("malformed", "an age file")
        if kind == b"X25519":
            share = _raw(rest[0]) if len(rest) == 1 else b""
            if len(share) != 32 or len(body) != 32:
                raise Refusal("malformed", "an age file")
            found.append((share, body))
    return found


def _file_key(head: bytes, identities: tuple[Identity, ...]) -> bytes:
    for share, body in _stanzas(head):
        for identity in identities:
            key = identity.unwrap(share, body)
            if key is not None:
                return key
    raise Refusal("no match", "an age file")


def _payload(key: bytes, data: bytes) -> bytes:
    """Open the chunks; the last one says so in its nonce, and nothing comes after it."""
    box, out = ChaCha20Poly1305(key), []
    pieces = [data[at : at + _CHUNK + _TAG] for at in range(0, len(data), _CHUNK + _TAG)] or [b""]
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        if last and number and len(piece) == _TAG:
            raise Refusal("damaged", "an age file")  # only an empty file ends in an empty chunk
        try:
            nonce = number.to_bytes(11, "big") + bytes([last])
            out.append(box.decrypt(nonce, piece, None))
        except (InvalidTag, ValueError):
            raise Refusal("damaged", "an age file") from None
    return b"".join(out)


def opened(data: bytes, *identities: Identity) -> bytes:
    """Return what an age file holds, wholly checked. Raises Refusal.

    ``malformed`` for its header, ``no match`` where it is for others, ``damaged`` for a MAC or tag.
    """
    match = _HEADER.match(data)
    if match is None:
        raise Refusal("malformed", "an age file")
    head, mac = match.group(1), _raw(match.group(2))
    if len(mac) != 32:
        raise Refusal("malformed", "an age file")
    key = _file_key(head, identities)
    if not hmac.compare_digest(hmac.digest(hkdf(key, b"", b"header"), head, "sha256"), mac):
        raise Refusal("damaged", "an age file")
    nonce, rest = data[match.end() : match.end() + 16], data[match.end() + 16 :]
    if len(nonce) != 16:  # age counts the nonce to the header
        raise Refusal("malformed", "an age file")
    return _payload(hkdf(key, nonce, b"payload"), rest)


def identity_inside(data: bytes) -> Identity:
    """Read an identity from what an age file held: its text and a line feed. Raises Refusal."""
    if not re.fullmatch(rb"AGE-SECRET-KEY-1[0-9A-Z]+\n", data):
        raise Refusal("malformed", "an identity")
    return Identity(data[:-1].decode("ascii"))
