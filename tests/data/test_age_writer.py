"""SealWriter: any size of write, a destination that takes parts, fails or is never finished."""

from __future__ import annotations

import io
import secrets
from typing import Any, cast

import pytest

from esafety_tui.data import age
from esafety_tui.data.age import CHUNK, AgeWriter, Identity
from esafety_tui.kernel.errors import Tampered

ANNA = Identity.generate()


@pytest.mark.parametrize("step", [1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1024 * 1024])
@pytest.mark.parametrize("size", [CHUNK, 2 * CHUNK, 17 * CHUNK + 5, 32 * CHUNK])
def test_the_size_of_the_writes_does_not_matter(step: int, size: int) -> None:
    plaintext = secrets.token_bytes(size)
    dst = io.BytesIO()
    writer = AgeWriter(dst, [ANNA.recipient])
    for at in range(0, size, step):
        writer.write(memoryview(plaintext)[at : at + step])
    writer.finish()
    sealed = dst.getvalue()
    assert age.decrypt_file(sealed, [ANNA]) == plaintext
    assert len(sealed) == len(age.encrypt_to(plaintext, [ANNA.recipient]))


class _Pipe(io.BytesIO):
    """Takes at most ``most`` bytes a write, and fails when ``room`` is used up."""

    def __init__(self, most: int, room: int) -> None:
        super().__init__()
        self.most, self.room = most, room

    def write(self, data: Any) -> int:
        if self.room <= 0:
            raise OSError(28, "no space left")
        self.room -= 1
        return super().write(bytes(data[: self.most]))


def test_a_destination_that_takes_parts_receives_everything() -> None:
    plaintext = secrets.token_bytes(20 * CHUNK)
    pipe = _Pipe(most=100_001, room=1000)
    writer = AgeWriter(pipe, [ANNA.recipient])
    writer.write(plaintext)
    writer.finish()
    assert age.decrypt_file(pipe.getvalue(), [ANNA]) == plaintext


def test_a_full_disk_ends_the_writer_and_the_file_is_refused() -> None:
    pipe = _Pipe(most=10_000_000, room=2)
    writer = AgeWriter(pipe, [ANNA.recipient])
    with pytest.raises(OSError, match="no space"):
        writer.write(bytes(40 * CHUNK))
    with pytest.raises(ValueError, match="last write failed"):
        writer.write(b"x")
    with pytest.raises(ValueError, match="last write failed"):
        writer.finish()
    with pytest.raises(Tampered):
        age.decrypt_file(pipe.getvalue(), [ANNA])


def test_a_file_without_finish_is_refused_and_finish_comes_once() -> None:
    dst = io.BytesIO()
    writer = AgeWriter(dst, [ANNA.recipient])
    writer.write(bytes(CHUNK * 17))
    with pytest.raises(Tampered):
        age.decrypt_file(dst.getvalue(), [ANNA])
    writer.finish()
    with pytest.raises(ValueError, match="finished"):
        writer.finish()
    with pytest.raises(ValueError, match="finished"):
        writer.write(b"x")


def test_without_encrypt_into_the_copying_way_gives_the_same_bytes() -> None:
    """Older releases of ``cryptography`` within our range have no ``encrypt_into``."""

    class Older:
        def encrypt(self, nonce: bytes, chunk: memoryview, _aad: None) -> bytes:
            return nonce + bytes(chunk)

    out = bytearray(15)
    age._encrypt_into(cast(Any, Older()))(b"n" * 12, memoryview(b"abc"), memoryview(out))
    assert out == b"n" * 12 + b"abc"
