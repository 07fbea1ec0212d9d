"""STOP pressed while it was locked, written at the next sign-in before anything else is done.

docs/format.md section 5b. It is part of opening the vault, so that every sign-in does it: the app,
each verb of the command line, putting a copy back.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.casework.access import stop_notes, summaries
from esafety_tui.casework.access.open_cases import LateStop
from esafety_tui.casework.access.session import Session
from esafety_tui.casework.access.stop_notes import Pressed
from esafety_tui.casework.incident import case_view, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_for_stop, reopen, unread
from esafety_tui.casework.integrity.orphans import FOLDER, move_aside
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


def at_door(session: Session) -> None:
    """Write the STOPs that the disk has notes of; what cannot be written is a warning.

    A note goes once the STOP is on the disk, in its own incident. One that does not open is told
    and moved aside.
    """
    for path in stop_notes.lying(session.folder):
        try:
            noted = stop_notes.read(session, path)
            if noted is None or _write(session, noted):
                stop_notes.remove(path)
            else:
                session.warnings.append(_why_waiting(session, noted.inc))
        except stop_notes.NotOpened as err:
            session.warnings.append(err.what + _moved_aside(session, path))
        except EvidenceError:
            session.warnings.append(WAITS)


def _write(session: Session, noted: Pressed) -> bool:
    """Write the STOP. Returns False where it is still to be written in its own incident."""
    if noted.inc and noted.instead and _kept_out(session, noted.inc):
        session.store.holds.frozen.add(noted.inc)
        return False
    case, there = case_to_stop(session, noted.inc)
    stopped = write(case, noted.at)
    session.stops.append(LateStop(noted.inc, case, stopped))
    session.warnings.append(WRITTEN.format(reference=stopped.reference))
    return there


def _why_waiting(session: Session, inc: str) -> str:
    try:
        session.card(inc)
    except EvidenceError:
        return DAMAGED
    return NOT_THEIRS


def _kept_out(session: Session, inc: str) -> bool:
    """Whether STOP cannot be written into an incident: restricted and not theirs, or no card."""
    try:
        card = session.card(inc)
    except EvidenceError:
        return _is_there(session, inc)
    try:
        if session.pair:
            session.incident_keys(card)
    except NotEligible:
        return True
    except EvidenceError:  # a damaged key: the card is enough
        return False
    return card.restricted and not session.pair


def _is_there(session: Session, inc: str) -> bool:
    return bool(session.store.lines_of_incident(inc)) and inc not in session.store.shredded


def case_to_stop(session: Session, inc: str | None) -> tuple[CaseFile, bool]:
    """Return the incident to stop, unread where it cannot be read: a STOP needs its card alone.

    A new one where none is named, it is restricted and not theirs, it was destroyed, or its card is
    damaged. The second is False where STOP is still to be written into the one that is named; that
    one is frozen in memory then. Raises StorageFailed.
    """
    if not inc:
        return _new(session), True
    why = ""
    try:
        return reopen(session, inc), True
    except NotEligible:
        return _instead(session, inc), False
    except StorageFailed:  # the entry of reading it: there is more room for the STOP itself
        stop.give_up_reserve(session.folder)
    except EvidenceError as err:
        why = err.what
    try:
        case = unread(session, inc)
    except EvidenceError:
        there = _is_there(session, inc)
        return (_instead(session, inc), False) if there else (_new(session), True)
    if why:
        session.warnings.append(UNREAD.format(why=why))
    return case, True


def _instead(session: Session, inc: str) -> CaseFile:
    """Freeze ``inc`` in memory, and open the incident that STOP is written into instead."""
    session.store.holds.frozen.add(inc)
    return _new(session)


def _new(session: Session) -> CaseFile:
    try:
        return open_for_stop(session)
    except StorageFailed:
        stop.give_up_reserve(session.folder)
        return open_for_stop(session)


def write(case: CaseFile, pressed: str = "") -> StopResult:
    """Write a STOP, unless one stands already. Raises StorageFailed."""
    done = stop.standing(case)
    if done is None:
        receipt = summaries.shown(stop.stop(case, pressed))
    else:
        receipt = case_view.receipt(case, done)
    return StopResult(receipt, case.inc, case.card.reference, case.session.copies.holding)


def _moved_aside(session: Session, path: Path) -> str:
    try:
        session.record("orphan.moved", {"files": 1, "names": [path.name]})
        move_aside([path], session.folder / FOLDER)
    except (OSError, EvidenceError):
        return NOT_MOVED
    return MOVED
