"""A comparison of the clock made at signing counts in its incident, and nothing lost is offered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import clock_check
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.flows.procedure.model import StepKind
from esafety_tui.guide.ports import Act, ActResult, Progress
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.guidance import MissingItem, Readiness
from esafety_tui.plain.steps.signing import COMPARE
from esafety_tui.screens.steps.readiness import describe_readiness
from tests.casework.support import Practice
from tests.plain.acts import Script, lines, pick, type_, word
from tests.plain.desk import Desk as Desk_
from tests.plain.routes import way
from tests.plain.scripted import sit
from tests.plain.test_words import MISUSE, answered, opened
from tests.screens import real as screens
from tests.screens.rig import SIZE, build, until


@pytest.fixture
def desk(real: Practice, tmp_path: Path) -> Iterator[Desk]:
    """The desk of a real vault, two officers signed in."""
    found = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    ids = [o.id for o in found.state().officers]
    words = {real.ids[i]: real.words[i] for i in real.ids}
    found.unlock(ids[0], words[ids[0]], ids[1], words[ids[1]], ())
    yield found
    found.close()


def uk_now() -> str:
    """Return what a radio-controlled clock shows."""
    return datetime.now(UTC).astimezone(LONDON).strftime("%H:%M:%S")


def compare(desk: Desk, **place: str) -> None:
    """Write down what a trusted clock shows."""
    values = {"source": "speaking clock", "trusted": uk_now(), **place}
    desk.act(Act("clock", values), lambda *_: None)


def clock_lines(ready: Readiness) -> dict[str, bool]:
    """Return what is missing about the clock: key, and whether it cannot be made up."""
    return {m.key: m.late for m in ready.missing if m.key.startswith("clock")}


def test_a_comparison_at_signing_counts_in_its_incident(desk: Desk, tmp_path: Path) -> None:
    inc = screens.reviewed(desk, tmp_path)
    before = desk.readiness(inc)
    assert clock_lines(before) == {"clock-start": True, "clock-end": False}
    compare(desk, inc=inc)
    case = desk.context.open_cases[inc]
    assert case.records[-1].type == "clock.checked"
    assert case.records[-1].fields["moment"] == "end"
    after = desk.readiness(inc)
    assert (after.done, after.asked) == (before.done + 1, before.asked)
    assert clock_lines(after) == {"clock-start": True}
    assert clock_check.clock_line_of_form(case.records).startswith("Later, entry #")


def test_an_incident_that_was_not_read_in_yet_is_read_in(desk: Desk, tmp_path: Path) -> None:
    inc = screens.reviewed(desk, tmp_path)
    desk.context.open_cases.clear()
    compare(desk, inc=inc)
    assert desk.context.open_cases[inc].records[-1].type == "clock.checked"


def test_before_anything_is_taken_it_is_the_one_at_the_start(desk: Desk, tmp_path: Path) -> None:
    inc = screens.answered(desk, screens.TO_ADDRESSES)
    assert clock_lines(desk.readiness(inc)) == {"clock-start": False, "clock-end": False}
    compare(desk, inc=inc)
    assert desk.context.open_cases[inc].records[-1].fields["moment"] == "start"
    desk.add_url(inc, "https://forum.example.net/t/1", "insults", "saw it")
    assert clock_lines(desk.readiness(inc)) == {"clock-end": False}
    compare(desk, inc=inc)
    assert clock_lines(desk.readiness(inc)) == {}
    desk.add_url(inc, "https://forum.example.net/t/2", "insults", "saw it")
    assert clock_lines(desk.readiness(inc)) == {"clock-end": False}


def test_who_leaves_compares_in_the_incident_until_its_form_is_drawn(
    desk: Desk, tmp_path: Path
) -> None:
    inc = screens.reviewed(desk, tmp_path)
    compare(desk, inc=inc, leaving="yes")
    assert clock_lines(desk.readiness(inc)) == {"clock-start": True}
    desk.answer(inc, "review", {"done": "yes"}, "")
    desk.prepare_form(inc, (), lambda *_: None, reason="a test")
    entries = len(desk.context.open_cases[inc].records)
    compare(desk, inc=inc, leaving="yes")
    assert len(desk.context.open_cases[inc].records) == entries
    assert desk.case(inc).form_current


@pytest.mark.long("test_a_comparison_at_signing_counts_in_its_incident")
async def test_the_count_changes_on_the_screen_and_the_lost_line_is_no_choice(
    desk: Desk, tmp_path: Path
) -> None:
    inc = screens.reviewed(desk, tmp_path)
    desk.answer(inc, "review", {"done": "yes"}, "")
    before = desk.readiness(inc)
    async with build(desk).run_test(size=SIZE) as pilot:
        await screens.open_case(pilot)
        await until(pilot, "There is no form yet")
        await pilot.press("enter")
        shown = await until(pilot, "The police would still ask for this.")
        assert describe_readiness(before) in shown
        assert f"✗ {clock_check.LATE}"[:60] in shown
        assert "1  This computer's clock, compared at the end" in shown
        await pilot.press("1", "enter")
        await until(pilot, "It shows now (UK time)")
        await screens.fill(pilot, source="speaking clock", trusted=uk_now())
        await pilot.press("f8")
        await until(pilot, "Written down.")
        await pilot.press("enter")
        shown = await until(pilot, f"{before.done + 1} of {before.asked} things")
        assert "compared at the end" not in shown
        assert "1  Draw the form all the same" in shown
        await pilot.press("1", "enter")
        await until(pilot, "Why is it sealed although something is missing?")
        assert desk.context.open_cases[inc].records[-1].type == "clock.checked"


class Counting(Desk_):
    """A desk whose incident lacks both comparisons until one is made."""

    def act(self, act: Act, progress: Progress) -> ActResult:
        self.ready = Readiness(10, 11, (LOST,))
        return super().act(act, progress)


LOST = MissingItem("clock-start", clock_check.LATE, late=True)
END = MissingItem("clock-end", "This computer's clock, compared at the end")


def test_plain_mode_compares_at_signing_and_sends_nobody_to_what_is_lost() -> None:
    desk = Counting()
    desk.ready = Readiness(9, 11, (LOST, END))
    legs = list(way(MISUSE, "first"))
    review = next(n for n, leg in enumerate(legs) if leg.step.kind is StepKind.REVIEW)
    acts = [
        *opened(), *answered(*legs[: review + 1]),
        pick("Draw the form", "9 of 11 things"),
        pick(COMPARE, "Left out, and it cannot be made up:"),
        type_("speaking clock"), type_("14:07:30"),
        pick("Draw the form", "10 of 11 things"),
        pick("Draw the form all the same", "cannot be made up"), *lines("nobody thought of it"),
        word("EOF"),
    ]  # fmt: skip
    person = sit(desk, Script(acts))
    done = [call[2] for call in desk.calls if call[0] == "act"]
    assert done == [{"source": "speaking clock", "trusted": "14:07:30", "inc": "inc1"}]
    assert f"Go to: {LOST.what}" not in person.transcript
