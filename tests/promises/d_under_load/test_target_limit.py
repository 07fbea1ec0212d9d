"""A pack that the target cannot take in one file is refused before a byte of it is written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.data import sticks
from esafety_tui.kernel.errors import OutputFailed
from esafety_tui.output.pack import target
from esafety_tui.output.pack.container import write_container
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackSource
from tests.output.pack_samples import Case, build_sample, form_signed_by, quiet

WORDS = "maple-otter-tram-blue-kettle"
GIB = 1 << 30
MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
36 22 8:17 / /media/a/STICK rw,nosuid shared:9 - vfat /dev/sdb1 rw,fmask=0022
37 22 8:33 / /media/a/LARGE\\040ONE rw,nosuid shared:10 - exfat /dev/sdc1 rw
38 22 0:45 / /mnt/win rw master:2 - fuseblk /dev/sdd1 rw
"""


@pytest.fixture(scope="module")
def source() -> PackSource:
    return build_sample([b"picture"], form_signed_by(0), Case())


def sealed(source: PackSource, folder: Path) -> Path:
    return write_container(source, folder, WORDS, quiet)


def plain(source: PackSource, folder: Path) -> Path:
    return write_plain_folder(source, folder, quiet)


@pytest.mark.parametrize("write", [sealed, plain])
def test_too_large_for_fat_is_said_before_writing(
    source: PackSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    write: Callable[[PackSource, Path], Path],
) -> None:  # fmt: skip
    # No FAT can be mounted here; what the system says of one is tested below.
    monkeypatch.setattr(target, "largest_file_size", lambda _: sticks.FAT_LIMIT)
    large = replace(source, exhibits=(replace(source.exhibits[0], size=4 * GIB),))
    with pytest.raises(OutputFailed, match="FAT") as caught:
        write(large, tmp_path)
    assert "exFAT" in caught.value.do
    assert not list(tmp_path.iterdir())


def test_many_exhibits_are_one_file_in_a_container_alone(
    source: PackSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "largest_file_size", lambda _: 200_000)
    (first,) = source.exhibits
    with pytest.raises(OutputFailed, match="FAT"):
        sealed(replace(source, exhibits=(replace(first, size=200_000),)), tmp_path)
    assert plain(source, tmp_path).is_dir()


@pytest.mark.posix
def test_what_linux_says_of_a_target() -> None:
    if sys.platform == "win32":
        pytest.skip("no device numbers")
    kinds = [sticks.linux_file_system(MOUNTS, os.makedev(8, minor)) for minor in (1, 17, 33, 99)]
    assert kinds == ["ext4", "vfat", "exfat", ""]
    assert sticks.linux_file_system(MOUNTS, os.makedev(0, 45)) == "fuseblk"
    assert "vfat" in sticks.FAT
    assert not {"ext4", "exfat", "fuseblk", ""} & set(sticks.FAT)


@pytest.mark.posix
def test_a_target_without_such_a_limit(tmp_path: Path) -> None:
    assert sticks.largest_file_size(tmp_path) is None
    kind = sticks.linux_file_system(
        Path("/proc/self/mountinfo").read_text(), tmp_path.stat().st_dev
    )
    assert kind in {"tmpfs", "ext4", "overlay", "xfs", "btrfs"}
