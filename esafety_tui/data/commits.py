"""What one transaction of the store writes, and what is known when its commit did not answer.

format.md section 5. A disk may refuse the very last step, when the entry stands already. Then the
entry is looked for, and its journal's end is made safe once more; if that is refused as well,
nobody can know, and nothing further is written on top of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from esafety_tui.data import platform, tables
from esafety_tui.data.boxes import Box
from esafety_tui.data.holds import Hold
from esafety_tui.kernel.errors import StorageFailed


@dataclass(frozen=True, slots=True)
class Rows:
    """An entry with all that goes with it, sealed. ``head``: body of the head after it."""

    seq: int
    ct: bytes
    sigs: bytes
    record: bytes
    hold: bytes | None
    head: str

    @classmethod
    def sealed(
        cls, box: Box, place: str, seq: int, parts: tuple[bytes, bytes, bytes], hold: Hold | None,
        head: str,
    ) -> Rows:  # fmt: skip
        """Seal an entry. ``place`` is the origin, ``parts`` line, signatures, sealed record."""
        line, sigs, record = parts
        at = f"{place}/{seq}"
        held = box.seal(hold.to_bytes(), f"evidence-hold/v1/{at}") if hold else None
        return cls(
            seq, box.seal(line, f"evidence-entry/v1/{at}"),
            box.seal(sigs, f"evidence-sigs/v1/{at}"), record, held, head,
        )  # fmt: skip

    def write(self, sql: tables.Sql) -> None:
        """Write everything, in the transaction of ``sql``."""
        sql("INSERT INTO entry VALUES (?,?,?)", (self.seq, self.ct, self.sigs))
        sql("INSERT INTO rec VALUES (?,?)", (self.seq, self.record))
        if self.hold is not None:
            sql("INSERT INTO hold VALUES (?,?)", (self.seq, self.hold))
        sql("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (self.head,))

    def stand(self, database: Path) -> bool:
        """Whether they are on the disk, as somebody sees who opens the database anew."""
        return tables.committed(database, self.seq) == self.ct


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
