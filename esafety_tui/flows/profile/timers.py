"""Times a school has: so many hours, or so many working days. Pure; shows and rings nothing.

Working days are Monday to Friday and end at 17:00 UK time; the day it begins is not counted. Bank
holidays and school holidays are not known here, and every face that shows a time says so.
Source: docs/procedures.md section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from esafety_tui.flows.procedure.enums import SourceStatus
from esafety_tui.flows.procedure.toml_reader import TomlTable, read_each
from esafety_tui.flows.profile import text_rules
from esafety_tui.kernel.clock import LONDON

REQUIRED_TIMERS = ("lado", "ico", "parents", "debrief", "policy-review")
MOST_HOURS = 8760
MOST_DAYS = 260
LAWFUL_LIMITS = {"lado": (24, 1), "ico": (72, 0)}
"""Key to the most hours and working days that no policy can lengthen: keeping children safe in
education, part four (one working day), and UK GDPR art. 33 (72 hours).
"""

_CLOSING = time(17, 0)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Timer:
    """One deadline. Exactly one of ``hours`` and ``working_days`` is not 0."""

    key: str
    label: str
    hours: int
    working_days: int
    source: str
    status: SourceStatus

    def compute_due_time(self, start: datetime) -> datetime:
        """Return when it is due in UK time, if it began at ``start``. Raises ValueError if naive.

        Hours are hours that pass: 72 of them across the change of the clock are still 72.
        """
        if start.tzinfo is None:
            raise ValueError("start needs a zone")
        if self.hours:
            return (start.astimezone(UTC) + timedelta(hours=self.hours)).astimezone(LONDON)
        day = start.astimezone(LONDON).date()
        left = self.working_days
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < _SATURDAY
        return datetime.combine(day, _CLOSING, LONDON)


def read_timers(tables: Sequence[TomlTable]) -> tuple[Timer, ...]:
    """Return the timers of a profile. Raises BadInput for one twice or without a length."""
    timers = read_each(tables, _read_timer)
    for number, timer in enumerate(timers):
        if any(timer.key == other.key for other in timers[:number]):
            tables[number].raise_mistake("this key is there twice", "key")
    return timers


def _read_timer(table: TomlTable) -> Timer:
    table.refuse_unknown_keys(("key", "label", "hours", "working_days", "source", "status"))
    if ("hours" in table.values) == ("working_days" in table.values):
        table.raise_mistake("give either 'hours' or 'working_days'")
    key = table.read_id("key")
    name = text_rules.read_label(table, "label")
    hours = _read_whole_number(table, "hours", MOST_HOURS)
    days = _read_whole_number(table, "working_days", MOST_DAYS)
    most_hours, most_days = LAWFUL_LIMITS.get(key, (MOST_HOURS, MOST_DAYS))
    if hours > most_hours or days > most_days:
        allowed = f"{most_hours} hours" + (f" or {most_days} working day" if most_days else "")
        table.raise_mistake(
            f"the time {key!r} is at most {allowed}; a policy may be stricter", "key"
        )
    return Timer(key, name, hours, days, *text_rules.read_source_and_status(table))


def _read_whole_number(table: TomlTable, key: str, most: int) -> int:
    if key not in table.values:
        return 0
    value = table.values[key]
    if type(value) is not int or not 1 <= value <= most:
        table.raise_mistake(f"{key!r} must be a whole number from 1 to {most}", key)
    return value
