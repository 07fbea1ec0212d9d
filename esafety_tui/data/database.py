"""The opened database: one writing connection, one reading connection, one mutex over both.

A statement of the reader is a read of its own and takes part in no transaction, so that nothing a
reader does can end what a writer has begun. Both ask for the mutex at every statement.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from esafety_tui.data import schema, tables
from esafety_tui.data.mutex import Mutex
from esafety_tui.data.tables import Sql


class Database:
    """``evidence.db``, opened. Raises what :func:`tables.failed` makes of the driver's errors."""

    def __init__(self, path: Path) -> None:
        """Open both connections; the writer comes first, since it may have to recover a journal."""
        self.path = path
        self.mutex = Mutex()
        self.engine = tables.create_vault_engine(path)
        try:
            tables.recover_journal(self.engine)
            self._reader = tables.open_reader(path)
            self._checked: object = None
            self._written: object = None
        except BaseException:
            self.engine.dispose()
            raise

    def iterate_rows(self, sql: str, *args: Any) -> Iterator[Any]:
        """Yield rows as the driver gives them, so that a million entries cost no second list.

        The caller has the mutex, and reads to the end before anything is written.
        """
        self.mutex.require_held()
        with tables.translate_database_errors(sql):
            now = self._schema_cookie(self._reader)
            if now != self._checked:  # somebody may have changed the schema meanwhile
                schema.check_schema(self._reader)
                self._checked = now
            with contextlib.closing(self._reader.execute(sql, args)) as found:
                yield from found

    @staticmethod
    def _schema_cookie(db: sqlite3.Connection) -> object:
        """Return the number that SQLite raises with every change of the schema.

        Where somebody puts it back, the connection goes on with the schema that it read before.
        """
        return db.execute("PRAGMA schema_version").fetchone()

    def fetch_rows(self, sql: str, *args: Any) -> list[Any]:
        """Return all rows of one statement. The caller has the mutex."""
        return list(self.iterate_rows(sql, *args))

    def fetch_sealed_cell(self, sql: str, seq: int) -> bytes:
        """Return one sealed cell. SQLite keeps whatever was put there: only bytes will do."""
        rows = self.fetch_rows(sql, seq)
        if len(rows) != 1 or not isinstance(rows[0][0], bytes):
            raise tables.damaged_database()
        return rows[0][0]

    @contextlib.contextmanager
    def begin_transaction(self) -> Iterator[Sql]:
        """Begin a transaction, commit at the end, roll back on any error.

        The caller has the mutex. Raises SQLAlchemyError, or Tampered where the schema is not ours.
        """
        self.mutex.require_held()
        with self.engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            # The writer's lock is held: nobody changes the schema from here on.
            with tables.translate_database_errors("SELECT"):
                now = self._schema_cookie(driver)
                if now != self._written:
                    schema.check_schema(driver)
                    self._written = now
            yield connection.exec_driver_sql

    def vacuum_pages(self) -> None:
        """Give back the pages of what was removed, so that the file holds nothing of it."""
        self.mutex.require_held()
        tables.vacuum_database(self.engine, self.path)

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        with self.mutex:
            with contextlib.suppress(sqlite3.Error):
                self._reader.close()
            self.engine.dispose()
