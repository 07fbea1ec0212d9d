"""Comparing this computer's clock with a trusted one, and what the door, form and log say of it.

An officer types what a speaking clock or a radio-controlled clock shows; the difference is written
down with how exactly it could be read. No clock is ever set, and no recorded time is corrected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel import timeline
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import LONDON, Instant, format_stamp, format_uk_time, parse_stamp
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import CAPTURES, EntryReceipt, OpenRecord

if TYPE_CHECKING:
    from esafety_tui.casework.access.session import OpenSession
    from esafety_tui.casework.incident.case import CaseFile

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
TO_SECOND, TO_MINUTE = 2, 30
"""Seconds by which a reading may be out: seconds read and typed by hand; minutes only."""

NOT_COMPARED = "The clock was not compared with another one for this incident."
LATE = "This computer's clock was not compared before the first item: nobody can do that now"


def list_captures(records: Sequence[OpenRecord]) -> list[int]:
    """Return the numbers of the entries that took something in, in order."""
    return [r.seq for r in records if r.type in CAPTURES | {"url"}]


def parse_uk_time(typed: str, now: datetime) -> tuple[datetime, int]:
    """Return the moment meant by ``14:07`` or ``14:07:30`` in UK time, on the day nearest to now.

    Returns:
        the moment in UTC (the middle of the minute, where seconds are left out), and by how many
        seconds it may be out.

    Raises:
        BadInput: not a time of day, or this computer's clock tells no day.
    """
    if not timeline.is_believable_time(now):
        raise BadInput(
            f"This computer's clock shows {format_uk_time(now)}, so the day cannot be told.",
            "Write a note with the date and time that the trusted clock shows.",
        )
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        raise BadInput(
            "That is not a time of day.", "Type it like 14:07:30, as the trusted clock shows it."
        )
    error = TO_SECOND if found[3] else TO_MINUTE
    wanted = time(int(found[1]), int(found[2]), int(found[3] or TO_MINUTE))
    today = now.astimezone(LONDON).date()
    days = [today + timedelta(days=n) for n in (-1, 0, 1)]
    meant = [when for day in days for when in _moments_on_day(day, wanted)]
    return min(meant, key=lambda when: abs(when - now)), error


def _moments_on_day(day: date, wanted: time) -> list[datetime]:
    """Return the moments, UTC, at which UK clocks show ``wanted``: none, one or two in a day."""
    local = [datetime.combine(day, wanted.replace(fold=n), LONDON) for n in (0, 1)]
    found = {when.astimezone(UTC) for when in local}
    return [when for when in sorted(found) if when.astimezone(LONDON).time() == wanted]


def describe_offset(seconds: int, error: int) -> str:
    """Return an offset in words: ``3 s ahead, read to within 2 s``."""
    exact = f"read to within {error} s"
    if abs(seconds) <= error:
        return f"agrees with it, {exact}"
    return (
        f"is {timeline.format_span(seconds * 1000)} {'ahead' if seconds > 0 else 'behind'}, {exact}"
    )


def record_comparison(
    session: OpenSession, case: CaseFile | None, source: str, trusted: str
) -> EntryReceipt:
    """Record what a trusted clock showed at this moment, in the incident where one is open.

    Args:
        source: which clock, for example "speaking clock". trusted: what it shows, in UK time.

    Raises BadInput, StorageFailed.
    """
    now = session.clock.read_clock().wall
    moment, error = parse_uk_time(trusted, now)
    name = _describe_comparison(checks.check_name(source))
    # Whole seconds, halves upwards: nobody reads a clock more exactly.
    offset = round((now - moment).total_seconds())
    again = _is_late_comparison(case) if case else session.watch.compared > 0
    text = (
        f"Compared with this clock: {name}, which showed {_format_moment(moment, error)}. "
        f"This computer's clock {describe_offset(offset, error)}."
    )
    fields: dict[str, Json] = {
        "found": "compared", "moment": "end" if again else "start", "source": name,
        "typed": trusted.strip(), "trusted": format_stamp(moment), "computer": format_stamp(now),
        "offset_seconds": offset, "error_seconds": error, "text": text,
    }  # fmt: skip
    receipt = _write_comparison(session, case, fields)
    if case is None:
        session.watch.compared += 1
        session.watch.door = fields
    return receipt


def _is_late_comparison(case: CaseFile) -> bool:
    """Whether a comparison now is not the one at the start; also where one alone cannot know."""
    earlier = [r.field_text("found") for r in case.records]
    return not case.is_fully_read or "compared" in earlier or bool(list_captures(case.records))


def carry_over_comparison(case: CaseFile) -> None:
    """Write into a new incident what was compared at the door of this session, if anything was.

    Both moments in it are those of the comparison. Raises StorageFailed.
    """
    compared = case.session.watch.door
    if compared is not None:
        case.write_record("clock.checked", {**compared, "moment": "start", "door": True})


def record_skipped_comparison(
    session: OpenSession, reason: str, case: CaseFile | None = None
) -> EntryReceipt:
    """Record that the clock was not compared, and why. Raises BadInput, StorageFailed."""
    why = _describe_comparison(checks.check_text(reason))
    text = f"The clock was not compared: {why}"
    return _write_comparison(session, case, {"found": "skipped", "reason": why, "text": text})


def _write_comparison(
    session: OpenSession, case: CaseFile | None, fields: dict[str, Json]
) -> EntryReceipt:
    kind = "clock.checked"
    return case.write_record(kind, fields) if case else session.append_record(kind, fields)


def _describe_comparison(checked: str | Problem) -> str:
    if isinstance(checked, Problem):
        raise BadInput(checked.text, "Nothing was saved.")
    return checked


def _format_moment(moment: datetime, error: int) -> str:
    local = moment.astimezone(LONDON)
    clock = local.strftime("%H:%M" if error == TO_MINUTE else "%H:%M:%S")
    return f"{clock} {local.tzname()} on {local.day} {local.strftime('%b %Y')}"


def clock_sentences(session: OpenSession, now: Instant) -> tuple[str, ...]:
    """Return what must be said at sign-in about this computer and its clock, as sentences."""
    said = list(session.watch.alerts)
    if not timeline.is_believable_time(now.wall):
        said.append(
            f"This computer's clock shows {format_uk_time(now.wall)}, which cannot be right. "
            "Everything can be written down all the same; note the true date and time in words."
        )
    if not session.is_designated:
        said.append(
            "This is not one of the school's designated computers, so nothing can be taken in "
            "here. Words, reading and STOP work."
        )
    return tuple(said)


def clock_line_of_form(records: Sequence[OpenRecord]) -> str:
    """Return the form's line on the clock: every comparison recorded, or that there is none."""
    mine = [r for r in records if r.type == "clock.checked"]
    compared = [r for r in mine if r.field_text("found") == "compared"]
    first = min(list_captures(records), default=max((r.seq for r in mine), default=0) + 1)
    rows = [
        f"{'At the start' if r.field_text('moment') == 'start' and r.seq < first else 'Later'}, "
        f"entry #{r.seq}, "
        f"{format_uk_time(parse_stamp(r.at))}. {r.field_text('text')}"
        for r in compared
    ]
    if not rows:
        rows = [NOT_COMPARED]
    rows += [
        f"Entry #{r.seq}. {r.field_text('text')}"
        for r in mine
        if r.field_text("found") == "skipped"
    ]
    return "\n".join(rows)


def comparison_title(record: OpenRecord) -> str:
    """Return what a ``clock.checked`` record is called in the chronology."""
    known = {"compared": "Clock compared", "skipped": "Clock not compared"}
    return known.get(record.field_text("found"), "Clock: noticed by the program")


def clock_findings_during(case: CaseFile) -> tuple[timeline.ClockFinding, ...]:
    """Return what the entries from the incident's first to its last show about the clock.

    The vault's other entries between them count, too: they tell more exactly when it happened.
    """
    lines = case.session.store.lines
    mine = [r.seq for r in case.records]
    return timeline.find_clock_events(lines[min(mine) : max(mine) + 1]) if mine else ()
