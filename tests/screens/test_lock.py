"""The lock on the screens: one alone, the second, one of two leaving, and between two calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from esafety_tui.guide.ports import Receipt
from esafety_tui.kernel.errors import SessionLocked
from esafety_tui.screens.widgets.field import Field
from tests.screens.fake_desk import OFFICERS, PASSPHRASE, FakeDesk
from tests.screens.real import TO_ADDRESSES
from tests.screens.rig import SIZE, build, typed, until


async def test_one_carries_on_alone_and_the_second_comes_back_to_the_incident() -> None:
    """Nothing of two is seen by one; what was typed comes back as words for both."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.place = desk.open_incident((), "", False).inc
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "HVS-2026-0001")
        await pilot.press("enter")
        await until(pilot, "Who told you")
        while not isinstance(pilot.app.focused, Field):
            await pilot.pause(0.02)
        await typed(pilot, "Somebody Example")
        await until(pilot, "Somebody Example")
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, "Anna Bell is back.")
        desk.cases[desk.place] = replace(desk.cases[desk.place], readable=False)
        await pilot.press("tab", "tab", "enter")
        shown = await until(pilot, "The step here takes two: Carl Dunne types")
        assert "Somebody" not in shown and "Who told you" not in shown
        desk.cases[desk.place] = replace(desk.cases[desk.place], readable=True)
        await pilot.press("enter")
        await until(pilot, "The second passphrase brings everything back")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, "Somebody Example")
        await pilot.press("enter")
        await until(pilot, "Who told you")


async def test_nobody_gives_the_second_passphrase_and_it_is_locked_again() -> None:
    """One officer is not left signed in behind the lock for as long as the program runs."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk, idle=1.5).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, "Anna Bell is back.")
        await until(pilot, "Locked. Either of you")
        assert desk.locked and ("lock", "idle") in desk.calls


async def test_one_of_two_leaves_and_the_other_is_alone() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        pilot.app.screen.query_one("#leave").press()  # type: ignore[attr-defined]
        await until(pilot, "Who leaves?")
        await pilot.press("2", "enter")
        await until(pilot, "One of you is signed in: words only.")
    assert ("leave", "o2") in desk.calls


async def test_locked_between_two_calls_nothing_is_said_to_have_failed() -> None:
    """The answer is sealed, and reading the case again is refused: it goes on after the lock."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.open_incident((), "", False)
    step, values = TO_ADDRESSES[0]
    desk.answer("inc1", step, values, "")
    answer = desk.answer

    def and_locked(*args: Any) -> Receipt:
        receipt = answer(*args)
        desk.lock()
        desk.fail["case"] = SessionLocked(
            "It is locked.", "Reopen it with an officer's passphrase."
        )
        return receipt

    desk.answer = and_locked  # type: ignore[method-assign,assignment]
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "HVS-2026-0001")
        await pilot.press("enter")
        await until(pilot, "Step 2 of about")
        await pilot.press("2", "f8")
        await until(pilot, "Locked. Either of you")
        desk.fail.clear()
        for back in ("is back.", "Step 3 of about"):
            await typed(pilot, PASSPHRASE)
            await pilot.press("enter")
            assert "It is locked." not in await until(pilot, back)
