"""The mutex of the database, and a transaction that no reader can end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esafety_tui.data import tables
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.database import Database
from esafety_tui.data.store import EvidenceStore

ORIGIN = "exs.example.org/evidence"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty database of ours, opened."""
    EvidenceStore.create_store(tmp_path, ORIGIN, LedgerBox(LedgerBox.generate_key())).close()
    made = Database(tmp_path / "evidence.db")
    yield made
    made.close()


def enter(made: Database) -> None:
    """Begin a transaction."""
    with made.begin_transaction():
        pass


@pytest.mark.parametrize(
    "use",
    [
        lambda db: db.fetch_rows("SELECT k FROM meta"),
        lambda db: next(db.iterate_rows("SELECT k FROM meta")),
        lambda db: db.fetch_sealed_cell("SELECT ct FROM rec WHERE seq = ?", 0),
        lambda db: db.vacuum_pages(),
        enter,
    ],
)
def test_no_statement_without_the_mutex(db: Database, use: Callable[[Database], object]) -> None:
    """Also while somebody else has it."""
    with pytest.raises(RuntimeError, match="mutex"):
        use(db)
    found: list[BaseException] = []

    def other() -> None:
        try:
            use(db)
        except RuntimeError as err:
            found.append(err)

    with db.mutex:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
    assert "mutex" in str(found)


def test_a_verb_waits_for_the_one_at_work(tmp_path: Path) -> None:
    store = EvidenceStore.create_store(tmp_path, ORIGIN, LedgerBox(LedgerBox.generate_key()))
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(store.check_signatures(())))
    with store.mutex:
        thread.start()
        thread.join(0.05)
        assert not done, "it did not wait"
    thread.join(20)
    store.close()
    assert done == [0]


def test_a_reader_cannot_end_a_transaction(db: Database) -> None:
    """Neither by reading, nor by an error, nor by giving up half-way, nor by any statement."""
    with db.mutex, db.begin_transaction() as sql:
        sql("INSERT INTO hold VALUES (0, x'00')")
        assert db.fetch_rows("SELECT seq FROM hold") == [], "a reader saw what was not committed"
        with pytest.raises(Exception, match="damaged"):
            db.fetch_rows("SELECT no_such FROM meta")
        next(db.iterate_rows("SELECT k FROM meta"))
        for text in ("ROLLBACK", "COMMIT", "DELETE FROM meta"):
            with pytest.raises(Exception, match=r"damaged|not answer|saved"):
                db.fetch_rows(text)
        with db.engine.connect() as shared:  # giving it back to the pool
            shared.connection.driver_connection.execute("SELECT 1").fetchall()  # type: ignore[union-attr]
    with db.mutex:
        assert db.fetch_rows("SELECT seq FROM hold") == [(0,)]


def test_the_writer_has_the_durable_settings(db: Database) -> None:
    names = [text.partition("=")[0] for text in tables.PRAGMAS]
    with db.engine.connect() as writer:
        found = {name: writer.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    assert found["synchronous"] == 3
    assert found["journal_mode"] == "delete"
