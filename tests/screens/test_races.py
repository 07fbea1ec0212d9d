"""Two things at once: a key pressed twice, a screen taken off, a verb that ends too late.

What the screen says is what the desk holds, whichever of the two was first.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

import pytest
from textual import events
from textual.widgets import Button

from esafety_tui.guide.ports import Act, Progress
from esafety_tui.screens.acts.clock_check import ClockScreen
from esafety_tui.screens.application.overlay_stack import Palette
from esafety_tui.screens.base.case_frame import StepFrame
from esafety_tui.screens.dialogs.choose_passphrase import RetypePassphraseScreen
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.dialogs.note_dialog import NOTE, AskWords
from esafety_tui.screens.dialogs.progress import WorkingScreen
from esafety_tui.screens.entry.incident_list import HomeScreen
from esafety_tui.screens.entry.unlock import UnlockScreen
from esafety_tui.screens.overlays.stop import StopScreen
from tests.screens.fake_desk import DISK_FULL, OFFICERS, PASSPHRASE, FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen, typed, unlock, until


def opened(incidents: int = 1) -> FakeDesk:
    """Return a desk with two officers signed in."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    for _ in range(incidents):
        desk.open_incident((), "", False)
    return desk


@dataclass
class Held:
    """A verb of the desk that waits until it is let go."""

    gate: threading.Event

    def go(self) -> None:
        """Let the verb end."""
        self.gate.set()


def held(desk: FakeDesk, verb: str) -> Held:
    """Hold ``verb`` from here on."""
    desk.gates[verb] = threading.Event()
    return Held(desk.gates[verb])


async def called(pilot: Driver, desk: FakeDesk, verb: str) -> None:
    """Wait until the desk was asked for ``verb``."""
    for _ in range(200):
        if verb in desk.verbs():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"{verb} was never called")


async def test_a_key_for_a_screen_without_widgets_does_nothing() -> None:
    """F8 held down on the step before: the second one came to a dialog that was not composed."""
    async with build(opened()).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.pause()
        pilot.app.push_screen(AskWords(NOTE, "told: half", statement=True))
        await pilot.app.on_event(events.Key("f8", None))
        assert not pilot.app._exception
        await until(pilot, "told: half")


async def test_stop_that_comes_before_the_next_screen_stays_in_view() -> None:
    """Asking yielded between finding nothing in the way and showing its screen."""
    async with build(opened()).run_test(size=SIZE) as pilot:
        app = pilot.app
        await until(pilot, "· incidents")
        slow = asyncio.Event()

        async def asks() -> None:
            app.call_next(slow.wait)
            await app.ask_screen(HomeScreen(FakeDesk().state(), ()))  # type: ignore[attr-defined]

        app.run_worker(asks())
        await asyncio.sleep(0.01)
        app.action_stop()  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
        slow.set()
        await pilot.pause(0.1)
        assert isinstance(app.screen, StopScreen)


async def test_signing_out_at_the_lock_shows_nothing_of_the_work() -> None:
    desk = opened()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("enter")
        await until(pilot, "Step 1")
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")
        verb = held(desk, "sign_out")
        await pilot.click("#out")
        await called(pilot, desk, "sign_out")
        assert "Step 1" not in seen(pilot.app)
        # Locking again cut signing out off half-way: the incident stayed on the screen.
        await pilot.press("ctrl+l")
        verb.go()
        await until(pilot, "The evidence vault is locked")


async def test_signing_out_at_the_lock_with_a_full_disk_is_said() -> None:
    desk = opened()
    desk.fail["sign_out"] = DISK_FULL
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")
        await pilot.click("#out")
        await until(pilot, "The disk is full.")


async def test_after_stop_and_signing_out_long_work_runs_and_the_lock_works() -> None:
    desk = opened()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "✓ Written down")
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")
        await pilot.click("#out")
        await until(pilot, "The evidence vault is locked")
        assert not pilot.app.stopping  # type: ignore[attr-defined]
        desk.present = OFFICERS[:2]
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")


