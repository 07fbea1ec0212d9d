"""Memories of the head that a power cut or a worn disk left behind: a loss, not an alarm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from esafety_tui.data import heads
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.errors import Tampered
from tests.data.remembered import recalled

ORIGIN, OTHER = "exs.practice.invalid/evidence", "other.practice.invalid/evidence"
HEAD, LATER = (5, "ab" * 32), (6, "cd" * 32)


@pytest.fixture(scope="module")
def officer() -> OfficerKeys:
    return OfficerKeys.generate_keys("Ada Bellweather")


def test_an_empty_file_is_missing_and_mended_from_the_sound_one(
    officer: OfficerKeys, tmp_path: Path
) -> None:
    """Guards ``_read`` for empty files, and the merge that keeps what is known of other vaults."""
    heads.pin_head(officer, tmp_path, OTHER, HEAD)
    beside, _ = heads.pin_head(officer, tmp_path, ORIGIN, HEAD)
    beside.write_bytes(b"")
    assert recalled(officer, tmp_path, ORIGIN) == ([HEAD], [beside])
    heads.pin_head(officer, tmp_path, ORIGIN, LATER)
    assert recalled(officer, tmp_path, ORIGIN) == ([LATER, LATER], [])
    assert recalled(officer, tmp_path, OTHER) == ([HEAD, HEAD], [])


def test_a_folder_in_the_place_of_the_file_is_missing(officer: OfficerKeys, tmp_path: Path) -> None:
    """Guards the OSError in ``_read``: it must not come out raw, nor cost the other place."""
    beside, state = heads.pin_head(officer, tmp_path, ORIGIN, HEAD)
    beside.unlink()
    beside.mkdir()
    assert recalled(officer, tmp_path, ORIGIN) == ([HEAD], [beside])
    assert heads.pin_head(officer, tmp_path, ORIGIN, LATER) == (state,)
    assert recalled(officer, tmp_path, ORIGIN) == ([LATER], [beside])


def test_content_that_does_not_verify_stays_an_alarm_and_is_not_copied(
    officer: OfficerKeys, tmp_path: Path
) -> None:
    beside, state = heads.pin_head(officer, tmp_path, ORIGIN, HEAD)
    state.unlink()
    beside.write_bytes(bytes(200))
    assert heads.pin_head(officer, tmp_path, ORIGIN, LATER) == (state,)
    with pytest.raises(Tampered):
        heads.read_pinned_heads(officer, tmp_path, ORIGIN)


def test_the_new_file_is_on_the_disk_before_it_takes_the_name(
    officer: OfficerKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the sync before the rename: without it a power cut leaves an empty file."""
    calls: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(fd: int) -> None:
        calls.append("sync")
        sync(fd)

    def renamed(self: Path, target: Path) -> Path:
        calls.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    heads.pin_head(officer, tmp_path, ORIGIN, HEAD)
    assert calls.index("sync") < calls.index("rename") and calls.count("rename") == 2
