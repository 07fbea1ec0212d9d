"""The evidence store: one transaction an entry, verified on opening, frozen material refused.

format.md section 5. An entry is acknowledged only after its commit. Clear text leaves by reading.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from esafety_tui.data import blobs, commits, ledger, platform, schema, tables
from esafety_tui.data.age import encrypt_to
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.closed import FrozenListChange
from esafety_tui.data.commits import OpenEntry, SealedRows
from esafety_tui.data.database import Database
from esafety_tui.data.drafts import EntryDraft, EntrySigners
from esafety_tui.data.holds import Hold, Holds
from esafety_tui.data.line_columns import LineColumns
from esafety_tui.data.loading import VaultDatabase
from esafety_tui.data.mutex import with_mutex
from esafety_tui.data.prints import Prints
from esafety_tui.data.turning import EpochChange
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.errors import BadInput, EvidenceError, Frozen, StorageFailed, Tampered
from esafety_tui.kernel.records import EntryReceipt

__all__ = ["EntryDraft", "EntrySigners", "EvidenceStore"]


class EvidenceStore(VaultDatabase):
    """An opened, verified vault database and its sealed files. One verb at a time, by its mutex.

    Attributes:
        holds: the sum of all holds. held: entry number to the hold that stands beside that entry,
            each of the entry's own incident, a release beside an entry by two. Which record the
            entry holds only two officers can read; comparing with it is the caller's.
    """

    def __init__(
        self, folder: Path, origin: str, box: LedgerBox, generation: int = 1,
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
        self.chain = ledger.EntryChain()
        self.lines = LineColumns()
        self.raw = self.lines.stored
        self.holds = Holds()
        self.held: dict[int, Hold] = {}
        self._unsure = False
        try:
            self._load_chain()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create_store(cls, folder: Path, origin: str, box: LedgerBox) -> EvidenceStore:
        """Make an empty database in ``folder`` and open it."""
        tables.create_database(folder / "evidence.db")
        made = tables.create_vault_engine(folder / "evidence.db")
        with made.begin() as connection:
            connection.exec_driver_sql("INSERT INTO meta VALUES (?, ?)", ("origin", origin))
            connection.exec_driver_sql("INSERT INTO meta VALUES ('generation', '1')")
        made.dispose()
        (folder / "evidence.db").chmod(0o600)
        platform.sync_folder(folder)
        return cls(folder, origin, box)

    @with_mutex
    def compact_database(self) -> None:
        """Give back the pages of removed records, where there are any. Raises StorageFailed."""
        if self.shredded and self._db.fetch_rows("PRAGMA freelist_count")[0][0]:
            self._db.vacuum_pages()

    @with_mutex
    def raise_version(self) -> None:
        """Make a vault of an earlier format one of the newest, read back. Raises StorageFailed."""
        if self._db.fetch_rows("PRAGMA user_version")[0][0] == schema.NEWEST:
            return
        try:
            with self._db.begin_transaction() as sql:
                sql(f"PRAGMA user_version={schema.NEWEST}")
        except SQLAlchemyError as err:
            raise tables.describe_database_error(err) from err
        with schema.open_read_only(self._db.path) as db:
            if db.execute("PRAGMA user_version").fetchone() != (schema.NEWEST,):
                raise commits.commit_not_read_back()

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    @with_mutex
    def append_entry(
        self, draft: EntryDraft, witness: EntrySigners, turn: EpochChange | None = None
    ) -> EntryReceipt:
        """Write one entry, its record and its hold in one transaction. Returns after the commit.

        ``turn``: everything is sealed anew for the next generation in the same transaction, and
        the entry that goes before this one, if there is one, stands or falls with it.

        Raises Frozen for a capture, address or file into a frozen incident, BadInput for a file
        that this type cannot bring, NotEligible for what one officer alone may not write,
        StorageFailed when nothing was saved.
        """
        receipt = self._append((*(turn.first if turn else ()), draft), witness, turn)[-1]
        if draft.hold is not None:
            self.holds.apply_hold(draft.hold)
            self.held[receipt.seq] = draft.hold
        return receipt

    @with_mutex
    def append_all(self, drafts: Sequence[EntryDraft], witness: EntrySigners) -> list[EntryReceipt]:
        """Write entries in one transaction: all of them or none. Returns after the commit.

        Each is read back. Raises as :meth:`append`; BadInput for a hold, which is written alone.
        """
        if not drafts or any(draft.hold is not None for draft in drafts):
            raise BadInput("A freeze or release is written alone.", "Report this as a fault.")
        return self._append(drafts, witness)

    def _append(
        self, drafts: Sequence[EntryDraft], witness: EntrySigners, turn: EpochChange | None = None
    ) -> list[EntryReceipt]:
        chain, made = self.chain, list[OpenEntry]()
        for draft in drafts:
            draft.refuse_unfit(witness)
        self._refuse_material(drafts)
        for draft in drafts:
            made.append(self._make_entry(draft, witness, chain))
            chain = made[-1].chain
        self._commit_entries(made, drafts, turn)
        receipts = [
            EntryReceipt(one.line.seq, one.chain.prev, one.line.t, draft.type)
            for one, draft in zip(made, drafts, strict=True)
        ]
        self.last = receipts[-1]
        return receipts

    def _make_entry(
        self, draft: EntryDraft, witness: EntrySigners, chain: ledger.EntryChain
    ) -> OpenEntry:
        """Make an entry that follows ``chain``, in memory. Raises as :meth:`append`."""
        rows = ledger.salt_fields(draft.fields)
        line = self._make_line(draft, rows, witness, chain)
        if draft.hold is not None:
            draft.refuse_stray_hold(line, self.lines_of_incident(draft.inc))
        data = line.to_bytes()
        sigs = {
            o.id: base64.b64encode(o.sign_message(ledger.SIGN_PREFIX + data)).decode()
            for o in witness.officers
        }
        record = ledger.record_bytes(draft.inc, line.seq, draft.type, rows)
        ledger.parse_record(record, line)  # what could not be read back is not written
        sealed = encrypt_to(record, [draft.recipient])
        return OpenEntry(
            line, data, canonical_bytes(sigs), sealed, draft.hold, chain.chain_after(data)
        )

    def _make_line(
        self, draft: EntryDraft, rows: Sequence[ledger.Disclosure], witness: EntrySigners,
        chain: ledger.EntryChain,
    ) -> ledger.EntryLine:  # fmt: skip
        for name in draft.blobs:
            if not (self.folder / "blobs" / f"{name}.age").is_file():
                raise StorageFailed("The sealed file is not in the vault.", "Take it in again.")
        instant = witness.read_clock()
        return ledger.EntryLine(
            chain.size, chain.prev, draft.inc, chain.incidents.get(draft.inc, 0),
            ledger.record_commitment(draft.type, map(ledger.disclosure_digest, rows)), draft.blobs,
            tuple(sorted(o.id for o in witness.officers)), format_stamp(instant.wall), instant.mono,
            instant.boot, witness.machine,
        )  # fmt: skip

    def _commit_entries(
        self, made: Sequence[OpenEntry], drafts: Sequence[EntryDraft], turn: EpochChange | None
    ) -> None:
        closed = self._frozen_list_after(drafts[-1], turn)
        rows = self._seal_rows(made, turn, closed)
        if self._unsure:
            raise commits.commit_unsure()
        whole = None
        try:
            with self._db.begin_transaction() as sql:
                if turn is not None:
                    whole = turn.reseal_everything(
                        sql, self.origin, self.lines, self.raw, self._box
                    )
                for one in rows:
                    if whole is not None:
                        one.add_to_tables(whole)
                    one.write_rows(sql)
                # STOP takes no lock: one pressed while this was made ready still keeps it out.
                self._refuse_material(drafts)
        except SQLAlchemyError as err:
            self._find_after_failure(rows, whole, err)
        else:
            self._read_back(rows, whole)
        # Only what is on the disk counts: memory follows the commit, never leads it.
        if self.closed is not None:
            self.closed.commit_change(closed, turn.fresh if turn else None)
        if turn is not None:
            self._box, self.generation, self.shredded = turn.box, turn.generation, turn.shredded
        for each in made:
            self.lines.append(self.chain.append_line(each.data))

    def _seal_rows(
        self, made: Sequence[OpenEntry], turn: EpochChange | None, closed: FrozenListChange | None
    ) -> list[SealedRows]:
        """Return the rows of entries; the list of closed files goes with the last of them."""
        box = turn.box if turn else self._box
        number = turn.generation if turn else self.generation
        rows = [SealedRows.seal_entry(box, self.origin, number, one) for one in made]
        if closed is not None:
            rows[-1] = replace(rows[-1], closed=closed.text)
        return rows

    def _read_back(self, rows: Sequence[SealedRows], whole: Prints | None) -> None:
        """Return where everything is on the disk. Raises StorageFailed or Tampered otherwise.

        Nothing further is written then: nobody knows on top of what.
        """
        self._unsure = True
        found = commits.find_rows(rows, self._db.path, whole)
        if found != "all":
            raise commits.commit_unsure() if found == "unread" else commits.commit_not_read_back()
        self._unsure = False

    def _find_after_failure(
        self, rows: Sequence[SealedRows], whole: Prints | None, err: SQLAlchemyError
    ) -> None:
        """After a commit that failed: return where all of it stands, raise where none does."""
        with contextlib.suppress(EvidenceError):
            tables.recover_journal(self._db.engine)
        found = commits.find_rows(rows, self._db.path, whole)
        if found == "none":
            raise tables.describe_database_error(err) from err
        self._unsure = True
        if found != "all":
            raise commits.commit_unsure() from err
        commits.sync_after_commit(self.folder)
        self._unsure = False

    def _frozen_list_after(
        self, draft: EntryDraft, turn: EpochChange | None
    ) -> FrozenListChange | None:
        """Return the list of files closed by STOP as it is to be written with this entry."""
        if self.closed is None:
            return None
        names = {draft.hold.act: draft.hold.blobs} if draft.hold else {}
        fresh = turn.fresh if turn else None
        return self.closed.prepare_change(names.get("freeze", ()), names.get("release", ()), fresh)

    def _refuse_material(self, drafts: Sequence[EntryDraft]) -> None:
        """Raise Frozen for anything taken into a frozen incident, and for bytes closed by STOP."""
        for draft in (one for one in drafts if one.takes_material):
            self.refuse_frozen(draft.inc)
            if self.closed is not None and draft.blobs:
                self.closed.refuse_frozen_bytes(str(draft.fields.get("sha256", "")))

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

    def list_orphans(self) -> list[Path]:
        """Return what lies in ``blobs/`` and no entry names: sealed files, temporary files, strays.

        Raises Tampered where entries name files and the folder is gone, StorageFailed.
        """
        kept = (x for x in self.lines.with_files() if x.inc not in self.shredded)
        known = {f"{name}.age" for line in kept for name in line.blobs}
        return blobs.list_stray_blobs(self.folder / "blobs", known)
