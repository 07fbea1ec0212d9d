"""Map, source and what is due next at 80x24: said in words, scrolled by keys, nothing lost."""

from dataclasses import replace
from datetime import date

import pytest

from esafety_tui.flows.drawing.chart import build_chart
from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.fit import fit_procedure, instruction_digest
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import FORBIDDEN_ACT_TEXTS, Procedure, SourceStatus
from esafety_tui.flows.profile.policy_gaps import GENERAL_STEP
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.guide import instruction_source
from esafety_tui.guide.ports import NextDeadline
from esafety_tui.guide.progress_map import (
    DONE,
    FIRST,
    HERE,
    LEFT,
    MAY,
    NEXT,
    OFF,
    STOP,
    describe_standing,
)
from esafety_tui.kernel.errors import Refused
from esafety_tui.screens.entry.incident_list import format_deadline_row
from esafety_tui.screens.steps.progress_map import (  # fmt: skip
    WIDTH,
    ProgressMapScreen,
    list_map_rows,
)
from tests.flows.ways import good_answer, put, walk
from tests.screens.fake_desk import OFFICERS, FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen, typed, until

GENERIC = load_profile()
MISUSE = fit_procedure(load_procedure("misuse"), GENERIC)
TODAY = date(2026, 11, 21)
TO_TRIAGE = {"danger": "2"}
DUE = (
    NextDeadline(
        "inc1", "HVS-2026-0001", "LADO told of an allegation", "today 17:00 GMT", "1 h 50 min"
    ),
    NextDeadline(
        "inc2",
        "HVS-2026-0002",
        "ICO told of a data breach that puts people at risk",
        "19 Nov 12:00 GMT",
        "overdue 2 d",
        True,
    ),
)


def at_triage() -> engine.FlowState:
    return walk(MISUSE, TO_TRIAGE, until="triage")


def test_each_step_says_in_words_how_it_stands() -> None:
    stands = describe_standing(MISUSE, at_triage())
    assert stands["reported"] == stands["danger"] == DONE and stands["triage"] == HERE
    soon = {o.next for o in MISUSE.get_step("triage").options}
    assert {step for step, word in stands.items() if word == NEXT} == soon
    assert stands["review"] == MAY and OFF not in stands.values()

    chosen = put(MISUSE, at_triage(), "triage", good_answer(MISUSE.get_step("triage"), "1"))
    after = describe_standing(MISUSE, chosen)
    assert after["triage"] == DONE and after[chosen.at] == HERE
    captures = [step.id for step in MISUSE.steps if step.is_capture]
    assert captures and all(after[step] == OFF for step in captures)


def test_going_back_keeps_what_is_asked_next_and_what_lies_ahead() -> None:
    state = engine.step_back(MISUSE, at_triage())
    stands = describe_standing(MISUSE, state)
    assert (stands["danger"], stands["triage"]) == (HERE, FIRST)
    assert NEXT not in stands.values() and stands["told-a"] == MAY
    here = next(row for row in list_map_rows(MISUSE, state) if row.step_id == "danger")
    assert "you are here, answered" in here.text and here.style_name == "here"


def test_an_answer_left_aside_and_what_only_stop_leads_to_are_named() -> None:
    choices = {**TO_TRIAGE, "triage": "4", "staff": "2"}
    state = walk(MISUSE, choices, until="designated")
    values = good_answer(MISUSE.get_step("triage"), "1")
    state = put(MISUSE, state, "triage", values, "a slip")
    stands = describe_standing(MISUSE, state)
    assert stands["two-seniors"] == LEFT and stands["staff"] == LEFT
    words = engine.start_procedure(MISUSE)
    for procedure in (
        fit_procedure(load_procedure(name), GENERIC) for name in shipped_procedures()
    ):
        words = engine.start_procedure(procedure)
        reached = {row.stands for row in list_map_rows(procedure, words)}
        assert reached <= {HERE, NEXT, MAY, STOP}
    stopped = engine.stop_procedure(MISUSE, at_triage())
    assert STOP not in describe_standing(MISUSE, stopped).values()
    assert describe_standing(MISUSE, stopped)["triage"] == OFF


@pytest.mark.parametrize("name", shipped_procedures())
def test_every_line_fits_and_bears_the_number_of_the_drawing(name: str) -> None:
    procedure = fit_procedure(load_procedure(name), GENERIC)
    state = engine.start_procedure(procedure)
    for _ in procedure.steps:
        drawn = list_map_rows(procedure, state)
        assert [row.step_id for row in drawn] == [
            box.step.id for box in build_chart(procedure).boxes
        ]
        for number, row in enumerate(drawn, 1):
            lines = row.text.splitlines()
            assert max(map(len, lines)) <= WIDTH, row
            assert f" {number} " in lines[0] and row.stands in lines[0]
        step = engine.current_step(procedure, state)
        if not graph.follower_ids(step):
            break
        state = put(procedure, state, step.id, good_answer(step))


