"""The schema of ``evidence.db``, letter by letter, and its check before anything else is read.

format.md section 5. A trigger can swallow what is written, a view can stand in a table's place or
never end: so the schema's own table is read first, by a connection that runs nothing of it, and
compared with the one text of its ``user_version``. Needs no ORM and no key: the door uses it, too.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from esafety_tui.kernel.errors import NewerVersion, Tampered


class SchemaRow(NamedTuple):
    """One row of ``sqlite_master``. ``sql`` is None for an index that SQLite makes by itself."""

    type: str
    name: str
    table: str
    sql: str | None


def table_row(name: str, columns: str, key: str) -> SchemaRow:
    """Return the row of a table; its text is what is run to make it."""
    return SchemaRow(
        "table", name, name, f"CREATE TABLE {name} (\n\t{columns}, \n\tPRIMARY KEY ({key})\n)"
    )


def implicit_index_row(name: str) -> SchemaRow:
    """Return the row of the index that SQLite makes for a key that is no whole number."""
    return SchemaRow("index", f"sqlite_autoindex_{name}_1", name, None)


VERSION_1 = (
    table_row("entry", "seq INTEGER NOT NULL, \n\tct BLOB NOT NULL, \n\tsigs BLOB NOT NULL", "seq"),
    table_row("rec", "seq INTEGER NOT NULL, \n\tct BLOB NOT NULL", "seq"),
    table_row("hold", "seq INTEGER NOT NULL, \n\tct BLOB NOT NULL", "seq"),
    table_row("meta", "k VARCHAR NOT NULL, \n\tv VARCHAR NOT NULL", "k"),
    implicit_index_row("meta"),
)
SCHEMAS: Mapping[int, tuple[SchemaRow, ...]] = {1: VERSION_1, 2: VERSION_1}
"""``user_version`` to all rows of ``sqlite_master``. A released one is never changed.

A new version is a new line: ``3: (*VERSION_1, table(...))``. Version 2 has the tables of 1: what
came with it lies in ``meta`` and beside the database (format.md section 0).
"""
NEWEST = max(SCHEMAS)

ROWS = 64
"""Rows read at most; more are none of ours."""
LONGEST = 1 << 20
"""Bytes of one row read at most."""
WORK = 200
"""Thousands of steps that SQLite may take to read a schema; ours takes less than one."""

BESIDE = ("-journal", "-wal", "-shm")
"""Endings of what SQLite keeps beside a database while it works (sqlite.org/tempfiles.html)."""
SAFE = ("trusted_schema=OFF", "cell_size_check=ON")
"""Settings before the first read: the schema may call no function that does anything."""

_DO = "Stop. Do not add to this vault. Compare it with your second copy."


def check_before_reading(db: sqlite3.Connection) -> None:
    """Check the schema of a database that has just been opened, before any other statement.

    Raises Tampered for anything but the schema of its version, NewerVersion, or sqlite3.Error where
    the file is busy or not to be read.
    """
    for pragma in SAFE:
        db.execute(f"PRAGMA {pragma}")
    check_schema(db)


def refuse_odd_files(path: Path) -> None:
    """Raise Tampered where the database, or what SQLite looks for beside it, is not a plain file.

    SQLite opens and reads a journal by its name alone, and a pipe there would hang it for good.
    """
    for name in (path, *(path.with_name(path.name + end) for end in BESIDE)):
        if os.path.lexists(name) and not name.is_file():
            raise Tampered("Beside the vault's database lies something that is no file.", _DO)


def check_schema(db: sqlite3.Connection) -> None:
    """Compare the schema that is there with the one of its version. Raises as :func:`guard`."""
    version, rows, roots = _read_schema(db)
    if version > NEWEST:
        raise newer_version()
    wanted = SCHEMAS.get(version, ())
    wrong = describe_difference(rows, wanted) if tuple(rows) != wanted else ""
    if wrong or version not in SCHEMAS:
        raise Tampered(wrong or "The vault's database says of itself a version that is none.", _DO)
    if 0 in roots or len(set(roots)) != len(rows):
        raise Tampered("Two tables of the vault's database share their pages.", _DO)


def _read_schema(db: sqlite3.Connection) -> tuple[int, list[SchemaRow], list[object]]:
    """Return version, schema and first pages, bounded in work and size."""
    steps = 0

    def more() -> bool:
        nonlocal steps
        steps += 1
        return steps > WORK

    factory, longest = db.text_factory, db.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
    db.text_factory = bytes  # a damaged text need not be UTF-8
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    db.set_progress_handler(more, 1000)
    try:
        [(version,)] = db.execute("PRAGMA user_version").fetchall()
        found = db.execute(
            "SELECT type, name, tbl_name, sql, rootpage FROM sqlite_master LIMIT ?", (ROWS,)
        ).fetchall()
    except UnicodeDecodeError as err:  # SQLite quotes a damaged schema in its own message
        raise sqlite3.DatabaseError("the schema is damaged") from err
    except sqlite3.OperationalError as err:
        # More steps, or a longer text, than any schema of ours has.
        if err.sqlite_errorcode in {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_TOOBIG}:
            raise Tampered(_HOLDS.format("far more than its tables"), _DO) from err
        raise
    except sqlite3.DataError as err:
        raise Tampered(_HOLDS.format("far more than its tables"), _DO) from err
    finally:
        db.set_progress_handler(None, 0)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
        db.text_factory = factory
    rows = [
        SchemaRow(
            _decode_cell(a) or "", _decode_cell(b) or "", _decode_cell(c) or "", _decode_cell(d)
        )
        for a, b, c, d, _ in found
    ]
    return version, rows, [row[4] for row in found]


def _decode_cell(cell: object) -> str | None:
    """Return a cell's text; anything that is not UTF-8 comes out as no text of ours."""
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else None


