"""Noticing what the clock does while a session lasts, and writing it down before the next record.

An entry holds the clock that runs through sleep, not the one that stops in it; so sleep is told
here, from two readings of one session, and only here. What two entries show by themselves
(kernel/timeline.py) is written down as well, once, so that the log itself says it. It puts nothing
right, and it never stands in the way of STOP: see Session.record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Instant, format_stamp
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.timeline import (
    ClockFinding,
    ClockReading,
    ClockTrack,
    TimedLine,
    format_span,
    format_utc,
)

SLEEP = 2_000
"""Milliseconds of standing still between two readings that are called sleep."""

ALERTING = frozenset({"back", "forward", "drift", "impossible"})

Fields = dict[str, Json]


class ClockMonitor:
    """Compares each reading with the entries and with the reading before.

    Attributes:
        alerts: sentences on steps, drift and damage noticed.
        unread: ``clock.checked`` records written into incidents, until the case file takes them.
        compared: how often officers compared the clock in this session, incidents left out.
        door: the newest of those comparisons as its record holds it, None where there is none.
    """

    def __init__(self) -> None:
        self.alerts: list[str] = []
        self.unread: list[OpenRecord] = []
        self.compared = 0
        self.door: Fields | None = None
        self._track = ClockTrack()
        self._fed = -1
        self._late: list[ClockFinding] = []
        self._said: set[tuple[str, int]] = set()
        self._last: Instant | None = None

    def compare_reading(
        self, now: Instant, machine: str, lines: Sequence[TimedLine]
    ) -> list[Fields]:
        """Return the fields of a record for each thing that ``now`` shows and no entry says yet.

        Call :meth:`written` once they are on the disk; without it they are found again.
        """
        self._read_new_entries(lines)
        last = lines[-1].seq if lines else 0
        here = ClockReading(len(lines), format_stamp(now.wall), now.mono, now.boot, machine)
        peeked = self._track.preview_reading(here)
        self._said = {(f.kind, f.after) for f in peeked}
        return [*self._find_sleep(now, last), *map(_finding_fields, (*self._late, *peeked))]

    def mark_written(self, now: Instant, found: Sequence[Fields]) -> None:
        """Take in that everything found at ``now`` is on the disk."""
        self._last, self._late = now, []
        self.alerts += [str(f["text"]) for f in found if f["found"] in ALERTING]

    def take_pending_records(self, inc: str) -> list[OpenRecord]:
        """Return the records written into incident ``inc`` that nobody has taken yet."""
        mine = [record for record in self.unread if record.inc == inc]
        self.unread = [record for record in self.unread if record.inc != inc]
        return mine

    def _read_new_entries(self, lines: Sequence[TimedLine]) -> None:
        """Feed what was written since, also by the store itself; at first, the present start only.

        An entry shows once more what was said just before it: that is left out.
        """
        new = self._fed >= 0
        if not new:
            self._fed = len(lines) - sum(1 for _ in _lines_since_start(lines))
        for line in lines[self._fed :]:
            seen = self._track.add_reading(line)
            self._late += [f for f in seen if new and (f.kind, f.after) not in self._said]
        self._fed = len(lines)

    def _find_sleep(self, now: Instant, entry: int) -> list[Fields]:
        last = self._last
        if last is None or last.boot != now.boot or min(last.awake, now.awake) < 0:
            return []
        still = (now.mono - last.mono) - (now.awake - last.awake)
        if still <= SLEEP:
            return []
        text = (
            f"The computer slept for {format_span(still)} in all, at some time between "
            f"{format_utc(last.wall)} and {format_utc(now.wall)}. Nothing was recorded meanwhile."
        )
        return [
            {
                "found": "sleep", "milliseconds": still, "entry": entry,
                "since": format_stamp(last.wall), "until": format_stamp(now.wall), "text": text,
            }
        ]  # fmt: skip


def _lines_since_start(lines: Sequence[TimedLine]) -> Iterator[TimedLine]:
    def same(line: TimedLine) -> bool:
        return (line.boot, line.machine) == (lines[-1].boot, lines[-1].machine)

    return takewhile(same, reversed(lines))


def _finding_fields(found: ClockFinding) -> Fields:
    return {
        "found": found.kind, "milliseconds": found.ms, "entry": found.before,
        "since": found.before_t, "until": found.after_t, "text": found.text,
    }  # fmt: skip
