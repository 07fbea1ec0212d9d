"""Which clock runs on through sleep, and small files without threads."""

from __future__ import annotations

import io
import sys
import threading
import time
from pathlib import Path

import pytest

from esafety_tui.data import acquisition, blobs, platform
from esafety_tui.data.age import Identity
from esafety_tui.kernel.errors import StorageFailed

ME = Identity.generate()


@pytest.mark.posix
def test_a_mac_reads_the_clock_that_counts_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the choice on macOS; the wall clock stands in, to be told from every other."""
    if sys.platform == "win32":
        pytest.skip("no clock_gettime")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.setattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_REALTIME, raising=False)
    assert abs(platform.read_boot_clock() - time.time_ns() // 1_000_000) < 5000


@pytest.mark.parametrize(("extra", "most"), [(0, 0), (1, 4)])
def test_small_files_start_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: int, most: int
) -> None:
    """Guards P3 at the border of SMALL; both ways round give back the same bytes."""
    started: list[object] = []
    real = threading.Thread.start

    def counted(self: threading.Thread) -> None:
        started.append(self)
        real(self)

    monkeypatch.setattr(threading.Thread, "start", counted)
    data = bytes(acquisition.SMALL + extra)
    seen: list[int] = []
    sealed = acquisition.acquire_file(io.BytesIO(data), tmp_path, ME.recipient, seen.append)
    assert len(started) == most and sealed.size == seen[-1] == len(data)
    assert b"".join(blobs.read_original(tmp_path, sealed.blob_name, sealed.sha256, ME)) == data


def test_a_small_file_cancelled_or_broken_leaves_nothing(tmp_path: Path) -> None:
    def cancel(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        acquisition.acquire_file(io.BytesIO(b"x"), tmp_path, ME.recipient, cancel)
    with pytest.raises(StorageFailed):
        acquisition.acquire_file(io.BytesIO(b"x"), tmp_path / "none", ME.recipient)
    assert list(tmp_path.iterdir()) == []
