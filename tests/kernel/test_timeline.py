"""What two clocks tell apart: each kind on its own, at its limits; nothing where all is well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.timeline import (
    DRIFT,
    STEP,
    ClockFinding,
    ClockReading,
    describe_findings,
    find_clock_events,
    format_span,
    is_believable_time,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = 3_600_000


def line(seq: int, wall: int, mono: int, boot: str = "b1", machine: str = "m") -> ClockReading:
    """Entry ``seq``: milliseconds after noon on the wall clock, and since the start."""
    return ClockReading(seq, format_stamp(NOON + timedelta(milliseconds=wall)), mono, boot, machine)


def kinds(*lines: ClockReading) -> list[tuple[str, int, int, int]]:
    return [(f.kind, f.before, f.after, f.ms) for f in find_clock_events(lines)]


def test_two_clocks_that_agree_show_nothing() -> None:
    lines = [line(n, n * HOUR, 50 + n * HOUR) for n in range(50)]
    assert find_clock_events(lines) == ()
    assert describe_findings(()) == ("Within each start of a computer its two clocks agree.",)


@pytest.mark.parametrize(
    ("parted", "found"),
    [(STEP, None), (STEP + 1, "forward"), (-STEP, None), (-STEP - 1, "back"), (HOUR, "forward"),
     (-5 * HOUR, "back")],
)  # fmt: skip
def test_a_step_is_more_than_two_seconds(parted: int, found: str | None) -> None:
    seen = kinds(line(4, 0, 0), line(5, 10_000 + parted, 10_000))
    assert seen == ([(found, 4, 5, parted)] if found else [])


def test_a_step_back_is_seen_though_the_wall_clock_went_on() -> None:
    assert kinds(line(1, 0, 0), line(2, 7_000, 10_000)) == [("back", 1, 2, -3_000)]


def test_a_step_says_both_clocks_and_their_units() -> None:
    (found,) = find_clock_events([line(11, 0, 0), line(12, -HOUR, 3_000)])
    assert found.text == (
        "Between entries 11 and 12 the wall clock was put back by 1 h 0 min: it went from "
        "21 Nov 2026 12:00:00 UTC to 21 Nov 2026 11:00:00 UTC, while the clock that runs since "
        "the computer's start went on 3.0 s."
    )
    assert (found.before_t, found.after_t) == (
        "2026-11-21T12:00:00.000Z", "2026-11-21T11:00:00.000Z"
    )  # fmt: skip


def test_there_and_back_are_two_steps_and_no_drift() -> None:
    lines = [line(0, 0, 0), line(1, HOUR, 1_000), line(2, 2_000, 2_000), line(3, 9_000, 9_000)]
    assert kinds(*lines) == [("forward", 0, 1, HOUR - 1_000), ("back", 1, 2, 1_000 - HOUR)]


def test_the_same_parting_over_hours_is_drift() -> None:
    assert kinds(line(1, 0, 0), line(2, 20 * HOUR + 6_000, 20 * HOUR)) == [("drift", 1, 2, 6_000)]
    assert kinds(line(1, 0, 0), line(2, HOUR + 6_000, HOUR)) == [("forward", 1, 2, 6_000)]


@pytest.mark.parametrize("sign", [1, -1])
def test_drift_adds_up_over_one_start_and_is_said_once(sign: int) -> None:
    lines = [line(n, n * (HOUR + sign * 600), n * HOUR) for n in range(13)]
    seen = kinds(*lines)
    assert seen == [("drift", 0, 9, sign * 5_400)]
    assert abs(seen[0][3]) > DRIFT
    assert (
        "gained" in find_clock_events(lines)[0].text
        if sign > 0
        else "lost" in find_clock_events(lines)[0].text
    )


def test_drift_begins_anew_with_each_start() -> None:
    first = [line(n, n * (HOUR + 600), n * HOUR) for n in range(8)]
    again = [
        line(8 + n, 9 * HOUR + n * (HOUR + 600), n * HOUR, boot="b2") for n in range(8)
    ]  # 4.2 s each, 8.4 s in all
    assert [k for k, *_ in kinds(*first, *again)] == ["reboot"]


def test_a_new_start_tells_nothing_but_a_clock_that_went_back() -> None:
    assert kinds(line(7, 0, HOUR), line(8, 60_000, 5_000, "b2")) == [("reboot", 7, 8, 60_000)]
    seen = kinds(line(7, 0, HOUR), line(8, -60_000, 5_000, "b2"))
    assert seen == [("reboot", 7, 8, 0), ("back", 7, 8, -60_000)]


def test_a_running_clock_that_goes_back_is_impossible() -> None:
    (found,) = find_clock_events([line(3, 0, 9_000), line(4, 1_000, 8_999)])
    assert (found.kind, found.ms) == ("impossible", -1)
    assert "No clock does that" in found.text
    assert kinds(line(3, 0, 9_000), line(4, 1_000, 9_000)) == []


def test_without_an_identity_of_the_start_a_smaller_clock_is_a_new_start() -> None:
    assert [k for k, *_ in kinds(line(3, 0, 9_000, ""), line(4, 1_000, 50, ""))] == ["reboot"]
    (found,) = find_clock_events([line(3, 0, 9_000, ""), line(4, HOUR, 10_000, "")])
    assert found.kind == "forward" and "does not tell" in found.text


def test_another_computer_is_said_and_not_compared() -> None:
    seen = kinds(line(3, 0, 9_000), line(4, -HOUR, 50, "b9", "other"))
    assert seen == [("machine", 3, 4, 0)]


@pytest.mark.parametrize(("year", "kind"), [(1970, "early"), (2099, "late")])
def test_years_that_cannot_be_right_are_said_once(year: int, kind: str) -> None:
    odd = datetime(year, 1, 1, tzinfo=UTC)
    lines = [
        ClockReading(n, format_stamp(odd + timedelta(seconds=n)), n * 1000, "b1") for n in range(5)
    ]
    assert kinds(*lines) == [(kind, 0, 0, 0)]
    assert str(year) in find_clock_events(lines)[0].text
    right = ClockReading(5, format_stamp(NOON), 5_000, "b1")
    assert [k for k, *_ in kinds(*lines, right)] == [kind, "forward" if year == 1970 else "back"]


def test_the_edges_of_belief() -> None:
    for year, fine in ((2019, False), (2020, True), (2090, True), (2091, False)):
        assert is_believable_time(datetime(year, 6, 1, tzinfo=UTC)) is fine


def test_a_time_that_no_calendar_has_is_damage_and_stops_nothing() -> None:
    bad = ClockReading(2, "2026-13-41T25:00:00.000Z", 2_000, "b1", "m")
    assert kinds(line(1, 0, 0), bad, line(3, 4_000, 4_000)) == [("impossible", 2, 2, 0)]


def test_spans_have_units() -> None:
    said = [
        format_span(ms) for ms in (0, 2_449, -59_900, 60_000, 125_000, HOUR, 90_000_000, HOUR * 700)
    ]
    assert said == ["0.0 s", "2.4 s", "59.9 s", "1 min 0 s", "2 min 5 s", "1 h 0 min", "1 day 1 h",
                    "29 days 4 h"]  # fmt: skip


def _many(count: int) -> Sequence[ClockFinding]:
    return find_clock_events([line(n, (n % 2) * HOUR, n * 10) for n in range(count + 1)])


def test_what_is_ordinary_is_counted_and_a_long_list_is_cut() -> None:
    starts = find_clock_events([line(n, n * HOUR, 5, f"b{n}") for n in range(4)])
    assert describe_findings(starts) == (
        "Within each start of a computer its two clocks agree.",
        "The computer was started again between two entries: 3 times. "
        "That alone is nothing unusual.",
    )
    said = describe_findings(_many(25), most=20)
    assert said[0].startswith("ABOUT THE CLOCK.") and len(said) == 22
    assert said[-1] == "5 more findings about the clock."
    assert len(describe_findings(_many(20), most=20)) == 21
