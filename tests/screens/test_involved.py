"""Closing an incident to an officer at the screen, on the real desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.kernel.errors import NotEligible
from tests.screens import real
from tests.screens.real import Practice
from tests.screens.rig import SIZE, build, typed, until

LONG = 30.0


@pytest.fixture
def vault(tmp_path: Path) -> Practice:
    return real.make(tmp_path)


@pytest.fixture
def desk(vault: Practice) -> Iterator[Desk]:
    found = vault.desk()
    real.sign_in(found, vault.words[:2])
    yield found
    found.close()


async def test_from_what_was_written_so_far_it_is_closed_to_the_third(
    desk: Desk, vault: Practice
) -> None:
    inc = real.answered(desk, real.TO_ADDRESSES[:3])
    people = desk.state().officers
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Step ")
        await pilot.press("f7")
        await until(pilot, "I Involved")
        await pilot.press("i")
        await until(pilot, "Which officer is involved in it")
        await pilot.press("3", "enter")
        await until(pilot, "sealed to a new key")
        for text in ("A parent named them.", *vault.words[:2]):
            await typed(pilot, text)
            await pilot.press("enter")
        shown = await until(pilot, f"is closed to {people[2].name}", seconds=LONG)
        assert "An old copy of the vault and its keys" in shown
        await pilot.press("enter")
        await until(pilot, "Everything so far")
        assert [card.restricted for card in desk.incidents()] == [True]
    first, third = people[0], people[2]
    desk.unlock(first.id, vault.words[0], third.id, vault.words[2], ())
    with pytest.raises(NotEligible):
        desk.case(inc)


async def test_who_is_signed_in_is_out_before_anything_else(desk: Desk) -> None:
    """From the reviews of Keep: one question, and then the door."""
    real.answered(desk, real.TO_ADDRESSES[:3])
    name = desk.state().officers[1].name
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("k")
        await until(pilot, "Keeping the vault")
        await pilot.press("6", "enter")
        await until(pilot, "Reviews: reference")
        await pilot.press("enter")
        await until(pilot, "Close it to an officer")
        await pilot.press("5", "enter")
        await until(pilot, "Which officer is involved in it")
        await pilot.press("2", "enter")
        await until(pilot, "this session ends at once")
        await pilot.press("right", "enter")
        shown = await until(pilot, "so this session was ended")
        assert name in shown and "name the officer there" in shown
        assert desk.state().session == "closed"
        await pilot.press("enter")
        await until(pilot, "What do you want to do?")
