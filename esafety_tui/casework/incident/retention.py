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
from esafety_tui.casework.access.session import Session
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import followed, reopen
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


class Place(Protocol):
    """An incident that can be written in: a case file, or :class:`Kept`."""

    session: Session
    card: IncidentCard
    records: list[OpenRecord]

    def write(self, kind: str, fields: Mapping[str, Json]) -> EntryReceipt:
        """Seal a record into this incident."""
        ...


@dataclass(slots=True)
class Kept:
    """An incident that followed a version of the procedure this program does not have.

    It is kept for decades and cannot be carried on with; its dates and holds can.
    """

    session: Session
    card: IncidentCard
    records: list[OpenRecord] = field(repr=False)

    def write(self, kind: str, fields: Mapping[str, Json]) -> EntryReceipt:
        """Seal a record into this incident and keep the list of reviews up to date."""
        made = self.session.record(kind, fields, self.card)
        line = self.session.store.lines[made.seq]
        row = OpenRecord(line.seq, line.inc, line.iseq, line.t, line.by, kind, dict(fields))
        self.records.append(row)
        inc, ring = self.card.inc, self.session.keyring
        ring.write_register(
            inc, {**ring.read_register(inc), "due": retention.format_card_due(stands(self))}
        )
        return made


def schedule(place: Place) -> tuple[RetentionRule, ...]:
    """Return the schedule of an incident: that of the policy it was started with."""
    if isinstance(place, CaseFile):
        return place.profile.retention
    return current_policy.rules(place.session)


def today(session: Session) -> date:
    """Return the day in the UK by the session's clock."""
    return session.clock.read_clock().wall.astimezone(LONDON).date()


def look(session: Session, inc: str) -> Place:
    """Open an incident to keep it or to end it; reading is an entry, as always.

    Raises NotEligible, Refused, Tampered. A lone officer can only add to it.
    """
    card = session.card(inc)
    if not session.pair:
        return reopen(session, inc)
    first = session.store.read_opening_fields(inc, session.incident_keys(card))
    try:
        followed(session, card, first)
    except (Refused, Tampered):
        pass  # nothing has its procedure any more: its dates and holds can be kept all the same
    else:
        return reopen(session, inc)
    if first.get("recipient") != card.first_recipient:
        raise Refused("The incident's first record is not its opening.", "Fetch the second copy.")
    return Kept(session, card, session.read_all(card, "retention"))


def stands(place: Place) -> RetentionStatus:
    """Return how an incident stands, by its records. They are all here only for two officers."""
    place.session.need_pair()
    about = OLDER
    if isinstance(place, CaseFile):
        about = retention.find_retention_basis(
            place.procedure, place.state.log, engine.steps_on_path(place.procedure, place.state)
        )
    return retention.find_retention_status(schedule(place), about, place.records)


def set_hold(place: Place, reason: str, reference: str) -> EntryReceipt:
    """Forbid shredding until two officers lift it. One officer is enough.

    Args:
        reference: of the police, the LADO or a court; "" where there is none yet.
    """
    fields: dict[str, Json] = {"reason": _words(reason), "reference": _line(reference)}
    return place.write("hold.set", fields)


def lift_hold(place: Place, reason: str, passphrases: Mapping[str, str]) -> EntryReceipt:
    """Lift every hold in force, by both officers. Raises Refused where there is none."""
    reauthenticate.both_again(place.session, passphrases)
    held: list[Json] = [r.seq for r in stands(place).holds]
    if not held:
        raise Refused("There is no hold on this incident.", "There is nothing to lift.")
    return place.write("hold.lifted", {"reason": _words(reason), "holds": held})


def set_review_date(
    place: Place, day: str, reason: str, passphrases: Mapping[str, str]
) -> EntryReceipt:
    """Record another review date, earlier or later, with a reason, by both officers.

    Args:
        day: as people type it, ``21 Nov 2051``, or ISO. Raises BadInput, NotEligible.
    """
    reauthenticate.both_again(place.session, passphrases)
    until = retention.parse_typed_day(day)
    if isinstance(until, Problem):
        raise BadInput(until.text, "Nothing was saved.")
    before = stands(place)
    opened = retention.uk_day_of_stamp(place.records[0].at)
    if not opened <= until <= retention.years_after(today(place.session), MOST_YEARS):
        raise BadInput(
            "A review lies between the day the incident was opened and a hundred years from now.",
            "Check the year.",
        )
    return place.write(
        "decision",
        {
            "what": retention.REVIEW, "until": until.isoformat(), "reason": _words(reason),
            "before": before.review.isoformat(),
        },
    )  # fmt: skip


def record_outcome(
    place: Place, outcome: str, reference: str, passphrases: Mapping[str, str]
) -> EntryReceipt:
    """Record what became of it with the police or the LADO, by both officers."""
    reauthenticate.both_again(place.session, passphrases)
    return place.write(
        "decision",
        {"what": retention.OUTCOME, "outcome": _words(outcome), "reference": _line(reference)},
    )


def due(session: Session) -> list[ReviewDue]:
    """Return the list of reviews, the earliest first, for two officers. Opens no incident."""
    session.need_pair()
    alone = {line.inc: len(line.by) < 2 for line in session.store.lines}
    rules = current_policy.rules(session)
    rows = [_row(session, rules, inc, alone[inc]) for inc in incidents(session)]
    far = date.max
    return sorted(rows, key=lambda r: (r.day is None, r.day or far, r.reference))


def incidents(session: Session) -> list[str]:
    """Return every incident that has records, the oldest first."""
    return [line.inc for line in session.opened()]


def find(session: Session, reference: str) -> str:
    """Return the incident with this reference. Raises BadInput."""
    wanted = reference.strip().upper()
    for inc in incidents(session):
        try:
            if session.card(inc).reference.upper() == wanted:
                return inc
        except Tampered:
            continue  # the list says that this one is damaged; it cannot be the one meant
    raise BadInput("There is no incident with this reference.", "Look at the list of reviews.")


def _row(session: Session, rules: Sequence[RetentionRule], inc: str, alone: bool) -> ReviewDue:
    """Return one line; ``alone``: one officer wrote the last entry of it."""
    try:
        card = session.card(inc)
    except Tampered:
        return ReviewDue(inc, "", None, "Its key is missing or altered: fetch the second copy.")
    if card.restricted:
        return ReviewDue(inc, card.reference, None, RESTRICTED)
    text = session.keyring.read_register(inc).get("due", "")
    row = retention.read_card_due(inc, card.reference, text, rules, today(session))
    if row is None or alone:
        return ReviewDue(inc, card.reference, None, LATE if row else UNSEEN)
    return row


def _words(text: str) -> str:
    """Return checked free text. Raises BadInput."""
    words = checks.check_text(text)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was saved.")
    return words


def _line(text: str) -> str:
    return _words(text) if text.strip() else ""


def joined(names: Iterable[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    rows = list(names)
    return " and ".join([", ".join(rows[:-1]), rows[-1]] if len(rows) > 1 else rows)
