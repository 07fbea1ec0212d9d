"""What somebody without any key can put into ``evidence.db``: each a script for a plain SQLite."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

TABLES = ("entry", "rec", "hold", "meta")
COLUMNS = {
    "entry": "seq INTEGER NOT NULL, ct BLOB NOT NULL, sigs BLOB NOT NULL",
    "rec": "seq INTEGER NOT NULL, ct BLOB NOT NULL",
    "hold": "seq INTEGER NOT NULL, ct BLOB NOT NULL",
    "meta": "k VARCHAR NOT NULL, v VARCHAR NOT NULL",
}
KEYS = {"entry": "seq", "rec": "seq", "hold": "seq", "meta": "k"}
Attack = Callable[[sqlite3.Connection], object]

ENDLESS = (
    "CREATE VIEW {0} AS WITH RECURSIVE n(k, v) AS "
    "(SELECT 'head', 'x' UNION ALL SELECT k, v FROM n) SELECT k, v, k AS seq, v AS ct FROM n"
)
RAISES = ("IGNORE", "ABORT, 'no'", "FAIL, 'no'", "ROLLBACK, 'no'")


def script(*texts: str) -> Attack:
    """Return an attack of these statements."""
    return lambda db: [db.execute(text) for text in texts]


def trigger(when: str, act: str, table: str, how: str) -> str:
    """Return the text of a trigger that spoils ``act`` on ``table``."""
    return (
        f"CREATE TRIGGER t {when} {act} ON {table} "
        f"BEGIN SELECT RAISE({how}); END"
    )  # fmt: skip


def triggers() -> Iterator[tuple[str, Attack]]:
    """Yield BEFORE and AFTER, insert, update, delete, each table, four ways to raise."""
    acts = ("INSERT", "UPDATE", "DELETE")
    for when, act, table, how in itertools.product(("BEFORE", "AFTER"), acts, TABLES, RAISES):
        yield f"{when} {act} {table} {how[:8]}", script(trigger(when, act, table, how))


def instead(table: str, make: str) -> Attack:
    """Put something else in a table's place; the rows it had lie beside it under another name."""
    return script(f"ALTER TABLE {table} RENAME TO kept", make.format(table))


def remade(table: str, columns: str, more: str = "") -> Attack:
    """Make a table anew with its rows, in other words."""
    names = ", ".join(part.split()[0] for part in COLUMNS[table].split(", "))
    return script(
        f"CREATE TABLE made ({columns}, PRIMARY KEY ({KEYS[table]})){more}",
        f"INSERT INTO made ({names}) SELECT {names} FROM {table}",
        f"DROP TABLE {table}", f"ALTER TABLE made RENAME TO {table}",
    )  # fmt: skip


