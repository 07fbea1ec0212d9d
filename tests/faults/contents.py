"""All that a vault holds, read by tests without leaving an entry: to compare before and after."""

from __future__ import annotations

from dataclasses import dataclass, field

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data import blobs, ledger
from esafety_tui.data.age import Identity, decrypt_file
from esafety_tui.data.incident_keys import Key, identity_for_entry
from esafety_tui.kernel.errors import NotEligible


@dataclass(slots=True)
class Contents:
    """What two officers could read.

    Attributes:
        lines: the stored bytes of every entry. records: of those they may open, by number.
        files: original bytes by name; of a frozen file only its name.
        others: directory, holds, cards, the authority's key. registers: the caches.
        refused: restricted incidents that these two do not open.
    """

    lines: list[bytes] = field(repr=False)
    records: dict[int, object] = field(default_factory=dict, repr=False)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    others: dict[str, object] = field(default_factory=dict, repr=False)
    registers: dict[str, object] = field(default_factory=dict, repr=False)
    refused: set[str] = field(default_factory=set)

    def first(self, size: int) -> Contents:
        """Return the contents as they were when there were ``size`` entries."""
        records = {seq: record for seq, record in self.records.items() if seq < size}
        return Contents(
            self.lines[:size], records, self.files, self.others, self.registers, self.refused
        )

    def begins_with(self, before: Contents) -> bool:
        """Whether all of ``before`` is here, and nothing that was there is different."""
        same = self.lines[: len(before.lines)] == before.lines
        same = same and before.records.items() <= self.records.items()
        return same and self.files == before.files and self.others == before.others


def of(session: OpenSession) -> Contents:
    """Read everything. Raises Tampered for whatever is not as it was sealed."""
    store, ring = session.store, session.keyring
    assert ring.vault is not None
    found = Contents(list(store.raw))
    keys: dict[str, Key | None] = {"": ring.vault}
    for card in session.read_case_cards():
        try:
            keys[card.inc] = session.open_incident_keys(card)
        except NotEligible:
            keys[card.inc] = None
            found.refused.add(card.inc)
        found.others[card.inc] = card
        found.registers[card.inc] = ring.read_register(card.inc)
    for line in store.lines:
        key = keys.get(line.inc)
        if key is None or line.inc in store.shredded:
            continue
        found.records[line.seq] = _record(session, line, identity_for_entry(key, line.seq), found)
    found.others["directory"] = ring.directory.digest
    found.others["holds"] = held(session)
    found.others["authority"] = decrypt_file((ring.folder / "ca.age").read_bytes(), [ring.vault])
    return found


def held(session: OpenSession) -> tuple[list[str], list[str]]:
    """Return the sealed files and incidents that are frozen just now."""
    holds = session.store.holds
    return sorted(holds.blobs), sorted(holds.frozen)


def _record(session: OpenSession, line: ledger.EntryLine, key: Identity, found: Contents) -> object:
    store, folder = session.store, session.folder / "blobs"
    record = ledger.parse_record(decrypt_file(store.sealed_record(line.seq), [key]), line)
    values = {name: value for _, name, value in record[1]}
    for name in line.blobs:
        found.files[name] = b""  # a frozen file has no reader: the audit alone looks at it
        if name not in store.holds.blobs:
            pieces = blobs.read_original(folder, name, str(values["sha256"]), key)
            found.files[name] = b"".join(pieces)
    return record, sorted(store.signatures_of(line.seq).items())
