"""What is to be done by when, over all incidents: from their register cards, reading none of them.

Rule: reading an incident is an entry in the ledger, and the list on the home screen must not make
one. So the times stand on the register card, a cache that is shown and never relied on. A
restricted incident has no card, and nothing is said of it; one officer alone is told nothing.
docs/format.md section 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import answer_log
from esafety_tui.casework.policy import current_policy
from esafety_tui.flows.engine import deadlines
from esafety_tui.flows.engine.engine import FlowState
from esafety_tui.flows.procedure.model import Procedure, StopEvent
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.kernel.clock import LONDON, format_stamp, parse_exact_stamp, parse_stamp
from esafety_tui.kernel.errors import EvidenceError, Tampered
from esafety_tui.kernel.guidance import NextDeadline
from esafety_tui.kernel.records import OpenRecord

MOST = 20
"""Times of one incident that are read from a card; no procedure has half as many."""

_ROW = re.compile(r"([a-z0-9][a-z0-9-]{0,39}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)", re.ASCII)
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def deadlines_for_card(
    procedure: Procedure,
    profile: Profile,
    state: FlowState,
    records: Sequence[OpenRecord],
    words_only: bool,
) -> str:
    """Return field ``next`` of the register card: ``ico 2026-11-24T14:07:12.345Z, lado …``.

    Keys of timers and their ends in UTC, the first first; "" where none runs. No names, no words.
    """
    counting = {record.seq for record in answer_log.counted_answers(records, words_only)}
    timed: list[deadlines.TimedEvent] = []
    for record in records:
        if record.type == "stop":
            timed.append((StopEvent(), parse_stamp(record.at)))
        elif record.seq in counting:
            timed.append((answer_log.parse_answer(record), parse_stamp(record.at)))
    running = deadlines.find_running_timers(procedure, profile, timed, state)
    return ", ".join(f"{one.key} {format_stamp(one.by)}" for one in running)


def read_card_deadlines(text: str) -> Iterator[tuple[str, datetime]]:
    """Yield timer and end for each part of a card's ``next`` that can be read."""
    for part in text.split(", ")[:MOST]:
        found = _ROW.fullmatch(part)
        try:
            if found:
                yield found[1], parse_exact_stamp(found[2])
        except ValueError:  # no calendar has it: anybody can seal a card
            continue


def list_next_deadlines(session: OpenSession) -> tuple[NextDeadline, ...]:
    """Return what is due in all incidents that are not restricted, the first first."""
    if not session.is_pair:
        return ()
    labels, now = _timer_labels(session), session.clock.read_clock().wall
    found: list[tuple[datetime, str, NextDeadline]] = []
    for line in session.list_opening_lines():
        try:
            card = session.read_case_card(line.inc)
        except Tampered:  # the list of incidents says so
            continue
        if card.restricted:
            continue
        for key, by in read_card_deadlines(session.keyring.read_register(card.inc).get("next", "")):
            what = labels.get(key, key.replace("-", " "))
            shown = NextDeadline(
                card.inc,
                card.reference,
                what,
                describe_deadline(by, now),
                describe_time_left(by, now),
                by <= now,
            )
            found.append((by, card.reference, shown))
    return tuple(one for _, _, one in sorted(found, key=lambda row: row[:2]))


def _timer_labels(session: OpenSession) -> dict[str, str]:
    """Return what the school's policy calls each timer; {} where it cannot be read."""
    try:
        return {timer.key: timer.label for timer in current_policy.profile_in_force(session).timers}
    except EvidenceError:  # said at the door; a key in words is better than no deadline
        return {}


def describe_deadline(by: datetime, now: datetime) -> str:
    """Return ``today 17:00 GMT``, ``Mon 17:00 GMT`` within a week, else ``7 Dec 17:00 GMT``."""
    local, here = by.astimezone(LONDON), now.astimezone(LONDON)
    days = (local.date() - here.date()).days
    clock = f"{local.strftime('%H:%M')} {local.tzname()}"
    if days == 0:
        return f"today {clock}"
    if 0 < days < 7:
        return f"{local.strftime('%a')} {clock}"
    year = f" {local.year}" if local.year != here.year else ""
    return f"{local.day} {local.strftime('%b')}{year} {clock}"


def describe_time_left(by: datetime, now: datetime) -> str:
    """Return ``1 h 50 min``, ``2 d 3 h``, ``20 min``, ``overdue 1 d``: rounded down."""
    over, span = by <= now, abs(by - now)
    days, hours = span // _DAY, span % _DAY // _HOUR
    minutes = span % _HOUR // _MINUTE
    if over:
        told = f"{days} d" if days else f"{hours} h" if hours else f"{minutes} min"
        return f"overdue {told}"
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
