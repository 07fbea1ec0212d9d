"""Freezes that somebody took out of the database: found by two officers, from the records.

A hold lies under the LEDGER key, which every officer alone has, so one of them can remove it or
seal a release beside an entry of two. The records are out of their reach. Opening an incident
looks; what goes by the holds of all incidents looks here first: a copy, and the full check.
One officer alone cannot look, nor can two for an incident that they may not open.
"""

from __future__ import annotations

from collections.abc import Iterator

from esafety_tui.casework import closing
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.session import Session
from esafety_tui.data.holds import Hold
from esafety_tui.data.keyring import Card
from esafety_tui.kernel.errors import NotEligible, VaultNotSound
from esafety_tui.kernel.records import FREEZES

NOTE = (
    "A freeze of {reference} had been removed from the database. It is in force again, by the "
    "records. Compare this vault with your second copy."
)


def put_in_force(case: CaseFile) -> None:
    """Put in force, in memory, what the records just read froze, whatever the database says."""
    marked = any(r.type in FREEZES for r in case.records)
    held: set[str] = set()
    seen: set[str] = set()
    for record in case.records:
        seen.update(record.blobs)
        if record.type in FREEZES:
            held |= seen
        elif not marked:  # an answer froze, and the program died before it said so again
            held.update(record.blobs)
        if record.type == "released" and len(record.by) > 1:
            held.discard(record.text("blob"))
    holds = case.session.store.holds
    if not (marked or case.facts.frozen) or (case.inc in holds.frozen and held <= holds.blobs):
        return
    holds.apply(Hold(case.inc, "freeze", tuple(sorted(held))))
    closing.close_now(case)
    case.session.warnings.append(
        "A freeze was removed from the database. It is in force all the same, by the records. "
        "Compare this vault with your second copy."
    )


def freeze_again(session: Session) -> None:
    """Put in force again what the records freeze, by an entry in each incident it is missing from.

    Nothing for a lone officer. Raises Tampered, StorageFailed.
    """
    for card, names in list(_thawed(session)):
        closing.learn(session, card)
        session.record(
            "frozen", {"because": "records", "blobs": [*names]}, card,
            hold=Hold(card.inc, "freeze", names),
        )  # fmt: skip
        session.warnings.append(NOTE.format(reference=card.reference))


def refuse(session: Session) -> None:
    """Raise NotSound where a freeze is missing; nothing for a lone officer."""
    for card, _names in _thawed(session):
        raise VaultNotSound(card.reference, "a freeze was removed from the database")


def _thawed(session: Session) -> Iterator[tuple[Card, tuple[str, ...]]]:
    """Yield incidents with sealed files that the records freeze and the database does not."""
    if not session.pair:
        return
    store = session.store
    filled = {line.inc for line in store.lines if line.blobs}
    for card in session.cards():
        if card.inc not in filled:
            continue
        try:
            held = store.frozen_by_records(card.inc, session.incident_keys(card))
        except NotEligible:
            continue
        if not held <= store.holds.blobs:
            yield card, tuple(sorted(held))
