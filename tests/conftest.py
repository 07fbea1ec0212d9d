"""Fixtures for every test: the user's own folders are never touched, and a practice vault."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from esafety_tui.data import officers
from scripts import build_verify_html
from tests.casework.support import Practice, copy_of, make_template

pytest_plugins = ["tests.selection"]

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""
ROOM = 2 << 30
"""Bytes that must be free there; a whole run takes about 0.4 GiB, a run by hand may be beside."""


def _roomy(folder: Path) -> bool:
    """Say whether ``folder`` can take every test's files, programs to be run among them."""
    if not sys.platform.startswith("linux"):
        return False
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize >= ROOM and not disk.f_flag & os.ST_NOEXEC


# Tests sync thousands of small files. Memory takes each call as a disk does, and need not wait
# for one; what a full, failing or read-only disk does is tested on disks of a test's own.
if "PYTEST_DEBUG_TEMPROOT" not in os.environ and _roomy(MEMORY):
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)

# A landing must not depend on luck: the same examples each time. At home the search is random.
hypothesis.settings.register_profile("ci", derandomize=True, database=None)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


def pytest_configure() -> None:
    """Build ``verify.html`` where a part of it was changed since the program was installed."""
    build_verify_html.write()


WAITING = ("tests/terminal/", "tests/faults/", "tests/screens/")
"""Tests that wait much; they begin first, so that no process is left alone with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the waiting tests first, in the order of ``WAITING``."""

    def rank(item: pytest.Item) -> int:
        starts = [item.nodeid.startswith(folder) for folder in WAITING]
        return starts.index(True) if True in starts else len(WAITING)

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Spare the collector what is imported: it stays to the end and is most of the objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep remembered heads and vaults of tests out of the real home."""
    for name in ("STATE", "DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / ".home" / name.lower()))


@pytest.fixture(scope="session", autouse=True)
def derived_once() -> Iterator[None]:
    """Derive each key once a run: the same passphrase, cost and salt give the same (RFC 9106)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(officers, "_derive_key", functools.lru_cache(4096)(officers._derive_key))
        yield


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


@pytest.fixture
def small_disk(practice: Practice) -> Iterator[Callable[[str], None]]:
    """The vault on a 2 MiB file system of its own, remounted at will."""
    home, spare = practice.folder, practice.home / "spare"
    home.rename(spare)
    home.mkdir()
    _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(home))
    shutil.copytree(spare, home, dirs_exist_ok=True)

    def remount(how: str) -> None:
        _mount("-o", f"remount,{how}", str(home))

    yield remount
    practice.close()
    subprocess.run(["umount", str(home)], check=True)


def _mount(*args: str) -> None:
    done = subprocess.run(["mount", *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run as root with the Debian package mount: {done.stderr}"
