"""Where time comes from. Casework gets a Clock as an argument; nothing else asks for the time.

Readings are taken together, because a wall clock alone proves little: the wall clock, a clock
that runs on through sleep since the start of the computer, one that stops in sleep, and the
identity of that start. What they show together, kernel/timeline.py tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the time of an entry that no clock of a school can have shown."""

_FAR = 9000
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Instant:
    """One reading of the clock.

    Attributes:
        wall: time of day in UTC, as the computer believes it.
        mono: milliseconds of the boot-time clock.
        boot: random-looking identity of the present boot, or "" where the system has none.
        awake: milliseconds of a clock that stops while the computer sleeps; -1 for unknown.
    """

    wall: datetime
    mono: int
    boot: str
    awake: int = -1


class Clock(Protocol):
    """Gives one reading of the time."""

    def read_clock(self) -> Instant:
        """Return the present reading."""
        ...


def format_stamp(when: datetime) -> str:
    """Return ``2026-11-21T14:07:12.345Z``: UTC with milliseconds, as ledger lines hold it."""
    utc = when.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def parse_exact_stamp(text: str) -> datetime:
    """Return the UTC time of a stamp. Raises ValueError if no calendar has it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def parse_stamp(text: str) -> datetime:
    """Return the UTC time of a ledger stamp, NO_TIME for one that no calendar has, or no school.

    One officer alone can seal an entry with such a time, and it must keep nobody out; the findings
    on the clock say so (kernel.timeline). Raises ValueError if it is not written as a stamp.
    """
    if _STAMP.fullmatch(text) is None:
        raise ValueError("this is no stamp")
    try:
        found = parse_exact_stamp(text)
    except ValueError:
        return NO_TIME
    return found if NO_TIME.year <= found.year < _FAR else NO_TIME


def format_uk_time(when: datetime) -> str:
    """Return ``21 Nov 2026 14:07 GMT`` in UK time, zone always named."""
    local = when.astimezone(LONDON)
    return f"{local.day} {local.strftime('%b %Y %H:%M')} {local.tzname()}"
