"""What the system gives: clocks, fingerprint, atomic writes, the lock."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from esafety_tui.data import platform, system_folders
from esafety_tui.data.ledger import _LINE
from esafety_tui.kernel.errors import StorageFailed


def test_clock_and_fingerprint_fit_a_ledger_line() -> None:
    clock = platform.SystemClock()
    one, two = clock.read_clock(), clock.read_clock()
    assert 0 < one.mono <= two.mono
    assert abs(one.wall.timestamp() - time.time()) < 5
    assert re.fullmatch(r"[0-9A-Za-z-]+", one.boot) and one.boot == two.boot
    assert re.fullmatch(r"[0-9a-f]{64}", platform.machine_fingerprint())
    assert platform.machine_fingerprint() == platform.machine_fingerprint()
    assert _LINE.groups == 11


def test_the_fingerprint_does_not_show_the_machines_identity() -> None:
    identity = platform._machine_identity()
    assert identity and identity not in platform.machine_fingerprint()


@pytest.mark.posix
def test_write_atomic_replaces_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (b"one", b"", b"two" * 100_000):
        platform.write_atomically(path, data)
        assert path.read_bytes() == data
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_write_atomic_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.mkdir()
    (path / "inside").write_bytes(b"kept")
    with pytest.raises(StorageFailed, match="Nothing was saved"):
        platform.write_atomically(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert (path / "inside").read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("number", "words"), [(28, "full"), (30, "read-only"), (13, "permission"), (5, "input/output")]
)
def test_system_errors_become_sentences_without_paths(number: int, words: str) -> None:
    import os

    err = OSError(number, os.strerror(number), "/home/somebody/names.txt")
    said = platform.describe_os_error(err, "save")
    assert words in str(said) and "somebody" not in str(said)


@pytest.mark.posix
def test_make_private(tmp_path: Path) -> None:
    platform.make_private(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageFailed):
        platform.make_private(tmp_path / "file" / "x")


def test_folders_are_the_tests_own(tmp_path: Path) -> None:
    assert platform.state_folder().is_relative_to(tmp_path)
    assert system_folders.default_vault().is_relative_to(tmp_path)
