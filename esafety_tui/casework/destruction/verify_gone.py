"""Whether what was to be destroyed is gone: looked for on the disk, in a vault opened afresh.

Rule: only what was looked for and not found is called gone; and what was not to be destroyed must
still be there and open. What a copy, a printed form or a pack elsewhere holds is not seen here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data.age import Identity, decrypt_file
from esafety_tui.data.draft_folder import DRAFTS_FOLDER
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.data.store import EvidenceStore
from esafety_tui.data.wraps import read_identities, unnest_identities
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, NotEligible, VaultNotSound


@dataclass(frozen=True, slots=True)
class DoomedIncident:
    """An incident that may be destroyed, or was.

    Attributes:
        recipient: age recipient of its card. fields: what the entry ``shredded`` keeps of it.
    """

    inc: str
    reference: str
    recipient: str
    fields: Mapping[str, Json]


def prove_destruction(session: OpenSession, doomed: Sequence[DoomedIncident]) -> tuple[str, ...]:
    """Open the vault afresh from the disk and look for what should be gone.

    Returns what was found, as sentences. Raises NotSound, Tampered.
    """
    known = session.keyring.directory
    ring = Keyring(session.folder / "keyring", known.origin, session.officers)
    store = EvidenceStore(
        session.folder, known.origin, ring.box, ring.directory.generation, ring.directory.shredded
    )
    try:
        signed = store.check_signatures(ring.directory.people)
        for gone in doomed:
            if gone.inc not in store.shredded:  # opening it has shown: what it lists has no record
                raise VaultNotSound(gone.reference, "the vault does not list it as destroyed")
            _require_no_files(session, store, gone)
        others = _open_other_incidents(ring, store)
    finally:
        store.close()
    later = {r.recipient for d in doomed for r in ring.directory.restrictions_of(d.inc)}
    opened = _require_no_identity(ring, {d.recipient for d in doomed} | later)
    return (
        f"{signed} entries follow from one another, each signed by everyone present.",
        "No record, no key and no sealed file of what was destroyed is left in this vault.",
        f"Keys in the vault that the two officers can open: {opened}. None of them is its key.",
        f"Other incidents: {others}. Each is there, and each that these two may open still opens.",
    )


def _require_no_files(session: OpenSession, store: EvidenceStore, gone: DoomedIncident) -> None:
    for path in sorted((session.folder / "keyring").rglob("*")):
        other = path.is_dir() and path.parent.name == "keyring"
        if gone.inc in path.name or (other and path.name != session.keyring.folder.name):
            raise VaultNotSound(
                f"keyring/{path.name}", "a key that was destroyed is still on the disk"
            )
    if any((session.folder / DRAFTS_FOLDER).glob(f"{gone.inc}.*")):
        raise VaultNotSound(DRAFTS_FOLDER, "a draft that was destroyed is still on the disk")
    for name in sorted(name for line in store.lines_of_incident(gone.inc) for name in line.blobs):
        for place in ("blobs", "orphans"):
            if any((session.folder / place).glob(f"{name}.age*")):
                raise VaultNotSound(f"{place}/{name}.age", "a sealed file is still on the disk")


def _open_other_incidents(ring: Keyring, store: EvidenceStore) -> int:
    """Open one record of every other incident with its key. Raises Tampered, NotSound."""
    last = {line.inc: line.seq for line in store.lines}
    first = [x for x in store.lines if x.inc and x.iseq == 0 and x.inc not in store.shredded]
    for line in first:
        try:
            card = ring.read_card(line.inc, line.by)
            keys = ring.open_incident(card)
        except NotEligible as err:
            if not card.restricted:
                raise VaultNotSound(card.reference, "its key no longer opens") from err
            continue  # these two were never eligible
        except EvidenceError:
            if len(line.by) < 2:  # one officer alone began it, and left it broken
                continue
            raise
        store.check_record(last[line.inc], keys)
    return len(first)


def _require_no_identity(ring: Keyring, recipients: set[str]) -> int:
    """Open every key file in force that these two can, and compare. Returns how many opened."""
    opened = 0
    for path in sorted(ring.folder.rglob("*.age")):
        found = _identities_in(ring, read_plain(path))
        if recipients & {identity.recipient.to_text for identity in found}:
            raise VaultNotSound(path.name, "it still holds the key that was destroyed")
        opened += bool(found)
    return opened


def _identities_in(ring: Keyring, data: bytes) -> list[Identity]:
    """Return the identities in a key file, by the vault's key or by the two officers' own."""
    try:
        return read_identities(decrypt_file(data, [ring.require_vault_identity()]))
    except EvidenceError:
        try:
            return unnest_identities(data, ring.officers)
        except EvidenceError:  # another pair's, or no identity: the LEDGER key, the authority's key
            return []
