"""Routes A, unsure and B, STOP in four places, a lone officer: on the real desk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Button

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.kernel.errors import Refused
from esafety_tui.screens.widgets.choices import Choices
from tests.screens import real
from tests.screens.real import TO_ADDRESSES, Practice, answered, fill
from tests.screens.rig import SIZE, Driver, build, typed, until


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return real.make(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def vault(practice: Practice, tmp_path: Path) -> Practice:
    return practice.copy(tmp_path)


LONG = partial(pytest.param, marks=pytest.mark.long("the others"))


@pytest.fixture
def desk(vault: Practice) -> Iterator[Desk]:
    found = vault.desk()
    real.sign_in(found, vault.words[:2])
    yield found
    found.close()


@pytest.mark.parametrize(
    ("key", "question"), [("1", "Ring the police now."), ("3", "Whom have you asked?")]
)
async def test_against_the_law_or_unsure_leads_to_words_only(
    desk: Desk, key: str, question: str
) -> None:
    inc = answered(desk, TO_ADDRESSES[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "against the law?")
        await pilot.press(key, "enter")
        shown = await until(pilot, question)
        assert "· FROZEN" in shown
        await pilot.press("space", "f8")
        await until(pilot, "Which of these is it")
        await pilot.press("2", "enter")
        await until(pilot, "Where is the computer or device")
        await fill(pilot, device="a phone, in the office", keeper="The head")
        pilot.app.screen.query_one("#f-power").focus()
        await pilot.press("4", "f8")
        await until(pilot, "Who has seen it")
        await pilot.press("f6")
        await until(pilot, "Write down words")
        await typed(pilot, "words stay possible")
        await pilot.press("f8")
        await until(pilot, "✓ Written down")
        with pytest.raises(Refused):
            desk.add_url(inc, "https://x.example", "x", "saw it")
        assert desk.case(inc).items == ()


async def test_another_crime_is_not_recorded_before_the_police_say_so(desk: Desk) -> None:
    inc = answered(desk, TO_ADDRESSES[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "against the law?")
        await pilot.press("2", "enter")
        await until(pilot, "Ring the police before anyone looks")
        await pilot.press("space", "f8")
        await until(pilot, "said about recording?")
        await pilot.press("4", "f8")
        await until(pilot, "What do you know, in words?")
        with pytest.raises(Refused):
            desk.add_url(inc, "https://x.example", "x", "saw it")
        await pilot.press("escape")
        await until(pilot, "said about recording?")
        await pilot.press("1", "f8")
        await until(pilot, "Why is this answer changed?")
        await typed(pilot, "they rang back")
        await pilot.press("f8")
        await until(pilot, "Could a member of staff")
        await pilot.press("2", "enter")
        await until(pilot, "Are two senior members")


async def stopped(pilot: Driver, *, writing: bool = False) -> None:
    """STOP, leave its steps, and find the words that follow."""
    await pilot.press("f10")
    await until(pilot, "✓ Written down")
    await pilot.press("escape")
    if writing:
        await until(pilot, "What you were writing when you stopped")
        await pilot.press("2", "enter")
    shown = await until(pilot, "Where is the computer or device")
    assert "· FROZEN" in shown


@pytest.mark.parametrize(
    "place", ["addresses", *map(LONG, ["files", "a dialog"]), "while taking a file"]
)
async def test_stop_freezes_and_leads_to_words(desk: Desk, tmp_path: Path, place: str) -> None:
    inc = answered(desk, TO_ADDRESSES)
    if place != "addresses":
        desk.add_url(inc, "https://forum.example.net", "insults", "saw it")
        desk.answer(inc, "urls", {"done": "yes"}, "")
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Which addresses" if place == "addresses" else "Which screenshots")
        if place == "a dialog":
            await pilot.press("f6")
            await until(pilot, "Write down words")
        elif place == "while taking a file":
            big = tmp_path / "big.bin"
            with big.open("wb") as out:
                out.truncate(2_000_000_000)
            await fill(pilot, path=str(big), description="x", provenance="x")
            pilot.app.screen.query_one("#add", Button).press()  # a key would wait until it is done
            await until(pilot, "Taking it in")
        await stopped(pilot, writing=place == "while taking a file")
        assert all(item.kind == "url" for item in desk.case(inc).items)
        with pytest.raises(Refused):
            desk.add_url(inc, "https://x.example", "x", "saw it")


async def test_a_frozen_item_is_released_from_the_review(
    desk: Desk, vault: Practice, tmp_path: Path
) -> None:
    inc = real.reviewed(desk, tmp_path)
    desk.stop(inc)
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Where is the computer or device")
        await pilot.press("f7")
        await until(pilot, "Everything so far")
        choices = pilot.app.screen.query_one(Choices)
        choices.focus()
        choices.at = len(choices.choices) - 1
        await until(pilot, "FROZEN AB/1: release it")
        await pilot.press("enter")
        await until(pilot, "Release AB/1?")
        await fill_line(pilot, "PRACTICE-7")
        for words in vault.words[:2]:
            await pilot.press("tab")
            await typed(pilot, words)
        await pilot.press("enter")
        await until(pilot, "Released, and written down.", seconds=20)
        assert not any(item.frozen for item in desk.case(inc).items)


async def test_what_is_held_is_said_where_it_could_be_let_out(desk: Desk, tmp_path: Path) -> None:
    """Review, form and pack say what is held, why, and what to do; no picture is offered."""
    inc = real.reviewed(desk, tmp_path)
    desk.answer(inc, "triage", {"option": "2"}, "there are threats in it")
    account = {"account": "saw: It.", "known": "saw it"}
    for step, values in (("told-b", {"options": ["police"]}), ("advice", {"option": "4"}),
                         ("account-words", account), ("review", {"done": "yes"})):  # fmt: skip
        desk.answer(inc, step, values, "")
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        shown = await until(pilot, "There is no form yet.")
        assert "· HELD" in shown and "Ask the police" in shown
        await pilot.press("f7")
        shown = await until(pilot, "HELD AB/1: release it")
        assert "The police come first: what was taken is held." in shown
        await pilot.press("escape")
        await until(pilot, "There is no form yet.")
        await pilot.press("f8")
        await until(pilot, "Why is it left?")
        await typed(pilot, "another day")
        await pilot.press("f8")
        assert "1 exhibit stays in the vault" in await until(pilot, "No pack is written yet.")


async def fill_line(pilot: Driver, text: str) -> None:
    """Fill the line above the passphrases."""
    pilot.app.screen.query_one("#line").focus()
    await typed(pilot, text)


@pytest.mark.long("tests/terminal/test_journey_alone.py, by real keys")
async def test_a_lone_officer_writes_words_and_gets_a_sheet(
    vault: Practice, tmp_path: Path
) -> None:
    desk = vault.desk()
    real.sign_in(desk, vault.words[:1])
    inc = answered(desk, ())
    for step, values in (
        ("reported", {**TO_ADDRESSES[0][1], "known": "was told"}),
        ("referrals", {"options": ["dsl"]}),
        ("police", {}),
        ("others", {}),
    ):
        desk.answer(inc, step, values, "")
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "What is done?")
        await pilot.press("space", "f8")
        await until(pilot, "Is everything here right")
        await pilot.press("f8")
        await until(pilot, "You can print your referral sheet")
        await pilot.press("1", "enter")
        await until(pilot, "Where shall the sheet go?")
        await real.put(pilot, "folder", str(tmp_path))
        await pilot.press("enter")
        await until(pilot, "✓ Saved and read back", seconds=20)
    desk.sign_out()
    real.sign_in(desk, vault.words[:1])
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "cannot read it again")
        with pytest.raises(Refused):
            desk.answer(inc, *TO_ADDRESSES[0], "")
        await pilot.press("enter")
        await typed(pilot, "one more thing")
        await pilot.press("f8")
        await until(pilot, "cannot read it again")
    desk.close()
