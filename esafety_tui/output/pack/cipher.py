"""AES-256 of WinZip AE-2 for pyzipper, with the check sum taken by the faster standard library.

The same bytes as pyzipper's own classes: AES-256 in CTR mode with a little-endian counter, then
HMAC-SHA-1 cut to 10 bytes, keys by PBKDF2-HMAC-SHA-1 with 1,000 rounds (the format fixes all
four). The passphrase must therefore be strong by itself: it is generated.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter
from pyzipper import AESZipFile
from pyzipper.zipfile_aes import AESZipDecrypter, AESZipEncrypter, AESZipExtFile

_SALT, _KEY, _CHECK = 16, 32, 2


class _Keys:
    """What the passphrase and one member's salt give."""

    def __init__(self, passphrase: bytes, salt: bytes) -> None:
        length = 2 * _KEY + _CHECK
        material = hashlib.pbkdf2_hmac("sha1", passphrase, salt, 1000, length)
        counter = Counter.new(nbits=128, little_endian=True)
        self.cipher = AES.new(material[:_KEY], AES.MODE_CTR, counter=counter)
        self.mac = hmac.new(material[_KEY : 2 * _KEY], digestmod="sha1")
        self.check = material[2 * _KEY :]


class _Encrypter(AESZipEncrypter):  # type: ignore[misc]  # pyzipper has no types
    def __init__(self, pwd: bytes) -> None:
        self.force_wz_aes_version = 2
        self.conditionally_include_crc = self.min_bytes_to_include_crc = None
        self.aes_strength = 3
        self.salt = secrets.token_bytes(_SALT)
        keys = _Keys(pwd, self.salt)
        self.encrypter, self.hmac, self.encpwdverify = keys.cipher, keys.mac, keys.check


class _Decrypter(AESZipDecrypter):  # type: ignore[misc]
    def __init__(self, zinfo: Any, pwd: bytes, encryption_header: bytes) -> None:
        self.filename = zinfo.filename
        keys = _Keys(pwd, encryption_header[:_SALT])
        if keys.check != encryption_header[_SALT:]:
            raise RuntimeError("Bad password")
        self.decypter, self.hmac = keys.cipher, keys.mac


class _Reading(AESZipExtFile):  # type: ignore[misc]
    # Larger steps than the standard 4 KiB: each step is one call into the cipher.
    MIN_READ_SIZE = 1 << 18

    def setup_aeszipdecrypter(self) -> type[_Decrypter]:
        super().setup_aeszipdecrypter()
        return _Decrypter


class FastZip(AESZipFile):  # type: ignore[misc]
    """A ZIP file whose members are AES-256 encrypted, for reading or writing."""

    zipextfile_cls = _Reading

    def get_encrypter(self) -> _Encrypter:
        """Return the encrypter of one new member."""
        return _Encrypter(self.pwd)

    def abandon(self) -> None:
        """Let go of the file as it is: what failed half-way must not be finished into a ZIP."""
        self._didModify, self._writing, self.fp = False, False, None
