"""AES-256 of WinZip AE-2: encrypts a member as it passes, decrypts one for several threads.

AES-256 in CTR mode with a little-endian counter, then HMAC-SHA-1 cut to 10 bytes, keys by
PBKDF2-HMAC-SHA-1 with 1,000 rounds (the format fixes all four). The passphrase must therefore be
strong by itself: it is generated. docs/adr/0023 says why the cipher is pycryptodomex.

Source: "AES Encryption Information: Encryption Specification AE-1 and AE-2" (WinZip).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter

_SALT, _KEY, _CHECK = 16, 32, 2


class _MemberKeys:
    """The keys that the passphrase and one member's salt give."""

    def __init__(self, passphrase: bytes, salt: bytes) -> None:
        length = 2 * _KEY + _CHECK
        material = hashlib.pbkdf2_hmac("sha1", passphrase, salt, 1000, length)
        counter = Counter.new(nbits=128, little_endian=True)
        self.cipher = AES.new(material[:_KEY], AES.MODE_CTR, counter=counter)
        self.mac = hmac.new(material[_KEY : 2 * _KEY], digestmod="sha1")
        self.check = material[2 * _KEY :]


def encrypt_member(pieces: Iterable[bytes], passphrase: bytes) -> Iterator[bytes]:
    """Yield a member as it is stored, under a new salt: 28 bytes longer than ``pieces``."""
    salt = secrets.token_bytes(_SALT)
    keys = _MemberKeys(passphrase, salt)
    yield salt + keys.check
    for piece in pieces:
        stored = keys.cipher.encrypt(piece)
        keys.mac.update(stored)
        yield stored
    yield keys.mac.digest()[:10]


HEAD_SIZE = _SALT + _CHECK
"""Bytes that AE-2 puts before a member: salt and passphrase check."""


def passphrase_opens(head: bytes, passphrase: bytes) -> bool:
    """True if the passphrase fits the first 18 bytes of a member (by chance one in 65,536)."""
    return hmac.compare_digest(_MemberKeys(passphrase, head[:_SALT]).check, head[_SALT:HEAD_SIZE])


def decrypt_member(
    read: Callable[[int], bytes], size: int, passphrase: bytes, piece: int = 1 << 20
) -> Iterator[bytes]:
    """Yield a member's bytes in pieces; what was yielded counts only if the end is reached.

    Args:
        read: gives exactly the next n bytes of the stored member, or fewer at its end.
        size: bytes of the member in clear.

    Raises:
        ValueError: the passphrase does not fit, or the member was changed or cut.
    """
    head = read(HEAD_SIZE)
    keys = _MemberKeys(passphrase, head[:_SALT])
    if not hmac.compare_digest(keys.check, head[_SALT:]):
        raise ValueError("passphrase check")
    left = size
    while left:
        stored = read(min(piece, left))
        if not stored:
            raise ValueError("cut short")
        left -= len(stored)
        keys.mac.update(stored)
        yield keys.cipher.decrypt(stored)
    if not hmac.compare_digest(keys.mac.digest()[:10], read(10)):
        raise ValueError("authentication code")