def raw(text: str, *args: object) -> Attack:
    """Write to the schema's own table."""

    def attack(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA writable_schema=ON")
        db.execute(text, args)
        db.execute("PRAGMA writable_schema=OFF")

    return attack


def many(db: sqlite3.Connection) -> None:
    """More tables than any schema of ours, each of them harmless."""
    db.execute("BEGIN")
    for n in range(3000):
        db.execute(f"CREATE TABLE extra{n} (a)")
    db.execute("COMMIT")


PUT = "INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)"


def of_a_table(table: str) -> Iterator[tuple[str, Attack]]:
    """Yield everything that is no trigger and is done to one table."""
    c, key = COLUMNS[table], KEYS[table]
    other = "v" if table == "meta" else "ct"
    yield "view", instead(table, "CREATE VIEW {0} AS SELECT * FROM kept")
    yield "endless view", instead(table, ENDLESS)
    yield "virtual", instead(table, "CREATE VIRTUAL TABLE {0} USING fts5(k, v)")
    text = f"CREATE VIRTUAL TABLE {table} USING no_such(x)"
    put = "UPDATE sqlite_master SET sql = ?, rootpage = 0 WHERE name = ?"
    yield "virtual without a module", raw(put, text, table)
    yield "unique ignore", remade(table, f"{c}, UNIQUE ({other}) ON CONFLICT IGNORE")
    yield "check", remade(table, f"{c}, CHECK ({key} <> 99)")
    yield "generated", remade(table, f"{c}, g AS ({key}) VIRTUAL")
    yield "stored", remade(table, f"{c}, g AS ({key}) STORED")
    yield "default", remade(table, f"{c}, d INTEGER DEFAULT 1")
    yield "strict", remade(table, c.replace("VARCHAR", "TEXT"), " STRICT")
    yield "without rowid", remade(table, c, " WITHOUT ROWID")
    yield "same words", remade(table, c)
    yield "partial index", script(f"CREATE UNIQUE INDEX i ON {table} ({key}) WHERE {key} > 3")
    yield "index", script(f"CREATE INDEX i ON {table} ({key})")
    yield "expression index", script(f"CREATE INDEX i ON {table} (length({key}))")
    yield "column more", script(f"ALTER TABLE {table} ADD COLUMN x")
    yield "gone", script(f"DROP TABLE {table}")


def changed(expression: str) -> Attack:
    """Change the stored text of one table."""
    return raw(f"UPDATE sqlite_master SET sql = {expression} WHERE name = 'rec'")


def of_the_whole() -> Iterator[tuple[str, Attack]]:
    """Yield what is done beside the tables, or to the schema's own table."""
    yield "extra table", script("CREATE TABLE more (a)")
    yield "extra view", script("CREATE VIEW more AS SELECT 1")
    yield "extra virtual table", script("CREATE VIRTUAL TABLE more USING fts5(a)")
    yield "statistics", script("ANALYZE")
    counted = "CREATE TABLE more (a INTEGER PRIMARY KEY AUTOINCREMENT)"
    yield "counter", script(counted, "DROP TABLE more")
    yield "cascade", script("CREATE TABLE more (a REFERENCES entry (seq) ON DELETE CASCADE)")
    late = trigger("BEFORE", "INSERT", "hold", "IGNORE")
    yield "a late trigger", script(late.replace("BEGIN", "WHEN new.seq > 5 BEGIN"))
    own = "CREATE TABLE sqlite_master (type, name, tbl_name, rootpage, sql)"
    yield "schema's own table", raw(PUT, "table", "sqlite_master", "sqlite_master", 3, own)
    view = "CREATE VIEW sqlite_master AS SELECT 1"
    yield "schema's own view", raw(PUT, "view", "sqlite_master", "sqlite_master", 0, view)
    root = "(SELECT rootpage FROM sqlite_master WHERE name = 'rec')"
    yield "one root for two", raw(f"UPDATE sqlite_master SET rootpage = {root} WHERE name = 'hold'")
    yield "index gone", raw("DELETE FROM sqlite_master WHERE type = 'index'")
    twice = "SELECT * FROM sqlite_master WHERE name = 'rec'"
    yield "row doubled", raw(f"INSERT INTO sqlite_master {twice}")
    yield "not UTF-8", changed("CAST(x'435245415445205441424c4520ff' AS TEXT)")
    yield "name not UTF-8", raw(PUT, "view", b"\xff", b"\xff", 0, "CREATE VIEW x AS SELECT 1")
    yield "no text", changed("NULL")
    yield "numbers", changed("7")
    yield "spaces", changed("sql || ' '")
    yield "letters", changed("replace(sql, 'BLOB', 'blob')")
    yield "key ignore", changed("replace(sql, '(seq)', '(seq) ON CONFLICT IGNORE')")
    yield "megabytes", raw(PUT, "view", "v", "v", 0, f"CREATE VIEW v AS SELECT '{'x' * (3 << 20)}'")
    yield "thousands", many
    yield "version 0", script("PRAGMA user_version=0")


ALL = dict(triggers()) | dict(of_the_whole())
ALL |= {f"{kind} {name}": attack for name in TABLES for kind, attack in of_a_table(name)}

SOME = (
    "BEFORE INSERT entry IGNORE", "BEFORE INSERT hold IGNORE", "AFTER UPDATE rec ABORT, '",
    "BEFORE DELETE rec FAIL, 'n", "AFTER INSERT meta ROLLBACK", "view rec", "endless view meta",
    "virtual without a module hold", "unique ignore hold", "check rec", "generated hold",
    "partial index entry", "extra table", "not UTF-8", "one root for two", "schema's own view",
)  # fmt: skip
"""What the suite has of them: each kind once."""


def put_in(database: Path, attack: Attack) -> None:
    """Change the file behind the program's back."""
    db = sqlite3.connect(database, isolation_level=None)
    try:
        attack(db)
    finally:
        db.close()
