"""A copy cut off anywhere: killed, a full stick, a stick that is read-only or gone.

The program is killed before each call that changes the stick, so every state that a kill can leave
there is looked at in the long run (``make slow``), and every third one otherwise. What a stick
loses when it is pulled out unsynced is not shown here.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.casework.backup import backup
from esafety_tui.casework.incident import stop
from esafety_tui.kernel.errors import EvidenceError, StorageFailed
from tests.casework.copy_samples import Kept, kept, quiet, whole
from tests.casework.support import Practice, fill

assert sys.platform != "win32", "fork and SIGKILL"

EVERY = 1 if int(os.environ.get("ESAFETY_KILLS", "0")) >= 1000 else 3
"""Every call in the long run, every third one otherwise."""

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"}


def changes_something(event: str, args: tuple[Any, ...], place: str) -> bool:
    if not args or not str(args[0]).startswith(place):
        return False
    return event in CHANGES or (event == "open" and bool((args[2] or 0) & os.O_CREAT))


def killed_before(number: int, have: Kept) -> bool:
    """Fork a copy and kill it before its ``number``-th change. Whether it got that far."""
    child = os.fork()
    if child == 0:  # the child never returns into pytest
        seen = 0

        def hook(event: str, args: tuple[Any, ...]) -> None:
            nonlocal seen
            if changes_something(event, args, str(have.practice.home / "s")):
                seen += 1
                if seen == number:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(hook)
            have.make()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[None]:
    """Everything of this test on a disk in memory: it syncs some thousand files."""
    _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(tmp_path))
    yield
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def _mount(*args: str) -> None:
    done = subprocess.run(["mount", *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run as root with the Debian package mount: {done.stderr}"


def test_killed_before_any_change_one_whole_copy_counts(memory: None, practice: Practice) -> None:
    have = kept(practice)
    old = have.make().copy
    before = have.listed().blobs
    stop.record_stop(have.case)  # the next copy has to take two files away
    spare = practice.home / "kept-apart"
    spare.mkdir()
    for place in (have.target, have.keys):
        shutil.copytree(place, spare / place.name)
    number, found = 1 - EVERY, {}
    while True:
        number += EVERY
        for place in (have.target, have.keys):
            shutil.rmtree(place)
            shutil.copytree(spare / place.name, place)
        died = killed_before(number, have)
        source = whole(have.target, have.keys)
        found[number] = source.data.copy == old
        if source.data.copy == old:
            assert source.data.blobs == before and source.keys.copy == old
        else:
            assert source.data.blobs == set() and source.keys.copy == source.data.copy
        if not died:
            break
    assert number > 60
    # First the old one counts, then the new one, and never the old one again.
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert not list(found.values())[-2], "it was not killed between the switch and the end"


def test_what_a_killed_copy_left_is_cleared_away_by_the_next(
    memory: None, practice: Practice
) -> None:
    have = kept(practice)
    have.make()
    have.take("three")
    for number in (15, 40, 55):
        assert killed_before(number, have)
        done = have.make()
        whole(have.target, have.keys)
        assert {p.name for p in have.data_part.iterdir()} == {done.copy, "blobs", "backup.json"}
        assert {p.name for p in have.keys_part.iterdir()} == {done.copy}
        assert not [p for p in have.target.rglob("*") if p.suffix == ".tmp"]


def test_a_copy_that_may_count_by_now_is_not_taken_away(memory: None, practice: Practice) -> None:
    """The disk fails once, after the list was replaced and before it was read again."""
    have = kept(practice)
    old = have.make().copy
    listed = str(have.data_part / "backup.json")
    child = os.fork()
    if child == 0:  # an audit hook stays for good, so it lives in a process of its own
        told = 70
        replaced: list[bool] = []

        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event == "os.rename" and str(args[1]) == listed:
                replaced.append(True)
            elif event == "open" and replaced == [True] and str(args[0]) == listed:
                replaced.append(False)
                raise OSError(5, "the disk did not answer")

        try:
            sys.addaudithook(hook)
            have.make()
        except StorageFailed:
            told = 7
        finally:
            os._exit(told)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert whole(have.target, have.keys).data.copy != old
    assert len(have.entries("backup.made")) == 1


@pytest.fixture
def stick(practice: Practice) -> Iterator[Callable[[str], None]]:
    """A stick of 1 MiB, where ``kept`` puts the data; remounted at will."""
    home = practice.home / "stick"
    home.mkdir()
    _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(home))

    def remount(how: str) -> None:
        _mount("-o", f"remount,{how}", str(home))

    yield remount
    subprocess.run(["umount", "-l", str(home)], check=False)


def unharmed(have: Kept, before: str, err: EvidenceError) -> None:
    assert whole(have.target, have.keys).data.copy == before
    assert {p.name for p in have.keys_part.iterdir()} == {before}
    assert len(have.entries("backup.made")) == 1
    assert "No new copy was made. The copy made before is unharmed." in err.what


def test_a_full_stick(stick: Callable[[str], None], practice: Practice) -> None:
    have = kept(practice)
    before = have.make().copy
    have.take("three" * 30_000)
    ballast = fill(have.target)
    with ballast.open("r+b") as out:  # room for the database, not for the rest
        out.truncate(ballast.stat().st_size - 150_000)
    with pytest.raises(StorageFailed, match="the disk is full") as caught:
        have.make()
    unharmed(have, before, caught.value)
    assert sorted(p.name for p in have.target.iterdir()) == ["EXS-backup-data", "ballast"]
    with ballast.open("r+b") as out:
        out.truncate(0)
    fill(have.target)  # not even a folder fits
    with pytest.raises(StorageFailed, match="the disk is full") as caught:
        have.make()
    unharmed(have, before, caught.value)
    ballast.unlink()
    have.make()


def test_a_read_only_stick(stick: Callable[[str], None], practice: Practice) -> None:
    have = kept(practice)
    before = have.make().copy
    stop.record_stop(have.case)
    stick("ro")
    with pytest.raises(StorageFailed, match=r"read-only.*still holds 2 sealed file") as caught:
        have.make()
    unharmed(have, before, caught.value)


@pytest.mark.parametrize("step", ["records", "sealed files", "keys", "back"])
def test_a_stick_that_is_pulled_out(
    stick: Callable[[str], None], practice: Practice, step: str
) -> None:
    have = kept(practice)
    have.make()

    def pull(what: str, _done: int, _total: int) -> None:
        if step in what:
            subprocess.run(["umount", "-l", str(have.target)], check=False)

    with pytest.raises(StorageFailed, match="has gone"):
        backup.make(have.session, have.target, have.keys, "", pull)
    assert not list(have.target.iterdir()), "nothing was written where the stick was"
    assert len(have.entries("backup.made")) == 1


def test_what_cannot_be_removed_is_not_acknowledged(
    memory: None, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    have = kept(practice)
    have.make()
    stop.record_stop(have.case)
    blob = next((have.data_part / "blobs").iterdir())
    done = subprocess.run(["mount", "--bind", str(blob), str(blob)], check=False)
    assert done.returncode == 0, "run as root with the Debian package mount"
    try:
        with pytest.raises(StorageFailed, match="could not all be removed"):
            have.make()
    finally:
        subprocess.run(["umount", str(blob)], check=True)
    assert len(have.entries("backup.made")) == 1
    assert have.make(quiet).left_out == 2
    assert not list((have.data_part / "blobs").iterdir())
