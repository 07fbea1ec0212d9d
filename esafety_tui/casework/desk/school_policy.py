"""The desk's policy: which profile and procedures are in force, and their files.

Screens parse the files with the loader that casework uses; what is in force is decided here.
"""

from __future__ import annotations

from esafety_tui.casework.desk.front import FrontDesk
from esafety_tui.casework.incident import deadlines
from esafety_tui.casework.policy import confirmations, current_policy
from esafety_tui.kernel.guidance import DueNext, PolicyView


class PolicyDesk(FrontDesk):
    """The school's policy."""

    def policy(self) -> PolicyView:
        """Return the policy in force; what was confirmed only for two officers."""
        with self.turn:
            known = self.session.keyring.directory
            return PolicyView(
                known.profile[1], dict(known.procedures), confirmations.in_words(self.session)
            )

    def flow_source(self, digest: str) -> bytes:
        """Return the file of a procedure or profile that two officers adopted. Raises Refused."""
        with self.turn:
            return current_policy.source(self.session, digest)

    def due_next(self) -> tuple[DueNext, ...]:
        """Return what is to be done by a time, the first first; nothing for one officer alone."""
        with self.turn:
            return deadlines.due_next(self.session)
