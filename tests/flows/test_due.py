"""Timers that run: begun and met by answers in force on the way, never moved by answering again."""

from datetime import UTC, datetime, timedelta

import pytest

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.deadlines import RunningTimer, TimedEvent, find_running_timers
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, parse_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import (
    GivenValues,
    Procedure,
    ProcedureEvent,
    StopEvent,
    build_answer,
)
from esafety_tui.flows.profile.profile import load_profile, shipped_profiles
from tests.flows.ways import good_answer

GENERIC = load_profile("generic")
START = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)  # a Saturday
SOURCE = """\
format = "procedure/2"
name = "timed"
title = "Timed"
version = "1"
first = "known"
after_stop = "words"

[[step]]
id = "known"
kind = "question"
title = "known"
question = "Is data lost?"
why = "w"
source = "policy"
status = "sourced"
options = [
  { key = "yes", label = "Yes", starts = ["ico"], next = "staff" },
  { key = "sure", label = "Surely", starts = ["ico", "lado"], next = "staff" },
  { key = "worse", label = "All of it", starts = ["parents"], next = "staff" },
  { key = "no", label = "No", next = "words" },
]

[[step]]
id = "staff"
kind = "referral"
title = "told"
question = "Who is told?"
why = "w"
source = "policy"
status = "sourced"
next = "again"
may_skip = true
starts = ["lado"]
ends = ["debrief", "parents"]
options = [
  { key = "lado", label = "LADO", ends = ["lado"] },
  { key = "ico", label = "ICO", ends = ["ico"] },
  { key = "dsl", label = "DSL" },
]

[[step]]
id = "again"
kind = "question"
title = "again"
question = "Is there more?"
why = "w"
source = "policy"
status = "sourced"
next = "words"
options = [
  { key = "yes", label = "Yes", starts = ["ico"] },
  { key = "no", label = "No" },
  { key = "unknown", label = "Yes", starts = ["tea-time"] },
]

[[step]]
id = "words"
kind = "record"
title = "words"
question = "What do you know?"
why = "w"
source = "policy"
status = "sourced"
next = "last"
starts = ["debrief"]
fields = [{ name = "what", label = "What" }]

[[step]]
id = "last"
kind = "end"
title = "end"
question = "That is all."
why = "w"
source = "policy"
status = "sourced"
"""
TIMED = parse_procedure(SOURCE.encode(), "timed.toml")


def one(key: str) -> GivenValues:
    return {"option": key}


def told(*keys: str) -> GivenValues:
    return {"options": list(keys)}


NONE: GivenValues = {"done": "none", "why_none": "nobody is there"}


def hours(*given: tuple[str, GivenValues] | str) -> list[TimedEvent]:
    """Return events one hour apart; an answer to a step already answered is given a reason."""
    found: list[TimedEvent] = []
    seen: set[str] = set()
    for number, row in enumerate(given):
        event: ProcedureEvent = StopEvent()
        if not isinstance(row, str):
            event = build_answer(*row, reason="a slip" if row[0] in seen else "")
            seen.add(row[0])
        found.append((event, START + timedelta(hours=number)))
    return found


def running(*given: tuple[str, GivenValues] | str) -> dict[str, tuple[str, int]]:
    """Return key to the step that began it and the hour of its start."""
    found = find_running_timers(TIMED, GENERIC, hours(*given))
    assert all(isinstance(one,
        RunningTimer) and one.by == GENERIC.get_timer(one.key).compute_due_time(one.start)
               for one in found)  # fmt: skip
    assert list(found) == sorted(found, key=lambda d: d.by)
    return {d.key: (d.step, int((d.start - START) / timedelta(hours=1))) for d in found}


def test_an_answer_begins_a_timer_and_the_profile_says_when_it_ends() -> None:
    (ico,) = find_running_timers(TIMED, GENERIC, hours(("known", one("yes"))))
    assert (ico.key, ico.step, ico.start) == ("ico", "known", START)
    assert ico.by == START + timedelta(hours=72)
    assert (
        ico.label == GENERIC.get_timer("ico").label
        and ico.source == GENERIC.get_timer("ico").source
    )
    (lado,) = (
        d
        for d in find_running_timers(TIMED, GENERIC, hours(("known", one("sure"))))
        if d.key == "lado"
    )
    assert lado.by.strftime("%a %d %b %H:%M %Z") == "Mon 23 Nov 17:00 GMT"


