"""The desk's part between: coming back from the lock, leaving, and STOP while it is locked.

See casework/desk/locked_session.py. What STOP could not write down without a key is
written before anything else when somebody is back.
"""

from __future__ import annotations

from dataclasses import replace

from esafety_tui.casework.access import reauthenticate, stop_notes
from esafety_tui.casework.access.public_info import doorplate
from esafety_tui.casework.access.session import Session
from esafety_tui.casework.desk import locked_session
from esafety_tui.casework.desk.typed_drafts import UnsentDesk
from esafety_tui.casework.incident import deferred_stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.signin.unlock import Login
from esafety_tui.kernel.door import Unlocked
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible
from esafety_tui.kernel.views import Stopped


class LockDesk(UnsentDesk):
    """The lock's other half."""

    def reopen(self, officer_id: str, passphrase: str) -> Unlocked:
        """Let an officer of the locked session in again, alone or beside the one who came first.

        Raises NotEligible, WrongPassphrase, and what casework.unlock raises; nothing changes then.
        """
        with self.turn:
            away, present = self._away, self._session
            if away is None:
                if present is not None:  # the same key pressed twice: the first one opened it
                    reauthenticate.again(present, officer_id, passphrase)
                    return self._welcome(present)
                raise NotEligible(*locked_session.NOT_OF_IT)
            login = Login(officer_id, passphrase, away.key_files.get(officer_id))
            made = locked_session.come_back(
                self.folder, self._origin(), away, present, login, self.clock
            )
            if made is not present:
                self._session = made
                self._close_cases()
            self._hidden = False
            kept = locked_session.texts(away, made)
            if not away.missing(made):
                self._away = None
            return replace(self._welcome(made), kept=kept)

    def leave(self, officer_id: str) -> Unlocked:
        """Let one of two officers leave: their keys go, the other stays alone.

        Raises NotEligible, StorageFailed: both are in then, or, where the vault could not be
        opened for the one who stays, it is locked.
        """
        with self.turn:
            session = self.session
            locked_session.record_leaving(session, officer_id)
            try:
                made = locked_session.stay(session, officer_id, self._origin())
            except BaseException:
                self._put_away(session, idle=False)
                raise
            self._session, self._away = made, None
            self._close_cases()
            return self._welcome(made)

    def keep_for_both(self, text: str) -> bool:
        """Keep a text, sealed, until everybody of a locked session is back.

        Returns False where nobody is away: then it can be shown at once.
        """
        with self.turn:
            if self._away is None:
                return False
            self._away.keep(text)
            return True

    def _origin(self) -> str:
        plate = doorplate(self.folder)
        if plate is None:
            raise BadInput("There is no vault here.", "Sign out, and look for the folder.")
        return plate.origin

    def _welcome(self, session: Session) -> Unlocked:
        """Write down first what STOP could not while it was locked."""
        stopped = self._write_pressed(session)
        return replace(super()._welcome(session), stopped=stopped)

    def _write_pressed(self, session: Session) -> Stopped | None:
        """Return the last STOP written: at the door by its note, or here, where none was taken."""
        late, waiting, self.pressed = list(session.stops), self.pressed, []
        session.stops.clear()
        for done in late:
            if isinstance(done.case, CaseFile):
                self._hold(done.case)
        stopped = late[-1].stopped if late else None
        noted = stop_notes.waiting(session)
        for one in waiting:
            if one.inc in noted:  # it has been told why, and waits for the next who come in
                self.pressed.append(one)
                continue
            if one.inc in [done.inc for done in late]:
                continue
            try:
                stopped = self.stop(one.inc or None, one.at)
            except EvidenceError:
                self.pressed.append(one)
                session.warnings.append(deferred_stop.WAITS)
                continue
            if one.inc and stopped.inc != one.inc and not session.pair:
                self.pressed.append(one)  # one alone may not write there: again when both are back
        return stopped
