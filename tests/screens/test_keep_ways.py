"""The ways in and out: the clock at the door, paper keys, a copy before leaving."""

from __future__ import annotations

import pytest

from esafety_tui.guide.ports import SignInResult
from esafety_tui.kernel.errors import BadInput, StorageFailed
from esafety_tui.screens.acts.form_line import PaperInput
from tests.screens.fake_desk import PASSPHRASE
from tests.screens.rig import SIZE, Driver, build, seen, typed, unlock, until
from tests.screens.test_keep import PAIR, Desk

INSIDE = SignInResult(PAIR, False)
CLOCK = "What does a trusted clock show now?"


async def enter(pilot: Driver) -> None:
    """From the door to the question about the clock."""
    await until(pilot, "What do you want to do?")
    await pilot.press("2", "enter")
    await unlock(pilot)


async def test_the_clock_is_asked_once_at_the_door_and_never_blocks() -> None:
    desk = Desk((), compare_clock=True)
    async with build(desk).run_test(size=SIZE) as pilot:
        await enter(pilot)
        await until(pilot, CLOCK)
        await pilot.press("escape")
        await until(pilot, "· incidents")
        assert [(a.name, dict(a.values)) for a in desk.acts] == [
            ("noclock", {"reason": "left out"})
        ]
        await pilot.press("k")
        await until(pilot, "Keeping the vault")
        await pilot.press("8", "enter")
        await until(pilot, CLOCK)
        await pilot.press("escape")
        await until(pilot, "Keeping the vault")
        assert len(desk.acts) == 1
        await pilot.press("escape")
        await until(pilot, "· incidents")
        desk.fail["act"] = StorageFailed("The disk is full.", "Make room.")
        await pilot.click("#out")
        await until(pilot, CLOCK)
        await pilot.press("escape")
        await until(pilot, "✗ The disk is full.")
        await pilot.press("enter")
        await until(pilot, "What do you want to do?")


async def test_the_time_or_the_reason_is_written_down() -> None:
    desk = Desk((), compare_clock=True)
    async with build(desk).run_test(size=SIZE) as pilot:
        await enter(pilot)
        await until(pilot, CLOCK)
        await pilot.press("f8")
        await until(pilot, "✗ Say which clock and what it shows")
        await typed(pilot, "speaking clock")
        await pilot.press("enter")
        desk.fail["act"] = BadInput("That is not a time of day.", "Type it like 14:07:30.")
        await typed(pilot, "14:02:30")
        await pilot.press("enter")
        await until(pilot, "✗ That is not a time of day.")
        del desk.fail["act"]
        await pilot.press("enter")
        await until(pilot, "✓ Written down.")
        await pilot.press("enter")
        await until(pilot, "· incidents")
        await pilot.click("#out")
        await until(pilot, "Before you leave")
        await pilot.press("tab", "tab")
        await typed(pilot, "no telephone here")
        await pilot.press("enter")
        await until(pilot, "What do you want to do?")
    told = [(a.name, dict(a.values)) for a in desk.acts]
    assert told == [
        ("clock", {"source": "speaking clock", "trusted": "14:02:30"}),
        ("noclock", {"reason": "no telephone here"}),
    ]
    assert "sign_out" in desk.verbs()


async def test_two_sheets_open_the_door_however_their_lines_are_broken() -> None:
    desk = Desk(())
    given: dict[str, str] = {}
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "What do you want to do?")
        await pilot.press("5", "enter")
        await until(pilot, "What do you have?")
        await pilot.press("enter")
        await until(pilot, "Sheet 2, Signing key")
        for n in (1, 2):
            await typed(pilot, f"AGE-SECRET-KEY-1SENTINEL{n}")
            await pilot.press("enter")
            await typed(pilot, f"SENTINEL+/\nKEY{n}  ==\r\n")
            given = {f.id or "": f.value for f in pilot.app.screen.query(PaperInput)}
            assert f"Sheet {n}, Signing key: 16 characters" in seen(pilot.app)
            assert "SENTINEL" not in seen(pilot.app)
            desk.fail["unlock"] = BadInput("This is no paper key.", "Type it again.")
            await pilot.press("enter")
        assert given["f-signing2"] == "SENTINEL+/KEY2=="
        await until(pilot, "✗ This is no paper key.")
        await pilot.press("enter")
        await until(pilot, "Sheet 2, Signing key")
        assert [f.value for f in pilot.app.screen.query(PaperInput)] == [""] * 4
        del desk.fail["unlock"]
        desk.unlock = lambda *_: INSIDE  # type: ignore[method-assign]
        desk.present = PAIR
        for n in range(4):
            await typed(pilot, f"line{n}")
            await pilot.press("enter")
        await until(pilot, "· incidents")
    secrets = ["identity1", "identity2", "signing1", "signing2"]
    assert [c for c in desk.calls if c[0] == "unlock_paper"][-1] == ("unlock_paper", secrets, "")


async def test_one_sheet_opens_with_an_officer() -> None:
    desk = Desk(())
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "What do you want to do?")
        await pilot.press("5", "enter")
        await until(pilot, "What do you have?")
        await pilot.press("2", "enter")
        await until(pilot, "Their passphrase")
        desk.unlock = lambda *_: INSIDE  # type: ignore[method-assign]
        desk.present = PAIR
        for text in ("one", "two"):
            await typed(pilot, text)
            await pilot.press("enter")
        await pilot.press("3", "enter")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, "· incidents")
    assert ("unlock_paper", ["identity1", "signing1"], "o3") in desk.calls


@pytest.mark.parametrize(
    "way",
    [pytest.param("sign out", marks=pytest.mark.long("the others")), "ctrl+q", "without"],
)
async def test_a_copy_is_offered_before_leaving_and_leaving_without_is_possible(way: str) -> None:
    desk = Desk(PAIR, copy_due=True)
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")

        async def out() -> None:
            if way == "ctrl+q":
                await pilot.press("ctrl+q")
            else:
                await pilot.click("#out")
            await until(pilot, "Make a second copy first?")

        await out()
        assert "both key files agree" in seen(pilot.app)
        await pilot.press("escape")
        await until(pilot, "· incidents")
        assert "sign_out" not in desk.verbs()
        await out()
        if way == "without":
            await pilot.press("right", "enter")
        else:
            await pilot.press("enter")
            await until(pilot, "Folder for the data")
            await pilot.press("escape")
            await until(pilot, "Make a second copy first?")
            await pilot.press("enter")
            await until(pilot, "Folder for the data")
            await typed(pilot, "/media/stick")
            await pilot.press("f8")
            await until(pilot, "✓ The second copy is made.")
            await pilot.press("enter")
        if way != "ctrl+q":
            await until(pilot, "What do you want to do?")
    made = [(act.name, str(act.folder), act.second) for act in desk.acts]
    assert made == ([] if way == "without" else [("backup", "/media/stick", None)])
    assert ("sign_out" in desk.verbs()) is (way != "ctrl+q") and desk.closed == 1