def test_nothing_runs_before_anything_is_answered() -> None:
    assert running() == {} == running(("known", one("no")))
    assert find_running_timers(TIMED, GENERIC, ()) == ()


def test_what_is_met_is_gone_and_unticking_brings_it_back() -> None:
    assert running(("known", one("yes")), ("staff", told("ico", "lado"))) == {}
    back = running(("known", one("yes")), ("staff", told("ico")), ("staff", told("dsl")))
    assert back == {"ico": ("known", 0), "lado": ("staff", 1)}


def test_a_step_that_begins_and_meets_at_once_has_met() -> None:
    assert "lado" not in running(("known", one("yes")), ("staff", told("lado")))
    assert running(("known", one("yes")), ("staff", told("dsl")))["lado"] == ("staff", 1)


def test_none_of_these_meets_nothing_but_begins() -> None:
    assert "parents" not in running(("known", one("worse")), ("staff", told("dsl")))
    assert running(("known", one("worse")), ("staff", NONE)) == {
        "parents": ("known", 0), "lado": ("staff", 1),
    }  # fmt: skip


def test_what_was_met_before_it_began_is_not_met() -> None:
    first = (("known", one("yes")), ("staff", told("dsl")), ("again", one("no")))
    assert "debrief" in running(*first, ("words", {"what": "it"}), ("staff", told("lado")))


def test_an_answer_replaced_or_left_aside_counts_for_nothing() -> None:
    assert running(("known", one("yes")), ("known", one("no"))) == {}
    # "no" leads past the step that began the LADO's timer, whose answer is kept.
    assert running(("known", one("yes")), ("staff", told("dsl")), ("known", one("no"))) == {}


def test_a_changed_answer_that_still_says_so_keeps_its_time() -> None:
    assert running(("known", one("yes")), ("known", one("sure"))) == {
        "ico": ("known", 0), "lado": ("known", 1),
    }  # fmt: skip
    gap = running(("known", one("yes")), ("known", one("no")), ("known", one("yes")))
    assert gap == {"ico": ("known", 2)}


def test_a_second_start_moves_no_deadline_but_begins_again_what_was_met() -> None:
    first = ("known", one("yes"))
    assert running(first, ("staff", told("lado")), ("again", one("yes"))) == {"ico": ("known", 0)}
    met = running(first, ("staff", told("lado", "ico")), ("again", one("yes")))
    assert met == {"ico": ("again", 2)}
    # Correcting the tick, which still says it, does not meet what began after it.
    late = running(
        first, ("staff", told("lado", "ico")), ("again", one("yes")),
        ("staff", told("lado", "ico", "dsl")),
    )  # fmt: skip
    assert late == {"ico": ("again", 2)}


def test_stop_leaves_what_runs_running() -> None:
    assert running(("known", one("yes")), "stop") == {"ico": ("known", 0)}
    assert running(("known", one("yes")), "stop", ("words", {"what": "it"})) == {
        "ico": ("known", 0), "debrief": ("words", 2),
    }  # fmt: skip


def test_a_timer_the_profile_does_not_have_and_an_answer_that_fits_nowhere() -> None:
    first = (("known", one("yes")), ("staff", told("lado")))
    assert running(*first, ("again", one("unknown"))) == {"ico": ("known", 0)}
    assert running(("again", one("yes")), ("nowhere", one("yes"))) == {}


def test_a_known_state_gives_the_same(misuse: Procedure) -> None:
    timed = hours(("known", one("sure")), ("staff", told("dsl")))
    state = engine.replay_events(TIMED, [event for event, _ in timed])
    assert (
        find_running_timers(TIMED, GENERIC, timed, state)
        == find_running_timers(TIMED, GENERIC, timed)
        != ()
    )
    with pytest.raises(Exception, match="another version"):
        engine.current_step(misuse, state)


