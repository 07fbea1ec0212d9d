"""Small things sealed under a symmetric key: ChaCha20-Poly1305 with a random nonce (RFC 8439).

Used for what every officer alone may read: lines, signatures, the directory and incident cards.
The associated data names the place, so that a sealed thing cannot be moved to another place.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from esafety_tui.kernel.errors import Tampered


class LedgerBox:
    """The LEDGER key at work. Its repr shows nothing."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    @staticmethod
    def generate_key() -> bytes:
        """Return 32 fresh random bytes."""
        return secrets.token_bytes(32)

    def seal_bytes(self, data: bytes, place: str) -> bytes:
        """Return nonce and ciphertext of ``data``, bound to ``place``."""
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, data, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for ``place``. Raises Tampered."""
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], place.encode())
        except (InvalidTag, TypeError, ValueError) as err:
            raise Tampered(
                "A sealed part of this vault has been altered or belongs elsewhere.",
                "Stop. Do not add to this vault. Compare it with your second copy.",
            ) from err
