"""Who is named in an incident, since which entry: asked of its own records.

format.md section 4a. Only the eligible can read it. It is the program's own question, when keys are
wrapped anew, and shows nothing of the incident.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from esafety_tui.data.eligibility import Naming
from esafety_tui.data.keyring import Card, Keyring
from esafety_tui.data.store import Store
from esafety_tui.data.wraps import swapped
from esafety_tui.kernel.canon import Json


def namings(store: Store, ring: Keyring, card: Card) -> list[Naming]:
    """Return who an incident names, at its opening and by each later restriction, in order.

    Raises NotEligible for who may not open it, Tampered where its records do not name the
    recipients that are in force.
    """
    found, named = [], frozenset[str]()
    for seq, fields, recipient in _records(store, ring, card):
        if fields.get("recipient") != recipient:
            raise swapped()
        ids = fields.get("named_officers", [])
        named |= {str(i) for i in ids} if isinstance(ids, list | tuple) else set()
        found.append(Naming(seq, named))
    return [naming for naming in found if naming.officers]


def _records(
    store: Store, ring: Keyring, card: Card
) -> Iterator[tuple[int, Mapping[str, Json], str]]:
    """Yield entry, fields and the recipient in force from that entry on."""
    keys = ring.open_incident(card)
    yield store.of_incident(card.inc)[0].seq, store.opening(card.inc, keys), card.first_recipient
    after = [*(recipient for _, recipient in card.before[1:]), card.recipient]
    for (seq, _), recipient in zip(card.before, after, strict=False):
        yield seq, store.restricting(seq, keys), recipient
