"""STOP: freezing, its three steps, and releasing one item.

STOP alone freezes before it waits for the mutex. While the desk is locked it is noted on the disk,
and written first of all when somebody is back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from esafety_tui.casework.access import stop_notes, summaries
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.access.stop_notes import PressedStop
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.desk.locked_session import Away
from esafety_tui.casework.incident import deferred_stop, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.kernel.cards import Receipt
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.errors import Refused, SessionLocked, StorageFailed
from esafety_tui.kernel.views import StopResult


class StopService:
    """What is pressed when something must be kept from getting worse."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    def stop(self, inc: str | None, pressed: str = "") -> StopResult:
        """Freeze at once, then write it down when the running call has given up.

        ``inc`` None: the incident at work, else a new one, frozen from its start. ``pressed``: UTC
        stamp of when, where that was earlier. Raises Refused when nobody is signed in, and while
        it is locked, StorageFailed when the disk refused (memory stays frozen).
        """
        context = self._context
        session = context.signed_in
        if session is None and context.away is not None:
            return self._press(inc, context.away)
        if session is None:
            raise Refused(
                "Nobody is signed in, so nothing is written down yet.",
                "Do the three steps now. Sign in afterwards; one officer is enough.",
            )
        known = context.open_cases.get(inc or context.active)
        if known is not None:
            stop.freeze_now(known)
        with context.mutex:
            if context.signed_in is not session:  # signed out or locked while this waited
                return self.stop(inc, pressed)
            # Another STOP may have opened one while this one waited.
            case = known or context.open_cases.get(inc or context.active)
            case = case or self._stop_case(session, inc)
            return deferred_stop.write_stop_once(case, pressed)

    def _press(self, inc: str | None, away: Away) -> StopResult:
        """Keep a STOP that nothing can sign now, on the disk too. Raises Refused: it says so."""
        context = self._context
        one = PressedStop(inc or context.active, format_stamp(context.clock.read_clock().wall))
        context.pressed_stops.append(one)
        noted = "It is noted on the disk, and written first of all with the next passphrase."
        try:
            stop_notes.write_stop_note(context.folder, away.note)
        except StorageFailed:
            noted = "The disk took no note of it: one of you gives the passphrase before you leave."
        with context.mutex:
            if context.signed_in is None:
                raise SessionLocked(f"It is locked. {noted}", "One of you is enough.")
            if one in context.pressed_stops:  # somebody came back just now, and did not see it
                context.pressed_stops.remove(one)
        return self.stop(inc, one.at)

    def _stop_case(self, session: OpenSession, inc: str | None) -> CaseFile:
        """Return the incident to stop, at work from here on. Raises StorageFailed.

        Where it is another one, the STOP stays noted for the one it was pressed in.
        """
        context = self._context
        case, there = deferred_stop.case_to_stop(session, inc)
        if inc and not there:
            with contextlib.suppress(StorageFailed):  # frozen as long as this program runs
                stop_notes.write_stop_note(context.folder, stop_notes.seal_stop_note(session, inc))
        context.activate_case(case)
        return case

    def tick(self, inc: str, n: int, note: str) -> Receipt:
        """Seal that STOP step ``n`` (1..3) is done."""
        with self._context.mutex:
            return summaries.show_receipt(
                stop.record_stop_tick(self.case_even_locked(inc), n, note)
            )

    def case_even_locked(self, inc: str) -> CaseFile:
        """Return the incident, also where a lock waits for a verb that runs: ticks are written."""
        context = self._context
        return context.open_cases.get(inc) or context.load_case(inc)

    def release(
        self, inc: str, seq: int, police_reference: str, passphrases: Mapping[str, str]
    ) -> Receipt:
        """Release one frozen item: both passphrases again and a police reference."""
        context = self._context
        with context.mutex:
            pairs = tuple(passphrases.items())
            return summaries.show_receipt(
                stop.release_exhibit(context.load_case(inc), seq, police_reference, pairs)
            )