@pytest.mark.parametrize("verb", ["quit", "lock"])
async def test_a_damaged_front_page_keeps_nobody_from_leaving(verb: str) -> None:
    desk = FakeDesk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        desk.fail["state"] = DISK_FULL
        await pilot.press("ctrl+q" if verb == "quit" else "ctrl+l")
        await pilot.pause(0.1)
        assert not pilot.app._exception
        assert pilot.app._exit == (verb == "quit")


async def test_a_tick_under_way_is_shown_whatever_is_chosen_next() -> None:
    desk = opened()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "✓ Written down")
        verb = held(desk, "tick")
        await pilot.press("1", "enter", "enter", "4", "enter")
        await until(pilot, "Was it seen on this very computer?")
        await pilot.press("escape")
        verb.go()
        await until(pilot, "✓ 1 done")
        assert desk.verbs().count("tick") == 1


async def test_a_tick_under_way_when_the_steps_are_left_is_written() -> None:
    """It was cut off, or closed the program because it had no screen to stand in."""
    desk = opened()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "✓ Written down")
        desk.fail["tick"] = DISK_FULL
        verb = held(desk, "tick")
        await pilot.press("1", "enter", "escape")
        await until(pilot, "Step 1")
        verb.go()
        await until(pilot, "The disk is full.")


async def test_no_work_begins_behind_a_screen_that_was_taken_off() -> None:
    desk = opened()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        screen = ClockScreen("Keep", must=False)
        pilot.app.push_screen(screen)
        await until(pilot, "What does a trusted clock show")
        pilot.app.pop_screen()
        screen._record_comparison(Act("noclock", {"reason": "late"}))
        await pilot.pause()
        assert "act" not in desk.verbs()


async def test_stop_is_written_once_when_enter_is_pressed_twice() -> None:
    desk = opened(0)
    desk.fail["stop"] = DISK_FULL
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "NOTHING IS WRITTEN DOWN YET")
        desk.fail.clear()
        verb = held(desk, "stop")
        again = pilot.app.screen.query_one("#again", Button)
        again.focus()
        again.press()
        again.press()
        await pilot.press("enter")
        verb.go()
        await until(pilot, "✓ Written down")
        assert desk.verbs().count("stop") == 2


async def test_stop_written_after_it_was_left_is_told() -> None:
    desk = opened()
    verb = held(desk, "stop")
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("enter")
        await until(pilot, "Step 1")
        await pilot.press("f10")
        await until(pilot, "Writing it down")
        await pilot.press("escape")
        await until(pilot, "Leave all the same?")
        await pilot.press("right", "enter")
        await until(pilot, "Step 1")
        verb.go()
        await until(pilot, "FROZEN")


async def test_the_question_about_nothing_written_goes_when_it_is_written() -> None:
    desk = opened()
    verb = held(desk, "stop")
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "Writing it down")
        await pilot.press("escape")
        await until(pilot, "Leave all the same?")
        verb.go()
        await until(pilot, "✓ Written down")
        assert isinstance(pilot.app.screen, StopScreen)


async def test_there_is_no_way_back_while_the_vault_is_being_opened() -> None:
    desk = FakeDesk()
    verb = held(desk, "unlock")
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter")
        await unlock(pilot)
        await until(pilot, "Opening and checking")
        await pilot.press("escape")
        await pilot.click("#back")
        verb.go()
        await until(pilot, "· incidents")


async def test_a_clock_being_written_down_is_not_left() -> None:
    desk = opened()
    verb = held(desk, "act")
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        screen = ClockScreen("Keep", must=False)
        left: list[object] = []
        pilot.app.push_screen(screen, left.append)
        await until(pilot, "What does a trusted clock show")
        screen.query_one("#f-reason").focus()
        await pilot.pause()
        await typed(pilot, "no clock here")
        await pilot.press("f8", "escape")
        assert pilot.app.screen is screen
        verb.go()
        await until(pilot, "· incidents")
        assert left != [None]


