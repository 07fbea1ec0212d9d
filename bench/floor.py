"""The floor of acquiring a file in this format: its arithmetic on two cores, and a disk beside it.

Every byte is hashed as it comes and as it is sealed, and goes through the cipher once. The floor is
that and nothing else, over the same megabyte again and again, divided between two threads as well
as it goes. With the disk it also writes, syncs and reads back as many bytes.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from esafety_tui.data import pagecache
from esafety_tui.data.age import CHUNK

PIECE = 1 << 20
TAG = 16
REGION = 8


def run_floor(mib: int) -> float:
    """Return the seconds that two hashes and a cipher take for ``mib`` MiB, on two threads."""
    return _together(_halves(mib))


def run_floor_with_disk(mib: int, folder: Path) -> float:
    """Return the same with ``mib`` MiB written, synced and read back past the page cache."""
    place = folder / "floor.out"
    taken = _together([*_halves(mib), partial(_write_and_read, place, mib)])
    place.unlink()
    return taken


def _halves(mib: int) -> list[Callable[[], None]]:
    """Return one hash and half of the cipher, twice."""
    return [partial(_hash_and_encrypt, mib, half) for half in (mib // 2, mib - mib // 2)]


def _together(jobs: list[Callable[[], None]]) -> float:
    start = time.perf_counter()
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    return time.perf_counter() - start


def _hash_and_encrypt(hashed: int, encrypted: int) -> None:
    _hash_megabytes(hashed)
    _encrypt_megabytes(encrypted)


def _hash_megabytes(mib: int) -> None:
    data, digest = bytes(PIECE), hashlib.sha256()
    for _ in range(mib):
        digest.update(data)


def _encrypt_megabytes(mib: int) -> None:
    cipher, data = ChaCha20Poly1305(bytes(32)), memoryview(bytes(PIECE))
    for _ in range(mib):
        for at in range(0, PIECE, CHUNK):
            cipher.encrypt(bytes(12), data[at : at + CHUNK], None)


def _write_and_read(place: Path, mib: int) -> None:
    data = os.urandom(PIECE)
    with place.open("w+b", buffering=0) as out:
        for start in range(0, mib, REGION):
            many = min(REGION, mib - start)
            for _ in range(many):
                out.write(data)
            getattr(os, "fdatasync", os.fsync)(out.fileno())
            pagecache.drop_cache(place, synced=True)
            out.seek(start * PIECE)
            pagecache.read_ahead(out.fileno(), start * PIECE, many * PIECE)
            for _ in range(many):
                out.read(PIECE)
        os.fsync(out.fileno())
