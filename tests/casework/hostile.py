"""What one officer can seal past the program: their own key, the LEDGER key, and the disk."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

from esafety_tui.data import ledger
from esafety_tui.data.age import Identity, Recipient, encrypt_to
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.keyring import IncidentCard, Keyring
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.canon import Json, canonical_bytes
from tests.casework.support import Practice

NOBODY = Identity.generate().recipient
"""A recipient whose key no officer has."""


def ring_of(practice: Practice, who: str, folder: Path | None = None) -> Keyring:
    """Open the keyring with one officer's keys."""
    vault = folder or practice.folder
    return Keyring(vault / "keyring", practice.origin, [practice.officer(who)])


def append(
    practice: Practice,
    who: str,
    kind: str,
    inc: str = "",
    *,
    recipient: Recipient | None = None,
    blobs: Sequence[str] = (),
    fields: dict[str, Json] | None = None,
) -> int:
    """Add an entry in the name of one officer, properly signed and sealed, whatever it says."""
    me, ring = practice.officer(who), ring_of(practice, who)
    known = ring.directory
    store = EvidenceStore(
        practice.folder, practice.origin, ring.box, known.generation, known.shredded
    )
    rows, last, chain = ledger.salt_fields(fields or {}), store.lines[-1], store.chain
    store.close()
    line = last._replace(
        seq=chain.size,
        prev=chain.prev,
        inc=inc,
        iseq=chain.incidents.get(inc, 0),
        rec=ledger.record_commitment(kind, map(ledger.disclosure_digest, rows)),
        blobs=tuple(blobs),
        by=(me.id,),
    )
    data = line.to_bytes()
    sig = base64.b64encode(me.sign_message(ledger.SIGN_PREFIX + data)).decode()
    head = Checkpoint(practice.origin, line.seq + 1, chain.chain_after(data).merkle_root)
    place = f"{practice.origin}/{line.seq}"
    record = ledger.record_bytes(inc, line.seq, kind, rows)
    practice.sql(
        "INSERT INTO entry VALUES (?,?,?)",
        line.seq,
        ring.box.seal_bytes(data, f"evidence-entry/v1/{place}"),
        ring.box.seal_bytes(canonical_bytes({me.id: sig}), f"evidence-sigs/v1/{place}"),
    )
    sealed = encrypt_to(record, [recipient or known.vault_recipient])
    practice.sql("INSERT INTO rec VALUES (?,?)", line.seq, sealed)
    practice.sql("UPDATE meta SET v = ? WHERE k = 'head'", head.signed_body().decode())
    return line.seq


def begin(
    practice: Practice,
    who: str,
    reference: str,
    *,
    fits: bool = True,
    more: Mapping[str, Json] | None = None,
) -> str:
    """Begin an incident of words alone, with any reference, its key another one or the right.

    ``more``: fields of its first record.
    """
    me, ring, key, inc = (
        practice.officer(who),
        ring_of(practice, who),
        Identity.generate(),
        "e" * 32,
    )
    ring.wrap_incident(inc, key if fits else Identity.generate(), ())
    stamp = "2026-11-21T00:00:00.000Z"
    ring.write_card(
        IncidentCard(inc, reference, key.recipient.to_text, False, True, stamp, "", (me.id,))
    )
    said: dict[str, Json] = {"recipient": key.recipient.to_text, **(more or {})}
    append(practice, who, "incident.opened", inc, recipient=key.recipient, fields=said)
    return inc
