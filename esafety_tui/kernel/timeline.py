"""What the clocks of consecutive entries show: reboot, steps, drift, impossible times. Pure.

Each entry holds two clocks: the wall clock, which anybody may set, and one that runs since the
computer's start and through its sleep. Where they part within one start, the wall clock was moved.
Across two starts only a wall clock that went back can be told. Nothing here is ever put right: a
finding is said, and the order of the entries never depends on it. docs/format.md section 12.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol, TypeAlias

STEP = 2_000
"""Milliseconds by which the two clocks may part between two entries."""

DRIFT = 5_000
"""Milliseconds by which they may part little by little before it is said."""

RATE = 200
"""Millionths: slower than this is drift. Two crystals differ by less than 100 as a rule."""

FIRST, LAST = 2020, 2090
"""Years between which a wall clock is believed."""

Kind: TypeAlias = Literal[
    "reboot", "machine", "back", "forward", "drift", "early", "late", "impossible"
]
ORDINARY: Mapping[Kind, str] = {
    "reboot": "The computer was started again between two entries",
    "machine": "The work went to another computer between two entries",
}
"""Kinds that happen in every school and say nothing against an entry, in words."""

_MILLI = timedelta(milliseconds=1)


class TimedLine(Protocol):
    """The part of an entry line that tells its time; ``ledger.Line`` is one."""

    @property
    def seq(self) -> int: ...
    @property
    def t(self) -> str: ...
    @property
    def mono(self) -> int: ...
    @property
    def boot(self) -> str: ...
    @property
    def machine(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One reading: entry number, UTC stamp, milliseconds since the start, boot, computer."""

    seq: int
    t: str
    mono: int
    boot: str
    machine: str = ""


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """One thing the clocks show.

    Attributes:
        before, after: entry numbers; equal where it concerns one entry alone.
        before_t, after_t: UTC stamps of these entries, as they stand there.
        ms: how much, in milliseconds; negative where a clock went back or fell behind.
        text: the whole finding as a sentence for people.
    """

    kind: Kind
    before: int
    after: int
    before_t: str
    after_t: str
    ms: int
    text: str


def format_span(ms: int) -> str:
    """Return a length of time in words with its units: ``2.4 s``, ``1 h 3 min``, ``5 days 2 h``."""
    seconds = abs(ms) / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    days, hours, minutes = whole // 86_400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days} {'day' if days == 1 else 'days'} {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"


def is_believable_time(when: datetime) -> bool:
    """Whether a wall clock can be right at all: from 2020 to 2090."""
    return FIRST <= when.astimezone(UTC).year <= LAST


class ClockTrack:
    """Feed it one reading after another; each call returns what this one shows."""

    def __init__(self) -> None:
        self._last: tuple[TimedLine, datetime] | None = None
        self._base: tuple[TimedLine, int] | None = None
        self._odd = ""

    def preview_reading(self, now: TimedLine) -> tuple[ClockFinding, ...]:
        """Return what a reading shows without taking it in."""
        return copy.copy(self).add_reading(now)

    def add_reading(self, now: TimedLine) -> tuple[ClockFinding, ...]:
        """Take in the next reading and compare it with the one before."""
        wall = parse_line_time(now.t)
        if wall is None:
            text = f"Entry {now.seq} bears a time that no clock shows. It is damaged or made up."
            return (ClockFinding("impossible", now.seq, now.seq, now.t, now.t, 0, text),)
        found = [] if self._last is None else self._compare_readings(*self._last, now, wall)
        self._last = (now, wall)
        return (*found, *self._check_years(now, wall))

    def _check_years(self, now: TimedLine, wall: datetime) -> tuple[ClockFinding, ...]:
        """Say once when the wall clock enters years that cannot be right."""
        kind: Kind = "early" if wall.year < FIRST else "late"
        odd = "" if is_believable_time(wall) else kind
        entered, self._odd = odd and odd != self._odd, odd
        if not entered:
            return ()
        text = (
            f"From entry {now.seq} on the wall clock shows {format_utc(wall)}, "
            "which cannot be right. "
            "The order of the entries does not depend on it."
        )
        return (ClockFinding(kind, now.seq, now.seq, now.t, now.t, 0, text),)

    def _compare_readings(
        self, last: TimedLine, then: datetime, now: TimedLine, wall: datetime
    ) -> tuple[ClockFinding, ...]:
        moved = (wall - then) // _MILLI
        if last.machine != now.machine:
            self._base = None
            return (_make_finding("machine", last, now, 0, _MACHINE),)
        ran = now.mono - last.mono
        if last.boot != now.boot or (ran < 0 and not now.boot):
            self._base = None
            return _compare_across_restart(last, then, now, wall)
        if ran < 0:
            self._base = None
            return (
                _make_finding("impossible", last, now, ran, _BACKWARDS.format(format_span(ran))),
            )
        return self._compare_same_start(last, then, now, wall, moved - ran)

    def _compare_same_start(
        self, last: TimedLine, then: datetime, now: TimedLine, wall: datetime, parted: int
    ) -> tuple[ClockFinding, ...]:
        """Compare two readings of one start; ``parted``: wall clock minus running clock."""
        ran = now.mono - last.mono
        start, drift = self._base or (last, 0)
        if abs(parted) > STEP and abs(parted) * 1_000_000 > RATE * ran:
            self._base = (start, drift)
            kind: Kind = "forward" if parted > 0 else "back"
            way = "put forward" if parted > 0 else "put back"
            text = (
                f"the wall clock was {way} by {format_span(parted)}: it went from "
                f"{format_utc(then)} to "
                f"{format_utc(wall)}, while the clock that runs since the computer's start went on "
                f"{format_span(ran)}."
            )
            return (_make_finding(kind, last, now, parted, text + _unknown_clock(now)),)
        drift += parted
        if abs(drift) <= DRIFT:
            self._base = (start, drift)
            return ()
        self._base = (now, 0)
        text = (
            f"the wall clock slowly {'gained' if drift > 0 else 'lost'} "
            f"{format_span(drift)}: the clock "
            f"that runs since the computer's start went on {format_span(now.mono - start.mono)}."
        )
        return (_make_finding("drift", start, now, drift, text),)


