"""The opening half of the store: everything is read once and verified; memory then answers.

format.md section 5. Whatever does not fit raises Tampered, and nothing of the vault is used.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from esafety_tui.data import ledger, tables, witnesses
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.database import Database
from esafety_tui.data.holds import Hold, altered_hold
from esafety_tui.data.line_columns import StoredLines, stored_bytes
from esafety_tui.data.mutex import Mutex, with_mutex
from esafety_tui.data.reading import EvidenceReading
from esafety_tui.data.turning import BATCH
from esafety_tui.data.witness_check import WitnessCheck, Worker
from esafety_tui.data.witnesses import SignedEntry
from esafety_tui.kernel.errors import BadInput, Tampered
from esafety_tui.kernel.records import EntryReceipt, Person

NOTES = {1: {"origin", "generation", "head", "restored"},
         2: {"origin", "generation", "head", "restored", "closed"}}  # fmt: skip
"""All that ever stands in ``meta``, by ``user_version``."""


class VaultDatabase(EvidenceReading):
    """An opened database as it is in memory, and the ways to what is not.

    Attributes:
        last: the last entry, None while there is none; replaced whole after each commit, so that
            it can be read while an entry is written.
    """

    origin: str
    generation: int
    shredded: frozenset[str]
    chain: ledger.EntryChain
    raw: StoredLines
    held: dict[int, Hold]
    last: EntryReceipt | None = None
    _box: LedgerBox
    _db: Database

    @property
    def mutex(self) -> Mutex:
        """The mutex of the database: every verb takes it, every statement asks for it."""
        return self._db.mutex

    @with_mutex
    def _load_chain(self) -> None:
        meta = dict(self._db.fetch_rows("SELECT k, v FROM meta LIMIT 9"))
        [(version,)] = self._db.fetch_rows("PRAGMA user_version")
        if not meta.keys() <= NOTES[version]:
            raise Tampered(
                "The vault's database holds a note that this program never writes.",
                "Stop. Do not add to this vault. Compare it with your second copy.",
            )
        if meta.get("origin") != self.origin:
            raise Tampered("The database belongs to another vault.", "Copy the whole folder back.")
        place, unseal_line = f"evidence-entry/v1/{self.origin}/", self._box.open_bytes
        seq, ct = -1, b""
        try:
            for seq, ct in self._db.iterate_rows("SELECT seq, ct FROM entry ORDER BY seq"):
                data = unseal_line(ct, f"{place}{seq}")
                self.lines.append(self.chain.append_line(data))
        except Tampered as err:
            raise self._explain_bad_row(seq, ct, err) from err
        if meta.get("generation") != str(self.generation):
            raise tables.mixed_copies()
        head = (
            self.current_head().signed_body().decode()
        )  # only a vault without any entry has none yet
        if (noted := meta.get("head", "" if self.chain.size else head)) != head:
            raise ledger.head_misfit(_parse_noted_size(noted), self.chain.size)
        if not self._has_every_record():
            raise Tampered(
                "An entry has lost its record, or a record has no entry.",
                "Stop. Do not add to this vault. Compare it with your second copy.",
            )
        self._load_holds()
        if self.lines:
            self.last = self._last_receipt("")

    def _load_holds(self) -> None:
        for seq, ct in self._db.fetch_rows("SELECT seq, ct FROM hold ORDER BY seq"):
            hold = Hold.parse_hold(
                self._box.open_bytes(ct, f"evidence-hold/v1/{self.origin}/{seq}")
            )
            if not 0 <= seq < self.chain.size:
                raise altered_hold()
            if not hold.belongs_to(self.lines[seq], self.lines_of_incident(hold.inc)):
                raise altered_hold()
            self.holds.apply_hold(hold)
            self.held[seq] = hold

    def _last_receipt(self, kind: str) -> EntryReceipt:
        """Return the last entry's receipt; ``kind`` is "" for one whose record was not opened."""
        line = self.lines[-1]
        return EntryReceipt(line.seq, self.chain.prev, line.t, kind)

    def _explain_bad_row(self, seq: int, ct: Any, err: Tampered) -> Tampered:
        """Say what is wrong with row ``seq``, the next one after a sound chain."""
        if seq < self.chain.size:  # the database itself failed, after this row
            return err
        place = f"evidence-entry/v1/{self.origin}/"
        for (other,) in self._db.fetch_rows("SELECT seq FROM entry"):
            with contextlib.suppress(Tampered):  # a seal that fits nowhere is found below
                self._box.open_bytes(ct, f"{place}{other}")
                return err if other == seq else ledger.entry_out_of_place(seq, other)
        return ledger.damaged_line(seq)

    def _has_every_record(self) -> bool:
        """Whether each entry has its record, but for those of shredded incidents: they have none.

        Row numbers are unique integers: as many as entries, from 0 to the last, leave no gap.
        """
        size = self.chain.size
        if not self.shredded:
            found = tuple(self._db.fetch_rows("SELECT count(*), min(seq), max(seq) FROM rec")[0])
            return found == ((size, 0, size - 1) if size else (0, None, None))
        kept = (line.seq for line in self.lines if line.inc not in self.shredded)
        there = (row[0] for row in self._db.iterate_rows("SELECT seq FROM rec ORDER BY seq"))
        return all(a == b for a, b in itertools.zip_longest(there, kept))

    @with_mutex
    def check_pages(self) -> None:
        """Let SQLite compare every page and index of the file. Raises Tampered."""
        if self._db.fetch_rows("PRAGMA integrity_check(1)") != [("ok",)]:
            raise tables.damaged_database()

    def current_head(self) -> Checkpoint:
        """Return the present head: origin, size, Merkle root."""
        with self.mutex:
            return Checkpoint(self.origin, self.chain.size, self.chain.merkle_root)

    def lines_of_incident(self, inc: str) -> list[ledger.EntryLine]:
        """Return the lines of one incident in order."""
        return self.lines.of_incident(inc)

    @with_mutex
    def frozen_list_text(self) -> str:
        """Return the list of files closed by STOP as it is stored, "" where there is none."""
        rows = self._db.fetch_rows("SELECT v FROM meta WHERE k = 'closed'")
        return str(rows[0][0]) if rows else ""

    @with_mutex
    def sealed_record(self, seq: int) -> bytes:
        """Return one record as it is stored, an age file. Raises Tampered for anything else."""
        return self._db.fetch_sealed_cell("SELECT ct FROM rec WHERE seq = ?", seq)

    def sealed_records(self) -> Iterator[tuple[ledger.EntryLine, bytes]]:
        """Yield each entry that has a record, with the record as it is stored, an age file.

        Raises Tampered for anything else in a record's place.
        """
        text = "SELECT seq, ct FROM rec WHERE seq >= ? AND seq < ?"
        for at in range(0, self.chain.size, BATCH):
            with self.mutex:
                found = dict(self._db.fetch_rows(text, at, at + BATCH))
            for line in self.lines.between(at, at + BATCH):
                if line.inc in self.shredded:
                    continue
                if not isinstance(sealed := found.get(line.seq), bytes):
                    raise tables.damaged_database()
                yield line, sealed

    @with_mutex
    def signatures_of(self, seq: int) -> dict[str, bytes]:
        """Return officer id to DER signature of one entry."""
        return self._open_signatures(
            seq, self._db.fetch_sealed_cell("SELECT sigs FROM entry WHERE seq = ?", seq)
        )

    def _open_signatures(self, seq: int, ct: bytes) -> dict[str, bytes]:
        return ledger.parse_signatures(
            self._box.open_bytes(ct, f"evidence-sigs/v1/{self.origin}/{seq}")
        )

    @with_mutex
    def check_signatures(self, people: Iterable[Person], start: int = 0) -> int:
        """Verify the officers' signatures of entries from ``start`` on. Returns how many entries.

        Raises Tampered naming the entry, also for somebody outside their time (format.md 4).
        """
        return witnesses.check_entry_signatures(people, self._iterate_signed(start))

    @with_mutex
    def begin_witness_check(
        self, check: WitnessCheck, start_worker: Callable[[], Worker], start: int = 0
    ) -> None:
        """Hand the signatures of entries from ``start`` on to ``check``, which verifies them."""
        check.take(self._iterate_signed(start), start_worker, self.chain.size - start)

    def _iterate_signed(self, start: int) -> Iterator[SignedEntry]:
        """Yield entries with their signatures; no cursor stays open between two batches."""
        text = "SELECT seq, sigs FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq"
        for at in range(start, self.chain.size, BATCH):
            for seq, ct in self._db.fetch_rows(text, at, at + BATCH):
                line = self.lines.signed_line(seq)
                yield SignedEntry(line, stored_bytes(line), self._open_signatures(seq, ct))


def _parse_noted_size(text: Any) -> int:
    """Return how many entries the note of the last head names, 0 where it is none."""
    try:
        return Checkpoint.parse_body(str(text).encode()).size
    except BadInput:
        return 0
