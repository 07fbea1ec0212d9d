"""Correcting words and reading again, on the real desk: nothing typed is lost, both words stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import TextArea

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.kernel.errors import StorageFailed
from tests.screens import real
from tests.screens.real import Practice
from tests.screens.rig import SIZE, Driver, build, typed, until


@pytest.fixture
def vault(tmp_path: Path) -> Practice:
    return real.make(tmp_path)


@pytest.fixture
def desk(vault: Practice) -> Iterator[Desk]:
    found = vault.desk()
    real.sign_in(found, vault.words[:2])
    yield found
    found.close()


async def put(pilot: Driver, text: str) -> None:
    """Write over what stands in the box."""
    box = pilot.app.screen.query_one(TextArea)
    box.text = ""
    await typed(pilot, text)


async def test_words_are_corrected_and_the_review_is_read_again(desk: Desk, tmp_path: Path) -> None:
    inc = real.reviewed(desk, tmp_path)
    desk.answer(inc, "review", {"done": "yes"}, "")
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "There is no form yet.")
        await pilot.press("f7")
        await until(pilot, "C Correct")
        await pilot.press("c")
        await until(pilot, "AB/1: description")
        await pilot.press("2", "enter")
        shown = await until(pilot, "How it should read")
        assert "a board" in shown
        await pilot.press("f8")
        await until(pilot, "Why is it corrected?")
        await pilot.press("escape")
        assert "a board" in await until(pilot, "How it should read")
        await put(pilot, "a message board")
        await pilot.press("f8")
        await until(pilot, "Why is it corrected?")
        await typed(pilot, "It said too little.")
        await pilot.press("f8")
        shown = await until(pilot, "✓ Corrected, #")
        await pilot.press("f8")
        shown = await until(pilot, "Something was added since you read everything.")
        assert "Is everything here right and complete?" in shown
        await pilot.press("f8")
        await until(pilot, "There is no form yet.")
        seen = desk.case(inc)
    assert not seen.review_stale
    [picture] = [i for i in seen.items if i.kind == "screenshot"]
    assert picture.detail == "a message board" and picture.corrected.startswith("corrected, see #")


async def test_a_lone_officer_is_not_offered_it(desk: Desk, vault: Practice) -> None:
    desk.sign_out()
    real.sign_in(desk, vault.words[:1])
    inc = desk.open_incident((), "", True).inc
    desk.note(inc, "told: words")
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Note F6")
        await pilot.press("f7")
        assert "C Correct" not in await until(pilot, "Everything so far")
        await pilot.press("c")
        assert "Everything so far" in await until(pilot, "words")


async def test_stop_that_could_not_be_written_leaves_what_was_typed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards ``_stopped``: with nothing on the disk the screens below stay as they were."""
    real.answered(desk, real.TO_ADDRESSES)

    def refused(_inc: str | None) -> None:
        raise StorageFailed("The disk is full.", "Make room.")

    monkeypatch.setattr(desk, "stop", refused)
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Seal")
        await real.fill(pilot, url="https://forum.example.net/t/1", concern="insu")
        await pilot.press("f6")
        await until(pilot, "Write down words")
        await typed(pilot, "half a sen")
        await pilot.press("f10")
        await until(pilot, "NOTHING IS WRITTEN DOWN YET")
        await pilot.press("escape")
        await until(pilot, "Leave all the same?")
        await pilot.click("#yes")
        assert "half a sen" in await until(pilot, "Write down words")
        await pilot.press("escape")
        shown = await until(pilot, "insu")
        assert "forum.example.net/t/1" in shown
