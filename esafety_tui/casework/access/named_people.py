"""Who is named in an incident, since which entry: asked of its own records.

format.md section 4a. Only the eligible can read it. It is the program's own question, when keys are
wrapped anew, and shows nothing of the incident.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from esafety_tui.data.eligibility import Naming
from esafety_tui.data.keyring import IncidentCard, Keyring
from esafety_tui.data.store import EvidenceStore
from esafety_tui.data.wraps import swapped_key_file
from esafety_tui.kernel.canon import Json


def list_namings(store: EvidenceStore, ring: Keyring, card: IncidentCard) -> list[Naming]:
    """Return who an incident names, at its opening and by each later restriction, in order.

    Raises NotEligible for who may not open it, Tampered where its records do not name the
    recipients that are in force.
    """
    found, named = [], frozenset[str]()
    for seq, fields, recipient in _iterate_naming_records(store, ring, card):
        if fields.get("recipient") != recipient:
            raise swapped_key_file()
        ids = fields.get("named_officers", [])
        named |= {str(i) for i in ids} if isinstance(ids, list | tuple) else set()
        found.append(Naming(seq, named))
    return [naming for naming in found if naming.officers]


def _iterate_naming_records(
    store: EvidenceStore, ring: Keyring, card: IncidentCard
) -> Iterator[tuple[int, Mapping[str, Json], str]]:
    """Yield entry, fields and the recipient in force from that entry on."""
    keys = ring.open_incident(card)
    yield (
        store.lines_of_incident(card.inc)[0].seq,
        store.read_opening_fields(card.inc, keys),
        card.first_recipient,
    )
    after = [*(recipient for _, recipient in card.before[1:]), card.recipient]
    for (seq, _), recipient in zip(card.before, after, strict=False):
        yield seq, store.read_restriction_fields(seq, keys), recipient
