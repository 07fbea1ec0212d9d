"""What a face may ask at any moment, answered from memory: no disk, no database, no turn.

A screen is drawn, and the lock and the end are asked for, while a verb runs on another thread. The
answer is made of values that are replaced whole, so that it is never half of two moments.
"""

from __future__ import annotations

from datetime import datetime

from esafety_tui.casework.access import summaries
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.integrity import backup_status
from esafety_tui.kernel.door import DeskState


def of(session: OpenSession, now: datetime, computer: str, *, locked: bool) -> DeskState:
    """Return the state of an open session; ``computer`` names one that is not designated.

    Second copy and clock are not urged on people who practise: the same is worked out, and only
    left unsaid.
    """
    directory = session.keyring.directory
    people = tuple(summaries.officer_card(p) for p in directory.officers_present)
    present = tuple(summaries.officer_card(p) for p in session.people)
    label = directory.machines.get(session.machine, computer)
    copied = backup_status.backup_sentence(session, now)
    due, compare = backup_status.is_backup_due(session), session.is_pair
    if directory.is_practice:
        copied, due, compare = "", False, False
    return DeskState(
        True, "locked" if locked else "open", directory.school, people, present,
        not session.is_pair, label.partition(" · ")[0], session.is_designated,
        summaries.last_receipt(session), copied, due, compare,
    )  # fmt: skip
