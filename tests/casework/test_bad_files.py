"""Files that cannot be taken in: each is a sentence, and nothing is left in the vault."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.incident import capture, originals
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.kernel.errors import BadInput, Refused, StorageFailed, Tampered
from tests.casework.support import PNG, Practice

assert sys.platform != "win32", "named pipes, sockets in folders and owners of files"


@pytest.fixture
def case(practice: Practice) -> CaseFile:
    return practice.case()


def make_socket(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
    return path


def link(path: Path, target: str) -> Path:
    path.symlink_to(target)
    return path


def made(path: Path, act: Callable[[Path], object]) -> Path:
    act(path)
    return path


BAD: dict[str, Callable[[Path], Path]] = {
    "not there": lambda d: d / "none.png",
    "empty": lambda d: made(d / "e", lambda p: p.write_bytes(b"")),
    "folder": lambda d: made(d / "folder", Path.mkdir),
    "pipe": lambda d: made(d / "pipe", os.mkfifo),
    "socket": lambda d: make_socket(Path(os.path.relpath(d)) / "s"),
    "device": lambda d: Path("/dev/zero"),
    "link to itself": lambda d: link(d / "loop", "loop"),
    "links in a ring": lambda d: made(d / "a", lambda p: (link(p, "b"), link(d / "b", "a"))),
    "link to nothing": lambda d: link(d / "l", "none"),
    "name with NUL": lambda d: Path("a\0b"),
    "name too long": lambda d: d / ("x" * 300),
    "below a file": lambda d: made(d / "f", lambda p: p.write_bytes(b"x")) / "inside",
    "the vault's database": lambda d: d / "vault/evidence.db",
    "the vault by a link": lambda d: link(d / "in", "vault/evidence.db"),
}


@pytest.mark.parametrize("what", BAD)
def test_each_is_a_sentence_and_leaves_nothing(case: CaseFile, tmp_path: Path, what: str) -> None:
    size = case.session.store.chain.size
    with pytest.raises(BadInput) as caught:
        capture.capture_file(case, BAD[what](tmp_path), "what it shows", "seen here")
    assert str(tmp_path) not in str(caught.value)
    assert list((case.session.folder / "blobs").iterdir()) == []
    assert case.session.store.chain.size == size


def test_a_file_of_somebody_else(case: CaseFile, tmp_path: Path) -> None:
    path = tmp_path / "private.png"
    path.write_bytes(PNG)
    path.chmod(0)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(BadInput):
            originals.open_original(path)
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("change", ["grows", "shrinks", "rewritten"])
def test_a_file_that_changes_while_it_is_read(case: CaseFile, tmp_path: Path, change: str) -> None:
    path = tmp_path / "moving.bin"
    path.write_bytes(bytes(3 << 20))

    def progress(done: int, total: int) -> None:
        if change == "grows":
            with path.open("ab") as out:
                out.write(b"more")
        elif change == "shrinks":
            os.truncate(path, 1 << 20)
        else:
            with path.open("r+b") as out:
                out.write(b"x")
            os.utime(path, (1, 1))

    with pytest.raises(BadInput, match="changed while"):
        capture.capture_file(case, path, "what it shows", "seen here", progress)
    assert list((case.session.folder / "blobs").iterdir()) == []


def test_a_file_that_vanishes_while_it_is_read_is_still_taken(
    case: CaseFile, tmp_path: Path
) -> None:
    path = tmp_path / "gone.bin"
    path.write_bytes(bytes(3 << 20))
    record = capture.capture_file(
        case, path, "x", "y", lambda _done, _total: path.unlink(missing_ok=True)
    )
    assert record.fields["size"] == 3 << 20


@pytest.mark.parametrize("bad", [" ", "a\x00b", "\ud800"])
def test_words_that_cannot_be_sealed_leave_no_sealed_file(
    case: CaseFile, tmp_path: Path, bad: str
) -> None:
    path = tmp_path / "s.png"
    path.write_bytes(PNG)
    with pytest.raises(BadInput):
        capture.capture_file(case, path, bad, "seen here")
    with pytest.raises(BadInput):
        capture.capture_file(case, path, "what it shows", "\ud800" + bad)
    assert list((case.session.folder / "blobs").iterdir()) == []


def test_cancelled_while_it_is_read(case: CaseFile, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(3 << 20))

    def progress(done: int, total: int) -> None:
        raise Refused("Cancelled.", "Nothing was saved.")

    with pytest.raises(Refused):
        capture.capture_file(case, path, "x", "y", progress)
    assert list((case.session.folder / "blobs").iterdir()) == []


def test_a_name_that_is_not_text_and_sizes(case: CaseFile, tmp_path: Path) -> None:
    for name, size in ((b"odd \xff name.png", 1), (b"$(rm -rf).png", 65536), (b"\n", 3 << 20)):
        data = hashlib.shake_256(name).digest(size)
        path = tmp_path / os.fsdecode(name)
        path.write_bytes(data)
        before = path.stat()
        record = capture.capture_file(case, path, "x", "y")
        assert b"".join(capture.view_exhibit(case, record.seq, "look")) == data
        assert record.field_text("sha256") == hashlib.sha256(data).hexdigest()
        after = path.stat()
        assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
    names = [r.field_text("name") for r in case.records if r.type == "file"]
    assert names == ["odd \\xff name.png", "$(rm -rf).png", "\n"]


def test_a_damaged_file_gives_no_byte(case: CaseFile, tmp_path: Path) -> None:
    path = tmp_path / "s.bin"
    path.write_bytes(bytes(200_000))
    record = capture.capture_file(case, path, "x", "y")
    sealed = case.session.folder / "blobs" / f"{record.field_text('blob')}.age"
    data = bytearray(sealed.read_bytes())
    data[-1] ^= 1
    sealed.write_bytes(data)
    with pytest.raises(Tampered, match="changed or cut short"):
        next(capture.view_exhibit(case, record.seq, "police"))


def test_a_vault_without_its_blob_folder(case: CaseFile, tmp_path: Path) -> None:
    path = tmp_path / "s.bin"
    path.write_bytes(b"x")
    (case.session.folder / "blobs").rmdir()
    with pytest.raises(StorageFailed):
        capture.capture_file(case, path, "x", "y")
