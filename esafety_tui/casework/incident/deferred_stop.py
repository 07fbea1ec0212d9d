"""STOP pressed while it was locked, written at the next sign-in before anything else is done.

docs/format.md section 5b. It is part of opening the vault, so that every sign-in does it: the app,
each verb of the command line, putting a copy back.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.casework.access import stop_notes, summaries
from esafety_tui.casework.access.open_cases import DeferredStop
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.access.stop_notes import PressedStop
from esafety_tui.casework.incident import case_view, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import (
    open_incident_for_stop,
    open_without_reading,
    reopen_incident,
)
from esafety_tui.casework.integrity.orphans import FOLDER, move_file_aside
from esafety_tui.kernel.errors import EvidenceError, NotEligible, StorageFailed
from esafety_tui.kernel.views import StopResult

WRITTEN = "STOP was pressed while it was locked. It is written down, and {reference} is frozen."
WAITS = "STOP was pressed while it was locked, and could not be written down. Press STOP again."
NOT_THEIRS = (
    "STOP was pressed while it was locked, in a restricted incident that you may not write in. It "
    "is written there when two who may open it sign in."
)
DAMAGED = (
    "STOP was pressed in an incident whose card is damaged or missing. Nothing more is taken into "
    "it. Put the vault's folder keyring back from the second copy: STOP is then written there."
)
UNREAD = (
    "STOP froze an incident that could not be read. {why} It stays frozen when its files are put "
    "right from the second copy."
)
MOVED = " It was moved into the vault's folder orphans, not deleted."
NOT_MOVED = " It could not be moved aside. Check the disk."


def write_deferred_stops(session: OpenSession) -> None:
    """Write the STOPs that the disk has notes of; what cannot be written is a warning.

    A note goes once the STOP is on the disk, in its own incident. One that does not open is told
    and moved aside.
    """
    for path in stop_notes.list_stop_notes(session.folder):
        try:
            noted = stop_notes.read_stop_note(session, path)
            if noted is None or _write_deferred(session, noted):
                stop_notes.remove_stop_note(path)
            else:
                session.warnings.append(_why_waiting(session, noted.inc))
        except stop_notes.UnopenedNote as err:
            session.warnings.append(err.what + _move_note_aside(session, path))
        except EvidenceError:
            session.warnings.append(WAITS)


def _write_deferred(session: OpenSession, noted: PressedStop) -> bool:
    """Write the STOP. Returns False where it is still to be written in its own incident."""
    if noted.inc and noted.instead and _cannot_be_written(session, noted.inc):
        session.store.holds.frozen.add(noted.inc)
        return False
    case, there = case_to_stop(session, noted.inc)
    stopped = write_stop_once(case, noted.at)
    session.stops.append(DeferredStop(noted.inc, case, stopped))
    session.warnings.append(WRITTEN.format(reference=stopped.reference))
    return there


def _why_waiting(session: OpenSession, inc: str) -> str:
    try:
        session.read_case_card(inc)
    except EvidenceError:
        return DAMAGED
    return NOT_THEIRS


def _cannot_be_written(session: OpenSession, inc: str) -> bool:
    """Whether STOP cannot be written into an incident: restricted and not theirs, or no card."""
    try:
        card = session.read_case_card(inc)
    except EvidenceError:
        return _incident_exists(session, inc)
    try:
        if session.is_pair:
            session.open_incident_keys(card)
    except NotEligible:
        return True
    except EvidenceError:  # a damaged key: the card is enough
        return False
    return card.restricted and not session.is_pair


def _incident_exists(session: OpenSession, inc: str) -> bool:
    return bool(session.store.lines_of_incident(inc)) and inc not in session.store.shredded


def case_to_stop(session: OpenSession, inc: str | None) -> tuple[CaseFile, bool]:
    """Return the incident to stop, unread where it cannot be read: a STOP needs its card alone.

    A new one where none is named, it is restricted and not theirs, it was destroyed, or its card is
    damaged. The second is False where STOP is still to be written into the one that is named; that
    one is frozen in memory then. Raises StorageFailed.
    """
    if not inc:
        return _open_new_for_stop(session), True
    why = ""
    try:
        return reopen_incident(session, inc), True
    except NotEligible:
        return _freeze_elsewhere(session, inc), False
    except StorageFailed:  # the entry of reading it: there is more room for the STOP itself
        stop.release_disk_reserve(session.folder)
    except EvidenceError as err:
        why = err.what
    try:
        case = open_without_reading(session, inc)
    except EvidenceError:
        there = _incident_exists(session, inc)
        return (
            (_freeze_elsewhere(session, inc), False)
            if there
            else (_open_new_for_stop(session), True)
        )
    if why:
        session.warnings.append(UNREAD.format(why=why))
    return case, True


def _freeze_elsewhere(session: OpenSession, inc: str) -> CaseFile:
    """Freeze ``inc`` in memory, and open the incident that STOP is written into instead."""
    session.store.holds.frozen.add(inc)
    return _open_new_for_stop(session)


def _open_new_for_stop(session: OpenSession) -> CaseFile:
    try:
        return open_incident_for_stop(session)
    except StorageFailed:
        stop.release_disk_reserve(session.folder)
        return open_incident_for_stop(session)


def write_stop_once(case: CaseFile, pressed: str = "") -> StopResult:
    """Write a STOP, unless one stands already. Raises StorageFailed."""
    done = stop.last_stop_in_force(case)
    if done is None:
        receipt = summaries.show_receipt(stop.record_stop(case, pressed))
    else:
        receipt = case_view.receipt_of_record(case, done)
    return StopResult(receipt, case.inc, case.card.reference, case.session.copies.holding)


def _move_note_aside(session: OpenSession, path: Path) -> str:
    try:
        session.append_record("orphan.moved", {"files": 1, "names": [path.name]})
        move_file_aside([path], session.folder / FOLDER)
    except (OSError, EvidenceError):
        return NOT_MOVED
    return MOVED