_MACHINE = "the work went to another computer. Their clocks cannot be compared."
_BACKWARDS = (
    "the clock that runs since the computer's start went back by {} without a new start. "
    "No clock does that: an entry is damaged or made up."
)


def _unknown_clock(now: TimedLine) -> str:
    return "" if now.boot else " This system does not tell whether it was started again."


def _compare_across_restart(
    last: TimedLine, then: datetime, now: TimedLine, wall: datetime
) -> tuple[ClockFinding, ...]:
    moved = (wall - then) // _MILLI
    text = (
        f"the computer was started again: its running clock began afresh, the wall clock went "
        f"from {format_utc(then)} to {format_utc(wall)}."
    )
    found = [_make_finding("reboot", last, now, max(moved, 0), text)]
    if moved < 0:
        text = (
            f"the wall clock went back by at least {format_span(moved)} while the computer was "
            f"started again: from {format_utc(then)} to {format_utc(wall)}. "
            "Its running clock cannot say more."
        )
        found.append(_make_finding("back", last, now, moved, text))
    return tuple(found)


def _make_finding(kind: Kind, last: TimedLine, now: TimedLine, ms: int, text: str) -> ClockFinding:
    between = f"Between entries {last.seq} and {now.seq} "
    return ClockFinding(kind, last.seq, now.seq, last.t, now.t, ms, between + text)


def parse_line_time(t: str) -> datetime | None:
    """Return the time of an entry's stamp, None where no calendar has it."""
    try:
        return datetime.fromisoformat(t)
    except ValueError:
        return None


def format_utc(wall: datetime) -> str:
    """Return a time as findings show it: ``21 Nov 2026 14:07:12 UTC``."""
    wall = wall.astimezone(UTC)
    return f"{wall.day} {wall.strftime('%b %Y %H:%M:%S')} UTC"


def find_clock_events(lines: Iterable[TimedLine]) -> tuple[ClockFinding, ...]:
    """Return everything the clocks of consecutive entries show, in their order."""
    track = ClockTrack()
    return tuple(found for line in lines for found in track.add_reading(line))


def describe_findings(found: Sequence[ClockFinding], most: int = 20) -> tuple[str, ...]:
    """Return findings for people: what is ordinary is counted, the rest told, ``most`` at most."""
    told = [f.text for f in found if f.kind not in ORDINARY]
    counts = Counter(f.kind for f in found)
    ordinary = [
        f"{what}: {counts[kind]} time{'s' * (counts[kind] != 1)}. That alone is nothing unusual."
        for kind, what in ORDINARY.items()
        if counts[kind]
    ]
    if not told:
        return ("Within each start of a computer its two clocks agree.", *ordinary)
    more = len(told) - most
    rest = [f"{more} more findings about the clock."] if more > 0 else []
    return ("ABOUT THE CLOCK. The order of the entries is sound; look at their times.",
            *told[:most], *rest, *ordinary)  # fmt: skip