_HOLDS = "The vault's database holds {}. This program never puts that there."


def describe_difference(found: list[SchemaRow], wanted: tuple[SchemaRow, ...]) -> str:
    """Return what is wrong with a schema as one sentence, "" for nothing.

    The names in it are ours, never those that somebody else chose.
    """
    extra = list((Counter(found) - Counter(wanted)).elements())
    lacking = list((Counter(wanted) - Counter(found)).elements())
    gone = [row.name for row in lacking if row.type == "table"]
    for row in sorted(extra, key=lambda row: row.name not in gone):
        place = row.name if row.name in gone else ""
        if row.type == "table" and place and not _is_virtual_table(row):
            return f"The table {place} of the vault's database is not as this program makes it."
        if place:
            return _HOLDS.format(f"{_name_kind(row)} in the place of the table {place}")
        on = f" on the table {row.table}" if row.table in _list_names(wanted) else ""
        return _HOLDS.format(f"{_name_kind(row)}{on}")
    if gone:
        return f"The table {gone[0]} of the vault's database is missing."
    return "An index of the vault's database is missing." if lacking else ""


def _list_names(wanted: tuple[SchemaRow, ...]) -> set[str]:
    return {row.name for row in wanted if row.type == "table"}


def _is_virtual_table(row: SchemaRow) -> bool:
    return (row.sql or "").lstrip().upper().startswith("CREATE VIRTUAL")


def _name_kind(row: SchemaRow) -> str:
    if row.type == "table":
        return "a virtual table" if _is_virtual_table(row) else "a table more"
    known = {"trigger": "a trigger", "view": "a view", "index": "an index"}
    return known.get(row.type, "something unknown")


def newer_version() -> NewerVersion:
    """Return the error for a vault of a version that this program does not know."""
    return NewerVersion(
        "This vault was written by a newer version of the program.",
        "Update the program on this computer. Nothing was changed.",
    )


@contextlib.contextmanager
def open_read_only(path: Path, more: str = "") -> Iterator[sqlite3.Connection]:
    """Open a database for one look: a connection of its own, which begins with an empty cache.

    Args:
        more: further parameters of the URI, such as ``&immutable=1``.

    Raises as :func:`guard`.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro{more}"
    refuse_odd_files(path)
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
        check_before_reading(db)
        yield db


def create_tables(db: sqlite3.Connection, version: int = NEWEST) -> None:
    """Make the tables of ``version`` in an empty database, and say which version it is."""
    for row in SCHEMAS[version]:
        if row.sql is not None:
            db.execute(row.sql)
    db.execute(f"PRAGMA user_version={version}")
