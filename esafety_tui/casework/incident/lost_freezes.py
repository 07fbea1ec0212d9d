"""Freezes that somebody took out of the database: found by two officers, from the records.

A hold lies under the LEDGER key, which every officer alone has, so one of them can remove it or
seal a release beside an entry of two. The records are out of their reach. Opening an incident
looks; what goes by the holds of all incidents looks here first: the door, a copy, the full check.
One officer alone cannot look, nor can two for an incident that they may not open.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Set

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import frozen_content
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.holds import Hold, Holds, fingerprint_holds
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, NotEligible, VaultNotSound
from esafety_tui.kernel.records import FREEZES

HOLDS = "holds"
"""Field of SESSION_BEGINS of two: the print of all holds before it, compared with the records."""

NOTE = (
    "A freeze of {reference} had been removed from the database. It is in force again, by the "
    "records. Compare this vault with your second copy."
)


def restore_in_memory(case: CaseFile) -> None:
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
            held.discard(record.field_text("blob"))
    holds = case.session.store.holds
    if not (marked or case.outcome_of_answers.frozen) or (
        case.inc in holds.frozen and held <= holds.blobs
    ):
        return
    holds.apply_hold(Hold(case.inc, "freeze", tuple(sorted(held))))
    frozen_content.freeze_content_now(case)
    case.session.warnings.append(
        "A freeze was removed from the database. It is in force all the same, by the records. "
        "Compare this vault with your second copy."
    )


def restore_lost_freezes(session: OpenSession) -> str:
    """Freeze again what the database has lost since two last signed in; return what to say of it.

    That is the field HOLDS for the entry that says who is in: the holds there are, or "" where not
    all could be compared with the records, so that the next two compare them all. Two said so last
    time; where their holds are as they were, only later entries are opened. A restricted incident
    is opened whole: those who signed in last may have been unable to. "" for a lone officer.

    Raises StorageFailed.
    """
    if not session.is_pair:
        return ""
    store, last = session.store, frozen_content.find_last_opening(session)
    since = last.seq if last is not None else 0
    if last is None or last.fields.get(HOLDS) != fingerprint_holds(store.held, since):
        since = 0
    whole = True
    for inc in sorted({x.inc for x in store.lines.with_files()} - store.shredded):
        try:
            card = session.read_case_card(inc)
            held = _frozen_by_records(session, card, since)
        except NotEligible:
            continue
        except EvidenceError:  # damaged: it keeps nobody out, and whoever opens it is told
            whole = False
            continue
        if not held <= store.holds.blobs:
            _record_freeze_again(session, card, tuple(sorted(held)))
    return fingerprint_holds(store.held, store.chain.size) if whole else ""


def _frozen_by_records(session: OpenSession, card: IncidentCard, since: int) -> set[str]:
    """Return what the records of an incident freeze, those before ``since`` unopened."""
    store, before = session.store, Holds()
    since = 0 if card.restricted else since
    if store.lines_of_incident(card.inc)[-1].seq < since:
        return set()
    for seq, hold in sorted(store.held.items()):
        if hold.inc == card.inc and seq < since:
            before.apply_hold(hold)
    return store.frozen_by_records(card.inc, session.open_incident_keys(card), since, before.blobs)


def record_lost_freezes(session: OpenSession) -> None:
    """Put in force again what the records freeze, by an entry in each incident it is missing from.

    Nothing for a lone officer. Raises Tampered, StorageFailed.
    """
    for card, names in list(_iterate_lost_freezes(session)):
        _record_freeze_again(session, card, names)


def _record_freeze_again(session: OpenSession, card: IncidentCard, names: tuple[str, ...]) -> None:
    with contextlib.suppress(EvidenceError):  # what is not learnt now is, at the next sign-in
        frozen_content.learn_case_files(session, card)
    _write_freeze(session, card, "records", names)
    session.warnings.append(NOTE.format(reference=card.reference))


def write_memory_freezes(session: OpenSession, frozen: Set[str]) -> None:
    """Write those freezes of ``frozen`` (sealed files) that are in memory and not on the disk yet.

    STOP freezes at once, and its own entry waits for the verb that runs. An entry that says what a
    copy has left out must not come before. Raises StorageFailed.
    """
    store, then = session.store, Holds()
    for _seq, hold in sorted(store.held.items()):
        then.apply_hold(hold)
    late = frozen - then.blobs
    with_files = store.lines.with_files()
    for inc in sorted({x.inc for x in with_files if not late.isdisjoint(x.blobs)}):
        names = sorted({name for x in store.lines_of_incident(inc) for name in x.blobs} & late)
        _write_freeze(session, session.read_case_card(inc), "stop", tuple(names))


def _write_freeze(
    session: OpenSession, card: IncidentCard, because: str, names: tuple[str, ...]
) -> None:
    fields: dict[str, Json] = {"because": because, "blobs": [*names]}
    hold = Hold(card.inc, "freeze", names)
    known = session.cases.get_case(card.inc)
    if known is not None:  # somebody works with it, and has its records in memory
        known.write_record("frozen", fields, hold=hold)
    else:
        session.append_record("frozen", fields, card, hold=hold)


def refuse_lost_freezes(session: OpenSession) -> None:
    """Raise NotSound where a freeze is missing; nothing for a lone officer."""
    for card, _names in _iterate_lost_freezes(session):
        raise VaultNotSound(card.reference, "a freeze was removed from the database")


def _iterate_lost_freezes(session: OpenSession) -> Iterator[tuple[IncidentCard, tuple[str, ...]]]:
    """Yield incidents with sealed files that the records freeze and the database does not."""
    if not session.is_pair:
        return
    store = session.store
    filled = {line.inc for line in store.lines.with_files()}
    for card in session.read_case_cards():
        if card.inc not in filled:
            continue
        try:
            held = store.frozen_by_records(card.inc, session.open_incident_keys(card))
        except NotEligible:
            continue
        if not held <= store.holds.blobs:
            yield card, tuple(sorted(held))