def test_where_each_answer_leads_stands_below_the_present_step() -> None:
    here = next(row for row in list_map_rows(MISUSE, at_triage()) if row.style_name == "here")
    number = build_chart(MISUSE).step_numbers()
    for place, option in enumerate(MISUSE.get_step("triage").options, 1):
        assert f"{place}) {option.label}"[:40] in " ".join(here.text.split())
        assert f"-> {number[option.next]}" in here.text


def test_nothing_is_promised_to_be_taken_once_frozen() -> None:
    """Guards the map itself: a procedure that no proof has seen, where class A leads to a gate."""
    wrong = tuple(
        replace(o, next="isolated") if o.key == "1" else o
        for o in MISUSE.get_step("triage").options
    )
    steps = (replace(s, options=wrong) if s.id == "triage" else s for s in MISUSE.steps)
    procedure = replace(MISUSE, steps=tuple(steps))
    state = walk(procedure, TO_TRIAGE, until="triage")
    state = put(procedure, state, "triage", good_answer(procedure.get_step("triage"), "1"))
    assert state.at == "isolated"
    stands = describe_standing(procedure, state)
    assert all(stands[step.id] == OFF for step in procedure.steps if step.is_capture)


async def at_step(pilot: Driver, desk: FakeDesk) -> None:
    """Open the incident of ``desk`` at its first step without an answer."""
    await until(pilot, "· incidents")
    await pilot.press("enter")
    await until(pilot, "F2 map  F3 source")


