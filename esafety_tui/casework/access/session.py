"""A session: who is signed in, the opened vault, and the one way a record gets written.

One officer may write words; two may capture, read and decide, by what the keyring could open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from esafety_tui.casework.access.backup_media import KnownBackup
from esafety_tui.casework.access.clock_monitor import ClockMonitor
from esafety_tui.casework.access.named_people import list_namings
from esafety_tui.casework.access.open_cases import DeferredStop, OpenCases
from esafety_tui.data import heads
from esafety_tui.data.age import Identity, Recipient
from esafety_tui.data.holds import Hold
from esafety_tui.data.incident_keys import IncidentKeys
from esafety_tui.data.keyring import IncidentCard, Keyring
from esafety_tui.data.ledger import EntryLine
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.reading import CaseReader
from esafety_tui.data.store import EntryDraft, EntrySigners, EvidenceStore
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Clock
from esafety_tui.kernel.errors import EvidenceError, NotEligible, Refused
from esafety_tui.kernel.records import UNREADABLE, EntryReceipt, OpenRecord, Person
from esafety_tui.kernel.text import show_invisible

REMEMBER_EVERY = 1000
"""Milliseconds between two memories of the head while records follow one another."""

REMEMBER_AT_ONCE = frozenset({"stop", "frozen", "released", "form", "pack", "head", "session"})
"""First words of the record types after which the head is remembered at once."""

BROKEN = (
    "The incident of entry {seq}, which {who} began alone, has no card or key that fits. It counts "
    "for nothing here. Ask {who}, and look for it in the second copy."
)
LOST = (
    "Entry {seq}, which {who} alone signed, cannot be read: it was altered, or nothing was ever in "
    "it. It may have been a STOP, so files taken before it are frozen. Ask {who}, and look for it "
    "in the second copy."
)


def record_as_read(line: EntryLine, kind: str, fields: Mapping[str, Json]) -> OpenRecord:
    """Return a record just written as it would be read back, without its salts."""
    return OpenRecord(
        line.seq, line.inc, line.iseq, line.t, line.by, kind, dict(fields), (), line.blobs
    )


@dataclass(slots=True)
class OpenSession:
    """An unlocked vault.

    Attributes:
        presenting: id of the officer who signed in first; exhibits carry their initials.
        machine: hex fingerprint of this computer.
        keys: the folder of an officer's key file, by officer id; paper keys have none.
        numbers: incident to the number in its reference, as far as asked for.
        key_files: the key file itself, whatever its name, where one was chosen at the door.
        warnings: what the checks at the door found, as sentences.
        checked: of so many entries the witnesses were verified at the door: those that the
            officers signed in had not all verified before.
        accepted: numbers of the entries that accept a history; None while nobody could look.
        watch: what the clock did since the door was opened.
        cases: the incidents at work, one object each.
        policies: files of the school's policy as read, by digest.
        confirmed: numbers of the entries that confirm an instruction; none for one officer.
        copies: what is known of the second copy since the door.
        drafting: for as long as a draft is written, or an incident gets another key.
        stops: what was written at the door of a STOP pressed behind the lock.
    """

    folder: Path
    keyring: Keyring
    store: EvidenceStore
    clock: Clock
    machine: str
    presenting: str
    keys: Mapping[str, Path]
    key_files: Mapping[str, Path] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    checked: int = 0
    accepted: tuple[int, ...] | None = None
    watch: ClockMonitor = field(default_factory=ClockMonitor, init=False, repr=False)
    cases: OpenCases = field(default_factory=OpenCases, init=False, repr=False)
    numbers: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    policies: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)
    confirmed: list[int] = field(default_factory=list, init=False, repr=False)
    copies: KnownBackup = field(default=KnownBackup(), init=False, repr=False)
    drafting: Lock = field(default_factory=Lock, init=False, repr=False)
    stops: list[DeferredStop] = field(default_factory=list, init=False, repr=False)
    _remembered: tuple[int, int] | None = field(default=None, init=False, repr=False)

    @property
    def officers(self) -> tuple[OfficerKeys, ...]:
        """Who is signed in, in the order of their ids."""
        return self.keyring.officers

    @property
    def is_pair(self) -> bool:
        """Whether two officers are signed in."""
        return len(self.officers) == 2

    @property
    def people(self) -> tuple[Person, ...]:
        """The officers signed in as the directory has them, the presenting one first."""
        found = [self.keyring.directory.find_person(o.id) for o in self.officers]
        return tuple(sorted(found, key=lambda p: (p.id != self.presenting, p.id)))

    @property
    def is_designated(self) -> bool:
        """Whether this is a designated computer of the school."""
        return self.machine in self.keyring.directory.machines

    def require_pair(self) -> None:
        """Raise NotEligible unless two officers are signed in."""
        if not self.is_pair:
            raise NotEligible(
                "Two officers are needed for this.", "Ask a second officer to sign in with you."
            )

    def entry_signers(self) -> EntrySigners:
        """Return who signs the next entry, where, and by which clock."""
        return EntrySigners(self.officers, self.machine, self.clock.read_clock)

    @translate_os_errors("save")
    def append_record(
        self,
        kind: str,
        fields: Mapping[str, Json],
        card: IncidentCard | None = None,
        blobs: Sequence[str] = (),
        hold: Hold | None = None,
    ) -> EntryReceipt:
        """Seal and append one record, of an incident or (``card`` None) of the vault itself.

        What the clock did since the last one is written before it, but for a record that freezes.
        What takes something asks the gates of the incident first. Returns only after the commit.
        Raises StorageFailed, Frozen, Refused, BadInput.
        """
        self.cases.refuse_capture(kind, card)
        if hold is None:  # STOP comes first: the next record says what the clock did
            self.check_clock(card)
        return self._append_sealed(kind, fields, card, blobs, hold)

    def check_clock(self, card: IncidentCard | None = None) -> None:
        """Write down what the clock did since the last record, if anything. Raises StorageFailed.

        It goes into the incident where that exists already, so that form and pack have it.
        """
        inside = card if card and card.inc in self.store.chain.incidents else None
        now = self.clock.read_clock()
        found = self.watch.compare_reading(now, self.machine, self.store.lines)
        for fields in found:
            receipt = self._append_sealed("clock.checked", fields, inside)
            if inside is not None:
                self.watch.unread.append(
                    record_as_read(self.store.lines[receipt.seq], receipt.type, fields)
                )
        self.watch.mark_written(now, found)

    def _append_sealed(
        self,
        kind: str,
        fields: Mapping[str, Json],
        card: IncidentCard | None,
        blobs: Sequence[str] = (),
        hold: Hold | None = None,
    ) -> EntryReceipt:
        text = card.recipient if card else self.keyring.directory.vault_recipient.to_text
        draft = EntryDraft(
            kind, fields, card.inc if card else "", Recipient.parse_text(text), tuple(blobs), hold
        )
        receipt = self.store.append_entry(draft, self.entry_signers())
        self.pin_head_if_due(kind)
        return receipt

    def pin_head_if_due(self, kind: str) -> None:
        """Remember the head after an entry of type ``kind``, if it is time."""
        if kind.split(".")[0] in REMEMBER_AT_ONCE or self._pinned_head_is_old():
            self.pin_current_head()

    def _pinned_head_is_old(self) -> bool:
        """Whether a second of the clock that runs through sleep has passed since the last time."""
        if self._remembered is None:
            return True
        return not 0 <= self.store.lines[-1].mono - self._remembered[1] < REMEMBER_EVERY

    def pin_current_head(self) -> None:
        """Let every officer signed in remember the present head, in both places.

        Between records this is done once a second at most, and always after what ends or leaves
        the case (REMEMBER_AT_ONCE) and when the session closes. A program killed in between leaves
        an older memory, never a wrong one: what it holds is still a head of this vault.
        """
        head = self.store.current_head()
        self._remembered = (head.size, self.store.lines[-1].mono) if head.size else None
        looked = None if self.accepted is None else (head.size, self.accepted)
        for officer in self.officers:
            beside = self.keys.get(officer.id)
            if beside is None:  # a paper key: nothing beside it that could remember
                continue
            written = heads.pin_head(
                officer, beside, head.origin, (head.size, head.root.hex()), looked,
                self.keyring.directory.generation,
            )  # fmt: skip
            if not written:
                note = "An officer's memory of the last head could not be written to the disk."
                if note not in self.warnings:
                    self.warnings.append(note)

    def read_case_card(self, inc: str) -> IncidentCard:
        """Return an incident's card, checked against its first entry. Raises Refused."""
        lines = self.store.lines_of_incident(inc)
        if inc in self.store.shredded:
            raise Refused("This incident was destroyed.", "Its certificate says when and why.")
        if not lines:
            raise Refused("There is no such incident in this vault.", "Choose one from the list.")
        return self.keyring.read_card(inc, lines[0].by)

    def read_case_cards(self) -> list[IncidentCard]:
        """Return the cards of all incidents, oldest first, but for those that are broken."""
        broken = self.list_broken_cases()
        whole = [x for x in self.list_opening_lines() if x.inc not in broken]
        return [self.keyring.read_card(x.inc, x.by) for x in whole]

    def list_broken_cases(self) -> set[str]:
        """Return incidents that one officer alone began, and whose card or key does not fit.

        They are said and passed over: what one alone can write must not keep two from new keys.
        """
        found = set()
        for line in self.list_opening_lines():
            if len(line.by) < 2 and not self._card_fits(line):
                found.add(line.inc)
                note = BROKEN.format(seq=line.seq, who=self._name_signers(line.by))
                if note not in self.warnings:
                    self.warnings.append(note)
        return found

    def list_opening_lines(self) -> list[EntryLine]:
        """Return the first line of each incident that was not destroyed, oldest first."""
        gone = self.store.shredded
        return [line for line in self.store.lines.openings() if line.inc not in gone]

    def _card_fits(self, line: EntryLine) -> bool:
        try:
            card = self.keyring.read_card(line.inc, line.by)
            if self.is_pair:
                list_namings(self.store, self.keyring, card)
        except NotEligible:
            return True
        except EvidenceError:
            return False
        return True

    def current_case_identity(self, card: IncidentCard) -> Identity:
        """Return what opens an incident's records from here on. Raises NotEligible."""
        return self.open_incident_keys(card).newest

    def open_incident_keys(self, card: IncidentCard) -> IncidentKeys:
        """Return what opens all of an incident's records. Raises NotEligible."""
        return self.keyring.open_incident(card)

    def case_reader(self, card: IncidentCard) -> CaseReader:
        """Return who reads an incident, for the store's verbs. A lone officer can only print."""
        keys = self.open_incident_keys(card) if self.is_pair else None
        recipient = Recipient.parse_text(card.recipient)
        return CaseReader(card.inc, recipient, keys, self.entry_signers())

    @translate_os_errors("read the incident")
    def read_all(self, card: IncidentCard, purpose: str = "") -> list[OpenRecord]:
        """Open every record of an incident, checked against its line, and the entry of doing so.

        Raises NotEligible, Tampered, or whatever kept the entry from being written.
        """
        self.require_pair()
        records = self.store.read_case(self.case_reader(card), purpose)
        for record in records:
            note = LOST.format(seq=record.seq, who=self._name_signers(record.by))
            if record.type == UNREADABLE and note not in self.warnings:
                self.warnings.append(note)
        self.pin_head_if_due("read")
        return records

    def _name_signers(self, by: Sequence[str]) -> str:
        return " and ".join(show_invisible(self.keyring.directory.find_person(i).name) for i in by)

    def close_session(self) -> None:
        """Remember the last head and let go of the database. The keys go with the object."""
        if self._remembered is not None and self._remembered[0] != self.store.chain.size:
            self.pin_current_head()
        self.store.close()
