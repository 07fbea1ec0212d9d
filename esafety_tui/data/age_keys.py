"""The two halves of an age key (C2SP age.md, X25519) and how each wraps a file key.

Rule: a secret leaves this module only through :attr:`Identity.text`. It knows nothing of headers
and files, and keeps no key anywhere but in memory.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from esafety_tui.data import bech32
from esafety_tui.kernel.errors import BadInput

_PUBLIC: Final = "age"
_SECRET: Final = "age-secret-key-"  # noqa: S105 - the public prefix of the format
_ZERO_NONCE: Final = bytes(12)  # sound because every wrap key is used once


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a file is sealed to: 32 bytes of X25519 public key, written ``age1…``."""

    public: bytes

    def __post_init__(self) -> None:
        if len(self.public) != 32:
            raise BadInput("A recipient is 32 bytes long.", "Copy the age1… text again.")

    @classmethod
    def parse_text(cls, text: str) -> Recipient:
        """Read ``age1…``, lower case only. Raises BadInput."""
        public = bech32.decode_bech32(_PUBLIC, text)
        if public is None:
            raise BadInput("This is not an age1… recipient.", "Copy all 62 characters again.")
        return cls(public)

    @property
    def to_text(self) -> str:
        """The recipient as ``age1…``, 62 characters."""
        return bech32.encode_bech32(_PUBLIC, self.public)

    def wrap_file_key(self, file_key: bytes) -> tuple[bytes, bytes]:
        """Return (ephemeral share, sealed file key), 32 bytes each. Raises BadInput.

        Refuses a low-order key: what is wrapped for it could be opened by anybody.
        """
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        try:
            shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public))
        except ValueError as err:
            raise BadInput("This recipient is no sound key.", "Copy the age1… text again.") from err
        return share, _wrap_cipher(shared, share, self).encrypt(_ZERO_NONCE, file_key, None)


class Identity:
    """The secret half of a recipient. Neither ``repr`` nor any error shows it.

    Attributes:
        recipient: the public half, to seal to.
    """

    __slots__ = ("_key", "_secret", "recipient")

    def __init__(self, secret: bytes) -> None:
        """Take the 32 secret bytes of an X25519 key. Raises BadInput for another length."""
        if len(secret) != 32:
            raise BadInput("A secret key is 32 bytes long.", "Copy the key again.")
        self._secret = secret
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self.recipient = Recipient(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Identity:
        """Return a new identity from the system's random source."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def parse_text(cls, text: str) -> Identity:
        """Read ``AGE-SECRET-KEY-1…``, upper case only. Raises BadInput."""
        strict = text.isascii() and text == text.upper()
        secret = bech32.decode_bech32(_SECRET, text.lower()) if strict else None
        if secret is None:
            raise BadInput("This is not an age secret key.", "Copy all 74 characters again.")
        return cls(secret)

    @property
    def to_text(self) -> str:
        """The secret as ``AGE-SECRET-KEY-1…``, 74 characters: for paper and key files only."""
        return bech32.encode_bech32(_SECRET, self._secret).upper()

    def __repr__(self) -> str:
        return "Identity(secret)"

    def unwrap_file_key(self, share: bytes, body: bytes) -> bytes | None:
        """Return the file key (16 bytes), or None where ``body`` is sealed to another key.

        Both arguments are 32 bytes. Raises ValueError for a low-order share, which age forbids.
        """
        shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        try:
            return _wrap_cipher(shared, share, self.recipient).decrypt(_ZERO_NONCE, body, None)
        except InvalidTag:
            return None


def derive_hkdf(secret: bytes, salt: bytes | None, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256 (RFC 5869), the only derivation age knows."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _wrap_cipher(shared: bytes, share: bytes, recipient: Recipient) -> ChaCha20Poly1305:
    salt = share + recipient.public
    return ChaCha20Poly1305(derive_hkdf(shared, salt, b"age-encryption.org/v1/X25519"))
