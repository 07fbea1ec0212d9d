"""Sealed files: taken in with one read, released only whole."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.data import acquisition, blobs, pagecache, platform
from esafety_tui.data.age import Identity
from esafety_tui.kernel.errors import EvidenceError, StorageFailed, Tampered
from tests.programs import need_program

ME = Identity.generate()


class Breaks(io.RawIOBase):
    """A stick that is pulled out after ``good`` bytes."""

    def __init__(self, good: int) -> None:
        self.left = good

    def read(self, size: int = -1) -> bytes:
        if self.left <= 0:
            raise OSError(5, "Input/output error")
        self.left -= size
        return bytes(size)


@pytest.mark.posix
@pytest.mark.tool("age")
@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3 << 20])
def test_round_trip_and_age_reads_it(tmp_path: Path, size: int) -> None:
    data = hashlib.shake_256(str(size).encode()).digest(size)
    sealed = acquisition.acquire_file(io.BytesIO(data), tmp_path, ME.recipient)
    path = tmp_path / f"{sealed.blob_name}.age"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert (sealed.sha256, sealed.size) == (hashlib.sha256(data).hexdigest(), size)
    assert blobs.hash_ciphertext(path) == sealed.blob_name
    assert path.stat().st_mode & 0o077 == 0
    assert b"".join(blobs.read_original(tmp_path, sealed.blob_name, sealed.sha256, ME)) == data
    need_program("age")
    key = tmp_path / "key"
    key.write_text(ME.to_text + "\n")
    out = subprocess.run(["age", "-d", "-i", str(key), str(path)], capture_output=True, check=True)
    assert out.stdout == data


def test_equal_files_are_not_seen_to_be_equal(tmp_path: Path) -> None:
    names = {
        acquisition.acquire_file(io.BytesIO(b"x" * 99), tmp_path, ME.recipient).blob_name
        for _ in "ab"
    }
    assert len(names) == 2


@pytest.mark.parametrize("good", [0, 1, 3 << 20])
def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path, good: int) -> None:
    threads = threading.active_count()
    with pytest.raises(StorageFailed):
        acquisition.acquire_file(Breaks(good), tmp_path, ME.recipient)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads


def test_cancelled_by_its_progress(tmp_path: Path) -> None:
    seen: list[int] = []

    def progress(done: int) -> None:
        seen.append(done)
        if done > 2 << 20:
            raise KeyboardInterrupt

    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        acquisition.acquire_file(io.BytesIO(bytes(9 << 20)), tmp_path, ME.recipient, progress)
    assert seen == [1 << 20, 2 << 20, 3 << 20]
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads


def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        acquisition.acquire_file(io.BytesIO(b"x"), tmp_path / "none", ME.recipient)


@pytest.mark.parametrize("where", [0, 30, 200, 300, 70_000, -1])
def test_one_altered_byte_and_no_byte_comes_out(tmp_path: Path, where: int) -> None:
    sealed = acquisition.acquire_file(io.BytesIO(bytes(150_000)), tmp_path, ME.recipient)
    path = tmp_path / f"{sealed.blob_name}.age"
    data = bytearray(path.read_bytes())
    data[where] ^= 1
    path.write_bytes(data)
    pieces = blobs.read_original(tmp_path, sealed.blob_name, sealed.sha256, ME)
    with pytest.raises(EvidenceError):
        next(pieces)


def test_cut_missing_foreign_and_swapped_files(tmp_path: Path) -> None:
    one = acquisition.acquire_file(io.BytesIO(bytes(150_000)), tmp_path, ME.recipient)
    two = acquisition.acquire_file(io.BytesIO(bytes(150_001)), tmp_path, ME.recipient)
    path = tmp_path / f"{one.blob_name}.age"
    path.write_bytes(path.read_bytes()[:65_000])
    with pytest.raises(EvidenceError):
        next(blobs.read_original(tmp_path, one.blob_name, one.sha256, ME))
    # A sound file sealed to the same key, in another one's place: anybody could make one.
    shutil.copy(tmp_path / f"{two.blob_name}.age", path)
    with pytest.raises(Tampered, match="not the one"):
        next(blobs.read_original(tmp_path, one.blob_name, one.sha256, ME))
    path.unlink()
    with pytest.raises(Tampered, match="missing"):
        next(blobs.read_original(tmp_path, one.blob_name, one.sha256, ME))
    with pytest.raises(EvidenceError):
        next(blobs.read_original(tmp_path, two.blob_name, two.sha256, Identity.generate()))


def test_a_file_changed_between_the_two_passes_ends_with_an_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the hash of the second pass: whoever takes the bytes must not count them as whole."""
    one = acquisition.acquire_file(io.BytesIO(b"true" * 50_000), tmp_path, ME.recipient)
    two = acquisition.acquire_file(io.BytesIO(b"fake" * 50_000), tmp_path, ME.recipient)
    path = tmp_path / f"{one.blob_name}.age"
    real, passes = blobs._open_pieces, []

    def exchanged(at: Path, identity: Identity) -> Iterator[bytes]:
        passes.append(at)
        if len(passes) == 2:  # as an attacker would, just after the first pass
            shutil.copy(tmp_path / f"{two.blob_name}.age", at)
        return real(at, identity)

    monkeypatch.setattr(blobs, "_open_pieces", exchanged)
    taken: list[bytes] = []
    with pytest.raises(Tampered, match="not the one"):
        taken.extend(blobs.read_original(tmp_path, one.blob_name, one.sha256, ME))
    assert taken and passes == [path, path]


