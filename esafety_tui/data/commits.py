"""What one transaction of the store writes, and whether it is there afterwards.

format.md section 5. "Saved" is not believed but read: after the commit a second connection, opened
for this and with an empty cache, reads what was written and compares the bytes. A disk may also
refuse the very last step, when the entry stands already. Then it is looked for in the same way, and
its journal's end is made safe once more. Where nobody can know, nothing further is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.data import platform, prints, schema, tables
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.holds import Hold
from esafety_tui.data.ledger import EntryChain, EntryLine
from esafety_tui.data.prints import Prints
from esafety_tui.kernel.errors import StorageFailed

Cells = list[list[tuple[object, ...]]]
"""Rows of some statements, one list a statement."""

READS = 2
"""Times that what was written is looked for, while the reading itself fails."""


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """Where an entry belongs: the vault's origin, the number, the generation it is sealed for."""

    origin: str
    seq: int
    generation: int


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry made in memory: its line and signatures open, its record sealed.

    Attributes:
        data: the line's bytes. chain: as it is with this line.
    """

    line: EntryLine
    data: bytes
    sigs: bytes
    record: bytes
    hold: Hold | None
    chain: EntryChain


@dataclass(frozen=True, slots=True)
class SealedRows:
    """An entry with all that goes with it, sealed. ``head``: body of the head after it.

    Attributes:
        closed: the list of files closed by STOP where it changes with this entry, as text.
    """

    place: EntryPlace
    ct: bytes
    sigs: bytes
    record: bytes
    hold: bytes | None
    head: str
    closed: str | None = None

    @classmethod
    def seal_entry(
        cls, box: LedgerBox, origin: str, generation: int, made: OpenEntry
    ) -> SealedRows:
        """Seal an entry for a vault and a generation of it."""
        place, hold = EntryPlace(origin, made.line.seq, generation), made.hold
        at = f"{origin}/{place.seq}"
        held = box.seal_bytes(hold.to_bytes(), f"evidence-hold/v1/{at}") if hold else None
        head = Checkpoint(origin, made.chain.size, made.chain.merkle_root).signed_body().decode()
        return cls(
            place, box.seal_bytes(made.data, f"evidence-entry/v1/{at}"),
            box.seal_bytes(made.sigs, f"evidence-sigs/v1/{at}"), made.record, held, head,
        )  # fmt: skip

    def write_rows(self, sql: tables.Sql) -> None:
        """Write everything, in the transaction of ``sql``."""
        seq = self.place.seq
        sql("INSERT INTO entry VALUES (?,?,?)", (seq, self.ct, self.sigs))
        sql("INSERT INTO rec VALUES (?,?)", (seq, self.record))
        if self.hold is not None:
            sql("INSERT INTO hold VALUES (?,?)", (seq, self.hold))
        sql("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (self.head,))
        if self.closed is not None:
            sql("INSERT OR REPLACE INTO meta VALUES ('closed', ?)", (self.closed,))

    def add_to_tables(self, whole: Prints) -> None:
        """Add these rows to what the tables should hold before them."""
        seq = self.place.seq
        whole["entry"].add_row(seq, self.ct, self.sigs)
        whole["rec"].add_row(seq, self.record)
        if self.hold is not None:
            whole["hold"].add_row(seq, self.hold)

    def cells_wanted(self) -> Cells:
        """Return what the tables should hold in the place of this entry."""
        return [[(self.ct, self.sigs)], [(self.record,)], [(self.hold,)] if self.hold else []]

    def cells_found(self, db: sqlite3.Connection) -> Cells:
        """Return what the tables hold there."""
        at = (self.place.seq,)
        return [
            db.execute("SELECT ct, sigs FROM entry WHERE seq = ?", at).fetchall(),
            db.execute("SELECT ct FROM rec WHERE seq = ?", at).fetchall(),
            db.execute("SELECT ct FROM hold WHERE seq = ?", at).fetchall(),
        ]

    def end_wanted(self) -> Cells:
        """Return what the vault should say of itself after this entry, and the last numbers."""
        seq = self.place.seq
        return [
            [*([("closed", self.closed)] if self.closed is not None else []),
             ("generation", str(self.place.generation)), ("head", self.head),
             ("origin", self.place.origin)],
            [(seq, seq)],
        ]  # fmt: skip

    def end_found(self, db: sqlite3.Connection) -> Cells:
        """Return what it says of itself."""
        ends = "SELECT (SELECT max(seq) FROM entry), (SELECT max(seq) FROM rec)"
        return [
            db.execute(
                "SELECT k, v FROM meta WHERE k IN ('origin', 'generation', 'head', ?) ORDER BY k",
                ("head" if self.closed is None else "closed",),
            ).fetchall(),
            db.execute(ends).fetchall(),
        ]


def find_rows(rows: Sequence[SealedRows], database: Path, whole: Prints | None = None) -> str:
    """Return what a second reader finds of one transaction: "all", "none", "unread", or "unsure".

    A read that fails is tried once more: it says nothing of what was written.

    Args:
        rows: the entries in their order. whole: what every table should hold, where more than these
            rows was written.

    Raises Tampered where the database has more in it than tables of ours.
    """
    for _ in range(READS):
        if (found := _look_for_rows(rows, database, whole)) != "unread":
            break
    return found


def _look_for_rows(rows: Sequence[SealedRows], database: Path, whole: Prints | None) -> str:
    last = rows[-1]
    try:
        with schema.open_read_only(database) as db:
            db.text_factory = _decode_any_text
            db.execute("BEGIN")
            mine = [cell for one in rows for cell in one.cells_found(db)]
            wanted = [cell for one in rows for cell in one.cells_wanted()]
            end = last.end_found(db)
            if mine == wanted and end == last.end_wanted():
                fits = whole is None or prints.fingerprint_digests(
                    whole
                ) == prints.fingerprint_digests(prints.fingerprint_tables(db))
                return "all" if fits else "unsure"
            ours = zip(mine, wanted, strict=True)
            some = any(cell == one for cell, one in ours if one) or ("head", last.head) in end[0]
            return "unsure" if some else "none"
    except (sqlite3.Error, OSError):
        return "unread"


def _decode_any_text(data: bytes) -> str:
    """Return a text whatever it holds: where bytes should be it is wrong, and no failed read."""
    return data.decode("utf-8", "surrogateescape")


def sync_after_commit(folder: Path) -> None:
    """Sync the folder of a database whose commit stands. Raises StorageFailed if that fails."""
    try:
        platform.sync_folder(folder)
    except OSError as err:
        raise commit_unsure() from err


def commit_unsure() -> StorageFailed:
    """Return the error for an entry of which nobody knows whether it is safe."""
    return StorageFailed(
        "The disk did not confirm the last entry. It may be saved, or not.",
        "Check the disk, sign out and in again, and look whether it is there.",
    )


def commit_not_read_back() -> StorageFailed:
    """Return the error for an entry that was committed and does not read back."""
    return StorageFailed(
        "The last entry does not read back from the disk as it was written. It is not saved.",
        "Write it down on paper. Check the disk, sign out, and run: esafety verify",
    )
