"""The store and the disk: two at once, full, read-only, and what must not be written at all."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import capture, opening
from esafety_tui.data import platform
from esafety_tui.data.age import Identity
from esafety_tui.data.store import EntryDraft, EntrySigners, EvidenceStore
from esafety_tui.kernel.errors import (
    EvidenceError,
    StorageFailed,
    VaultBusy,
)
from tests.casework.support import Practice, fill


@pytest.fixture
def filled(practice: Practice) -> Practice:
    case = opening.open_new_incident(practice.sign_in())
    for n in range(4):
        capture.record_note(case, f"told: words {n}")
    practice.close()
    return practice


def reopened(practice: Practice) -> EvidenceStore:
    """Open the store alone: no heads help it."""
    keyring = practice.sign_in().keyring
    practice.close()
    return EvidenceStore(practice.folder, practice.origin, keyring.box)


def test_two_processes(filled: Practice) -> None:
    program = (
        "import sys,pathlib; from esafety_tui.data import platform\n"
        "with platform.lock_vault_file(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True); input()\n"
    )
    lock = filled.folder / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(lock)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(VaultBusy), platform.lock_vault_file(lock):
            raise AssertionError("two at once")
        other.kill()
    with platform.lock_vault_file(lock):  # the system drops the lock of a process that died
        pass


def test_a_database_in_use_is_busy_and_a_second_writer_cannot_fork_the_chain(
    filled: Practice,
) -> None:
    session = filled.sign_in()
    with session.store._db.engine.connect() as writer:
        writer.exec_driver_sql("PRAGMA busy_timeout = 20")
    with sqlite3.connect(filled.db, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(VaultBusy):
            session.append_record("clock.checked", {})
        other.execute("ROLLBACK")
    other.close()
    second = filled.sign_in()
    second.append_record("clock.checked", {})
    with pytest.raises(VaultBusy):
        session.append_record("clock.checked", {})
    filled.close()
    filled.sign_in()


def test_a_full_disk_loses_nothing_and_says_so(
    filled: Practice, small_disk: Callable[[str], None]
) -> None:
    session = filled.sign_in()
    case = opening.open_new_incident(session)
    ballast = fill(filled.folder)
    before = (session.store.chain.size, session.store.current_head())
    with pytest.raises(StorageFailed, match=r"disk is full.*Nothing was saved"):
        capture.record_note(case, "told: " + "words " * 2000)
    assert (session.store.chain.size, session.store.current_head()) == before
    ballast.unlink()
    receipt = capture.record_note(case, "told: words after room was made")
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


def draft(session: OpenSession, **more: object) -> EntryDraft:
    fields = {"type": "note", "fields": {}, "inc": "", "recipient": Identity.generate().recipient}
    return EntryDraft(**{**fields, **more})  # type: ignore[arg-type]


def test_what_would_spoil_the_chain_is_refused_before_it_is_written(filled: Practice) -> None:
    session = filled.sign_in()
    store, good = session.store, session.entry_signers()
    twice = EntrySigners([good.officers[0]] * 2, good.machine, good.read_clock)
    nobody = EntrySigners([], good.machine, good.read_clock)
    before, size = filled.sql("SELECT count(*) FROM entry"), store.chain.size
    attempts = [
        (draft(session, type="made.up"), good), (draft(session, inc="not hexadecimal"), good),
        (draft(session), twice), (draft(session), nobody),
        (draft(session, blobs=("ab" * 32,)), good), (draft(session, fields={"x": 1.5}), good),
        (draft(session, fields={"x": "\ud800"}), good),
    ]  # fmt: skip
    for wanted, witness in attempts:
        with pytest.raises(EvidenceError):
            store.append_entry(wanted, witness)
    assert (filled.sql("SELECT count(*) FROM entry"), store.chain.size) == (before, size)
    session.append_record("clock.checked", {})
    filled.close()
    filled.sign_in()


def test_nothing_is_acknowledged_before_its_commit(filled: Practice) -> None:
    session = filled.sign_in()
    receipt = session.append_record("clock.checked", {"source": "phone"})
    assert filled.sql("SELECT max(seq) FROM entry") == [(receipt.seq,)]
    assert filled.sql("SELECT v FROM meta WHERE k = 'head'")[0][0].encode() == (
        session.store.current_head().signed_body()
    )


def test_sealed_files_without_an_entry_move_aside_and_are_named(filled: Practice) -> None:
    for name in ("ab" * 32 + ".age", ".cd.tmp", "odd \udcff name"):
        (filled.folder / "blobs" / name).write_bytes(b"sealed")
    session = filled.sign_in()
    assert "3 sealed file(s)" in " ".join(session.warnings)
    assert not any((filled.folder / "blobs").iterdir())
    assert len(list((filled.folder / "orphans").iterdir())) == 3
    moved = session.store.read_vault_record(
        session.store.chain.size - 2, session.keyring.require_vault_identity()
    )
    assert (moved.type, moved.fields["files"]) == ("orphan.moved", 3)


def test_reopened_store_is_the_same(filled: Practice) -> None:
    store = reopened(filled)
    assert store.chain.size == len(store.raw) == len(store.lines)
    assert store.check_signatures({}, store.chain.size) == 0
    store.close()
