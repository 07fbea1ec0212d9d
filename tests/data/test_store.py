"""The store against whoever has the disk: every change of the database is found or refused."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esafety_tui.casework import capture, opening
from esafety_tui.casework.session import Session
from esafety_tui.casework.unlock import unlock
from esafety_tui.data import platform
from esafety_tui.data.age import Identity
from esafety_tui.data.store import Draft, Store, Witness
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NewerVersion,
    RolledBack,
    StorageFailed,
    Tampered,
    VaultBusy,
)
from tests.casework.support import Practice, put_back, snapshot


@pytest.fixture
def filled(practice: Practice) -> Practice:
    case = opening.open_new(practice.sign_in())
    for n in range(4):
        capture.note(case, f"words {n}")
    practice.close()
    return practice


def reopened(practice: Practice) -> Store:
    """Open the store alone: no heads help it."""
    keyring = practice.sign_in().keyring
    practice.close()
    return Store(practice.folder, practice.origin, keyring.box)


def test_clear_columns_hold_origin_and_head_only(filled: Practice) -> None:
    assert {k for (k,) in filled.sql("SELECT k FROM meta")} == {"origin", "head"}
    tables = filled.sql("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
    columns = {name: re.findall(r"(\w+) (?:INTEGER|BLOB|VARCHAR)", sql) for name, sql in tables}
    assert columns == {
        "entry": ["seq", "ct", "sigs"], "hold": ["seq", "ct"], "meta": ["k", "v"],
        "rec": ["seq", "ct"],
    }  # fmt: skip
    assert filled.sql("PRAGMA application_id") == [(0x45564944,)]
    assert filled.sql("PRAGMA user_version") == [(1,)]
    assert filled.db.stat().st_mode & 0o077 == 0


def test_durable_settings_are_in_force(filled: Practice) -> None:
    store = filled.sign_in().store
    found = {n: store._rows(f"PRAGMA {n}")[0][0] for n in (
        "journal_mode", "synchronous", "secure_delete", "trusted_schema", "fullfsync",
    )}  # fmt: skip
    assert found == {
        "journal_mode": "delete", "synchronous": 3, "secure_delete": 1, "trusted_schema": 0,
        "fullfsync": 1,
    }  # fmt: skip


LAST = "(SELECT max(seq) FROM entry)"
CHANGES = {
    "tail of entries deleted": ["DELETE FROM entry WHERE seq = " + LAST],
    "tail and head deleted": [
        "DELETE FROM rec WHERE seq = " + LAST, "DELETE FROM entry WHERE seq = " + LAST,
        "DELETE FROM meta WHERE k = 'head'",
    ],
    "record deleted": ["DELETE FROM rec WHERE seq = 3"],
    "record without an entry": ["INSERT INTO rec SELECT 99, ct FROM rec WHERE seq = 3"],
    "gap": ["DELETE FROM entry WHERE seq = 3", "DELETE FROM rec WHERE seq = 3"],
    "gap closed by renumbering": [
        "DELETE FROM entry WHERE seq = 3", "DELETE FROM rec WHERE seq = 3",
        "UPDATE entry SET seq = 3 WHERE seq = 4", "UPDATE rec SET seq = 3 WHERE seq = 4",
    ],
    "rows swapped": [
        "UPDATE entry SET seq = -1 WHERE seq = 2", "UPDATE entry SET seq = 2 WHERE seq = 3",
        "UPDATE entry SET seq = 3 WHERE seq = -1",
    ],
    "row doubled": ["INSERT INTO entry SELECT 99, ct, sigs FROM entry WHERE seq = 3"],
    "row before the first": ["INSERT INTO entry SELECT -1, ct, sigs FROM entry WHERE seq = 0"],
    "line replaced": ["UPDATE entry SET ct = zeroblob(400) WHERE seq = 2"],
    "line cut": ["UPDATE entry SET ct = x'00' WHERE seq = 2"],
    "line is text": ["UPDATE entry SET ct = 'words' WHERE seq = 2"],
    "line is a number": ["UPDATE entry SET ct = 7 WHERE seq = 2"],
    "signatures swapped": [
        "UPDATE entry SET sigs = (SELECT sigs FROM entry WHERE seq = 3) WHERE seq = 2"
    ],
    "signatures gone": ["UPDATE entry SET sigs = x'' WHERE seq = 2"],
    "signatures are text": ["UPDATE entry SET sigs = 'ok' WHERE seq = 2"],
    "hold made up": ["INSERT INTO hold VALUES (3, zeroblob(64))"],
    "head edited": ["UPDATE meta SET v = 'another' WHERE k = 'head'"],
    "origin edited": ["UPDATE meta SET v = 'other.practice.invalid/evidence' WHERE k = 'origin'"],
    "origin gone": ["DELETE FROM meta WHERE k = 'origin'"],
    "table gone": ["DROP TABLE hold"],
    "column gone": ["ALTER TABLE entry DROP COLUMN sigs"],
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_of_the_database_stops_the_sign_in(filled: Practice, what: str) -> None:
    for statement in CHANGES[what]:
        filled.sql(statement)
    before = filled.db.read_bytes()
    with pytest.raises(Tampered):
        filled.sign_in()
    assert filled.db.read_bytes() == before, "nothing may be added to a vault like that"


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE rec SET seq = -1 WHERE seq = 5", "UPDATE rec SET seq = 5 WHERE seq = 6",
         "UPDATE rec SET seq = 6 WHERE seq = -1"],
        ["UPDATE rec SET ct = (SELECT ct FROM rec WHERE seq = 5) WHERE seq = 6"],
        ["UPDATE rec SET ct = x'00' WHERE seq = 6"],
        ["UPDATE rec SET ct = 'words' WHERE seq = 6"],
    ],
)  # fmt: skip
def test_records_swapped_or_replaced_are_found_when_read(
    filled: Practice, statements: list[str]
) -> None:
    for statement in statements:
        filled.sql(statement)
    session = filled.sign_in()
    inc = session.cards()[0].inc
    with pytest.raises(EvidenceError):
        opening.reopen(session, inc)


def test_an_older_copy_of_the_whole_folder_is_an_alarm(filled: Practice) -> None:
    old = snapshot(filled, "older")
    session = filled.sign_in()
    capture.note(opening.open_new(session), "what the older copy does not have")
    put_back(filled, old)
    for who in (("AB", "CD"), ("AB",), ("CD",), ("CD", "EF")):
        with pytest.raises(RolledBack, match="ALARM"):
            filled.sign_in(*who)


def test_an_older_copy_is_found_by_the_memory_beside_the_key_alone(
    filled: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vault and its state folder put back together: keys on a stick remember."""
    old = snapshot(filled, "older")
    stick = tmp_path / "stick"
    shutil.copytree(filled.folder / "officers", stick)
    logins = [
        type(login)(login.officer_id, login.passphrase, stick / filled.key_file(who).name)
        for who, login in zip(("AB", "CD"), filled.logins("AB", "CD"), strict=True)
    ]
    unlock(filled.folder, logins, platform.SystemClock()).close()
    put_back(filled, old)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another computer"))
    with pytest.raises(RolledBack):
        unlock(filled.folder, logins, platform.SystemClock())


