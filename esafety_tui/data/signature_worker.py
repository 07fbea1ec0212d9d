"""A process that verifies signatures and nothing else: the second core of a full audit.

It is given public keys, signatures and hashes, by its standard input; no line, no record and no
secret crosses. For each batch it answers with the hash of what it was given and the first signature
that is not sound. Whoever asks believes no answer that does not name the very batch.
"""

from __future__ import annotations

import hashlib
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

ALL_SOUND: Final = 0xFFFFFFFF
"""Stands in an answer for "no signature of the batch is bad"."""
_SIZE: Final = struct.Struct(">I")
_JOB: Final = struct.Struct(">HB32s")  # number of the key, bytes of the signature, SHA-256
_ANSWER: Final = struct.Struct(">32sI")  # SHA-256 of the batch, place of the first bad one
_ALGORITHM: Final = ec.ECDSA(Prehashed(SHA256()))
_MOST: Final = 1 << 24

Keys = Sequence[ec.EllipticCurvePublicKey | None]


def load_keys(spkis: Sequence[bytes]) -> Keys:
    """Return public keys from DER; None for one that is no elliptic curve key."""
    found: list[ec.EllipticCurvePublicKey | None] = []
    for spki in spkis:
        try:
            key = load_der_public_key(spki)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        found.append(key if isinstance(key, ec.EllipticCurvePublicKey) else None)
    return found


def pack_job(key: int, signature: bytes, digest: bytes) -> bytes:
    """Return one signature to verify: number of the key, DER, SHA-256 of what was signed.

    Raises struct.error for a signature of more than 255 bytes, which is none.
    """
    return _JOB.pack(key, len(signature), digest) + signature


def verify_batch(keys: Keys, batch: bytes) -> int:
    """Return the place of the first signature that is not sound, ALL_SOUND where all are."""
    at, place = 0, 0
    while at < len(batch):
        number, size, digest = _JOB.unpack_from(batch, at)
        at += _JOB.size + size
        key = keys[number]
        try:
            if key is None:
                return place
            key.verify(batch[at - size : at], digest, _ALGORITHM)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
            return place
        place += 1
    return ALL_SOUND


def write_frame(out: IO[bytes], data: bytes) -> None:
    """Write bytes with their length before them."""
    out.write(_SIZE.pack(len(data)) + data)
    out.flush()


def read_frames(source: IO[bytes]) -> Iterator[bytes]:
    """Yield what :func:`write_frame` wrote, until the end. Raises EOFError for a torn one."""
    while head := source.read(_SIZE.size):
        size = _SIZE.unpack(head)[0] if len(head) == _SIZE.size else _MOST + 1
        if size > _MOST or len(data := source.read(size)) != size:
            raise EOFError("a frame is torn")
        yield data


def answer_for(batch: bytes, first_bad: int) -> bytes:
    """Return the answer for a batch."""
    return _ANSWER.pack(hashlib.sha256(batch).digest(), first_bad)


def read_answer(source: IO[bytes], batch: bytes) -> int:
    """Return the place of the first bad signature of ``batch``.

    Raises EOFError for anything but an answer that names this very batch.
    """
    data = source.read(_ANSWER.size)
    if len(data) != _ANSWER.size or data[:32] != hashlib.sha256(batch).digest():
        raise EOFError("no answer for this batch")
    first_bad: int = _ANSWER.unpack(data)[1]
    return first_bad


def serve(source: IO[bytes], out: IO[bytes]) -> None:
    """Answer batches until the input ends. The first frames are keys; an empty one ends them."""
    frames, spkis = read_frames(source), list[bytes]()
    for frame in frames:
        if not frame:
            break
        spkis.append(frame)
    keys = load_keys(spkis)
    for batch in frames:
        out.write(answer_for(batch, verify_batch(keys, batch)))
        out.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
