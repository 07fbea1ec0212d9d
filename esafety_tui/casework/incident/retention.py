"""Review dates, legal holds, and what became of an incident: recorded in the incident itself.

format.md section 13. Nothing here destroys anything. A hold is set by whoever is signed in, so that
nobody has to wait; what shortens the time an incident is kept takes two officers and both
passphrases again. The list comes from a cache; shredding asks the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from esafety_tui.casework.access import reauthenticate
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import followed_procedure, reopen_incident
from esafety_tui.casework.policy import current_policy
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.flows.engine import checks, engine, retention
from esafety_tui.flows.engine.retention import RetentionBasis, RetentionStatus, ReviewDue
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.flows.profile.retention_rules import MOST_YEARS, RetentionRule
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import BadInput, Refused, Tampered
from esafety_tui.kernel.records import EntryReceipt, OpenRecord

RESTRICTED = "Restricted: two officers who are not named in it can open it and see."
LATE = "One officer alone wrote in it last: open it together to be sure."
UNSEEN = "Not known yet: open it together to see."
OLDER = RetentionBasis(notified=frozenset({"police", "lado"}))
"""What is taken of an incident that followed another version of its procedure: the longest."""


class RetainedIncident(Protocol):
    """An incident that can be written in: a case file, or :class:`Kept`."""

    session: OpenSession
    card: IncidentCard
    records: list[OpenRecord]

    def write_record(self, kind: str, fields: Mapping[str, Json]) -> EntryReceipt:
        """Seal a record into this incident."""
        ...


@dataclass(slots=True)
class UnknownVersionIncident:
    """An incident that followed a version of the procedure this program does not have.

    It is kept for decades and cannot be carried on with; its dates and holds can.
    """

    session: OpenSession
    card: IncidentCard
    records: list[OpenRecord] = field(repr=False)

    def write_record(self, kind: str, fields: Mapping[str, Json]) -> EntryReceipt:
        """Seal a record into this incident and keep the list of reviews up to date."""
        made = self.session.append_record(kind, fields, self.card)
        line = self.session.store.lines[made.seq]
        row = OpenRecord(line.seq, line.inc, line.iseq, line.t, line.by, kind, dict(fields))
        self.records.append(row)
        inc, ring = self.card.inc, self.session.keyring
        ring.write_register(
            inc,
            {**ring.read_register(inc), "due": retention.format_card_due(retention_status(self))},
        )
        return made


def retention_schedule(place: RetainedIncident) -> tuple[RetentionRule, ...]:
    """Return the schedule of an incident: that of the policy it was started with."""
    if isinstance(place, CaseFile):
        return place.profile.retention
    return current_policy.retention_rules(place.session)


def today_in_uk(session: OpenSession) -> date:
    """Return the day in the UK by the session's clock."""
    return session.clock.read_clock().wall.astimezone(LONDON).date()


def open_for_retention(session: OpenSession, inc: str) -> RetainedIncident:
    """Open an incident to keep it or to end it; reading is an entry, as always.

    Raises NotEligible, Refused, Tampered. A lone officer can only add to it.
    """
    card = session.read_case_card(inc)
    if not session.is_pair:
        return reopen_incident(session, inc)
    first = session.store.read_opening_fields(inc, session.open_incident_keys(card))
    try:
        followed_procedure(session, card, first)
    except (Refused, Tampered):
        pass  # nothing has its procedure any more: its dates and holds can be kept all the same
    else:
        return reopen_incident(session, inc)
    if first.get("recipient") != card.first_recipient:
        raise Refused("The incident's first record is not its opening.", "Fetch the second copy.")
    return UnknownVersionIncident(session, card, session.read_all(card, "retention"))


def retention_status(place: RetainedIncident) -> RetentionStatus:
    """Return how an incident stands, by its records. They are all here only for two officers."""
    place.session.require_pair()
    about = OLDER
    if isinstance(place, CaseFile):
        about = retention.find_retention_basis(
            place.procedure, place.state.log, engine.steps_on_path(place.procedure, place.state)
        )
    return retention.find_retention_status(retention_schedule(place), about, place.records)


def set_legal_hold(place: RetainedIncident, reason: str, reference: str) -> EntryReceipt:
    """Forbid shredding until two officers lift it. One officer is enough.

    Args:
        reference: of the police, the LADO or a court; "" where there is none yet.
    """
    fields: dict[str, Json] = {
        "reason": _check_free_text(reason),
        "reference": _check_one_line(reference),
    }
    return place.write_record("hold.set", fields)


