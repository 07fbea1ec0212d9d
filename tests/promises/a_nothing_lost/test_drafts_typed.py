"""What is half typed comes back: on the screens and in plain lines, on a real vault."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.guide.draft_text import BACK, STOPPED
from esafety_tui.kernel.errors import StorageFailed
from tests.casework.support import STATE, Practice
from tests.plain.scripted import sit
from tests.promises.a_nothing_lost.sittings import Sitting, clear_in
from tests.screens.fake_desk import OFFICERS, FakeDesk
from tests.screens.real import here, open_case
from tests.screens.rig import SIZE, Driver, build, typed, until

HALF = "She says he asked her for a pict"


def killed(real: Practice, to: Path) -> Sitting:
    """Return what a kill at this moment leaves: the vault, and what is remembered of it."""
    shutil.copytree(real.home, to, ignore=shutil.ignore_patterns("killed"))
    return Sitting(Practice(to, real.words, real.ids, real.paper, domain=real.domain))


async def kept(pilot: Driver, desk: Desk, text: str) -> None:
    """Wait until the draft on the disk holds ``text``; two seconds are allowed."""
    (inc,) = (card.inc for card in desk.incidents())
    for _ in range(100):
        if any(text in str(one.values) for one in desk.unsent(inc)):
            return
        await pilot.pause(0.05)
    raise AssertionError(f"never kept: {text}")


async def focused(pilot: Driver, id: str) -> None:
    """Wait until that control has the focus."""
    for _ in range(100):
        if here(pilot) == id:
            return
        await pilot.pause(0.05)
    raise AssertionError(f"the focus is on {here(pilot)!r}, not on {id!r}")


async def test_half_a_sentence_is_back_at_its_field_and_after_stop_as_words(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sitting.desk()
    desk.open_incident((), "", False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await open_case(pilot)
        await until(pilot, "Who told you")
        pilot.app.screen.query_one("#f-words").focus()
        await typed(pilot, HALF)
        await kept(pilot, desk, HALF)
        after_kill = killed(sitting.real, tmp_path / "killed")
        assert clear_in(sitting.real.folder, HALF) == []
        await pilot.press("escape")  # left by Back: still a draft, and back when it is opened
        await open_case(pilot)
        assert HALF in await until(pilot, BACK)
        await focused(pilot, "f-words")
        await pilot.press("u", "r", "e", "f10")
        await until(pilot, "✓ Written down")
        await pilot.press("escape")
        shown = await until(pilot, STOPPED)
        assert f"{HALF}ure" in shown
        await pilot.press("enter")
        await until(pilot, "Write down words")
        await pilot.press("f8")
        await until(pilot, "✓ Written down, #")
    assert sitting.drafts == []
    monkeypatch.setenv("XDG_STATE_HOME", str(after_kill.real.home / STATE.parent))
    again = after_kill.desk()
    (card,) = again.incidents()
    (one,) = again.unsent(card.inc)
    assert (one.place, one.at) == ("step reported", "words") and HALF in str(one.values["words"])
    again.close()


async def test_leaving_keeps_what_was_typed_last(sitting: Sitting) -> None:
    desk = sitting.desk()
    desk.open_incident((), "", False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await open_case(pilot)
        await until(pilot, "Who told you")
        await pilot.press("f6")
        await until(pilot, "Write down words")
        await typed(pilot, HALF)
        pilot.app.exit()
    assert len(sitting.drafts) == 1
    desk = sitting.desk()
    (card,) = desk.incidents()
    assert [one.place for one in desk.unsent(card.inc)] == ["note"]


@pytest.mark.long("test_drafts_on_disk.py")
async def test_a_disk_that_refuses_is_said_and_typing_goes_on() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.open_incident((), "", False)
    desk.fail["keep_unsent"] = StorageFailed("The disk is full.", "Make room.")
    async with build(desk).run_test(size=SIZE) as pilot:
        await open_case(pilot)
        await until(pilot, "Who told you")
        await typed(pilot, "A parent")
        await until(pilot, "Your draft could")
        await typed(pilot, "!")
        await until(pilot, "A parent!")


@pytest.mark.long("tests/terminal/test_journey_door.py")
async def test_the_door_clears_nothing_but_the_wrong_passphrase(sitting: Sitting) -> None:
    real = sitting.real
    desk = Desk(real.folder, sitting.desk().context.clock, sitting.desks[0].context.kdf, real.home)
    sitting.desks[0].close()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "What do you want to do?")
        await pilot.press("enter")
        await until(pilot, "Nothing here is kept yet")
        await pilot.press("3", "space", "enter")
        await typed(pilot, "Gwen Example")
        await pilot.press("enter")
        await until(pilot, "Two officers open the vault")
        await pilot.press("1", "tab")
        await typed(pilot, real.words["AB"])
        await pilot.press("tab", "2", "tab")
        await typed(pilot, "not the words")
        await pilot.press("enter")
        await until(pilot, "The second passphrase does not open")
        assert pilot.app.screen.query_one("#first-pass").value == real.words["AB"]  # type: ignore[attr-defined]
        assert pilot.app.screen.query_one("#second-pass").value == ""  # type: ignore[attr-defined]
        await focused(pilot, "second-pass")
        await pilot.press("escape")
        shown = await until(pilot, "Who else is named?")
        assert "[✓]" in shown or "[x]" in shown.lower()
        assert "Gwen Example" in shown
        await pilot.press("escape")
        await until(pilot, "What do you want to do?")
        await pilot.press("enter")
        assert "Gwen Example" in await until(pilot, "Who else is named?")
    desk.close()


def test_in_plain_lines_each_finished_line_is_kept(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sitting.desk()
    first.open_incident((), "", False)
    left: list[Sitting] = []

    def type_and_be_killed(said: str, prompt: str) -> str:
        if "Incidents." in said:
            return str(said.count("\n") and _place(said))
        if "Who told you" in prompt:
            return "A parent"
        if prompt.startswith("When"):
            return "21 Nov 2026 14:07"
        if prompt == "Line 1":
            return f"told: {HALF}"
        assert prompt == "Line 2", (said, prompt)
        left.append(killed(sitting.real, tmp_path / "killed"))
        return "EOF"

    sit(first, type_and_be_killed)
    assert clear_in(left[0].real.folder, HALF) == []
    heard: list[str] = []

    def come_back(said: str, prompt: str) -> str:
        heard.append(f"{said}\n{prompt}")
        if "Incidents." in said:
            return _place(said)
        return "" if prompt.startswith(("Who told", "When")) else "EOF"

    monkeypatch.setenv("XDG_STATE_HOME", str(left[0].real.home / STATE.parent))
    sit(left[0].desk(), come_back)
    said = "\n".join(heard)
    assert BACK in " ".join(said.split())
    assert f"told: {HALF}" in said and "Go on below it" in said
    assert heard[-1].endswith("Line 2")


def _place(said: str) -> str:
    """Return the number of the menu's line that opens the incident."""
    (line,) = (row for row in said.split("\n") if "Open EXS-" in row)
    return line.split(".")[0].strip()
