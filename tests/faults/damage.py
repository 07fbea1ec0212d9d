"""One thing changed in a vault, and all put back exactly: bytes of a file, rows of a table."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TABLES = {"entry": ("ct", "sigs"), "rec": ("ct",), "hold": ("ct",), "meta": ("v",)}
KEYS = {"entry": "seq", "rec": "seq", "hold": "seq", "meta": "k"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder as it was: every file's bytes, every folder."""

    root: Path
    files: dict[Path, bytes]
    folders: frozenset[Path]

    @classmethod
    def of(cls, root: Path) -> Kept:
        """Read a whole folder."""
        found = list(root.rglob("*"))
        files = {p: p.read_bytes() for p in found if p.is_file()}
        return cls(root, files, frozenset(p for p in found if p.is_dir()))

    def restore(self) -> None:
        """Make the folder exactly what it was, file times aside."""
        for path in sorted(self.root.rglob("*"), reverse=True):
            if path.is_dir() and path not in self.folders:
                shutil.rmtree(path)
            elif path.is_file() and path not in self.files:
                path.unlink()
        for folder in sorted(self.folders):
            folder.mkdir(exist_ok=True)
        for path, data in self.files.items():
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done, in words, and to what: a path below the root, or ``table <name>``."""

    what: str
    where: str


def bytes_of(path: Path, name: str, rng: random.Random) -> Damage:
    """Flip one bit, put a byte in, take one out, cut the file short, or remove it whole."""
    data = bytearray(path.read_bytes())
    kinds = ("flip", "flip", "flip", "insert", "remove", "cut", "gone")
    kind = rng.choice(kinds) if data else "insert"
    at = rng.randrange(len(data)) if data else 0
    if kind == "flip":
        data[at] ^= 1 << rng.randrange(8)
    elif kind == "insert":
        data.insert(at, rng.randrange(256))
    elif kind == "remove":
        del data[at]
    elif kind == "cut":
        del data[at:]
    path.write_bytes(data)
    if kind == "gone":
        path.unlink()
    return Damage(f"{kind} at byte {at}", name)


def row_of(db: Path, rng: random.Random) -> Damage:
    """Take out, double, exchange, alter, renumber or put in one row of one table."""
    table = rng.choice(sorted(TABLES))
    key, columns = KEYS[table], TABLES[table]
    column = rng.choice(columns)
    with closing(sqlite3.connect(db, isolation_level=None)) as held:
        held.execute("PRAGMA synchronous=OFF")
        keys = [row[0] for row in held.execute(f"SELECT {key} FROM {table}")]
        one, two = (rng.sample(keys, 2) * 2)[:2] if len(keys) > 1 else (keys * 2)[:2]
        kinds = ["remove", "double", "alter", "renumber", "insert"] + ["exchange"] * (one != two)
        kind = rng.choice(kinds)
        _change(held, kind, table, key, column, one, two, rng)
    return Damage(f"{kind} {column} of row {one} (and {two})", f"table {table}")


def _change(
    held: sqlite3.Connection, kind: str, table: str, key: str, column: str,
    one: object, two: object, rng: random.Random,
) -> None:  # fmt: skip
    new: object = f"x{rng.random()}" if table == "meta" else 1000 + rng.randrange(9)
    if kind == "insert":
        marks = ",".join("?" * (1 + len(TABLES[table])))
        held.execute(
            f"INSERT INTO {table} VALUES ({marks})",
            (new, *(rng.randbytes(90) for _ in TABLES[table])),
        )
        return
    if kind == "remove":
        held.execute(f"DELETE FROM {table} WHERE {key} = ?", (one,))
        return
    if kind == "renumber":
        held.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", (new, one))
        return
    read = f"SELECT {column} FROM {table} WHERE {key} = ?"
    write = f"UPDATE {table} SET {column} = ? WHERE {key} = ?"
    if kind == "double":
        [row] = held.execute(f"SELECT * FROM {table} WHERE {key} = ?", (one,))
        marks = ",".join("?" * len(row))
        held.execute(f"INSERT INTO {table} VALUES ({marks})", (new, *row[1:]))
        return
    [(first,)], [(second,)] = held.execute(read, (one,)), held.execute(read, (two,))
    if kind == "exchange":
        held.execute(write, (second, one))
        held.execute(write, (first, two))
        return
    spoilt = bytearray(first.encode() if isinstance(first, str) else first)
    spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(7)
    held.execute(write, (spoilt.decode("latin-1") if isinstance(first, str) else spoilt, one))
