"""age v1 files (C2SP age.md): bytes sealed to X25519 recipients, in memory or as a stream.

Rule: each chunk is authenticated before it is handed on, and a file counts as whole only once its
final chunk was. Nesting (two keys needed) is ``seal(seal())``.

No armour, no passphrase (scrypt), no post-quantum recipients and no plug-ins: their stanzas are
passed over. age names no sender: who may be a recipient, and who sealed, is proven elsewhere.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from esafety_tui.data.age_header import (
    BadAgeHeader,
    NoMatchingKey,
    damaged_age_file,
    read_header,
    write_header,
)
from esafety_tui.data.age_keys import Identity, Recipient, derive_hkdf

__all__ = [
    "CHUNK",
    "AgeWriter",
    "BadAgeHeader",
    "BytesLike",
    "Identity",
    "NoMatchingKey",
    "Recipient",
    "decrypt_file",
    "decrypt_stream",
    "encrypt_to",
]

BytesLike: TypeAlias = bytes | bytearray | memoryview

CHUNK: Final = 64 * 1024
_TAG: Final = 16
_SEALED: Final = CHUNK + _TAG
_BATCH: Final = 16
_NONCE: Final = 16


def encrypt_to(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return ``plaintext`` as an age file that each of ``recipients`` can open alone.

    For small things: all is in memory. Raises BadInput without a usable recipient.
    """
    head, cipher = _begin_payload(recipients)
    view = memoryview(plaintext)
    starts = range(0, len(view) or 1, CHUNK)
    parts = [
        cipher.encrypt(_chunk_nonce(n, n + 1 == len(starts)), view[at : at + CHUNK], None)
        for n, at in enumerate(starts)
    ]
    return head + b"".join(parts)


def decrypt_file(data: bytes, identities: Sequence[Identity]) -> bytes:
    """Return the plaintext of a whole age file. Raises as :func:`unseal_stream`."""
    return b"".join(decrypt_stream(io.BytesIO(data), identities))


def decrypt_stream(src: BinaryIO, identities: Sequence[Identity]) -> Iterator[bytes]:
    """Open an age file read from ``src`` and return its plaintext in chunks of at most 64 KiB.

    Each chunk is authenticated before it is yielded, but the data is complete only when the
    iterator ends without an error: until then the file may yet prove cut short.

    The header is read and opened at once. Raises BadHeader (not an age file, or not one of ours),
    NoMatch (sealed for others), Tampered (at once for the header's MAC, while iterating for the
    payload). An OSError of ``src`` goes through as it is.
    """
    file_key = read_header(src, identities)
    nonce = _read_full(src, _NONCE)
    if len(nonce) != _NONCE:
        raise BadAgeHeader
    return _open_chunks(src, _payload_cipher(file_key, nonce))


