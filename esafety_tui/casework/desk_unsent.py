"""The desk's part for drafts: words typed and not sealed yet. See casework/desk.py."""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.casework.desk_cases import CaseDesk
from esafety_tui.kernel.errors import Refused
from esafety_tui.kernel.unsent import Unsent


class UnsentDesk(CaseDesk):
    """Keeping drafts and giving them back."""

    def keep_unsent(self, inc: str, words: Sequence[Unsent]) -> None:
        """Put all that is unsent in an incident on the disk, sealed; nothing removes its draft.

        Takes no turn, so that it is kept also while STOP or an export waits for the disk.
        Raises StorageFailed, Refused where the incident is not open or the desk is locked.
        """
        session, case = self.session, self.open_cases.get(inc)
        if case is None:
            raise Refused("This incident is not open.", "Open it first.")
        self.drafts.write(session, case.card, words)

    def unsent(self, inc: str) -> tuple[Unsent, ...]:
        """Return the drafts of an incident, the place written in last at the end."""
        with self.turn:
            return self.drafts.read(self.opened(inc))
