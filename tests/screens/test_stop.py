"""STOP and whom to call: on every screen, with their twins, shown first and written after."""

from __future__ import annotations

import threading

import pytest

from esafety_tui.screens.overlays.stop import StopScreen
from esafety_tui.screens.overlays.urgent import UrgentScreen
from tests.screens.fake_desk import DISK_FULL, OFFICERS, FakeDesk
from tests.screens.rig import SIZE, build, seen, typed, unlock, until


@pytest.mark.parametrize("key", ["f10", "ctrl+t"])
async def test_stop_is_shown_while_the_desk_is_still_writing(key: str) -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    gate = desk.gates["stop"] = threading.Event()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press(key)
        shown = await until(pilot, "Do this now, in this order.")
        assert "Writing it down" in shown
        assert "✓ Written down" not in shown
        gate.set()
        await until(pilot, "✓ Written down")
        assert "HVS-2026-0001 · STOPPED" in seen(pilot.app)


@pytest.mark.parametrize("key", ["f9", "ctrl+n"])
async def test_whom_to_call_is_one_key_away_with_the_schools_numbers(key: str) -> None:
    async with build(FakeDesk(open_with=OFFICERS[:2])).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press(key)
        shown = await until(pilot, "ext. 214")
        assert "999" in shown and "101" in shown
        await pilot.press("escape")
        await until(pilot, "· incidents")


async def test_urgent_and_stop_work_without_any_desk() -> None:
    async with build(None).run_test(size=SIZE) as pilot:
        await until(pilot, "999")
        await pilot.press("f10")
        await until(pilot, "NOTHING IS WRITTEN DOWN YET")
        assert "Ring the police: 999" in seen(pilot.app)


async def test_unreadable_contacts_do_not_take_the_call_screen_down() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.fail["contacts"] = DISK_FULL
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f9")
        await until(pilot, "on the printed call sheet")


async def test_stop_button_and_key_work_in_a_dialog() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("ctrl+q")
        await until(pilot, "Leave esafety?")
        assert "[ STOP F10 ]" in seen(pilot.app)
        await pilot.click("#stop")
        await until(pilot, "✓ Written down")
    assert "stop" in desk.verbs()


async def test_a_failure_is_said_and_retry_writes_it_down() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.fail["stop"] = DISK_FULL
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        shown = await until(pilot, "NOTHING IS WRITTEN DOWN YET. The disk is full.")
        assert "Do this now, in this order." in shown and "on paper" in shown
        desk.fail.clear()
        await pilot.click("#again")
        await until(pilot, "✓ Written down")
        assert "NOTHING IS WRITTEN" not in seen(pilot.app)


async def test_leaving_unwritten_is_asked_first() -> None:
    async with build(FakeDesk()).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("f10")
        await until(pilot, "NOTHING IS WRITTEN DOWN YET")
        await pilot.press("escape")
        await until(pilot, "Leave all the same?")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, StopScreen)
        await pilot.press("escape")
        await until(pilot, "Leave all the same?")
        await pilot.press("right", "enter")
        await until(pilot, "The evidence vault is locked")


async def test_ticks_are_sealed_one_by_one_with_their_note() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "✓ Written down")
        await pilot.press("1", "enter")
        await until(pilot, "✓ 1 done 21 Nov 2026 14:07 GMT")
        await pilot.press("2", "enter")
        await until(pilot, "Police reference")
        assert "[ STOP F10 ]" in seen(pilot.app)
        await typed(pilot, "CR/1234")
        await pilot.press("enter")
        await until(pilot, "✓ 2 done")
    assert ("tick", "inc1", 1, "") in desk.calls
    assert ("tick", "inc1", 2, "CR/1234") in desk.calls


async def test_a_tick_that_is_not_on_the_disk_is_not_shown_as_done() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.fail["tick"] = DISK_FULL
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "✓ Written down")
        await pilot.press("1", "enter")
        await until(pilot, "✗ This tick is not written down yet. The disk is full.")
        assert "✓ 1 done" not in seen(pilot.app)


async def test_this_computer_is_asked_sealed_and_leads_to_the_lock() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("f10")
        await until(pilot, "✓ Written down")
        await pilot.press("4", "enter")
        await until(pilot, "Was it seen on this very computer?")
        await pilot.press("right", "enter")
        await until(pilot, "Locked. Either of you")
    assert ("this_computer", "inc1") in desk.calls


async def test_work_that_ends_under_stop_takes_nothing_off_the_screen() -> None:
    """Regression: a screen dismissed while covered must not pop the cover."""
    desk = FakeDesk()
    gate = desk.gates["unlock"] = threading.Event()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter")
        await unlock(pilot)
        await pilot.press("f9")
        gate.set()
        await until(pilot, "999")
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, UrgentScreen)
        await pilot.press("escape")
        await until(pilot, "· incidents")


async def test_practice_is_said_on_screens_covers_and_dialogs() -> None:
    async with build(FakeDesk(open_with=OFFICERS[:2]), practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "PRACTICE")
        for key in ("f9", "f1", "f10", "ctrl+q"):
            await pilot.press(key)
            await until(pilot, "PRACTICE")


async def test_enter_after_stop_does_not_press_stop_again() -> None:
    """Pressed as a button, the focus goes on from it: one more Enter is not one more STOP."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        below = pilot.app.screen
        below.query_one("#stop").focus()
        await pilot.press("enter")
        await until(pilot, "Do this now, in this order.")
        assert below.focused is not None and below.focused.id != "stop"