class AgeWriter:
    """Seals what is written to it into ``dst`` as one age file, in constant memory (1.1 MiB).

    ``dst`` receives the header at once, then 1 MiB at a time from a buffer that is used again, so
    its ``write`` must be done with the bytes when it returns. It is neither flushed nor closed.
    Without :meth:`finish` the file is incomplete and every reader refuses it. An OSError of
    ``dst`` goes through as it is, and the writer then refuses to go on. One thread at a time.
    """

    def __init__(self, dst: BinaryIO, recipients: Sequence[Recipient]) -> None:
        """Write the header to ``dst``. Raises BadInput without a usable recipient."""
        head, cipher = _begin_payload(recipients)
        self._dst = dst
        self._encrypt_into = _encrypt_into(cipher)
        self._counter = 0
        self._held = memoryview(bytearray(CHUNK))
        self._fill = 0
        self._out = memoryview(bytearray(_BATCH * _SEALED))
        self._used = 0
        self._usable = True
        self._write_part(memoryview(head))

    def write(self, data: BytesLike) -> None:
        """Seal ``data`` (any length). Raises ValueError after :meth:`finish` or a failed write."""
        self._check_usable()
        view = memoryview(data).cast("B")
        if self._fill:
            room = min(CHUNK - self._fill, len(view))
            self._keep_back(view[:room])
            view = view[room:]
            if not view:
                return
            self._seal_chunk(self._held, final=False)
            self._fill = 0
        # The last chunk is always held back: only finish() knows that it is the final one.
        while len(view) > CHUNK:
            self._seal_chunk(view[:CHUNK], final=False)
            view = view[CHUNK:]
        self._keep_back(view)

    def finish(self) -> None:
        """Seal the final chunk and hand everything to ``dst``. Raises ValueError if repeated."""
        self._check_usable()
        self._seal_chunk(self._held[: self._fill], final=True)
        self._write_part(self._out[: self._used])
        self._usable = False

    def _check_usable(self) -> None:
        if not self._usable:
            raise ValueError("this sealed file is finished or its last write failed")

    def _keep_back(self, part: memoryview) -> None:
        end = self._fill + len(part)
        self._held[self._fill : end] = part
        self._fill = end

    def _seal_chunk(self, chunk: memoryview, *, final: bool) -> None:
        end = self._used + len(chunk) + _TAG
        nonce = _chunk_nonce(self._counter, final)
        self._encrypt_into(nonce, chunk, self._out[self._used : end])
        self._counter += 1
        self._used = end
        if end == len(self._out):
            self._write_part(self._out)
            self._used = 0

    def _write_part(self, view: memoryview) -> None:
        self._usable = False  # stays so if dst fails: a torn file must not be continued
        while view:
            view = view[self._dst.write(view) :]
        self._usable = True


def _begin_payload(recipients: Sequence[Recipient]) -> tuple[bytes, ChaCha20Poly1305]:
    """Return header and payload nonce as bytes, and the cipher of a new file's payload."""
    file_key = secrets.token_bytes(16)
    nonce = secrets.token_bytes(_NONCE)
    return write_header(file_key, recipients) + nonce, _payload_cipher(file_key, nonce)


def _payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive_hkdf(file_key, nonce, b"payload"))


def _open_chunks(src: BinaryIO, cipher: ChaCha20Poly1305) -> Iterator[bytes]:
    counter = 0
    batch = _read_full(src, _BATCH * _SEALED)
    while True:
        # Only what follows tells whether the last chunk at hand is the final one.
        following = _read_full(src, _BATCH * _SEALED)
        view = memoryview(batch)
        for at in range(0, len(view) or 1, _SEALED):
            final = not following and at + _SEALED >= len(view)
            try:
                chunk = cipher.decrypt(_chunk_nonce(counter, final), view[at : at + _SEALED], None)
            except InvalidTag:
                raise damaged_age_file() from None
            if not chunk and counter:
                raise damaged_age_file()  # only an empty file may end with an empty chunk
            yield chunk
            counter += 1
        if not following:
            return
        batch = following


def _read_full(src: BinaryIO, size: int) -> bytes:
    """Read ``size`` bytes, fewer only at the end: an unbuffered file may answer in parts."""
    data = src.read(size)
    while data and len(data) < size and (more := src.read(size - len(data))):
        data += more
    return data


def _encrypt_into(cipher: ChaCha20Poly1305) -> Callable[[bytes, memoryview, memoryview], object]:
    """Return ``seal(nonce, chunk, out)``; without a copy where ``cryptography`` can do so."""
    if hasattr(cipher, "encrypt_into"):
        return lambda nonce, chunk, out: cipher.encrypt_into(nonce, chunk, None, out)

    def copying(nonce: bytes, chunk: memoryview, out: memoryview) -> None:
        out[:] = cipher.encrypt(nonce, chunk, None)

    return copying


def _chunk_nonce(counter: int, final: bool) -> bytes:
    return counter.to_bytes(11, "big") + (b"\x01" if final else b"\x00")