def test_lost_memory_is_a_warning(
    filled: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another computer"))
    assert any("memory" in w for w in filled.sign_in().warnings)
    filled.close()
    assert filled.sign_in().warnings == []


def test_an_alternative_tail_by_the_same_officers_is_an_alarm(filled: Practice) -> None:
    old = snapshot(filled, "older")
    put_back(filled, old)
    first = filled.sign_in()
    capture.note(opening.open_new(first), "the true tail")
    beside = {p: p.read_bytes() for p in (filled.home / ".home").rglob("*.heads")}
    size = first.store.chain.size
    put_back(filled, old)
    # A second history on the old copy, by both keys, as long as the true one and longer.
    for path in beside:
        path.unlink()
    other = filled.sign_in()
    case = opening.open_new(other)
    while other.store.chain.size < size + 3:
        capture.note(case, "another tail")
    filled.close()
    for path, data in beside.items():
        path.write_bytes(data)
    with pytest.raises(RolledBack):
        filled.sign_in()


def test_a_foreign_database_is_refused(filled: Practice, template: Practice) -> None:
    box, vault = filled.sign_in().keyring.box, filled.folder
    filled.close()
    with sqlite3.connect(vault / "evidence.db") as db:
        db.execute("PRAGMA application_id = 7")
    db.close()
    with pytest.raises(BadInput):
        Store(vault, filled.origin, box)
    for data in (b"", b"SQLite format 3\0", b"PK\3\4" + bytes(200)):
        (vault / "evidence.db").write_bytes(data)
        with pytest.raises(BadInput):
            Store(vault, filled.origin, box)
    (vault / "evidence.db").unlink()
    with pytest.raises(Tampered, match="missing"):
        Store(vault, filled.origin, box)


def test_the_database_of_another_vault_does_not_fit(filled: Practice, tmp_path: Path) -> None:
    from tests.casework.support import make_template

    other = make_template(tmp_path / "other")
    shutil.copy(other.db, filled.db)
    with pytest.raises(Tampered):
        filled.sign_in()


def test_a_newer_schema_is_left_alone(filled: Practice) -> None:
    filled.sql("PRAGMA user_version = 2")
    before = filled.db.read_bytes()
    with pytest.raises(NewerVersion):
        filled.sign_in()
    assert filled.db.read_bytes() == before


def test_the_database_without_its_folder(filled: Practice, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(filled.db, alone)
    with pytest.raises(BadInput, match="no vault here"):
        unlock(alone, filled.logins("AB", "CD"), platform.SystemClock())
    shutil.copy(filled.folder / "vault.json", alone)
    shutil.copytree(filled.folder / "officers", alone / "officers")
    with pytest.raises(Tampered, match="whole folder"):
        unlock(alone, filled.logins("AB", "CD"), platform.SystemClock())


def test_two_processes(filled: Practice) -> None:
    program = (
        "import sys,pathlib; from esafety_tui.data import platform\n"
        "with platform.locked(pathlib.Path(sys.argv[1])): print('held', flush=True); input()\n"
    )
    lock = filled.folder / "lock"
    with subprocess.Popen(
        [platform.sys.executable, "-c", program, str(lock)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(VaultBusy), platform.locked(lock):
            raise AssertionError("two at once")
        other.kill()
    with platform.locked(lock):  # the system drops the lock of a process that died
        pass


def test_a_database_in_use_is_busy_and_a_second_writer_cannot_fork_the_chain(
    filled: Practice,
) -> None:
    session = filled.sign_in()
    session.store._rows("PRAGMA busy_timeout = 20")
    with sqlite3.connect(filled.db, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(VaultBusy):
            session.record("clock.checked", {})
        other.execute("ROLLBACK")
    other.close()
    second = filled.sign_in()
    second.record("clock.checked", {})
    with pytest.raises(VaultBusy):
        session.record("clock.checked", {})
    filled.close()
    filled.sign_in()


@pytest.fixture
def small_disk(filled: Practice) -> Iterator[Callable[[str], None]]:
    """The vault on a 2 MiB file system of its own, remounted at will."""
    home, spare = filled.folder, filled.home / "spare"
    home.rename(spare)
    home.mkdir()
    _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(home))
    shutil.copytree(spare, home, dirs_exist_ok=True)

    def remount(how: str) -> None:
        _mount("-o", f"remount,{how}", str(home))

    yield remount
    filled.close()
    subprocess.run(["umount", str(home)], check=True)


def _mount(*args: str) -> None:
    done = subprocess.run(["mount", *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run as root with the Debian package mount: {done.stderr}"


def fill(folder: Path) -> Path:
    """Take the last byte of the disk."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as out:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while out.write(bytes(size)):
                    pass
            except OSError:
                continue
    return path


def test_a_full_disk_loses_nothing_and_says_so(
    filled: Practice, small_disk: Callable[[str], None]
) -> None:
    session = filled.sign_in()
    case = opening.open_new(session)
    ballast = fill(filled.folder)
    before = (session.store.chain.size, session.store.head())
    with pytest.raises(StorageFailed, match="disk is full.*Nothing was saved"):
        capture.note(case, "words " * 2000)
    assert (session.store.chain.size, session.store.head()) == before
    ballast.unlink()
    receipt = capture.note(case, "words after room was made")
    assert receipt.seq == before[0]
    filled.close()
    assert filled.sign_in().store.raw[receipt.seq]


def test_a_read_only_disk_is_a_sentence(
    filled: Practice, small_disk: Callable[[str], None]
) -> None:
    small_disk("ro")
    with pytest.raises(StorageFailed, match="read-only"):
        filled.sign_in()
    small_disk("rw")
    filled.sign_in()


def draft(session: Session, **more: object) -> Draft:
    fields = {"type": "note", "fields": {}, "inc": "", "recipient": Identity.generate().recipient}
    return Draft(**{**fields, **more})  # type: ignore[arg-type]


def test_what_would_spoil_the_chain_is_refused_before_it_is_written(filled: Practice) -> None:
    session = filled.sign_in()
    store, good = session.store, session.witness()
    twice = Witness([good.officers[0]] * 2, good.machine, good.now)
    nobody = Witness([], good.machine, good.now)
    before, size = filled.sql("SELECT count(*) FROM entry"), store.chain.size
    attempts = [
        (draft(session, type="made.up"), good), (draft(session, inc="not hexadecimal"), good),
        (draft(session), twice), (draft(session), nobody),
        (draft(session, blobs=("ab" * 32,)), good), (draft(session, fields={"x": 1.5}), good),
        (draft(session, fields={"x": "\ud800"}), good),
    ]  # fmt: skip
    for wanted, witness in attempts:
        with pytest.raises(EvidenceError):
            store.append(wanted, witness)
    assert (filled.sql("SELECT count(*) FROM entry"), store.chain.size) == (before, size)
    session.record("clock.checked", {})
    filled.close()
    filled.sign_in()


def test_nothing_is_acknowledged_before_its_commit(filled: Practice) -> None:
    session = filled.sign_in()
    receipt = session.record("clock.checked", {"source": "phone"})
    assert filled.sql("SELECT max(seq) FROM entry") == [(receipt.seq,)]
    assert filled.sql("SELECT v FROM meta WHERE k = 'head'")[0][0].encode() == (
        session.store.head().body()
    )


def test_sealed_files_without_an_entry_move_aside_and_are_named(filled: Practice) -> None:
    for name in ("ab" * 32 + ".age", ".cd.tmp", "odd \udcff name"):
        (filled.folder / "blobs" / name).write_bytes(b"sealed")
    session = filled.sign_in()
    assert "3 sealed file(s)" in " ".join(session.warnings)
    assert not any((filled.folder / "blobs").iterdir())
    assert len(list((filled.folder / "orphans").iterdir())) == 3
    moved = session.store.read(session.store.chain.size - 2, [session.keyring.vault])  # type: ignore[list-item]
    assert (moved.type, moved.fields["files"]) == ("orphan.moved", 3)


def test_reopened_store_is_the_same(filled: Practice) -> None:
    store = reopened(filled)
    assert store.chain.size == len(store.raw) == len(store.lines)
    assert store.check_witnesses({}, store.chain.size) == 0
    store.close()
