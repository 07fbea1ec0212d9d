"""The database of a vault, read row by row: docs/format.md section 5. It decrypts nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.reader.refusal import Refusal

_TABLES = {
    "entry": "CREATE TABLE entry (\n\tseq INTEGER NOT NULL, \n\tct BLOB NOT NULL, \n\t"
    "sigs BLOB NOT NULL, \n\tPRIMARY KEY (seq)\n)",
    "rec": "CREATE TABLE rec (\n\tseq INTEGER NOT NULL, \n\tct BLOB NOT NULL, \n\t"
    "PRIMARY KEY (seq)\n)",
    "hold": "CREATE TABLE hold (\n\tseq INTEGER NOT NULL, \n\tct BLOB NOT NULL, \n\t"
    "PRIMARY KEY (seq)\n)",
    "meta": "CREATE TABLE meta (\n\tk VARCHAR NOT NULL, \n\tv VARCHAR NOT NULL, \n\t"
    "PRIMARY KEY (k)\n)",
}
_ALL: set[tuple[str | None, ...]] = {
    *(("table", name, name, text) for name, text in _TABLES.items()),
    ("index", "sqlite_autoindex_meta_1", "meta", None),
}


@dataclass(frozen=True)
class Rows:
    """Rows by number, as they are stored."""

    entries: dict[int, tuple[bytes, bytes]]
    records: dict[int, bytes]
    holds: dict[int, bytes]
    meta: dict[str, str]


def _check_form(db: sqlite3.Connection) -> int:
    """Return the version."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if application != 0x45564944:
        raise Refusal("malformed", "the database")
    if version not in (1, 2):
        raise Refusal("newer version" if version > 2 else "malformed", "the database")
    found = db.execute("SELECT type, name, tbl_name, sql, rootpage FROM sqlite_master").fetchall()
    roots = {row[4] for row in found}
    if {row[:4] for row in found} != _ALL or len(found) != len(_ALL) or len(roots) != len(_ALL):
        raise Refusal("malformed", "the database's tables")
    return int(version)


def _numbered(rows: list[tuple[object, ...]]) -> dict[int, tuple[bytes, ...]]:
    found = {}
    for seq, *cells in rows:
        if type(seq) is not int or seq in found or any(type(cell) is not bytes for cell in cells):
            raise Refusal("malformed", "a row of the database")
        found[seq] = tuple(cell for cell in cells if isinstance(cell, bytes))
    return found


def read_rows(path: Path) -> Rows:
    """Read the whole database. Raises Refusal (missing, malformed, newer version)."""
    if not path.is_file():
        raise Refusal("missing", "the database")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            db.execute("PRAGMA trusted_schema=OFF")
            version = _check_form(db)
            entries = _numbered(db.execute("SELECT seq, ct, sigs FROM entry").fetchall())
            records = _numbered(db.execute("SELECT seq, ct FROM rec").fetchall())
            holds = _numbered(db.execute("SELECT seq, ct FROM hold ORDER BY seq").fetchall())
            meta = dict(db.execute("SELECT k, v FROM meta").fetchall())
    except sqlite3.Error:
        raise Refusal("damaged", "the database") from None
    if sorted(entries) != list(range(len(entries))):
        raise Refusal("broken link", "the numbers of entries")
    more = {"head", "restored"} | ({"closed"} if version > 1 else set())
    if set(meta) - more != {"origin", "generation"}:
        raise Refusal("malformed", "the database, meta")
    return Rows(
        {seq: (cells[0], cells[1]) for seq, cells in entries.items()},
        {seq: cells[0] for seq, cells in records.items()},
        {seq: cells[0] for seq, cells in holds.items()},
        meta,
    )
