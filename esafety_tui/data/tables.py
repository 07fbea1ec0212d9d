"""The SQLite tables: sequence numbers and ciphertext, nothing else (format.md section 5).

The rollback journal keeps a vault one file to copy; EXTRA syncs the folder after the journal goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlmodel import create_engine

from esafety_tui.data import platform, schema
from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel.errors import BadInput, EvidenceError, StorageFailed, Tampered, VaultBusy

Sql = Callable[..., Any]
"""Runs one statement in the transaction at work, with a tuple or a list of tuples."""

APPLICATION_ID = 0x45564944

PRAGMAS = (
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "fullfsync=ON",
    "secure_delete=ON",
    *schema.SAFE,
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "mmap_size=0",
)


READER = ("query_only=ON", "mmap_size=0", "cache_size=-256")
"""Settings of a connection that writes nothing. It reads on and on: KiB of cache are enough."""


def create_vault_engine(path: Path, *, fresh: bool = False) -> Engine:
    """Return an engine on the database file, with the durable settings, one connection only.

    Its schema is checked before any other statement, unless the file is ``fresh``. Nothing but its
    own transaction ends a transaction: the pool does not roll back by itself.
    """
    schema.refuse_odd_files(path)
    made = create_engine(
        f"sqlite:///{path}", poolclass=StaticPool, pool_reset_on_return=None,
        connect_args={"check_same_thread": False},
    )  # fmt: skip

    @event.listens_for(made, "connect")
    def _settings(connection: Any, _record: object) -> None:
        # The driver's own transaction handling would start a deferred one; ours are IMMEDIATE.
        connection.isolation_level = None
        try:
            if not fresh:
                schema.check_before_reading(connection)
            for pragma in PRAGMAS:
                said = connection.execute(f"PRAGMA {pragma}").fetchone()
                if pragma == PRAGMAS[0] and said != ("delete",):
                    raise sqlite3.DatabaseError("the journal is not the one of this format")
        except UnicodeDecodeError as err:  # SQLite quotes a damaged schema in its own message
            raise sqlite3.DatabaseError("the schema is damaged") from err

    @event.listens_for(made, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that reads and cannot write; it may still recover a journal.

    Its schema is checked before any other statement.
    """
    schema.refuse_odd_files(path)
    with translate_database_errors("open"):
        made = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, check_same_thread=False,
            isolation_level=None,
        )  # fmt: skip
        schema.check_before_reading(made)
        for pragma in READER:
            made.execute(f"PRAGMA {pragma}")
    return made


def recover_journal(made: Engine) -> None:
    """Connect and read something, which recovers the journal of a program that was cut off."""
    with translate_database_errors("SELECT"), made.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("SELECT count(*) FROM sqlite_master").fetchall()


@contextmanager
def translate_database_errors(sql: str) -> Iterator[None]:
    """Raise what :func:`failed` makes of the driver's errors; ``sql`` says what was run."""
    try:
        yield
    except UnicodeDecodeError as err:
        raise damaged_database() from err
    except sqlite3.Error as err:
        raise describe_database_error(DBAPIError(sql, None, err)) from err
    except SQLAlchemyError as err:
        raise describe_database_error(err) from err


def check_version(path: Path) -> None:
    """Raise BadInput, NewerVersion or StorageFailed unless ``path`` is a database of ours."""
    try:
        with open_plain(path) as src:
            head = src.read(100)
    except OSError as err:
        raise platform.describe_os_error(err, "open the vault") from err
    if head[:16] != b"SQLite format 3\x00" or head[68:72] != b"EVID":
        raise BadInput("This is not an evidence vault.", "Choose the vault's own folder.")
    if int.from_bytes(head[60:64]) > schema.NEWEST:
        raise schema.newer_version()


def damaged_database() -> Tampered:
    """Return the error for a database that does not hold what the store wrote."""
    return Tampered(
        "The database is damaged, or the disk does not read it.",
        "Stop. Sign in once more; if this comes again, fetch the vault's second copy.",
    )


def mixed_copies() -> Tampered:
    """Return the error for a database and a keyring that were not copied together."""
    return Tampered(
        "The database and the keys of this vault are from different times.",
        "Copy the vault's whole folder back from one copy, not parts of two.",
    )


def read_generation(path: Path) -> int:
    """Return the generation that the database is sealed for. Raises as :func:`check_version`."""
    check_version(path)
    made = create_vault_engine(path)
    try:
        with translate_database_errors("SELECT"), made.connect() as connection:
            driver: Any = connection.connection.driver_connection
            found = driver.execute("SELECT v FROM meta WHERE k = 'generation'").fetchall()
    finally:
        made.dispose()
    if len(found) != 1 or not str(found[0][0]).isdecimal():
        raise damaged_database()
    return int(found[0][0])


def vacuum_database(made: Engine, path: Path) -> None:
    """Give back the pages of what was removed, so that the file holds nothing of it.

    Whether none is left is read from the file afterwards. Raises StorageFailed, Tampered.
    """
    with translate_database_errors("VACUUM"), made.connect() as connection:
        driver: Any = connection.connection.driver_connection
        schema.check_schema(driver)
        driver.execute("VACUUM")
    with translate_database_errors("VACUUM"), schema.open_read_only(path) as second:
        if second.execute("PRAGMA freelist_count").fetchone() != (0,):
            raise StorageFailed(
                "What was removed still takes room in the database.", "Check the disk."
            )


def describe_database_error(err: SQLAlchemyError) -> EvidenceError:
    """Turn a database error into a sentence: busy, damaged, or the disk refused."""
    cause = err.orig if isinstance(err, DBAPIError) else None
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    # A second writer has taken this entry's number: the chain is not forked.
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CONSTRAINT}:
        return VaultBusy("Another program is using this vault.", "Close it, then try again.")
    numbers = {
        sqlite3.SQLITE_FULL: 28, sqlite3.SQLITE_READONLY: 30, sqlite3.SQLITE_CANTOPEN: 13,
        sqlite3.SQLITE_IOERR: 5, sqlite3.SQLITE_NOMEM: 12,
    }  # fmt: skip
    if code not in numbers:
        return damaged_database()  # tables or columns that are not ours, pages that do not fit
    return platform.describe_os_error(OSError(numbers[code], "the disk did not answer"), "save")


def create_database(path: Path) -> None:
    """Make the tables in a new file, with its application id and its version."""
    made = create_vault_engine(path, fresh=True)
    with translate_database_errors("CREATE"), made.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA application_id={APPLICATION_ID}")
        schema.create_tables(driver)
    made.dispose()
