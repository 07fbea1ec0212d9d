"""The desk's policy: which profile and procedures are in force, and their files.

Screens parse the files with the loader that casework uses; what is in force is decided here.
"""

from __future__ import annotations

from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.incident import deadlines
from esafety_tui.casework.policy import confirmations, current_policy
from esafety_tui.kernel.guidance import NextDeadline, PolicyView


class PolicyService:
    """The school's policy, and what is to be done next."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    def policy(self) -> PolicyView:
        """Return the policy in force; what was confirmed only for two officers."""
        context = self._context
        with context.mutex:
            known = context.session.keyring.directory
            return PolicyView(
                known.profile[1],
                dict(known.procedures),
                confirmations.describe_confirmations(context.session),
            )

    def flow_source(self, digest: str) -> bytes:
        """Return the file of a procedure or profile that two officers adopted. Raises Refused."""
        context = self._context
        with context.mutex:
            return current_policy.read_policy_source(context.session, digest)

    def due_next(self) -> tuple[NextDeadline, ...]:
        """Return what is to be done by a time, the first first; nothing for one officer alone."""
        context = self._context
        with context.mutex:
            return deadlines.list_next_deadlines(context.session)