def desk_at(*answers: tuple[str, str]) -> FakeDesk:
    """Return a desk with an incident whose steps are answered up to the last of ``answers``."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    inc = desk.open_incident((), "", False).inc
    for step, option in answers:
        desk.answer(inc, step, good_answer(MISUSE.get_step(step), option), "")
    return desk


async def test_the_map_scrolls_by_keys_and_leads_back_with_what_was_typed() -> None:
    desk = desk_at()
    async with build(desk, practice=True).run_test(size=SIZE) as pilot:
        await at_step(pilot, desk)
        await typed(pilot, "Iris Example")
        await pilot.press("f2")
        first = await until(pilot, "▸  1 what was reported")
        assert "Step 1 of about" in first and "[ STOP F10 ]" in first and "may come next" in first
        assert "Iris" not in first, "what was typed has no place on the map"
        assert "the end" not in first
        await pilot.press("end")
        await until(pilot, "the end")
        await pilot.press("home", "pagedown", "down")
        await pilot.pause()
        moved = seen(pilot.app)
        assert "▸  1" not in moved and "the end" not in moved
        await pilot.press("escape")
        assert "Iris Example" in await until(pilot, "F3 source")
        assert "answer" not in desk.verbs(), "nothing is recorded by looking"


async def test_the_present_step_is_in_view_however_far_down() -> None:
    way = [("reported", ""), ("danger", "2"), ("triage", "4"), ("told-c", ""), ("staff", "2")]
    desk = desk_at(*way, ("two-seniors", ""), ("designated", ""), ("watched", ""), ("isolated", ""))
    step = next(step for step in MISUSE.steps if step.is_capture)
    desk.confirmed = {instruction_digest(step): "A. Bell, DSL, 3 Sep 2026"}
    async with build(desk, practice=True).run_test(size=SIZE) as pilot:
        await at_step(pilot, desk)
        await pilot.press("f2")
        shown = await until(pilot, f"▸ {build_chart(MISUSE).step_numbers()[step.id]} {step.title}")
        assert isinstance(pilot.app.screen, ProgressMapScreen)
        assert "✓" in shown and "done" in shown
        await pilot.press("home")
        assert "No, but it breaks our rules" in await until(pilot, "against the law?")
        assert "not on this way" in seen(pilot.app)
        await pilot.press("escape", "f3")
        assert "Confirmed by A. Bell, DSL, 3 Sep 2026." in await until(pilot, "Where it comes from")


async def test_the_source_is_one_key_away_and_says_whom_to_ask() -> None:
    desk = desk_at()
    async with build(desk, practice=True).run_test(size=SIZE) as pilot:
        await at_step(pilot, desk)
        assert MISUSE.get_step("reported").status is SourceStatus.TO_CONFIRM
        await pilot.press("f3")
        shown = await until(pilot, "Where it comes from")
        assert instruction_source.ASK[:60] in " ".join(shown.split())
        sure = instruction_source.list_source_parts(
            MISUSE, GENERIC, engine.start_procedure(MISUSE), TODAY, "A. Bell, DSL, 3 Sep"
        )
        assert (
            "Confirmed by A. Bell, DSL, 3 Sep." in sure[0][1]
            and instruction_source.ASK not in sure[0][1]
        )
        await pilot.press("f1")
        await until(pilot, "A named person of the school confirms")
        await pilot.press("escape", "escape")
        await until(pilot, "F2 map")
        await pilot.press("f2")
        await until(pilot, "you are here")
        await pilot.press("f10")
        await until(pilot, "Do this now, in this order")


def headed(
    procedure: Procedure, state: engine.FlowState, profile: str = "generic"
) -> dict[str, str]:
    found = instruction_source.list_source_parts(procedure, load_profile(profile), state, TODAY)
    return {heading: "\n".join(lines) for heading, lines in found}


def test_everything_forbidden_so_far_is_said_not_the_last_alone() -> None:
    state = put(MISUSE, at_triage(), "triage", good_answer(MISUSE.get_step("triage"), "1"))
    told = state.at
    assert MISUSE.get_step(told).forbids
    state = put(MISUSE, state, told, good_answer(MISUSE.get_step(told)))
    later = engine.current_step(MISUSE, state)
    words = instruction_source.list_forbidden(MISUSE, state)
    assert {FORBIDDEN_ACT_TEXTS[f] for f in MISUSE.get_step(told).forbids} <= set(words)
    assert len(words) == len(set(words))
    assert not set(MISUSE.get_step(told).forbids) <= set(later.forbids), "or the test says nothing"
    assert headed(MISUSE, state)["From here on, nobody may"] == "\n".join(words)
    # Looking back at an earlier step shows what held there.
    earlier = engine.step_back(MISUSE, engine.step_back(MISUSE, state))
    assert instruction_source.list_forbidden(MISUSE, earlier) == []


def test_who_is_told_which_times_and_whose_policy() -> None:
    staff = walk(MISUSE, {**TO_TRIAGE, "triage": "4"}, until="staff")
    said = headed(MISUSE, staff)
    assert "LADO, if you answer “Yes” or “We are not sure” or" in said["Who must be told"]
    assert (
        "1 working day: begins here" in said["Times"]
        and instruction_source.HOLIDAYS in said["Times"]
    )
    assert "Your policy has no clause" in said["Where it comes from"]
    assert "Generic school" in said["Your policy"]

    crockerne = load_profile("crockerne")
    own = fit_procedure(load_procedure("misuse"), crockerne)
    step = next(s for s in own.steps if crockerne.find_clause("misuse", s.id))
    there = engine.FlowState(own.digest, step.id)
    if step.id != own.first:
        there = walk(own, {**TO_TRIAGE, "triage": "4", "staff": "2"}, until=step.id)
    said = headed(own, there, "crockerne")
    assert "Your school's own policy." in said["Where it comes from"]
    assert "Your policy was due for review on" in said["Your policy"]
    assert "months without a day" in said[instruction_source.CONTRADICTS]
    assert "legal duty to report" in said[instruction_source.GAPS]
    assert instruction_source.NOT_SAID_HERE not in said and instruction_source.READ_HERE not in said


def test_gaps_and_readings_of_the_step_come_first_then_those_of_the_policy() -> None:
    milestone = load_profile("milestone")
    own = fit_procedure(load_procedure("misuse"), milestone)
    there = walk(own, {"danger": "1", "triage": "1"}, until="told-a")
    found = instruction_source.list_source_parts(own, milestone, there, TODAY)
    order = [heading for heading, _ in found]
    assert order[1:3] == [instruction_source.NOT_SAID_HERE, instruction_source.READ_HERE]
    assert order[-3:] == [instruction_source.CONTRADICTS, instruction_source.GAPS, "Your policy"]
    said = {heading: " ".join(" ".join(lines).split()) for heading, lines in found}
    assert "in a picture that is lost. Offered instead:" in said[instruction_source.NOT_SAID_HERE]
    assert "before anyone looks. Because:" in said[instruction_source.READ_HERE]
    assert (
        "legal duty" in said[instruction_source.GAPS]
        and "picture" not in said[instruction_source.GAPS]
    )
    assert "before anyone looks" not in said[instruction_source.CONTRADICTS]
    everywhere = " ".join(said.values())
    assert "after a data breach" not in everywhere, "a gap of other steps"


async def test_the_screen_says_that_a_step_is_not_in_the_policy() -> None:
    desk = desk_at(("reported", ""))
    case = desk.cases["inc1"]
    desk.cases["inc1"] = replace(case, sources=(case.sources[0], load_profile("chepstow").digest))
    async with build(desk, practice=True).run_test(size=SIZE) as pilot:
        await at_step(pilot, desk)
        rows = (await until(pilot, "in danger right now")).splitlines()
        (at,) = (n for n, row in enumerate(rows) if "F2 map  F3 source" in row)
        assert rows[at + 1].strip() == GENERAL_STEP and rows[at + 2].strip()
        await pilot.press("f3")
        shown = await until(pilot, instruction_source.NOT_SAID_HERE)
        assert "What follows once a crime is suspected" in " ".join(shown.split())
        assert GENERAL_STEP not in shown
        await pilot.press("escape")
        await until(pilot, GENERAL_STEP)
        await pilot.press("escape")
        first = await until(pilot, "What has been reported")
        assert GENERAL_STEP not in first, "its policy says to whom a suspicion is reported"


async def test_due_lines_stand_above_the_list_and_open_their_incident() -> None:
    desk = desk_at()
    second = desk.open_incident((), "", False).inc
    desk.next = DUE
    async with build(desk, practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "Due next (D)")
        shown = await until(pilot, "overdue 2 d")  # the lines come with the next drawing
        assert shown.index("Due next") < shown.index("HVS-2026-0002   open")
        assert "today 17:00 GMT HVS-2026-0001 LADO told of an allegation  1 h 50 min" in shown
        assert "19 Nov 12:00 GMT HVS-2026-0002 ICO told of" in shown and "overdue 2 d" in shown
        assert pilot.app.focused is not None and pilot.app.focused.id == "incidents"
        await pilot.press("d", "2")
        await until(pilot, f"Due next (D): {DUE[1].what}")
        await pilot.press("enter")
        await until(pilot, "F2 map")
        assert ("case", second) in desk.calls and ("case", "inc1") not in desk.calls
        desk.next = DUE * 4
        await pilot.press("escape")
        shown = await until(pilot, "Due next (D), 4 more")
        assert shown.count("17:00 GMT") + shown.count("12:00 GMT") == 4


async def test_one_officer_and_a_lock_in_between_show_no_due_lines() -> None:
    lone = FakeDesk(open_with=OFFICERS[:1])
    lone.next = DUE
    async with build(lone).run_test(size=SIZE) as pilot:
        await until(pilot, "words only")
        # Never with an empty list: that means all workers, and one leads through the program.
        asked = [w for w in pilot.app.workers if w.group in ("due", "policy")]
        if asked:
            await pilot.app.workers.wait_for_complete(asked)
        assert "due_next" not in lone.verbs() and "Due next" not in seen(pilot.app)
    locked = FakeDesk(open_with=OFFICERS[:2])
    locked.fail = {"due_next": Refused("The desk is locked.", "Reopen it."),
                   "policy": Refused("The desk is locked.", "Reopen it.")}  # fmt: skip
    async with build(locked).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.pause(0.1)
        assert "Due next" not in seen(pilot.app) and pilot.app.is_running


class OldPolicy(FakeDesk):
    """A school whose policy is overdue for its own review."""

    def policy(self):  # type: ignore[no-untyped-def]
        return replace(super().policy(), profile=load_profile("crockerne").digest)


async def test_a_policy_overdue_for_review_is_said_quietly() -> None:
    async with build(OldPolicy(open_with=OFFICERS[:2])).run_test(size=SIZE) as pilot:
        shown = await until(pilot, "Your policy was due for review on")
        assert "Apr 2022" in shown
    async with build(FakeDesk(open_with=OFFICERS[:2])).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.pause(0.2)
        assert "due for review" not in seen(pilot.app)


@pytest.mark.parametrize("one", DUE)
def test_a_due_line_is_one_line(one: NextDeadline) -> None:
    assert len(format_deadline_row(one)) <= 68 and one.left in format_deadline_row(one)


@pytest.mark.parametrize(
    ("school", "step_id", "own"),
    [("generic", "category", False), ("chepstow", "sanctions", False), ("chepstow", "staff", False),
     ("crockerne", "category", True), ("winchelsea", "told-managed", True)],
)  # fmt: skip
def test_what_fills_in_for_a_policy_is_not_called_its_own(
    school: str, step_id: str, own: bool
) -> None:
    profile = load_profile(school)
    made = fit_procedure(load_procedure("misuse"), profile)
    way = engine.FlowState(made.digest, step_id)
    (said,) = [
        lines
        for heading, lines in instruction_source.list_source_parts(
            replace(made, first=step_id), profile, way, date(2026, 11, 23)
        )
        if heading == "Where it comes from"
    ]
    assert ("Your school's own policy." in said) is own
