"""What leaves the store in clear, and the entry that says so: on the disk before anything is out.

evidence.md, "Append only": reading, printing and exporting are entries made by these verbs, never
by whoever calls them. Where the entry cannot be written, nothing is let out. A frozen file has no
reader, also when the freeze comes while it is being read. The only records read without an entry
are the vault's own, of no incident, and those of which nothing is told but "sound", who is named,
which procedure an incident follows and which of its files are frozen.
"""

from __future__ import annotations

import base64
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from esafety_tui.data import blobs, ledger
from esafety_tui.data.age import Identity, Recipient, decrypt_file
from esafety_tui.data.closed import FrozenList
from esafety_tui.data.drafts import EntryDraft, EntrySigners
from esafety_tui.data.holds import Holds
from esafety_tui.data.incident_keys import IncidentKeys, Key, identity_for_entry
from esafety_tui.data.line_columns import LineColumns
from esafety_tui.data.mutex import Mutex, with_mutex
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, Frozen, NotEligible, Refused, Tampered
from esafety_tui.kernel.records import CARRIERS, FREEZES, UNREADABLE, EntryReceipt, OpenRecord

OPENING = (
    "named_officers", "recipient", "procedure", "procedure_name", "profile", "policy",
)  # fmt: skip
"""Fields of an incident's first record that the program may ask without an entry."""