async def test_a_passphrase_being_judged_is_not_judged_again_as_nothing() -> None:
    desk = opened()
    verb = held(desk, "judge_passphrase")
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        chosen: list[str | None] = []
        pilot.app.push_screen(RetypePassphraseScreen("Set up", "Anna Bell", ""), chosen.append)
        await until(pilot, "choose your own passphrase")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter", "enter")
        verb.go()
        await until(pilot, "· incidents")
        assert chosen == [PASSPHRASE]


async def test_work_gives_up_when_the_program_ends() -> None:
    """SIGTERM in the middle of an export: it went on for minutes, with nobody to see it."""
    told: list[str] = []
    started, go_on, over = threading.Event(), threading.Event(), threading.Event()

    def call(progress: Progress) -> None:
        try:
            started.set()
            go_on.wait(5)
            progress("Reading back", 1, 2)
            told.append("went on")
        finally:
            over.set()

    async with build(opened()).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        pilot.app.push_screen(WorkingScreen("HVS", "Writing", call, can_stop=True, note=""))
        await until(pilot, "Writing")
        assert started.wait(5)
        pilot.app._exit_on_signal(15)  # type: ignore[attr-defined]
        await pilot.pause()
    go_on.set()
    assert over.wait(5) and not told


async def test_the_way_on_waits_for_the_question_whether_to_leave() -> None:
    """The next step came up over the question; the question stayed below and meant nothing."""
    desk = opened()
    verb = held(desk, "case")
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("enter")
        await called(pilot, desk, "case")
        await pilot.press("ctrl+q")
        await until(pilot, "Leave esafety?")
        verb.go()
        await pilot.pause(0.2)
        assert "Leave esafety?" in seen(pilot.app)
        await pilot.press("escape")
        await until(pilot, "Step 1")
        assert isinstance(pilot.app.screen, StepFrame)


async def test_the_palette_takes_off_nothing_but_itself() -> None:
    """Taken off below the lock, it took the lock away: the work stood there for anybody."""
    async with build(opened()).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("ctrl+p")
        await until(pilot, "STOP")
        palette = pilot.app.screen
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")
        palette.dismiss()
        await pilot.pause()
        assert "Locked. Either of you" in seen(pilot.app)


async def test_the_palette_is_there_once() -> None:
    """A second one, with the first below whom to call, closed the program."""
    async with build(opened()).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("ctrl+p", "f9")
        await until(pilot, "999")
        await pilot.press("ctrl+p")
        assert not pilot.app._exception
        assert sum("Palette" in type(s).__name__ for s in pilot.app.screen_stack) == 1


async def test_dialogs_and_the_palette_are_not_drawn_through() -> None:
    """Textual draws the screen below through them; of two, each through the other without end."""
    async with build(opened()).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        for screen in (Confirm("Sure?", "", "Yes", "No"), Palette()):
            pilot.app.push_screen(screen)
            await pilot.pause()
            assert screen.styles.background.a == 1


async def test_a_cover_is_heard_of_when_the_button_that_put_it_up_is_gone() -> None:
    """It was not: the way through the screens waited for ever, with nothing to press."""
    async with build(opened()).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        gone = Confirm("Sure?", "", "Yes", "No")
        pilot.app.push_screen(gone)
        await until(pilot, "Sure?")
        button = gone.query_one("#stop")
        pilot.app.pop_screen()
        with button._context():
            pilot.app.action_urgent()  # type: ignore[attr-defined]
        await until(pilot, "999")
        await pilot.press("escape")
        await pilot.pause()
        assert not pilot.app._over  # type: ignore[attr-defined]


async def test_a_key_for_a_screen_that_was_taken_off_does_nothing() -> None:
    """STOP or a lock takes a screen off while a key is still on its way to it."""
    async with build(FakeDesk()).run_test(size=SIZE) as pilot:
        screen = UnlockScreen(FakeDesk().state())
        await pilot.app.push_screen(screen)
        await pilot.app.pop_screen()
        assert await pilot.app.run_action("forward", screen)
