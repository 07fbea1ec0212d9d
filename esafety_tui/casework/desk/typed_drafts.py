"""The desk's part for drafts: words typed and not sealed yet. See casework/desk/front.py."""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.casework.access.session import Session
from esafety_tui.casework.desk.incidents import CaseDesk
from esafety_tui.casework.incident.draft_files import Drafts
from esafety_tui.data.keyring import Card
from esafety_tui.kernel.unsent import Unsent


class UnsentDesk(CaseDesk):
    """Keeping drafts and giving them back."""

    _drafts: Drafts | None = None

    def keep_unsent(self, inc: str, words: Sequence[Unsent]) -> None:
        """Put all that is unsent in an incident on the disk, sealed; nothing removes its draft.

        Takes no turn, so that it is kept also while STOP or an export waits for the disk.
        Raises StorageFailed, Refused where there is no such incident or the desk is locked.
        """
        session, case = self.session, self.open_cases.get(inc)

        def card() -> Card:
            # Both may be back before the lock at a screen whose incident is not read in again yet.
            return session.card(inc) if case is None else case.card

        self._of(session).write(card, words)

    def unsent(self, inc: str) -> tuple[Unsent, ...]:
        """Return the drafts of an incident, the place written in last at the end."""
        with self.turn:
            return self._of(self.session).read(self.opened(inc))

    def _close_cases(self) -> None:
        """Let go of the session that the drafts were written in, too."""
        super()._close_cases()
        if self._drafts is not None:
            self._drafts.let_go()

    def _of(self, session: Session) -> Drafts:
        """Return the drafts of these officers: nobody else's file is written over."""
        if self._drafts is None or not self._drafts.carry_on(session):
            self._drafts = Drafts(session, self.unkept)
        return self._drafts