@pytest.mark.parametrize("profile", shipped_profiles())
def test_every_timer_of_a_shipped_procedure_is_in_every_profile(profile: str) -> None:
    school = load_profile(profile)
    keys = {timer.key for timer in school.timers}
    for name in shipped_procedures():
        for step in fit_procedure(load_procedure(name), school).steps:
            named = {*step.starts, *step.ends}
            named |= {key for o in step.options for key in (*o.starts, *o.ends)}
            assert named <= keys, (name, step.id)


def test_stop_ends_no_timer_though_the_way_turns_aside_before_its_step() -> None:
    text = SOURCE.replace('next = "words"\noptions', 'next = "last"\noptions')
    text = text.replace('next = "last"\nstarts', 'next = "again"\nstarts')
    turned = parse_procedure(text.encode(), "turned.toml")
    events = hours(("known", one("worse")), ("staff", NONE), ("again", one("yes")), "stop")
    state = engine.replay_events(turned, [event for event, _ in events])
    assert "again" not in engine.steps_on_path(turned, state)
    before, after = (find_running_timers(turned, GENERIC, rows) for rows in (events[:-1], events))
    assert after == before and {d.key for d in after} == {"ico", "lado", "parents"}


@pytest.mark.parametrize("name", ["breach", "lost-media"])
@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("20 Nov 2026 23:30", datetime(2026, 11, 20, 23, 30, tzinfo=UTC)),
        ("about 19 Nov 2026", datetime(2026, 11, 19, tzinfo=UTC)),
        ("25 Oct 2026 01:30 BST", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("25 Oct 2026 01:30 GMT", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("22 Nov 2026 09:00", START),  # later than it was written down: nobody gains time
    ],
)
def test_the_72_hours_run_from_when_the_school_became_aware(
    name: str, typed: str, begins: datetime
) -> None:
    procedure = fit_procedure(load_procedure(name), GENERIC)
    step = procedure.get_step(procedure.first)
    values = {**good_answer(step, ""), "when": typed}
    after = engine.answer_step(procedure, engine.start_procedure(procedure), step.id, values)
    assert isinstance(after, engine.FlowState)
    (one,) = find_running_timers(procedure, GENERIC, [(after.log[0], START)])
    assert (one.key, one.start, one.by) == ("ico", begins, begins + timedelta(hours=72))


def clocked(*given: tuple[str, GivenValues, datetime]) -> dict[str, tuple[str, datetime]]:
    """Return key to step and start, for answers at the times that a clock showed."""
    timed = [(build_answer(step, values), at) for step, values, at in given]
    return {d.key: (d.step, d.start) for d in find_running_timers(TIMED, GENERIC, timed)}


def test_a_clock_put_back_hides_no_start_and_unmeets_nothing() -> None:
    met = ("known", one("yes"), START), ("staff", told("ico", "lado"), START + timedelta(hours=1))
    back = START - timedelta(hours=6)
    assert clocked(*met, ("again", one("yes"), back)) == {"ico": ("again", back)}
    assert clocked(met[0], ("staff", told("ico", "lado"), back)) == {}


def test_a_clock_that_was_ahead_gives_no_time_away() -> None:
    ahead = START.replace(year=2027)
    found = clocked(("known", one("yes"), ahead), ("staff", told("lado"), START))
    assert found == {"ico": ("known", START)}
    assert clocked(("known", one("yes"), ahead)) == {"ico": ("known", ahead)}


def test_a_clock_that_lost_its_year_moves_no_deadline() -> None:
    lost = datetime(2001, 1, 1, tzinfo=UTC)
    found = clocked(("known", one("yes"), START), ("staff", told("lado"), lost))
    assert found == {"ico": ("known", START)}
    timed = [*hours(("known", one("yes"))), (StopEvent(), datetime(2026, 1, 1, tzinfo=UTC))]
    assert [d.start for d in find_running_timers(TIMED, GENERIC, timed)] == [START]
