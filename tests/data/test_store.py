"""The store against whoever has the disk: every change of the database is found or refused."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from esafety_tui.casework.incident import capture, opening
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.data import heads, platform
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NewerVersion,
    RolledBack,
    Tampered,
)
from tests.casework.support import Practice, put_back, snapshot


@pytest.fixture
def filled(practice: Practice) -> Practice:
    case = opening.open_new_incident(practice.sign_in())
    for n in range(4):
        capture.record_note(case, f"told: words {n}")
    practice.close()
    return practice


@pytest.mark.posix
def test_clear_columns_hold_origin_head_and_generation_only(filled: Practice) -> None:
    assert {k for (k,) in filled.sql("SELECT k FROM meta")} == {"origin", "head", "generation"}
    tables = filled.sql("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
    columns = {name: re.findall(r"(\w+) (?:INTEGER|BLOB|VARCHAR)", sql) for name, sql in tables}
    assert columns == {
        "entry": ["seq", "ct", "sigs"], "hold": ["seq", "ct"], "meta": ["k", "v"],
        "rec": ["seq", "ct"],
    }  # fmt: skip
    assert filled.sql("PRAGMA application_id") == [(0x45564944,)]
    assert filled.sql("PRAGMA user_version") == [(2,)]
    assert filled.db.stat().st_mode & 0o077 == 0


def test_durable_settings_are_in_force(filled: Practice) -> None:
    store = filled.sign_in().store
    with store._db.engine.connect() as writer:
        found = {n: writer.exec_driver_sql(f"PRAGMA {n}").scalar() for n in (
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
    "hold made up": ["INSERT INTO hold VALUES (3, zeroblob(64))"],
    "head edited": ["UPDATE meta SET v = 'another' WHERE k = 'head'"],
    "origin edited": ["UPDATE meta SET v = 'other.practice.invalid/evidence' WHERE k = 'origin'"],
    "origin gone": ["DELETE FROM meta WHERE k = 'origin'"],
    "table gone": ["DROP TABLE hold"],
    "column gone": ["ALTER TABLE entry DROP COLUMN sigs"],
}  # fmt: skip


SIGNATURES = {
    "signatures swapped": [
        "UPDATE entry SET sigs = (SELECT sigs FROM entry WHERE seq = 3) WHERE seq = 2"
    ],
    "signatures gone": ["UPDATE entry SET sigs = x'' WHERE seq = 2"],
    "signatures are text": ["UPDATE entry SET sigs = 'ok' WHERE seq = 2"],
}  # fmt: skip
"""Of entries that the officers signed in have verified before."""


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_of_the_database_stops_the_sign_in(filled: Practice, what: str) -> None:
    for statement in CHANGES[what]:
        filled.sql(statement)
    before = filled.db.read_bytes()
    with pytest.raises(Tampered):
        filled.sign_in()
    assert filled.db.read_bytes() == before, "nothing may be added to a vault like that"


@pytest.mark.parametrize("what", SIGNATURES)
def test_an_old_signature_is_found_by_the_whole_check_and_by_whoever_never_verified_it(
    filled: Practice, what: str
) -> None:
    """Signing in verifies what is new since every officer's own memory; the audit verifies all."""
    for statement in SIGNATURES[what]:
        filled.sql(statement)
    with pytest.raises(Tampered):
        audit_vault(filled.folder, filled.ids["AB"], filled.words["AB"])
    assert filled.sign_in().checked < 3
    filled.close()
    for path in heads.sidecar_paths(filled.ids["CD"], filled.key_file("CD").parent):
        path.unlink()
    with pytest.raises(Tampered):
        filled.sign_in()


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
    inc = session.read_case_cards()[0].inc
    with pytest.raises(EvidenceError):
        opening.reopen_incident(session, inc)


def test_an_older_copy_of_the_whole_folder_is_an_alarm(filled: Practice) -> None:
    old = snapshot(filled, "older")
    session = filled.sign_in()
    capture.record_note(
        opening.open_new_incident(session), "told: what the older copy does not have"
    )
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
    unlock_vault(filled.folder, logins, platform.SystemClock()).close_session()
    put_back(filled, old)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another computer"))
    with pytest.raises(RolledBack):
        unlock_vault(filled.folder, logins, platform.SystemClock())


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
    capture.record_note(opening.open_new_incident(first), "told: the true tail")
    beside = {p: p.read_bytes() for p in (filled.home / ".home").rglob("*.heads")}
    size = first.store.chain.size
    put_back(filled, old)
    # A second history on the old copy, by both keys, as long as the true one and longer.
    for path in beside:
        path.unlink()
    other = filled.sign_in()
    case = opening.open_new_incident(other)
    while other.store.chain.size < size + 3:
        capture.record_note(case, "told: another tail")
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
        EvidenceStore(vault, filled.origin, box)
    for data in (b"", b"SQLite format 3\0", b"PK\3\4" + bytes(200)):
        (vault / "evidence.db").write_bytes(data)
        with pytest.raises(BadInput):
            EvidenceStore(vault, filled.origin, box)
    (vault / "evidence.db").unlink()
    with pytest.raises(Tampered, match="missing"):
        EvidenceStore(vault, filled.origin, box)


def test_the_database_of_another_vault_does_not_fit(filled: Practice, tmp_path: Path) -> None:
    from tests.casework.support import make_template

    other = make_template(tmp_path / "other")
    shutil.copy(other.db, filled.db)
    with pytest.raises(Tampered):
        filled.sign_in()


def test_a_newer_schema_is_left_alone(filled: Practice) -> None:
    filled.sql("PRAGMA user_version = 3")
    before = filled.db.read_bytes()
    with pytest.raises(NewerVersion):
        filled.sign_in()
    assert filled.db.read_bytes() == before


def test_the_database_without_its_folder(filled: Practice, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(filled.db, alone)
    with pytest.raises(BadInput, match="no vault here"):
        unlock_vault(alone, filled.logins("AB", "CD"), platform.SystemClock())
    shutil.copy(filled.folder / "vault.json", alone)
    shutil.copytree(filled.folder / "officers", alone / "officers")
    with pytest.raises(Tampered, match="whole folder"):
        unlock_vault(alone, filled.logins("AB", "CD"), platform.SystemClock())
