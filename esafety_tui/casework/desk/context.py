"""What the services of the desk share: the vault, who is in, the incidents at work, one mutex."""

from __future__ import annotations

import contextlib
import platform as system_platform
from contextlib import ExitStack
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.access.stop_notes import PressedStop
from esafety_tui.casework.desk.locked_session import Away
from esafety_tui.casework.desk.verb_mutex import VerbMutex
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.draft_files import SessionDrafts
from esafety_tui.casework.incident.opening import reopen_incident
from esafety_tui.data.officers import KdfCost
from esafety_tui.kernel.clock import Clock
from esafety_tui.kernel.errors import EvidenceError, Refused, SessionLocked
from esafety_tui.kernel.views import CaseHandle


class DeskContext:
    """The one state of a desk. A service changes it only while it has the mutex.

    Attributes:
        folder: the vault. kdf: cost of new key files. sheets: where set-up saves its PDFs.
        mutex: taken by every verb that opens the store; what a face may ask meanwhile takes none.
        signed_in: the open session, None at the door and behind a lock.
        hidden: a lock was asked for; a verb that had begun keeps the session until it ends.
        away: what stays of a locked session, until everybody of it is back.
        vault_lock: holds the lock file of the vault for as long as somebody is signed in.
        open_cases: the incidents at work, by id. active: the one on screen, "" for none.
        unkept_drafts: drafts the disk refused, sealed. drafts: the writer of these officers.
        pressed_stops: STOPs that nothing could sign yet.
    """

    def __init__(self, folder: Path, clock: Clock, kdf: KdfCost, sheets: Path) -> None:
        self.folder, self.clock, self.kdf, self.sheets = folder, clock, kdf, sheets
        self.mutex = VerbMutex()
        self.signed_in: OpenSession | None = None
        self.hidden = False
        self.away: Away | None = None
        self.vault_lock = ExitStack()
        self.open_cases: dict[str, CaseFile] = {}
        self.active = ""
        self.unkept_drafts: dict[str, bytes] = {}
        self.drafts: SessionDrafts | None = None
        self.pressed_stops: list[PressedStop] = []

    @property
    def session(self) -> OpenSession:
        """The open session. Raises Locked, or Refused where nobody is signed in.

        A verb that had begun when it was locked has the session until it ends.
        """
        session = self.signed_in
        if (session is None and self.away) or (self.hidden and not self.mutex.begun):
            raise SessionLocked("It is locked.", "Reopen it with an officer's passphrase.")
        if session is None:
            raise Refused("Nobody is signed in.", "Sign in first.")
        self.mutex.begin()
        return session

    def machine_name(self) -> str:
        """Return this computer's name, offered in set-up."""
        return system_platform.node() or "this computer"

    def load_case(self, inc: str) -> CaseFile:
        """Return the incident, reading it in when this session has not yet; it is on screen then.

        Raises Refused, NotEligible, and what reading its records raises.
        """
        session = self.session
        if inc not in self.open_cases:
            self.open_cases[inc] = reopen_incident(session, inc)
        elif session.is_pair and self.open_cases[inc].identity is None:  # STOP came to it unread
            with contextlib.suppress(EvidenceError):  # words may still be added
                self.open_cases[inc] = reopen_incident(session, inc)
        elif inc != self.active:  # what is on screen is shown from here on
            now = session.clock.read_clock()
            self.open_cases[inc].pace.begin_step(now.boot, now.mono)
        self.active = inc
        return self.open_cases[inc]

    def activate_case(self, case: CaseFile) -> CaseHandle:
        """Put an incident that was just opened on screen."""
        self.open_cases[case.inc] = case
        self.active = case.inc
        return CaseHandle(case.inc, case.card.reference)

    def drop_case(self, inc: str) -> None:
        """Let go of an incident that is to be destroyed."""
        if self.open_cases.pop(inc, None) is not None and inc == self.active:
            self.active = ""

    def close_cases(self) -> None:
        """Let go of the incidents at work, of their keys, and of the session drafts belong to."""
        self.open_cases.clear()
        if self.drafts is not None:
            self.drafts.release_session()

    def drafts_of(self, session: OpenSession) -> SessionDrafts:
        """Return the drafts of these officers: nobody else's file is written over."""
        if self.drafts is None or not self.drafts.continue_in_session(session):
            self.drafts = SessionDrafts(session, self.unkept_drafts)
        return self.drafts
