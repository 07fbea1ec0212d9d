"""Fixtures for every test: the user's own folders are never touched, and a practice vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.casework.support import Practice, copy_of, make_template


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep remembered heads and vaults of tests out of the real home."""
    for name in ("STATE", "DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / ".home" / name.lower()))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """One practice vault a run, at the lowest cost the format allows."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def practice(template: Practice, tmp_path: Path) -> Iterator[Practice]:
    """A fresh copy of the practice vault; sessions left open are closed."""
    mine = copy_of(template, tmp_path)
    yield mine
    mine.close()