RESTRICTING = ("named_officers", "recipient")
"""The same of the record that restricts an incident later."""


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Who reads in which incident.

    Attributes:
        recipient: of the incident's records from here on. keys: what opens them, None for a lone
            officer, who prints the words just typed and opens nothing. witness: who signs.
    """

    inc: str
    recipient: Recipient
    keys: IncidentKeys | None = field(repr=False)
    witness: EntrySigners = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackMaterial:
    """What a pack is made of: the entry of this reading, all records, and openers of files by hash.

    ``records`` are as sealed, each with its disclosures; the last one is ``entry``'s.
    """

    entry: OpenRecord
    records: tuple[OpenRecord, ...] = field(repr=False)
    open: Mapping[str, Callable[[], Iterator[bytes]]] = field(repr=False)


class EvidenceReading:
    """The reading half of the store; the other half supplies what is abstract here."""

    folder: Path
    lines: LineColumns
    holds: Holds
    closed: FrozenList | None = None
    """The files closed by STOP, told by their bytes; None for one officer alone."""

    @property
    @abstractmethod
    def mutex(self) -> Mutex:
        """The mutex that every verb takes for as long as it works."""

    @abstractmethod
    def append_entry(self, draft: EntryDraft, witness: EntrySigners) -> EntryReceipt:
        """Write one entry; see ``Store.append``."""

    @abstractmethod
    def sealed_record(self, seq: int) -> bytes:
        """Return one record as it is stored, an age file. Raises Tampered for anything else."""

    @abstractmethod
    def lines_of_incident(self, inc: str) -> list[ledger.EntryLine]:
        """Return the lines of one incident in order."""

    @with_mutex
    def read_case(self, reader: CaseReader, purpose: str = "") -> list[OpenRecord]:
        """Return every record of an incident, the entry of this reading as the last of them.

        Raises NotEligible, NoMatch, Tampered, or whatever kept the entry from being written.
        """
        records = [
            self._open_record(x.seq, reader.keys) for x in self.lines_of_incident(reader.inc)
        ]
        named: dict[str, Json] = {"purpose": purpose} if purpose else {}
        return [*records, self._append_reading(reader, "read", {"records": len(records), **named})]

    @with_mutex
    def release_original(
        self, reader: CaseReader, record: OpenRecord, named: Mapping[str, Json], kind: str = "read"
    ) -> tuple[OpenRecord, Iterator[bytes]]:
        """Return the entry and the original bytes that ``record`` keeps: a sealed file or a PDF.

        Args:
            named: the entry's fields, which say what for. kind: ``read`` or ``printed``.

        Raises Frozen now or at any piece, Tampered, or whatever kept the entry from being written.
        """
        opened = self._open_original(reader, record)
        return self._append_reading(reader, kind, named), opened()

    @with_mutex
    def release_for_pack(
        self, reader: CaseReader, items: Sequence[OpenRecord], named: Mapping[str, Json]
    ) -> PackMaterial:
        """Let out an incident's records and the files of ``items`` for a pack, by one entry.

        Raises as :meth:`release`.
        """
        opened = {r.field_text("blob"): self._open_original(reader, r) for r in items}
        records = [
            self._open_record(x.seq, reader.keys) for x in self.lines_of_incident(reader.inc)
        ]
        entry = self._append_reading(reader, "read", {**named, "purpose": "pack"})
        last = self._open_record(entry.seq, reader.keys)
        return PackMaterial(entry, (*records, last), opened)

    @with_mutex
    def record_printing(self, reader: CaseReader, named: Mapping[str, Json]) -> OpenRecord:
        """Write that something is printed or saved to be printed, before it is."""
        return self._append_reading(reader, "printed", named)

    @with_mutex
    def read_vault_record(self, seq: int, vault: Identity) -> OpenRecord:
        """Open one of the vault's own records. Raises Refused for one of an incident."""
        if self.lines[seq].inc:
            raise Refused("This record belongs to an incident.", "Open the incident.")
        return self._open_record(seq, vault)

    @with_mutex
    def read_opening_fields(self, inc: str, key: Key) -> dict[str, Json]:
        """Return what the program itself asks of an incident's first record, the fields OPENING.

        They say who may open it and by which procedure, and nothing of what happened. Raises
        Refused where the first record is not an opening.
        """
        first = self._open_record(self.lines_of_incident(inc)[0].seq, key)
        if first.type != "incident.opened":
            raise Refused(
                "The incident's first record is not its opening.", "Fetch the second copy."
            )
        return {name: first.fields[name] for name in OPENING if name in first.fields}

    @with_mutex
    def read_restriction_fields(self, seq: int, key: Key) -> dict[str, Json]:
        """Return what the program itself asks of a later restriction, the fields RESTRICTING.

        Raises Tampered where entry ``seq`` is none by two.
        """
        record = self._open_record(seq, key)
        if record.type != "incident.restricted" or len(record.by) < 2:
            raise Tampered(
                f"Entry {seq} does not restrict its incident, and the list of officers says so.",
                "Stop. Do not add to this vault. Compare it with your second copy.",
            )
        return {name: record.fields[name] for name in RESTRICTING if name in record.fields}

    @with_mutex
    def check_record(self, seq: int, key: Key) -> bool:
        """Open a record and tell nothing of it but whether it counts.

        Raises NoMatch or Tampered where it does not, unless one officer alone wrote it.
        """
        return self._open_record(seq, key).type != UNREADABLE

    @with_mutex
    def frozen_by_records(
        self, inc: str, key: Key, since: int = 0, before: Set[str] = frozenset()
    ) -> set[str]:  # fmt: skip
        """Return the sealed files that an incident's records freeze, and tell nothing else of them.

        The database's holds are under a key that every officer alone has; the records are not.
        ``since``: the first entry to open; ``before``: what was frozen before it.
        """
        held, seen = set(before), set[str]()
        for line in self.lines_of_incident(inc):
            seen.update(line.blobs)
            if line.seq < since:
                continue
            record = self._open_record(line.seq, key)
            if record.type in FREEZES:
                held |= seen
            elif record.type == "released":
                held.discard(record.field_text("blob"))
        return held

    @with_mutex
    def hash_of_original(self, seq: int, key: Key) -> str:
        """Return the hash of the original that an entry brings, "" for none, and nothing else."""
        record = self._open_record(seq, key)
        return record.field_text("sha256") if record.type in CARRIERS else ""

    def _append_reading(
        self, reader: CaseReader, kind: str, named: Mapping[str, Json]
    ) -> OpenRecord:
        draft = EntryDraft(kind, dict(named), reader.inc, reader.recipient)
        line = self.lines[self.append_entry(draft, reader.witness).seq]
        return OpenRecord(
            line.seq, line.inc, line.iseq, line.t, line.by, kind, dict(named), (), line.blobs
        )

    def _open_record(self, seq: int, key: Key | None) -> OpenRecord:
        """Open one record and check it against its line. Raises NotEligible, NoMatch, Tampered.

        What one officer alone wrote comes back as UNREADABLE instead, without fields: else anybody
        alone could write something that keeps the others out for good.
        """
        if key is None:
            raise NotEligible("One officer alone cannot read.", "Two officers read together.")
        line = self.lines[seq]
        sealed = self.sealed_record(seq)
        try:
            kind, rows = ledger.parse_record(
                decrypt_file(sealed, [identity_for_entry(key, seq)]), line
            )
        except EvidenceError:
            if len(line.by) > 1:
                raise
            kind, rows = UNREADABLE, ()
        return OpenRecord(
            seq, line.inc, line.iseq, line.t, line.by, kind, {n: v for _, n, v in rows}, rows,
            line.blobs,
        )  # fmt: skip

    def _open_original(
        self, reader: CaseReader, record: OpenRecord
    ) -> Callable[[], Iterator[bytes]]:
        name = record.field_text("blob")
        if not name and record.field_text("pdf"):
            return partial(_decode_pdf, record.field_text("pdf"))
        self._refuse_frozen_file(name)
        if reader.keys is None:
            raise NotEligible("One officer alone cannot read.", "Two officers read together.")
        line = self.lines[record.seq]
        if line.inc != reader.inc or name not in line.blobs:
            raise Tampered("No entry brings this file.", "Report this as a fault.")
        # By what the record itself says, not by what a caller made of it.
        kept = self._open_record(record.seq, reader.keys)
        if kept.type not in CARRIERS or kept.field_text("blob") != name:
            raise Tampered("No item of this incident is this file.", "Report this as a fault.")
        self._refuse_frozen_bytes(name, kept.field_text("sha256"))
        identity = reader.keys.identity_at(record.seq)
        return partial(self._read_unless_frozen, name, kept.field_text("sha256"), identity)

    def _read_unless_frozen(self, name: str, sha256: str, identity: Identity) -> Iterator[bytes]:
        """A freeze may come while a file is being read: then no further piece comes out."""
        self._refuse_frozen_file(name)
        for piece in blobs.read_original(self.folder / "blobs", name, sha256, identity):
            self._refuse_frozen_file(name)
            self._refuse_frozen_bytes(name, sha256)
            yield piece

    def _refuse_frozen_bytes(self, name: str, sha256: str) -> None:
        """Raise Frozen for the bytes of a closed file, but for an item that was itself released."""
        if self.closed is not None and name not in self.holds.released:
            self.closed.refuse_frozen_bytes(sha256)

    def _refuse_frozen_file(self, name: str) -> None:
        if name in self.holds.blobs:
            raise Frozen(
                "This item is frozen. It cannot be viewed, printed, exported or copied.",
                "Two officers can release it, item by item, with a police reference.",
            )


def _decode_pdf(text: str) -> Iterator[bytes]:
    yield base64.b64decode(text)
