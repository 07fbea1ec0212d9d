"""The switch to a new generation inside the database: one transaction, by the store's own hand.

format.md section 4a, step 2. Lines, signatures and holds are sealed under the new LEDGER key, the
vault's own records to the new VAULT recipient, records of shredded incidents go. What the lines
say stays as it is, byte for byte, so that chain, roots and signatures stay sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from esafety_tui.data import prints
from esafety_tui.data.age import Identity, decrypt_file, encrypt_to
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.drafts import EntryDraft
from esafety_tui.data.ledger import EntryLine, parse_record
from esafety_tui.data.prints import Prints
from esafety_tui.data.tables import Sql
from esafety_tui.kernel.errors import EvidenceError

BATCH = 2000
"""Rows sealed anew before they are handed to the database."""


@dataclass(frozen=True, slots=True)
class EpochChange:
    """What the database is sealed for from its next entry on.

    Attributes:
        box, fresh: the new LEDGER key at work, the new VAULT identity.
        vault: the old VAULT identity. shredded: all incidents without records from here on.
        first: records written in the same transaction, before the one that brings the directory.
    """

    generation: int
    box: LedgerBox = field(repr=False)
    vault: Identity = field(repr=False)
    fresh: Identity = field(repr=False)
    shredded: frozenset[str]
    first: tuple[EntryDraft, ...] = ()

    def reseal_everything(
        self,
        sql: Sql,
        origin: str,
        lines: Sequence[EntryLine],
        raw: Sequence[bytes],
        old: LedgerBox,
    ) -> Prints:
        """Seal everything anew. Returns what every table should hold then, to be read back.

        Raises Tampered for anything that does not open as it should.
        """
        whole = prints.empty_fingerprints()
        for start in range(0, len(lines), BATCH):
            part = lines[start : start + BATCH]
            sigs = dict(_fetch_all(sql, "SELECT seq, sigs FROM entry WHERE seq >= ? AND seq < ?",
                             (start, start + BATCH)))  # fmt: skip
            rows = [self._reseal_entry(origin, x.seq, raw[x.seq], sigs[x.seq], old) for x in part]
            sql("UPDATE entry SET ct = ?, sigs = ? WHERE seq = ?", rows)
            for ct, signed, seq in rows:
                whole["entry"].add_row(seq, ct, signed)
        for seq, ct in _fetch_all(sql, "SELECT seq, ct FROM hold ORDER BY seq"):
            place = f"evidence-hold/v1/{origin}/{seq}"
            fresh = self.box.seal_bytes(old.open_bytes(ct, place), place)
            sql("UPDATE hold SET ct = ? WHERE seq = ?", (fresh, seq))
            whole["hold"].add_row(seq, fresh)
        for line in lines:
            if line.inc in self.shredded:
                sql("DELETE FROM rec WHERE seq = ?", (line.seq,))
            else:
                whole["rec"].add_row(line.seq, self._reseal_record(sql, line))
        sql("UPDATE meta SET v = ? WHERE k = 'generation'", (str(self.generation),))
        return whole

    def _reseal_entry(
        self, origin: str, seq: int, line: bytes, sigs: bytes, old: LedgerBox
    ) -> tuple[bytes, bytes, int]:
        at = f"evidence-sigs/v1/{origin}/{seq}"
        return (
            self.box.seal_bytes(line, f"evidence-entry/v1/{origin}/{seq}"),
            self.box.seal_bytes(old.open_bytes(sigs, at), at),
            seq,
        )

    def _reseal_record(self, sql: Sql, line: EntryLine) -> bytes:
        """Return a record as it is from here on; the vault's own are sealed anew."""
        [(ct,)] = _fetch_all(sql, "SELECT ct FROM rec WHERE seq = ?", (line.seq,))
        sealed: bytes = ct
        if line.inc:
            return sealed
        try:
            plain = decrypt_file(sealed, [self.vault])
            parse_record(plain, line)  # what does not belong to its line is not sealed again
        except EvidenceError:
            if len(line.by) > 1:
                raise
            # One alone must not be able to keep the others from new keys: it stays as it is.
            return sealed
        fresh = encrypt_to(plain, [self.fresh.recipient])
        sql("UPDATE rec SET ct = ? WHERE seq = ?", (fresh, line.seq))
        return fresh


def _fetch_all(sql: Sql, text: str, args: tuple[int, ...] = ()) -> Iterator[Any]:
    yield from sql(text, args).cursor.fetchall()
