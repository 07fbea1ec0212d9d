"""What is acknowledged was read from the disk first: entry, record, hold, head, files, copies.

In some tests the look at the schema is blinded, so that the read-back alone has to find what a
trigger swallowed: it stands for whatever loses or changes a row in a way nobody thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.incident import capture, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.casework.integrity.backup_manifest import ManifestPart
from esafety_tui.data import copies, pagecache, schema
from esafety_tui.kernel.errors import EvidenceError, StorageFailed, Tampered
from tests.casework.copy_samples import kept, nothing_there, put_back, relist
from tests.casework.support import PNG, Practice
from tests.promises.a_nothing_lost.schema_attacks import TABLES, put_in, script, trigger

Blind = Callable[[], None]

LOSSES = {
    "no entry": trigger("BEFORE", "INSERT", "entry", "IGNORE"),
    "no record": trigger("BEFORE", "INSERT", "rec", "IGNORE"),
    "no head": trigger("BEFORE", "INSERT", "meta", "IGNORE"),
    "other signatures": "CREATE TRIGGER t AFTER INSERT ON entry BEGIN "
    "UPDATE entry SET sigs = x'00' WHERE seq = new.seq; END",
    "other record": "CREATE TRIGGER t AFTER INSERT ON rec BEGIN "
    "UPDATE rec SET ct = ct || x'00' WHERE seq = new.seq; END",
    "text for bytes": "CREATE TRIGGER t AFTER INSERT ON rec BEGIN "
    "UPDATE rec SET ct = CAST(ct AS TEXT) WHERE seq = new.seq; END",
    "a hold more": "CREATE TRIGGER t AFTER INSERT ON rec BEGIN "
    "INSERT INTO hold VALUES (new.seq, x'00'); END",
    "another origin": "CREATE TRIGGER t AFTER INSERT ON rec BEGIN "
    "UPDATE meta SET v = 'x' WHERE k = 'origin'; END",
    "a row after it": "CREATE TRIGGER t AFTER INSERT ON rec BEGIN "
    "INSERT INTO entry VALUES (new.seq + 1, x'00', x'00'); END",
}


SHORT = ("no entry", "other record", "a hold more", "a row after it")
LONG = pytest.mark.long("four losses")
"""What the suite has of them."""


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> Blind:
    """Return what makes the program see no schema from then on."""
    return lambda: monkeypatch.setattr(schema, "check_schema", lambda _db: None)


@pytest.fixture
def case(real: Practice) -> CaseFile:
    """An incident of two, just begun."""
    return open_new_incident(real.sign_in())


def rows(vault: Practice) -> dict[str, int]:
    """Return how many rows each table has."""
    return {name: vault.sql(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_a_trigger_put_in_meanwhile_is_an_alarm_before_anything_is_written(
    real: Practice, case: CaseFile, table: str
) -> None:
    put_in(real.db, script(trigger("BEFORE", "INSERT", table, "IGNORE")))
    before, size = rows(real), case.session.store.chain.size
    for _ in range(2):
        with pytest.raises(Tampered, match=f"a trigger on the table {table}"):
            capture.record_note(case, "told: these words must not be called saved")
    with pytest.raises(EvidenceError):
        stop.record_stop(case)
    assert case.inc in case.session.store.holds.frozen, "STOP holds in memory all the same"
    assert (rows(real), case.session.store.chain.size) == (before, size)


@pytest.mark.parametrize(
    "name", [pytest.param(n, id=n, marks=[] if n in SHORT else LONG) for n in LOSSES]
)
def test_an_entry_that_does_not_read_back_is_not_acknowledged(
    real: Practice, case: CaseFile, blind: Blind, name: str
) -> None:
    store, size = case.session.store, case.session.store.chain.size
    put_in(real.db, script(LOSSES[name]))
    blind()
    with pytest.raises(StorageFailed, match="does not read back"):
        capture.record_note(case, "told: these words must not be called saved")
    real.sql("DROP TRIGGER t")
    before = rows(real)
    with pytest.raises(StorageFailed, match="did not confirm"):
        capture.record_note(case, "told: nothing is written on top of it")
    with pytest.raises(StorageFailed):
        stop.record_stop(case)
    assert store.chain.size == size == len(store.raw) == len(store.lines)
    assert store.last is not None
    assert store.last.seq == size - 1
    assert rows(real) == before
    assert case.inc in store.holds.frozen


def test_a_stop_whose_hold_is_swallowed_is_not_acknowledged(
    real: Practice, case: CaseFile, blind: Blind
) -> None:
    put_in(real.db, script(trigger("BEFORE", "INSERT", "hold", "IGNORE")))
    blind()
    with pytest.raises(StorageFailed):
        stop.record_stop(case)
    assert not [r for r in case.records if r.type == "stop"]
    assert case.inc in case.session.store.holds.frozen


@pytest.mark.parametrize("how", ["ABORT, 'no'", "FAIL, 'no'", "ROLLBACK, 'no'"])
def test_a_statement_that_fails_half_way_leaves_nothing(
    real: Practice, case: CaseFile, blind: Blind, how: str
) -> None:
    before, seen = rows(real), schema.check_schema
    put_in(real.db, script(trigger("BEFORE", "INSERT", "rec", how)))
    blind()
    with pytest.raises(EvidenceError):
        capture.record_note(case, "told: these words must not be called saved")
    assert rows(real) == before
    put_in(real.db, script("DROP TRIGGER t"))
    schema.check_schema = seen
    assert capture.record_note(case, "told: nothing was saved before, so this can be").seq > 3


@pytest.mark.parametrize("table", TABLES)
def test_new_keys_that_did_not_reach_every_row_are_not_acknowledged(
    real: Practice, case: CaseFile, blind: Blind, table: str
) -> None:
    stop.record_stop(case)
    session, generation = case.session, case.session.store.generation
    put_in(real.db, script(trigger("BEFORE", "UPDATE", table, "IGNORE")))
    blind()
    both = {real.ids[i]: real.words[i] for i in ("AB", "CD")}
    with pytest.raises(StorageFailed, match="does not read back"):
        officer_changes.rotate_keys(session, officer_changes.PairConsent(both, "it is time"))
    assert session.store.generation == session.keyring.directory.generation == generation


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(100, id="in memory"),
        pytest.param(5 << 20, id="on threads", marks=pytest.mark.long("one in memory")),
    ],
)
def test_a_sealed_file_that_does_not_read_back_is_not_taken_in(
    real: Practice, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    case = real.case()
    path = real.home / "a.png"
    path.write_bytes(PNG + bytes(size))
    entries = case.session.store.chain.size
    real_drop = pagecache.drop_cache

    def spoil(file: Path, *, synced: bool = False) -> str:
        """The disk: it took every byte and keeps another one."""
        with file.open("r+b") as out:
            out.seek(40)
            out.write(b"\0\1\2\3")
        return real_drop(file, synced=synced)

    monkeypatch.setattr(pagecache, "drop_cache", spoil)
    with pytest.raises(StorageFailed, match="does not read back"):
        capture.capture_file(case, path, "a picture", "here")
    assert case.session.store.chain.size == entries
    assert list((real.folder / "blobs").iterdir()) == []
    monkeypatch.setattr(pagecache, "drop_cache", real_drop)
    assert capture.capture_file(case, path, "a picture", "here").seq == entries


def test_no_copy_is_made_of_a_database_with_a_trigger(real: Practice) -> None:
    have = kept(real)
    put_in(real.db, script(trigger("AFTER", "DELETE", "rec", "IGNORE")))
    with pytest.raises(EvidenceError, match="trigger"):
        have.make()
    assert not (have.data_part / "backup.json").exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rec SET ct = ct || x'00' WHERE seq = 2", "DELETE FROM hold",
        "UPDATE entry SET sigs = x'00' WHERE seq = 1",
    ],
)  # fmt: skip
def test_a_copy_whose_rows_are_not_the_vaults_is_not_acknowledged(
    real: Practice, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    have = kept(real)
    stop.record_stop(have.case)
    copied = copies.copy_database

    def spoilt(source: Path, target: Path, alive: copies.Alive) -> None:
        copied(source, target, alive)
        put_in(target, script(change))

    monkeypatch.setattr(copies, "copy_database", spoilt)
    with pytest.raises(EvidenceError, match="read back"):
        have.make()
    assert not (have.data_part / "backup.json").exists()


@pytest.mark.parametrize(
    "attack", [trigger("BEFORE", "INSERT", "hold", "IGNORE"), "CREATE TABLE more (a)"]
)
def test_a_copy_with_more_than_our_tables_is_not_put_back(real: Practice, attack: str) -> None:
    """Also where its list was written anew to fit."""
    have = kept(real)
    have.make()
    listed = have.listed()
    database = have.data_part / listed.copy / "evidence.db"
    put_in(database, script(attack))
    fresh = ManifestPart(
        f"{listed.copy}/evidence.db", *copies.hash_and_measure(database, lambda _: None)
    )
    others = tuple(file for file in listed.files if file.name != fresh.name)
    relist(have, listed, files=tuple(sorted((fresh, *others), key=lambda file: file.name)))
    with pytest.raises(Tampered, match=r"damaged: evidence\.db"):
        put_back(have)
    nothing_there(have)


def test_a_file_put_back_is_read_back(real: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    have = kept(real)
    have.make()
    wrote = copies.write_private_file

    def spoilt(path: Path, *args: object) -> tuple[str, int]:
        done = wrote(path, *args)  # type: ignore[arg-type]
        if path.parent.name == "blobs":
            path.write_bytes(path.read_bytes()[:-1])
        return done

    monkeypatch.setattr(copies, "write_private_file", spoilt)
    with pytest.raises(Tampered, match="Nothing was put back"):
        put_back(have)
    nothing_there(have)


def test_the_note_of_a_restore_is_read_back(real: Practice, blind: Blind) -> None:
    real.sign_in()
    real.close()
    put_in(real.db, script(trigger("BEFORE", "INSERT", "meta", "IGNORE")))
    with pytest.raises(Tampered):
        copies.write_restore_note(real.db, {"v": 1})
    blind()
    with pytest.raises(OSError, match="read back"):
        copies.write_restore_note(real.db, {"v": 1})


def test_reading_also_sees_a_schema_that_was_changed(real: Practice, case: CaseFile) -> None:
    """An endless view in the place of a table must hang nobody who is signed in."""
    assert case.session.store.sealed_record(0)
    put_in(real.db, script(
        "ALTER TABLE rec RENAME TO kept",
        "CREATE VIEW rec AS WITH RECURSIVE n(seq, ct) AS "
        "(SELECT 0, x'00' UNION ALL SELECT seq, ct FROM n) SELECT seq, ct FROM n WHERE ct <> x'00'",
    ))  # fmt: skip
    with pytest.raises(Tampered, match="a view in the place of the table rec"):
        case.session.store.sealed_record(0)
