"""The evidence store: one transaction an entry, verified on opening, frozen material refused.

format.md section 5. An entry is acknowledged only after its commit. The rules that must hold
whoever calls stand here, too: a frozen incident takes no capture, no address and no file. What
leaves the store in clear leaves it through :mod:`esafety_tui.data.reading`.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from esafety_tui.data import blobs, commits, ledger, platform, schema, tables
from esafety_tui.data.age import seal
from esafety_tui.data.boxes import Box
from esafety_tui.data.closed import Change
from esafety_tui.data.commits import Made, Rows
from esafety_tui.data.database import Database
from esafety_tui.data.drafts import Draft, Witness
from esafety_tui.data.holds import Hold, Holds
from esafety_tui.data.line_columns import LineColumns
from esafety_tui.data.loading import Loading
from esafety_tui.data.mutex import alone
from esafety_tui.data.prints import Prints
from esafety_tui.data.turning import Turn
from esafety_tui.kernel.canon import canonical
from esafety_tui.kernel.clock import stamp
from esafety_tui.kernel.errors import BadInput, EvidenceError, Frozen, StorageFailed, Tampered
from esafety_tui.kernel.records import Receipt

__all__ = ["Draft", "Store", "Witness"]


class Store(Loading):
    """An opened, verified vault database and its sealed files. One verb at a time, by its mutex.

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
        self._db = Database(path)
        self.chain = ledger.Chain()
        self.lines = LineColumns()
        self.raw = self.lines.stored
        self.holds = Holds()
        self.held: dict[int, Hold] = {}
        self._unsure = False
        try:
            self._load()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, folder: Path, origin: str, box: Box) -> Store:
        """Make an empty database in ``folder`` and open it."""
        tables.create(folder / "evidence.db")
        made = tables.engine(folder / "evidence.db")
        with made.begin() as connection:
            connection.exec_driver_sql("INSERT INTO meta VALUES (?, ?)", ("origin", origin))
            connection.exec_driver_sql("INSERT INTO meta VALUES ('generation', '1')")
        made.dispose()
        (folder / "evidence.db").chmod(0o600)
        platform.sync_folder(folder)
        return cls(folder, origin, box)

    @alone
    def compact(self) -> None:
        """Give back the pages of removed records, where there are any. Raises StorageFailed."""
        if self.shredded and self._db.rows("PRAGMA freelist_count")[0][0]:
            self._db.vacuum()

    @alone
    def raise_version(self) -> None:
        """Make a vault of an earlier format one of the newest, read back. Raises StorageFailed."""
        if self._db.rows("PRAGMA user_version")[0][0] == schema.NEWEST:
            return
        try:
            with self._db.transaction() as sql:
                sql(f"PRAGMA user_version={schema.NEWEST}")
        except SQLAlchemyError as err:
            raise tables.failed(err) from err
        with schema.read_only(self._db.path) as db:
            if db.execute("PRAGMA user_version").fetchone() != (schema.NEWEST,):
                raise commits.not_there()

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    @alone
    def append(self, draft: Draft, witness: Witness, turn: Turn | None = None) -> Receipt:
        """Write one entry, its record and its hold in one transaction. Returns after the commit.

        ``turn``: everything is sealed anew for the next generation in the same transaction, and
        the entry that goes before this one, if there is one, stands or falls with it.

        Raises Frozen for a capture, address or file into a frozen incident, BadInput for a file
        that this type cannot bring, NotEligible for what one officer alone may not write,
        StorageFailed when nothing was saved.
        """
        receipt = self._append((*(turn.first if turn else ()), draft), witness, turn)[-1]
        if draft.hold is not None:
            self.holds.apply(draft.hold)
            self.held[receipt.seq] = draft.hold
        return receipt

    @alone
    def append_all(self, drafts: Sequence[Draft], witness: Witness) -> list[Receipt]:
        """Write entries in one transaction: all of them or none. Returns after the commit.

        Each is read back. Raises as :meth:`append`; BadInput for a hold, which is written alone.
        """
        if not drafts or any(draft.hold is not None for draft in drafts):
            raise BadInput("A freeze or release is written alone.", "Report this as a fault.")
        return self._append(drafts, witness)

    def _append(
        self, drafts: Sequence[Draft], witness: Witness, turn: Turn | None = None
    ) -> list[Receipt]:
        chain, made = self.chain, list[Made]()
        for draft in drafts:
            draft.refuse_unfit(witness)
        self._refuse_taking(drafts)
        for draft in drafts:
            made.append(self._make(draft, witness, chain))
            chain = made[-1].chain
        self._commit(made, drafts, turn)
        receipts = [
            Receipt(one.line.seq, one.chain.prev, one.line.t, draft.type)
            for one, draft in zip(made, drafts, strict=True)
        ]
        self.last = receipts[-1]
        return receipts

    def _make(self, draft: Draft, witness: Witness, chain: ledger.Chain) -> Made:
        """Make an entry that follows ``chain``, in memory. Raises as :meth:`append`."""
        rows = ledger.disclose(draft.fields)
        line = self._line(draft, rows, witness, chain)
        if draft.hold is not None:
            draft.refuse_stray_hold(line, self.of_incident(draft.inc))
        data = line.to_bytes()
        sigs = {
            o.id: base64.b64encode(o.sign(ledger.SIGN_PREFIX + data)).decode()
            for o in witness.officers
        }
        record = ledger.record_bytes(draft.inc, line.seq, draft.type, rows)
        ledger.parse_record(record, line)  # what could not be read back is not written
        sealed = seal(record, [draft.recipient])
        return Made(line, data, canonical(sigs), sealed, draft.hold, chain.after(data))

    def _line(
        self, draft: Draft, rows: Sequence[ledger.Disclosure], witness: Witness,
        chain: ledger.Chain,
    ) -> ledger.Line:  # fmt: skip
        for name in draft.blobs:
            if not (self.folder / "blobs" / f"{name}.age").is_file():
                raise StorageFailed("The sealed file is not in the vault.", "Take it in again.")
        instant = witness.now()
        return ledger.Line(
            chain.size, chain.prev, draft.inc, chain.incidents.get(draft.inc, 0),
            ledger.commitment(draft.type, map(ledger.digest, rows)), draft.blobs,
            tuple(sorted(o.id for o in witness.officers)), stamp(instant.wall), instant.mono,
            instant.boot, witness.machine,
        )  # fmt: skip

    def _commit(
        self, made: Sequence[Made], drafts: Sequence[Draft], turn: Turn | None = None
    ) -> None:
        closed = self._closed_after(drafts[-1], turn)
        rows = self._sealed(made, turn, closed)
        if self._unsure:
            raise commits.unsure()
        whole = None
        try:
            with self._db.transaction() as sql:
                if turn is not None:
                    whole = turn.reseal(sql, self.origin, self.lines, self.raw, self._box)
                for one in rows:
                    if whole is not None:
                        one.add_to(whole)
                    one.write(sql)
                # STOP takes no lock: one pressed while this was made ready still keeps it out.
                self._refuse_taking(drafts)
        except SQLAlchemyError as err:
            self._look_for(rows, whole, err)
        else:
            self._read_back(rows, whole)
        # Only what is on the disk counts: memory follows the commit, never leads it.
        if self.closed is not None:
            self.closed.settle(closed, turn.fresh if turn else None)
        if turn is not None:
            self._box, self.generation, self.shredded = turn.box, turn.generation, turn.shredded
        for each in made:
            self.lines.append(self.chain.feed(each.data))

    def _sealed(self, made: Sequence[Made], turn: Turn | None, closed: Change | None) -> list[Rows]:
        """Return the rows of entries; the list of closed files goes with the last of them."""
        box = turn.box if turn else self._box
        number = turn.generation if turn else self.generation
        rows = [Rows.sealed(box, self.origin, number, one) for one in made]
        if closed is not None:
            rows[-1] = replace(rows[-1], closed=closed.text)
        return rows

    def _read_back(self, rows: Sequence[Rows], whole: Prints | None) -> None:
        """Return where everything is on the disk. Raises StorageFailed or Tampered otherwise.

        Nothing further is written then: nobody knows on top of what.
        """
        self._unsure = True
        found = commits.find_rows(rows, self._db.path, whole)
        if found != "all":
            raise commits.unsure() if found == "unread" else commits.not_there()
        self._unsure = False

    def _look_for(self, rows: Sequence[Rows], whole: Prints | None, err: SQLAlchemyError) -> None:
        """After a commit that failed: return where all of it stands, raise where none does."""
        with contextlib.suppress(EvidenceError):
            tables.touch(self._db.engine)  # puts right what the failure left of the journal
        found = commits.find_rows(rows, self._db.path, whole)
        if found == "none":
            raise tables.failed(err) from err
        self._unsure = True
        if found != "all":
            raise commits.unsure() from err
        commits.make_safe(self.folder)
        self._unsure = False

    def _closed_after(self, draft: Draft, turn: Turn | None) -> Change | None:
        """Return the list of files closed by STOP as it is to be written with this entry."""
        if self.closed is None:
            return None
        names = {draft.hold.act: draft.hold.blobs} if draft.hold else {}
        fresh = turn.fresh if turn else None
        return self.closed.coming(names.get("freeze", ()), names.get("release", ()), fresh)

    def _refuse_taking(self, drafts: Sequence[Draft]) -> None:
        """Raise Frozen for anything taken into a frozen incident, and for bytes closed by STOP."""
        for draft in (one for one in drafts if one.takes):
            self.refuse_frozen(draft.inc)
            if self.closed is not None and draft.blobs:
                self.closed.refuse(str(draft.fields.get("sha256", "")))

    @property
    def unsure(self) -> bool:
        """Whether nobody knows what the last transaction left on the disk; nothing is written."""
        return self._unsure

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
        kept = (x for x in self.lines.with_files() if x.inc not in self.shredded)
        known = {f"{name}.age" for line in kept for name in line.blobs}
        return blobs.strays(self.folder / "blobs", known)
