"""Fingerprints of whole tables: what should be in them, and what a second reader finds there."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable

COLUMNS = {"entry": "seq, ct, sigs", "rec": "seq, ct", "hold": "seq, ct"}
"""Tables of numbered rows, and what is compared of each row."""


class RowFingerprint:
    """A running SHA-256 over rows in their order; each cell with its type and length."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.rows = 0

    def add_row(self, *cells: object) -> None:
        """Take in the next row."""
        for cell in cells:
            data = cell if isinstance(cell, bytes) else repr(cell).encode()
            self._hash.update(f"{type(cell).__name__} {len(data)}:".encode())
            self._hash.update(data)
        self.rows += 1

    def hex_digest(self) -> str:
        """Return the hex fingerprint of all rows so far."""
        return f"{self.rows}-{self._hash.hexdigest()}"


Prints = dict[str, RowFingerprint]
"""Table to its print."""


def empty_fingerprints() -> Prints:
    """Return the prints of tables without rows."""
    return {name: RowFingerprint() for name in COLUMNS}


def fingerprint_digests(prints: Prints) -> dict[str, str]:
    """Return table to fingerprint."""
    return {name: found.hex_digest() for name, found in prints.items()}


def fingerprint_tables(
    db: sqlite3.Connection, below: int | None = None, alive: Callable[[int], None] | None = None
) -> Prints:
    """Read every numbered row, or those with a number below ``below``, in order.

    ``alive`` is called with the bytes just read; it ends the work by raising.
    """
    prints, factory = empty_fingerprints(), db.text_factory
    db.text_factory = _raw_text
    try:
        for name, columns in COLUMNS.items():
            where = "" if below is None else f"WHERE seq < {int(below)}"
            text = f"SELECT {columns} FROM {name} {where} ORDER BY seq"  # noqa: S608 - ours
            for row in db.execute(text):
                prints[name].add_row(*row)
                if alive is not None:
                    alive(0)
    finally:
        db.text_factory = factory
    return prints


def _raw_text(data: bytes) -> tuple[str, bytes]:
    """Return a text as what it is: none of these columns holds one, and it need not be UTF-8."""
    return "text", data
