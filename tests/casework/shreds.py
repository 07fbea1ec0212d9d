"""Incidents to destroy: made, due, and destroyed by two."""

from __future__ import annotations

from typing import Any

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.destruction import shredding
from esafety_tui.casework.incident import capture, retention
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_new_incident
from tests.casework.support import PNG, TO_CAPTURE, Practice, walk

REASON = "The time to keep it is over."


def words(practice: Practice, *who: str) -> dict[str, str]:
    """Return passphrases by officer id."""
    return {practice.ids[i]: practice.words[i] for i in who or ("AB", "CD")}


def with_file(practice: Practice, session: OpenSession) -> CaseFile:
    """Return an incident of class C with one picture in it."""
    case = open_new_incident(session)
    walk(case, TO_CAPTURE)
    picture = practice.home / "picture.png"
    picture.write_bytes(PNG)
    capture.capture_file(case, picture, "insults on a page", "given by a parent")
    return case


def due_now(practice: Practice, case: CaseFile) -> None:
    """Two officers find that the time is over."""
    day = retention.today_in_uk(case.session).isoformat()
    retention.set_review_date(case, day, "The pupils are grown up.", words(practice))


def shred(practice: Practice, case: CaseFile, **other: Any) -> shredding.DestructionResult:
    """Destroy one incident."""
    session, inc = case.session, case.inc
    given = {"typed": {inc: case.card.reference}, "passphrases": words(practice),
             "reason": REASON, **other}  # fmt: skip
    return shredding.destroy_incidents(session, [inc], **given)
