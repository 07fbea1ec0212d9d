"""A large file through pipes, to and from ``age``: nothing is stored, and memory stays small.

5 GiB with ESAFETY_BIG=1 (``make slow``), 5 MiB without. The input is sparse and takes no room.
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import pyrage
import pytest

from esafety_tui.data import age
from esafety_tui.data.age import AgeWriter, Identity
from esafety_tui.kernel.errors import Tampered
from tests.programs import need_program

assert sys.platform != "win32", "sparse files and getrusage"

BIG = os.environ.get("ESAFETY_BIG") == "1"
SIZE = (5 << (30 if BIG else 20)) + 1
PIECE = 1 << 20
ROOM = 96 << 10  # KiB of memory that a run may add, whatever the size


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of holes with a few words at its start, past 4 GiB and at its end."""
    path = tmp_path_factory.mktemp("big") / "sparse"
    with path.open("wb") as out:
        for at, words in ((0, b"first"), (SIZE * 4 // 5 + 7, b"between"), (SIZE - 4, b"last")):
            out.seek(at)
            out.write(words)
    assert path.stat().st_size == SIZE
    assert path.stat().st_blocks * 512 < PIECE
    return path


@pytest.fixture(scope="module")
def digest(sparse: Path) -> str:
    """SHA-256 of the file."""
    return _hash(_pieces(sparse))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as src:
        while piece := src.read(PIECE):
            yield piece


def _hash(pieces: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def _program() -> str:
    return need_program("age")


def _seal_into(sink: IO[bytes], path: Path, identity: Identity) -> None:
    with sink:
        writer = AgeWriter(sink, [identity.recipient])  # type: ignore[arg-type]
        for piece in _pieces(path):
            writer.write(piece)
        writer.finish()


@pytest.fixture
def small_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where this process needed much more memory than before."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if BIG:
        sys.stdout.write(f"\n{request.node.name}: {SIZE} bytes, {added} KiB of memory added\n")
    assert added < ROOM


@pytest.mark.usefixtures("small_memory")
def test_age_opens_ours(sparse: Path, digest: str, tmp_path: Path) -> None:
    identity = Identity.generate()
    (tmp_path / "key").write_text(identity.to_text + "\n")
    command = [_program(), "-d", "-i", str(tmp_path / "key")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        pump = threading.Thread(target=_seal_into, args=(run.stdin, sparse, identity))
        pump.start()
        found = _hash(iter(lambda: run.stdout.read(PIECE), b""))  # type: ignore[union-attr]
        pump.join()
    assert (run.returncode, found) == (0, digest)


@pytest.mark.usefixtures("small_memory")
def test_ours_opens_what_age_made(sparse: Path, digest: str) -> None:
    identity = Identity.generate()
    command = [_program(), "-r", identity.recipient.to_text, str(sparse)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert _hash(age.decrypt_stream(run.stdout, [identity])) == digest  # type: ignore[arg-type]
    assert run.returncode == 0


@pytest.mark.usefixtures("small_memory")
def test_ours_opens_what_pyrage_made(sparse: Path, digest: str) -> None:
    identity = Identity.generate()
    to = pyrage.x25519.Recipient.from_str(identity.recipient.to_text)
    source, sink = (os.fdopen(fd, mode) for fd, mode in zip(os.pipe(), ("rb", "wb"), strict=True))

    def seal() -> None:
        with sink, sparse.open("rb") as src:
            pyrage.encrypt_io(src, sink, [to])

    pump = threading.Thread(target=seal)
    pump.start()
    with source:
        assert _hash(age.decrypt_stream(source, [identity])) == digest  # type: ignore[arg-type]
    pump.join()


@pytest.mark.usefixtures("small_memory")
def test_a_large_file_without_its_last_byte_is_refused(sparse: Path) -> None:
    identity = Identity.generate()
    source, sink = (os.fdopen(fd, mode) for fd, mode in zip(os.pipe(), ("rb", "wb"), strict=True))

    class Cut:
        """Passes on everything but the very last byte."""

        held = b""

        def write(self, data: memoryview) -> int:
            whole = self.held + bytes(data)
            sink.write(whole[:-1])
            self.held = whole[-1:]
            return len(data)

    def seal() -> None:
        with sink:
            writer = AgeWriter(Cut(), [identity.recipient])  # type: ignore[arg-type]
            for piece in _pieces(sparse):
                writer.write(piece)
            writer.finish()

    pump = threading.Thread(target=seal)
    pump.start()
    with source, pytest.raises(Tampered):
        _hash(age.decrypt_stream(source, [identity]))  # type: ignore[arg-type]
    pump.join()
