"""What one transaction of the store writes, and whether it is there afterwards.

format.md section 5. "Saved" is not believed but read: after the commit a second connection, opened
for this and with an empty cache, reads what was written and compares the bytes. A disk may also
refuse the very last step, when the entry stands already. Then it is looked for in the same way, and
its journal's end is made safe once more. Where nobody can know, nothing further is written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.data import platform, prints, schema, tables
from esafety_tui.data.boxes import Box
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.holds import Hold
from esafety_tui.data.ledger import Chain, Line
from esafety_tui.data.prints import Prints
from esafety_tui.kernel.errors import StorageFailed

READS = 2
"""Times that what was written is looked for, while the reading itself fails."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry belongs: the vault's origin, the number, the generation it is sealed for."""

    origin: str
    seq: int
    generation: int


@dataclass(frozen=True, slots=True)
class Made:
    """An entry made in memory: its line and signatures open, its record sealed.

    Attributes:
        data: the line's bytes. chain: as it is with this line.
    """

    line: Line
    data: bytes
    sigs: bytes
    record: bytes
    hold: Hold | None
    chain: Chain


@dataclass(frozen=True, slots=True)
class Rows:
    """An entry with all that goes with it, sealed. ``head``: body of the head after it.

    Attributes:
        closed: the list of files closed by STOP where it changes with this entry, as text.
    """

    place: Place
    ct: bytes
    sigs: bytes
    record: bytes
    hold: bytes | None
    head: str
    closed: str | None = None

    @classmethod
    def sealed(cls, box: Box, origin: str, generation: int, made: Made) -> Rows:
        """Seal an entry for a vault and a generation of it."""
        place, hold = Place(origin, made.line.seq, generation), made.hold
        at = f"{origin}/{place.seq}"
        held = box.seal(hold.to_bytes(), f"evidence-hold/v1/{at}") if hold else None
        head = Checkpoint(origin, made.chain.size, made.chain.root).body().decode()
        return cls(
            place, box.seal(made.data, f"evidence-entry/v1/{at}"),
            box.seal(made.sigs, f"evidence-sigs/v1/{at}"), made.record, held, head,
        )  # fmt: skip

    def write(self, sql: tables.Sql) -> None:
        """Write everything, in the transaction of ``sql``."""
        seq = self.place.seq
        sql("INSERT INTO entry VALUES (?,?,?)", (seq, self.ct, self.sigs))
        sql("INSERT INTO rec VALUES (?,?)", (seq, self.record))
        if self.hold is not None:
            sql("INSERT INTO hold VALUES (?,?)", (seq, self.hold))
        sql("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (self.head,))
        if self.closed is not None:
            sql("INSERT OR REPLACE INTO meta VALUES ('closed', ?)", (self.closed,))

    def add_to(self, whole: Prints) -> None:
        """Add these rows to what the tables should hold before them."""
        seq = self.place.seq
        whole["entry"].add(seq, self.ct, self.sigs)
        whole["rec"].add(seq, self.record)
        if self.hold is not None:
            whole["hold"].add(seq, self.hold)

    def found(self, database: Path, whole: Prints | None = None) -> str:
        """Return what a second reader finds: "all", "none", "unread", else "unsure".

        A read that fails is tried once more: it says nothing of what was written.
        ``whole``: what every table should hold, where more than these rows was written.

        Raises Tampered where the database has more in it than tables of ours.
        """
        for _ in range(READS):
            if (found := self._look(database, whole)) != "unread":
                break
        return found

    def _look(self, database: Path, whole: Prints | None) -> str:
        try:
            with schema.read_only(database) as db:
                db.text_factory = _any_text
                db.execute("BEGIN")
                mine, wanted = self._read(db), self._wanted()
                if mine == wanted:
                    fits = whole is None or prints.digests(whole) == prints.digests(prints.of(db))
                    return "all" if fits else "unsure"
                ours = zip(mine[:3], wanted[:3], strict=True)
                some = any(row == one for row, one in ours if one) or ("head", self.head) in mine[3]
                return "unsure" if some else "none"
        except (sqlite3.Error, OSError):
            return "unread"

    def _wanted(self) -> list[list[tuple[object, ...]]]:
        seq = self.place.seq
        return [
            [(self.ct, self.sigs)], [(self.record,)], [(self.hold,)] if self.hold else [],
            [*([("closed", self.closed)] if self.closed is not None else []),
             ("generation", str(self.place.generation)), ("head", self.head),
             ("origin", self.place.origin)],
            [(seq, seq)],
        ]  # fmt: skip

    def _read(self, db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
        """Return what is there in the place of each row, and the last numbers."""
        at = (self.place.seq,)
        ends = "SELECT (SELECT max(seq) FROM entry), (SELECT max(seq) FROM rec)"
        return [
            db.execute("SELECT ct, sigs FROM entry WHERE seq = ?", at).fetchall(),
            db.execute("SELECT ct FROM rec WHERE seq = ?", at).fetchall(),
            db.execute("SELECT ct FROM hold WHERE seq = ?", at).fetchall(),
            db.execute(
                "SELECT k, v FROM meta WHERE k IN ('origin', 'generation', 'head', ?) ORDER BY k",
                ("head" if self.closed is None else "closed",),
            ).fetchall(),
            db.execute(ends).fetchall(),
        ]


def _any_text(data: bytes) -> str:
    """Return a text whatever it holds: where bytes should be it is wrong, and no failed read."""
    return data.decode("utf-8", "surrogateescape")


def make_safe(folder: Path) -> None:
    """Sync the folder of a database whose commit stands. Raises StorageFailed if that fails."""
    try:
        platform.sync_folder(folder)
    except OSError as err:
        raise unsure() from err


def unsure() -> StorageFailed:
    """Return the error for an entry of which nobody knows whether it is safe."""
    return StorageFailed(
        "The disk did not confirm the last entry. It may be saved, or not.",
        "Check the disk, sign out and in again, and look whether it is there.",
    )


def not_there() -> StorageFailed:
    """Return the error for an entry that was committed and does not read back."""
    return StorageFailed(
        "The last entry does not read back from the disk as it was written. It is not saved.",
        "Write it down on paper. Check the disk, sign out, and run: esafety verify",
    )