@pytest.mark.parametrize(("call", "offset"), [(1, 40), (1, (4 << 20) - 1), (2, 5 << 20), (3, -1)])
def test_a_large_file_changed_on_the_disk_while_the_rest_is_written_is_not_acquired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int, offset: int
) -> None:
    """Each region is compared once it is synced: call ``call`` of the look past the cache."""
    real, calls = pagecache.drop_cache, []

    def spoil(file: Path, *, synced: bool = False) -> str:
        calls.append(file)
        if len(calls) == call:
            with file.open("r+b") as out:
                out.seek(offset, 0 if offset >= 0 else 2)
                found = out.read(1)
                out.seek(offset, 0 if offset >= 0 else 2)
                out.write(bytes([found[0] ^ 1]))
        return real(file, synced=synced)

    monkeypatch.setattr(pagecache, "drop_cache", spoil)
    threads = threading.active_count()
    with pytest.raises(StorageFailed, match="does not read back"):
        acquisition.acquire_file(io.BytesIO(bytes(20 << 20)), tmp_path, ME.recipient)
    assert len(calls) >= call
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads


def test_a_large_file_that_grew_on_the_disk_is_not_acquired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pagecache.drop_cache

    def grow(file: Path, *, synced: bool = False) -> str:
        done = real(file, synced=synced)
        if file.stat().st_size > 5 << 20 and file.suffix == ".tmp":
            with file.open("ab") as out:
                out.write(b"x")
        return done

    monkeypatch.setattr(pagecache, "drop_cache", grow)
    with pytest.raises(StorageFailed, match="does not read back"):
        acquisition.acquire_file(io.BytesIO(bytes(5 << 20)), tmp_path, ME.recipient)
    assert list(tmp_path.iterdir()) == []


def test_files_confirmed_together_fail_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [
        acquisition.seal_file(io.BytesIO(b"%d" % n * 99), tmp_path, ME.recipient) for n in range(3)
    ]
    bad = tmp_path / f"{files[1].blob_name}.age"
    bad.write_bytes(bad.read_bytes()[:-1])
    failed = acquisition.confirm_files(tmp_path, files)
    assert failed.keys() == {files[1].blob_name}
    assert sorted(p.stem for p in tmp_path.iterdir()) == sorted(
        [files[0].blob_name, files[2].blob_name]
    )

    def refuse(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(platform, "sync_folder", refuse)
    assert acquisition.confirm_files(tmp_path, files[::2]).keys() == {
        files[0].blob_name,
        files[2].blob_name,
    }
    assert list(tmp_path.iterdir()) == []
