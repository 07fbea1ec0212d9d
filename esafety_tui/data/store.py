"""The evidence store: one transaction an entry, verified on opening, frozen material refused.

format.md section 5. An entry is acknowledged only after its commit. The rules that must hold
whoever calls stand here, too: a frozen incident takes no capture. What leaves the store in clear
leaves it through :mod:`esafety_tui.data.reading`.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from esafety_tui.data import blobs, commits, ledger, platform, tables, witnesses
from esafety_tui.data.age import seal
from esafety_tui.data.boxes import Box
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.commits import Rows
from esafety_tui.data.drafts import Draft, Witness
from esafety_tui.data.holds import Hold, Holds, altered
from esafety_tui.data.reading import Reading
from esafety_tui.data.turning import BATCH, Turn
from esafety_tui.data.witnesses import Signed
from esafety_tui.kernel.canon import canonical
from esafety_tui.kernel.clock import stamp
from esafety_tui.kernel.errors import BadInput, Frozen, StorageFailed, Tampered
from esafety_tui.kernel.records import CAPTURES, Person, Receipt

__all__ = ["Draft", "Store", "Witness"]


class Store(Reading):
    """An opened, verified vault database and its sealed files. One thread at a time.

    Attributes:
        holds: the sum of all holds. held: entry number to the hold that stands beside that entry,
            each of the entry's own incident, a release beside an entry by two. Which record the
            entry holds only two officers can read; comparing with it is the caller's.
    """

    def __init__(
        self, folder: Path, origin: str, box: Box, generation: int = 1,
        shredded: Collection[str] = (),
    ) -> None:  # fmt: skip
        """Open and verify. Raises Tampered, NewerVersion, BadInput, VaultBusy or StorageFailed.

        ``generation`` and ``shredded`` (incidents) are the directory's.
        """
        self.folder, self.origin, self._box = folder, origin, box
        self.generation, self.shredded = generation, frozenset(shredded)
        path = folder / "evidence.db"
        if not path.is_file():
            raise Tampered(
                "The vault's database is missing.", "Copy the whole vault back from a second copy."
            )
        tables.check_version(path)
        self._engine = tables.engine(path)
        self.chain = ledger.Chain()
        self.lines: list[ledger.Line] = []
        self.raw: list[bytes] = []
        self._incidents: dict[str, list[ledger.Line]] = {}
        self.holds = Holds()
        self.held: dict[int, Hold] = {}
        self._unsure = False
        try:
            self._load()
        except BaseException:
            self._engine.dispose()
            raise

    @classmethod
    def create(cls, folder: Path, origin: str, box: Box) -> Store:
        """Make an empty database in ``folder`` and open it."""
        made = tables.engine(folder / "evidence.db")
        tables.create(made)
        with made.begin() as connection:
            connection.exec_driver_sql("INSERT INTO meta VALUES (?, ?)", ("origin", origin))
            connection.exec_driver_sql("INSERT INTO meta VALUES ('generation', '1')")
        made.dispose()
        (folder / "evidence.db").chmod(0o600)
        platform.sync_folder(folder)
        return cls(folder, origin, box)

    def compact(self) -> None:
        """Give back the pages of removed records, where there are any. Raises StorageFailed."""
        if self.shredded and self._rows("PRAGMA freelist_count")[0][0]:
            tables.vacuum(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _rows(self, sql: str, *args: Any) -> list[Any]:
        return list(tables.rows(self._engine, sql, args))

    def _cell(self, sql: str, seq: int) -> bytes:
        """Return one sealed cell. SQLite keeps whatever was put there: only bytes will do."""
        rows = self._rows(sql, seq)
        if len(rows) != 1 or not isinstance(rows[0][0], bytes):
            raise tables.damaged()
        return rows[0][0]

    def _load(self) -> None:
        meta = dict(self._rows("SELECT k, v FROM meta"))
        if meta.get("origin") != self.origin:
            raise Tampered("The database belongs to another vault.", "Copy the whole folder back.")
        place, unseal_line = f"evidence-entry/v1/{self.origin}/", self._box.open
        seq, ct = -1, b""
        try:
            for seq, ct in tables.rows(self._engine, "SELECT seq, ct FROM entry ORDER BY seq"):
                data = unseal_line(ct, f"{place}{seq}")
                self._take(self.chain.feed(data), data)
        except Tampered as err:
            raise self._out_of_place(seq, ct, err) from err
        if meta.get("generation") != str(self.generation):
            raise tables.mixed()
        head = self._head_text()  # only a vault without any entry has none yet
        if (noted := meta.get("head", "" if self.chain.size else head)) != head:
            raise ledger.misfit(_noted_size(noted), self.chain.size)
        if not self._every_record():
            raise Tampered(
                "An entry has lost its record, or a record has no entry.",
                "Stop. Do not add to this vault. Compare it with your second copy.",
            )
        for seq, ct in self._rows("SELECT seq, ct FROM hold ORDER BY seq"):
            hold = Hold.parse(self._box.open(ct, f"evidence-hold/v1/{self.origin}/{seq}"))
            if not 0 <= seq < self.chain.size:
                raise altered()
            if not hold.belongs_to(self.lines[seq], self.of_incident(hold.inc)):
                raise altered()
            self.holds.apply(hold)
            self.held[seq] = hold

    def _take(self, line: ledger.Line, data: bytes) -> None:
        # A file that one alone names was never taken in: nobody looks for it.
        self.lines.append(line if len(line.by) > 1 else line._replace(blobs=()))
        self.raw.append(data)
        self._incidents.setdefault(line.inc, []).append(self.lines[-1])

    def _out_of_place(self, seq: int, ct: Any, err: Tampered) -> Tampered:
        """Say what is wrong with row ``seq``, the next one after a sound chain."""
        if seq < self.chain.size:  # the database itself failed, after this row
            return err
        place = f"evidence-entry/v1/{self.origin}/"
        for (other,) in self._rows("SELECT seq FROM entry"):
            with contextlib.suppress(Tampered):  # a seal that fits nowhere is found below
                self._box.open(ct, f"{place}{other}")
                return err if other == seq else ledger.exchanged(seq, other)
        return ledger.damaged(seq)

    def _every_record(self) -> bool:
        """Whether each entry has its record, but for those of shredded incidents: they have none.

        Row numbers are unique integers: as many as entries, from 0 to the last, leave no gap.
        """
        size = self.chain.size
        if not self.shredded:
            found = tuple(self._rows("SELECT count(*), min(seq), max(seq) FROM rec")[0])
            return found == ((size, 0, size - 1) if size else (0, None, None))
        kept = [line.seq for line in self.lines if line.inc not in self.shredded]
        return [row[0] for row in self._rows("SELECT seq FROM rec ORDER BY seq")] == kept

    def _head_text(self) -> str:
        return self.head().body().decode()

    def head(self) -> Checkpoint:
        """Return the present head: origin, size, Merkle root."""
        return Checkpoint(self.origin, self.chain.size, self.chain.root)

    def signatures(self, seq: int) -> dict[str, bytes]:
        """Return officer id to DER signature of one entry."""
        return self._sigs(seq, self._cell("SELECT sigs FROM entry WHERE seq = ?", seq))

    def _sigs(self, seq: int, ct: bytes) -> dict[str, bytes]:
        return ledger.parse_signatures(self._box.open(ct, f"evidence-sigs/v1/{self.origin}/{seq}"))

    def check_witnesses(self, people: Iterable[Person], start: int = 0) -> int:
        """Verify the officers' signatures of entries from ``start`` on. Returns how many entries.

        Raises Tampered naming the entry, also for somebody outside their time (format.md 4).
        """
        return witnesses.check(people, self._signed(start))

    def _signed(self, start: int) -> Iterator[Signed]:
        """Yield entries with their signatures; no cursor stays open between two batches."""
        text = "SELECT seq, sigs FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq"
        for at in range(start, self.chain.size, BATCH):
            for seq, ct in self._rows(text, at, at + BATCH):
                yield Signed(self.lines[seq], self.raw[seq], self._sigs(seq, ct))

    def append(self, draft: Draft, witness: Witness, turn: Turn | None = None) -> Receipt:
        """Write one entry, its record and its hold in one transaction. Returns after the commit.

        ``turn``: everything is sealed anew for the next generation in the same transaction.

        Raises Frozen for a capture into a frozen incident, NotEligible for what one officer alone
        may not write, StorageFailed when nothing was saved.
        """
        draft.refuse_unfit(witness)
        if draft.type in CAPTURES:
            self.refuse_frozen(draft.inc)
        rows = ledger.disclose(draft.fields)
        line = self._line(draft, rows, witness)
        draft.refuse_stray_hold(line, self.of_incident(draft.inc))
        data = line.to_bytes()
        sigs = {
            o.id: base64.b64encode(o.sign(ledger.SIGN_PREFIX + data)).decode()
            for o in witness.officers
        }
        record = ledger.record_bytes(draft.inc, line.seq, draft.type, rows)
        ledger.parse_record(record, line)  # what could not be read back is not written
        sealed = seal(record, [draft.recipient])
        self._commit(draft, line, data, canonical(sigs), sealed, turn)
        if draft.hold is not None:
            self.holds.apply(draft.hold)
            self.held[line.seq] = draft.hold
        return Receipt(line.seq, self.chain.prev, line.t, draft.type)

    def _line(
        self, draft: Draft, rows: Sequence[ledger.Disclosure], witness: Witness
    ) -> ledger.Line:
        for name in draft.blobs:
            if not (self.folder / "blobs" / f"{name}.age").is_file():
                raise StorageFailed("The sealed file is not in the vault.", "Take it in again.")
        instant = witness.now()
        return ledger.Line(
            self.chain.size, self.chain.prev, draft.inc, self.chain.incidents.get(draft.inc, 0),
            ledger.commitment(draft.type, map(ledger.digest, rows)), draft.blobs,
            tuple(sorted(o.id for o in witness.officers)), stamp(instant.wall), instant.mono,
            instant.boot, witness.machine,
        )  # fmt: skip

    def _commit(
        self, draft: Draft, line: ledger.Line, data: bytes, sigs: bytes, sealed: bytes,
        turn: Turn | None = None,
    ) -> None:  # fmt: skip
        box = turn.box if turn else self._box
        head = Checkpoint(self.origin, line.seq + 1, self.chain.preview(data).root())
        rows = Rows.sealed(
            box, self.origin, line.seq, (data, sigs, sealed), draft.hold, head.body().decode()
        )
        if self._unsure:
            raise commits.unsure()
        try:
            with self._engine.begin() as db:
                if turn is not None:
                    turn.reseal(db.exec_driver_sql, self.origin, self.lines, self.raw, self._box)
                rows.write(db.exec_driver_sql)
                # STOP takes no lock: one pressed while this was made ready still keeps it out.
                if draft.type in CAPTURES:
                    self.refuse_frozen(line.inc)
        except SQLAlchemyError as err:
            self._unsure = rows.stand(self.folder / "evidence.db")
            if not self._unsure:
                raise tables.failed(err) from err
            commits.make_safe(self.folder)
            self._unsure = False
        # Only what is on the disk counts: memory follows the commit, never leads it.
        if turn is not None:
            self._box, self.generation, self.shredded = box, turn.generation, turn.shredded
        self._take(self.chain.feed(data), data)

    def sealed_record(self, seq: int) -> bytes:
        """Return one record as it is stored, an age file. Raises Tampered for anything else."""
        return self._cell("SELECT ct FROM rec WHERE seq = ?", seq)

    def of_incident(self, inc: str) -> list[ledger.Line]:
        """Return the lines of one incident in order."""
        return list(self._incidents.get(inc, ()))

    def refuse_frozen(self, inc: str) -> None:
        """Raise Frozen if nothing more may be captured into this incident."""
        if inc in self.holds.frozen:
            raise Frozen(
                "This incident was stopped. Nothing more can be captured.",
                "Write down in words what you know. Ring the police: 999 or 101.",
            )

    def orphans(self) -> list[Path]:
        """Return what lies in ``blobs/`` and no entry names: sealed files, temporary files, strays.

        Raises Tampered where entries name files and the folder is gone, StorageFailed.
        """
        known = {
            f"{name}.age" for x in self.lines if x.inc not in self.shredded for name in x.blobs
        }
        return blobs.strays(self.folder / "blobs", known)


def _noted_size(text: Any) -> int:
    """Return how many entries the note of the last head names, 0 where it is none."""
    try:
        return Checkpoint.from_body(str(text).encode()).size
    except BadInput:
        return 0
