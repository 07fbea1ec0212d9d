"""The desk's second part: incidents, answers, captures, STOP. See casework/desk/front.py."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from esafety_tui.casework.access import stop_notes, summaries
from esafety_tui.casework.access.session import Session
from esafety_tui.casework.access.stop_notes import Pressed
from esafety_tui.casework.desk.locked_session import Away
from esafety_tui.casework.desk.school_policy import PolicyDesk
from esafety_tui.casework.incident import (
    capture,
    case_view,
    corrections,
    deferred_stop,
    entries,
    stop,
)
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import FULL, carry_on, open_new, reopen
from esafety_tui.data.officers import Kdf
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Clock, stamp
from esafety_tui.kernel.errors import EvidenceError, Locked, Refused, StorageFailed
from esafety_tui.kernel.views import (
    CaseHandle,
    CaseView,
    IncidentCard,
    Item,
    Progress,
    Receipt,
    Stopped,
    Values,
)

ONE_ALONE = "One officer alone cannot read what was answered here before."
UNANSWERABLE = "What was answered here before cannot be read: it is damaged."


class CaseDesk(PolicyDesk):
    """Incidents, answers, captures and STOP."""

    def __init__(self, folder: Path, clock: Clock, kdf: Kdf, sheets: Path) -> None:
        super().__init__(folder, clock, kdf, sheets)
        self.pressed: list[Pressed] = []

    def incidents(self) -> tuple[IncidentCard, ...]:
        """Return the register, newest first."""
        with self.turn:
            session = self.session
            return summaries.incident_cards(session)

    def open_incident(
        self, named: tuple[str, ...], others: str, words_only: bool, procedure: str = FULL
    ) -> CaseHandle:
        """Open a new incident; ``named`` are officer ids. Raises NotEligible, Refused."""
        with self.turn:
            case = open_new(
                self.session, named=named, others=others, words_only=words_only,
                procedure=procedure,
            )  # fmt: skip
            return self._hold(case)

    def link_incident(self, inc: str, procedure: str) -> CaseHandle:
        """Open a new incident of ``procedure``, linked to one whose answers lead to it.

        Raises Refused where none of them does.
        """
        with self.turn:
            return self._hold(carry_on(self.opened(inc), procedure))

    def _hold(self, case: CaseFile) -> CaseHandle:
        self.open_cases[case.inc] = case
        self.active = case.inc
        return CaseHandle(case.inc, case.card.reference)

    def opened(self, inc: str) -> CaseFile:
        """Return the incident, reading it in when this session has not yet."""
        session = self.session
        if inc not in self.open_cases:
            self.open_cases[inc] = reopen(session, inc)
        elif session.pair and self.open_cases[inc].identity is None:  # STOP came to it unread
            with contextlib.suppress(EvidenceError):  # words may still be added
                self.open_cases[inc] = reopen(session, inc)
        elif inc != self.active:  # what is on screen is shown from here on
            now = session.clock.now()
            self.open_cases[inc].pace.begin(now.boot, now.mono)
        self.active = inc
        return self.open_cases[inc]

    def case(self, inc: str) -> CaseView:
        """Return the incident as recorded so far."""
        with self.turn:
            before = len(self.session.warnings)
            seen = case_view.view(self.opened(inc), self.machine_name())
            # What opening it found is said once, where it is opened.
            return replace(seen, warnings=tuple(self.session.warnings[before:]))

    def answer(self, inc: str, step_id: str, values: Values, reason: str) -> Receipt:
        """Seal one answer. An unchanged one seals nothing and returns the last receipt."""
        with self.turn:
            case = self.opened(inc)
            if not case.records or case.records[0].type != "incident.opened":
                # Without the earlier answers this would be a second, contradicting first answer.
                raise Refused(
                    UNANSWERABLE if self.session.pair else ONE_ALONE,
                    "Add your words as a note; two officers carry on with the questions.",
                )
            given: Mapping[str, Json] = dict(values)
            receipt = case.answer(step_id, given, reason)
            if receipt is not None:
                return summaries.shown(receipt)
            last = summaries.last_receipt(self.session)
            assert last is not None  # noqa: S101 - a vault always has its founding entry
            return last

    def describe(self, inc: str, step_id: str, values: Values) -> Receipt:
        """Seal one record of a step that takes down one after another."""
        with self.turn:
            return summaries.shown(entries.describe(self.opened(inc), step_id, values))

    def note(self, inc: str, text: str) -> Receipt:
        """Seal a statement: each line says how its writer knows it."""
        with self.turn:
            return summaries.shown(capture.note(self.opened(inc), text))

    def correct(self, inc: str, seq: int, field: str, text: str, reason: str) -> Receipt:
        """Seal other words for a record's field, by two and with a reason; the old ones stay."""
        with self.turn:
            return summaries.shown(corrections.correct(self.opened(inc), seq, field, text, reason))

    def add_url(self, inc: str, url: str, concern: str, how_known: str) -> Receipt:
        """Seal one address. Nothing is fetched."""
        with self.turn:
            return summaries.shown(capture.add_url(self.opened(inc), url, concern, how_known))

    def add_file(
        self, inc: str, path: Path, description: str, provenance: str, progress: Progress
    ) -> Item:
        """Take a file or screenshot in, byte-exact, and return it with its exhibit reference."""
        with self.turn:
            case = self.opened(inc)

            def report(done: int, total: int) -> None:
                progress("taking it in", done, total)

            record = capture.take_file(case, path, description, provenance, report)
            return case_view.item(case, record)

    def stop(self, inc: str | None, pressed: str = "") -> Stopped:
        """Freeze at once, then write it down when the running call has given up.

        ``inc`` None: the incident at work, else a new one, frozen from its start. ``pressed``: UTC
        stamp of when, where that was earlier. Raises Refused when nobody is signed in, and while
        it is locked, StorageFailed when the disk refused (memory stays frozen).
        """
        session = self._session
        if session is None and self._away is not None:
            return self._press(inc, self._away)
        if session is None:
            raise Refused(
                "Nobody is signed in, so nothing is written down yet.",
                "Do the three steps now. Sign in afterwards; one officer is enough.",
            )
        known = self.open_cases.get(inc or self.active)
        if known is not None:
            stop.freeze_now(known)
        with self.turn:
            if self._session is not session:  # signed out or locked while this waited
                return self.stop(inc, pressed)
            # Another STOP may have opened one while this one waited.
            case = known or self.open_cases.get(inc or self.active)
            case = case or self._stop_case(session, inc)
            return deferred_stop.write(case, pressed)

    def _press(self, inc: str | None, away: Away) -> Stopped:
        """Keep a STOP that nothing can sign now, on the disk too. Raises Refused: it says so."""
        one = Pressed(inc or self.active, stamp(self.clock.now().wall))
        self.pressed.append(one)
        noted = "It is noted on the disk, and written first of all with the next passphrase."
        try:
            stop_notes.write(self.folder, away.note)
        except StorageFailed:
            noted = "The disk took no note of it: one of you gives the passphrase before you leave."
        with self.turn:
            if self._session is None:
                raise Locked(f"It is locked. {noted}", "One of you is enough.")
            if one in self.pressed:  # somebody came back just now, and did not see it
                self.pressed.remove(one)
        return self.stop(inc, one.at)

    def _stop_case(self, session: Session, inc: str | None) -> CaseFile:
        """Return the incident to stop, at work from here on. Raises StorageFailed.

        Where it is another one, the STOP stays noted for the one it was pressed in.
        """
        case, there = deferred_stop.case_to_stop(session, inc)
        if inc and not there:
            with contextlib.suppress(StorageFailed):  # frozen as long as this program runs
                stop_notes.write(self.folder, stop_notes.make(session, inc))
        self._hold(case)
        return case

    def tick(self, inc: str, n: int, note: str) -> Receipt:
        """Seal that STOP step ``n`` (1..3) is done."""
        with self.turn:
            return summaries.shown(stop.tick(self._even_locked(inc), n, note))

    def _even_locked(self, inc: str) -> CaseFile:
        """STOP's own ticks are written also where a lock waits for a verb that runs."""
        return self.open_cases.get(inc) or self.opened(inc)

    def this_computer(self, inc: str) -> Receipt:
        """Seal that the computer in question is this one; the session is locked afterwards."""
        with self.turn:
            receipt = summaries.shown(stop.this_computer(self._even_locked(inc)))
            self.lock()
            return receipt

    def release(
        self, inc: str, seq: int, police_reference: str, passphrases: Mapping[str, str]
    ) -> Receipt:
        """Release one frozen item: both passphrases again and a police reference."""
        with self.turn:
            pairs = tuple(passphrases.items())
            return summaries.shown(stop.release(self.opened(inc), seq, police_reference, pairs))