def lift_legal_holds(
    place: RetainedIncident, reason: str, passphrases: Mapping[str, str]
) -> EntryReceipt:
    """Lift every hold in force, by both officers. Raises Refused where there is none."""
    reauthenticate.reauthenticate_both(place.session, passphrases)
    held: list[Json] = [r.seq for r in retention_status(place).holds]
    if not held:
        raise Refused("There is no hold on this incident.", "There is nothing to lift.")
    return place.write_record("hold.lifted", {"reason": _check_free_text(reason), "holds": held})


def set_review_date(
    place: RetainedIncident, day: str, reason: str, passphrases: Mapping[str, str]
) -> EntryReceipt:
    """Record another review date, earlier or later, with a reason, by both officers.

    Args:
        day: as people type it, ``21 Nov 2051``, or ISO. Raises BadInput, NotEligible.
    """
    reauthenticate.reauthenticate_both(place.session, passphrases)
    until = retention.parse_typed_day(day)
    if isinstance(until, Problem):
        raise BadInput(until.text, "Nothing was saved.")
    before = retention_status(place)
    opened = retention.uk_day_of_stamp(place.records[0].at)
    if not opened <= until <= retention.years_after(today_in_uk(place.session), MOST_YEARS):
        raise BadInput(
            "A review lies between the day the incident was opened and a hundred years from now.",
            "Check the year.",
        )
    return place.write_record(
        "decision",
        {
            "what": retention.REVIEW, "until": until.isoformat(),
            "reason": _check_free_text(reason),
            "before": before.review.isoformat(),
        },
    )  # fmt: skip


def record_outcome(
    place: RetainedIncident, outcome: str, reference: str, passphrases: Mapping[str, str]
) -> EntryReceipt:
    """Record what became of it with the police or the LADO, by both officers."""
    reauthenticate.reauthenticate_both(place.session, passphrases)
    return place.write_record(
        "decision",
        {
            "what": retention.OUTCOME,
            "outcome": _check_free_text(outcome),
            "reference": _check_one_line(reference),
        },
    )


def list_reviews(session: OpenSession) -> list[ReviewDue]:
    """Return the list of reviews, the earliest first, for two officers. Opens no incident."""
    session.require_pair()
    alone = {line.inc: len(line.by) < 2 for line in session.store.lines}
    rules = current_policy.retention_rules(session)
    rows = [_review_row(session, rules, inc, alone[inc]) for inc in list_incident_ids(session)]
    far = date.max
    return sorted(rows, key=lambda r: (r.day is None, r.day or far, r.reference))


def list_incident_ids(session: OpenSession) -> list[str]:
    """Return every incident that has records, the oldest first."""
    return [line.inc for line in session.list_opening_lines()]


def find_by_reference(session: OpenSession, reference: str) -> str:
    """Return the incident with this reference. Raises BadInput."""
    wanted = reference.strip().upper()
    for inc in list_incident_ids(session):
        try:
            if session.read_case_card(inc).reference.upper() == wanted:
                return inc
        except Tampered:
            continue  # the list says that this one is damaged; it cannot be the one meant
    raise BadInput("There is no incident with this reference.", "Look at the list of reviews.")


def _review_row(
    session: OpenSession, rules: Sequence[RetentionRule], inc: str, alone: bool
) -> ReviewDue:
    """Return one line; ``alone``: one officer wrote the last entry of it."""
    try:
        card = session.read_case_card(inc)
    except Tampered:
        return ReviewDue(inc, "", None, "Its key is missing or altered: fetch the second copy.")
    if card.restricted:
        return ReviewDue(inc, card.reference, None, RESTRICTED)
    text = session.keyring.read_register(inc).get("due", "")
    row = retention.read_card_due(inc, card.reference, text, rules, today_in_uk(session))
    if row is None or alone:
        return ReviewDue(inc, card.reference, None, LATE if row else UNSEEN)
    return row


def _check_free_text(text: str) -> str:
    """Return checked free text. Raises BadInput."""
    words = checks.check_text(text)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was saved.")
    return words


def _check_one_line(text: str) -> str:
    return _check_free_text(text) if text.strip() else ""


def join_names(names: Iterable[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    rows = list(names)
    return " and ".join([", ".join(rows[:-1]), rows[-1]] if len(rows) > 1 else rows)
