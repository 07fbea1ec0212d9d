"""The order of writes, proven from a trace of system calls: nothing is said before it is safe.

Kill is not power loss. What a power cut may take is what was not synced; tests/faults/disk.py
follows each call and says where the program leaned on something not yet safe.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.data import platform
from tests.casework.support import STATE, Practice
from tests.faults import strace, writer
from tests.faults.disk import TRACED, Disk

COMMIT = [
    "write vault/evidence.db-journal", "sync vault/evidence.db-journal", "sync vault",
    "write vault/evidence.db-journal", "sync vault/evidence.db-journal",
    "write vault/evidence.db", "sync vault/evidence.db",
    "unlink vault/evidence.db-journal", "sync vault",
]  # fmt: skip
"""One transaction, as format.md section 5 asks for it."""


@pytest.fixture
def traced(practice: Practice, tmp_path: Path) -> Disk:
    writer.lay_out(practice)
    inc = writer.begin(practice)
    (practice.folder / "blobs" / "stray.age").write_bytes(b"no entry names this")
    home = practice.home
    disk = Disk((practice.folder, home / STATE, home / writer.STICK, home / writer.KEYS))
    disk.there = {str(p) for root in disk.roots for p in root.rglob("*")}
    done = strace.run(
        lambda say: writer.run(writer.Work(practice, say, inc=inc), writer.VERBS),
        tmp_path / "trace", "-y", "-s", "200", "-e", f"trace={TRACED}",
    )  # fmt: skip
    assert (done.said[-1], done.status) == ("end", 0), done.said[-3:]
    assert not any(line.startswith("error") for line in done.said), done.said
    disk.follow(strace.calls(done.trace))
    return disk


@pytest.mark.tool("strace")
def test_nothing_leans_on_what_a_power_cut_can_take(traced: Disk) -> None:
    assert traced.faults == [], "\n".join(traced.faults)
    assert set(traced.verbs) >= set(writer.VERBS)
    _a_file_before_its_entry_and_that_before_it_is_said(traced)


def _a_file_before_its_entry_and_that_before_it_is_said(traced: Disk) -> None:
    for verb in ("small", "large", "several"):
        seen = traced.verbs[verb]
        named = seen.index(NAMED[0])
        # A large file is written and synced in parts; the last sync comes after the last write.
        assert set(seen[:named]) == WRITTEN, seen
        assert seen[named - 1] == "sync vault/blobs/*.tmp", seen
        assert seen[named : named + len(NAMED)] == NAMED, seen
        assert seen[-1] == "acknowledged"
        assert seen.index("acknowledged") >= named + len(NAMED)
    seen = traced.verbs["note"]
    assert _inner(seen, COMMIT) < seen.index("acknowledged")


WRITTEN = {"write vault/blobs/*.tmp", "sync vault/blobs/*.tmp"}
NAMED = ["rename vault/blobs/*.age", "sync vault/blobs", *COMMIT]


def _inner(seen: list[str], part: list[str]) -> int:
    """Return where ``part`` stands in one piece in ``seen``."""
    for at in range(len(seen)):
        if seen[at : at + len(part)] == part:
            return at
    raise AssertionError(f"{part} is not in {seen}")


@pytest.mark.parametrize("left_out", ["sync_folder", "fsync"])
def test_the_model_sees_a_sync_that_is_left_out(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    """A model that never complains would prove nothing."""
    owner = platform if left_out == "sync_folder" else os
    monkeypatch.setattr(owner, left_out, lambda _held: None)
    disk = Disk((tmp_path,))

    def work(say: Callable[[str], None]) -> None:
        platform.write_atomically(tmp_path / "kept", b"x")
        say("ack 0")

    done = strace.run(
        work,
        tmp_path / "trace", "-y", "-s", "200", "-e", f"trace={TRACED}",
    )  # fmt: skip
    assert done.status == 0
    disk.follow(strace.calls(done.trace))
    assert disk.faults
