"""Disks a vault should not lie on, and files of a vault that were written by somebody else.

What such a disk answers is made by strace inside a forked child, so that the program meets the
real error. The kernel at hand knows no file system that ignores case; what such a disk would need
of us is asserted instead: no two names of a vault differ by case alone.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.data import platform
from esafety_tui.kernel.errors import BadInput, EvidenceError, StorageFailed, Tampered, VaultBusy
from tests.casework.support import STATE, Practice, copy_of, make_template
from tests.faults import strace, writer
from tests.faults.aftermath import files, sentence

assert sys.platform != "win32", "owners of files and mounts"

NOBODY = 65534


def told(say: Callable[[str], None], act: Callable[[], object]) -> None:
    """Do it, and say how it ended."""
    try:
        act()
        say("done")
    except EvidenceError as err:
        say(f"error {type(err).__name__}: {err.what} | {err.do}")


def lock_and_sign_in(practice: Practice) -> None:
    with platform.lock_vault_file(practice.folder / "lock"):
        practice.sign_in()
        practice.close()


@pytest.mark.parametrize(
    ("call", "error", "kind"),
    [
        ("flock", "ENOLCK", "StorageFailed"), ("flock", "EOPNOTSUPP", "StorageFailed"),
        ("flock", "EAGAIN", "VaultBusy"), ("fcntl", "EOPNOTSUPP", "StorageFailed"),
        ("fsync,fdatasync", "EINVAL", "StorageFailed"), ("rename", "EXDEV", "StorageFailed"),
        ("openat", "ESTALE", "StorageFailed"), ("openat", "EMFILE", "StorageFailed"),
    ],
)  # fmt: skip
def test_a_disk_that_cannot_do_what_a_vault_needs(
    practice: Practice, tmp_path: Path, call: str, error: str, kind: str
) -> None:
    """A network share without locks or folder syncs, a stale mount, too many files open."""
    lock_and_sign_in(practice)  # imports
    before = len(practice.sql("SELECT seq FROM entry"))
    only = [o for root in (practice.folder, practice.folder / "keyring") for o in ("-P", str(root))]
    inside = [o for p in practice.folder.rglob("*") for o in ("-P", str(p))]
    done = strace.run(
        lambda say: told(say, lambda: lock_and_sign_in(practice)), tmp_path / "trace",
        "-e", f"trace={call}", "-e", f"inject={call}:error={error}", *only, *inside,
    )  # fmt: skip
    assert (done.said[-1], done.status) == ("end", 0), done.said
    ended = done.said[-2]
    if call == "rename" and ended == "done":  # only the officers' memory is renamed: a warning
        kind = "done"
    assert kind in ended, ended
    if ended != "done":
        sentence(ended)
    assert len(practice.sql("SELECT seq FROM entry")) <= before + 1
    lock_and_sign_in(practice)


@pytest.fixture
def reachable(template: Practice) -> Iterator[Practice]:
    """A vault that another user of the computer can reach."""
    home = Path(tempfile.mkdtemp(prefix="esafety-test-"))
    try:
        home.chmod(0o755)
        yield copy_of(template, home)
    finally:
        shutil.rmtree(home)


@pytest.mark.parametrize("part", ["vault", "vault/blobs", "vault/officers", "vault/keyring"])
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_that_may_not_be_written_or_looked_into(
    reachable: Practice, tmp_path: Path, part: str, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(reachable.home / STATE.parent))
    reachable.sign_in()
    reachable.close()
    for path in (reachable.home, *reachable.home.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    before = {p: p.read_bytes() for p in files(reachable) if p.suffix in {".db", ".age", ".evkey"}}
    (reachable.home / part).chmod(mode)

    def act(say: Callable[[str], None]) -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        told(say, reachable.sign_in)

    done = strace.run(act, tmp_path / "trace", "-e", "trace=none")
    ended = done.said[-2]
    if ended != "done":  # a read-only folder of keys or files is only met when one is written
        sentence(ended)
    assert ended == "done" or part != "vault/blobs" or mode == 0
    (reachable.home / part).chmod(0o700)
    if ended != "done":
        assert {p: p.read_bytes() for p in before} == before
    session = reachable.sign_in()
    assert session.store.list_orphans() == []
    reachable.close()


def test_no_two_names_differ_by_case_alone(practice: Practice) -> None:
    """So a disk that ignores case, or a copy onto one, keeps every file apart."""
    writer.lay_out(practice)
    writer.run(writer.Work(practice, lambda _line: None), ("enter", "small", "rotate", "copy"))
    practice.close()
    names = [p.relative_to(practice.home).as_posix() for p in files(practice)]
    assert len({name.casefold() for name in names}) == len(names) > 30
    inside = [
        p.relative_to(practice.folder).as_posix() for p in files(practice) if _in(practice, p)
    ]
    assert [name for name in inside if name != name.lower()] == []
    reserved = {"con", "prn", "aux", "nul", "com1", "lpt1"}
    for name in inside:
        assert not set(name) & set('<>:"\\|?*') and not name.endswith((".", " "))
        assert not reserved & {part.split(".")[0] for part in name.split("/")}


def _in(practice: Practice, path: Path) -> bool:
    return path.is_relative_to(practice.folder)


@pytest.mark.parametrize(
    "data",
    [
        b'{"v":1,"v":1}', b'{"officers":[],"origin":"a","school":"b","typ":"evidence-vault","v":2}',
        b'{"officers":[],"origin":"a","origin":"b","school":"c","typ":"evidence-vault","v":1}',
    ],
)  # fmt: skip
def test_a_front_page_with_doubled_keys_or_of_a_newer_version(
    practice: Practice, data: bytes
) -> None:
    (practice.folder / "vault.json").write_bytes(data)
    with pytest.raises(BadInput):
        read_public_info(practice.folder)
    with pytest.raises(BadInput):
        practice.sign_in()


def test_a_memory_with_doubled_keys_is_an_alarm(practice: Practice) -> None:
    practice.sign_in()
    practice.close()
    [path] = (practice.folder / "officers").glob(f"*{practice.ids['AB'][:16]}.heads")
    path.write_bytes(path.read_bytes().replace(b'"v":1', b'"v":1,"v":1'))
    with pytest.raises(Tampered):
        practice.sign_in()


def test_a_key_file_of_another_vault_or_another_officer(practice: Practice, tmp_path: Path) -> None:
    other = make_template(tmp_path / "other")
    foreign = other.key_file("AB").read_bytes()
    practice.key_file("AB").write_bytes(foreign)
    with pytest.raises(EvidenceError, match="another"):
        practice.sign_in()
    practice.key_file("AB").write_bytes(practice.key_file("CD").read_bytes())
    with pytest.raises(EvidenceError, match="another"):
        practice.sign_in()
    with pytest.raises(EvidenceError, match="another"):
        audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"])


def test_two_programs_at_once_over_the_same_vault(practice: Practice) -> None:
    with platform.lock_vault_file(practice.folder / "lock"):
        with pytest.raises(VaultBusy):
            lock_and_sign_in(practice)
        with pytest.raises(VaultBusy):
            audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"])
    lock_and_sign_in(practice)


def test_a_lock_file_that_cannot_be_made_is_a_sentence(practice: Practice) -> None:
    (practice.folder / "lock").unlink(missing_ok=True)
    (practice.folder / "lock").mkdir()
    with pytest.raises(StorageFailed):
        lock_and_sign_in(practice)
