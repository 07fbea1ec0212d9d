"""First run: one question a screen; back keeps answers; nothing is written before the end."""

from __future__ import annotations

from esafety_tui.guide.ports import SetUpRequest
from esafety_tui.kernel.errors import StorageFailed
from tests.screens.fake_desk import FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen, typed, until


async def fields(pilot: Driver, *texts: str) -> None:
    """Fill the fields of a form in order and go on from the last."""
    for text in texts:
        await typed(pilot, text)
        await pilot.press("enter")


async def officer(pilot: Driver, name: str, initials: str) -> None:
    """Enrol one officer with the generated words."""
    await until(pilot, "a senior member of staff")
    await fields(pilot, name, "Deputy Head", initials)
    shown = await until(pilot, "only you should see this screen")
    words = next(line.strip() for line in shown.splitlines() if "-candle-" in line)
    await pilot.press("enter")
    shown = await until(pilot, "type your five words from the paper")
    assert words not in shown
    await typed(pilot, words)
    await pilot.press("enter")


async def begin(pilot: Driver) -> None:
    """From the welcome to the first officer."""
    await until(pilot, "Setting up esafety")
    await pilot.press("enter")
    await until(pilot, "Your school")
    await fields(pilot, "Hillview School", "hillview.sch.uk", "HVS")
    await until(pilot, "Where is the school?")
    await pilot.press("2", "enter")
    shown = await until(pilot, "Which of these is closest")
    assert "▸ 1" in shown and "Wales" in shown.split("▸ 1")[1].split("\n")[0]
    await pilot.press("2", "enter")
    await until(pilot, "The designated computer")
    await pilot.press("enter")
    await fields(pilot, "Office 2")


async def no_contacts(pilot: Driver) -> None:
    """Answer each contact with "Not known"."""
    for n in range(1, 6):
        await until(pilot, f"contact {n} of 5")
        await pilot.click("#other")


def wanted(desk: FakeDesk) -> SetUpRequest:
    """What the desk was asked to set up."""
    (call,) = [c for c in desk.calls if c[0] == "set_up"]
    assert isinstance(call[1], SetUpRequest)
    return call[1]


async def test_three_officers_from_the_first_run_to_the_door() -> None:
    desk = FakeDesk(has_vault=False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await begin(pilot)
        await officer(pilot, "Anna Bell", "AB")
        await officer(pilot, "Carl Dunne", "CD")
        await until(pilot, "Is there a third officer?")
        await pilot.press("enter")
        await officer(pilot, "Eve Frost", "EF")
        await until(pilot, "contact 1 of 5")
        await fields(pilot, "the DSL, ext. 214")
        for n in range(2, 6):
            await until(pilot, f"contact {n} of 5")
            await pilot.click("#other")
        shown = await until(pilot, "Is this right?")
        assert "Not known yet: Chair of governors" in shown
        assert "set_up" not in desk.verbs()
        await pilot.press("enter")
        shown = await until(pilot, "The vault is ready.")
        assert "paper-key-1.pdf" in shown and "Print them now" in shown
        assert "[ Done ]" in shown
        await pilot.press("enter")
        await until(pilot, "The evidence vault is locked")
    made = wanted(desk)
    assert made.school == "Hillview School" and made.nation == "wales"
    assert made.machine_name == "LIB-PC-02" and made.machine_place == "Office 2"
    assert [o.initials for o in made.officers] == ["AB", "CD", "EF"]
    assert made.contacts["dsl"] == "the DSL, ext. 214" and made.contacts["lado"] == ""
    assert made.officers[0].passphrase not in repr(made)


async def test_two_officers_are_told_what_will_not_work() -> None:
    desk = FakeDesk(has_vault=False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await begin(pilot)
        await officer(pilot, "Anna Bell", "AB")
        await officer(pilot, "Carl Dunne", "CD")
        shown = await until(pilot, "Is there a third officer?")
        assert "With only two officers this will not work" in shown
        await pilot.press("2", "enter")
        await no_contacts(pilot)
        shown = await until(pilot, "Is this right?")
        assert "With only two officers this will not work" in shown
        assert "[ Make the vault ]" in shown
        desk.fail["set_up"] = StorageFailed("The disk is full.", "Make room, then go on.")
        await pilot.press("enter")
        await until(pilot, "✗ The disk is full.")
        await pilot.press("enter")
        await until(pilot, "contact 1 of 5")


async def test_checks_speak_and_an_officer_cannot_come_twice() -> None:
    desk = FakeDesk(has_vault=False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "Setting up esafety")
        await pilot.press("enter")
        await until(pilot, "Your school")
        await fields(pilot, "Hillview School", "not a domain", "HVS")
        await until(pilot, "✗ Domain: write it like hillview.sch.uk")
        await pilot.press("ctrl+u")
        await fields(pilot, "hillview.sch.uk", "")
        await until(pilot, "Where is the school?")
        await pilot.press("escape")
        shown = await until(pilot, "Your school")
        assert "Hillview School" in shown and "hillview.sch.uk" in shown
        await pilot.click("#go")
        await until(pilot, "Where is the school?")
        await pilot.press("enter")
        await until(pilot, "Which of these is closest")
        await pilot.press("enter")
        await until(pilot, "The designated computer")
        await pilot.press("enter")
        await fields(pilot, "Office 2")
        await officer(pilot, "Anna Bell", "AB")
        await until(pilot, "The second officer")
        await fields(pilot, "anna bell", "Head", "XY")
        await until(pilot, "✗ Name: another officer has the same")


async def test_own_passphrase_is_judged_and_repeated() -> None:
    desk = FakeDesk(has_vault=False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await begin(pilot)
        await fields(pilot, "Anna Bell", "Deputy Head", "AB")
        await until(pilot, "only you should see this screen")
        await pilot.press("2", "enter", "3", "enter")
        await until(pilot, "choose your own passphrase")
        await fields(pilot, "short", "short")
        await until(pilot, "✗ This is too easy to guess. Use several words.")
        await fields(pilot, "several words of my own", "several words of mine")
        await until(pilot, "✗ That is not the same.")
        await fields(pilot, "several words of my own", "several words of my own")
        await until(pilot, "The second officer")
        assert "several words" not in seen(pilot.app)


async def test_a_field_with_two_pasted_lines_says_what_it_left_out() -> None:
    async with build(FakeDesk(has_vault=False)).run_test(size=SIZE) as pilot:
        await until(pilot, "Setting up esafety")
        await pilot.press("enter")
        await until(pilot, "Your school")
        await typed(pilot, "Hillview\nSchool\n\nand more")
        await until(pilot, "✗ Only the first line was taken; 2 more were left out.")


async def test_stop_in_set_up_keeps_what_was_given() -> None:
    async with build(FakeDesk(has_vault=False)).run_test(size=SIZE) as pilot:
        await until(pilot, "Setting up esafety")
        await pilot.press("enter")
        await until(pilot, "Your school")
        await typed(pilot, "Hillview School")
        await pilot.press("f10")
        await until(pilot, "NOTHING IS WRITTEN DOWN YET")
        await pilot.press("escape")
        await until(pilot, "Leave all the same?")
        await pilot.press("right", "enter")
        assert "Hillview School" in await until(pilot, "Your school")
