"""Nothing gets out by clipboard, palette, title, repr or mark-up; no ESC reaches the terminal."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input

from esafety_tui.guide.ports import IncidentSummary, OfficerCard
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import ReturningScreen
from esafety_tui.screens.dialogs.confirm import Confirm, Trouble
from esafety_tui.screens.dialogs.field_form import FormField, FormScreen
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.entry.door import LockedScreen
from esafety_tui.screens.entry.incident_list import HomeScreen
from esafety_tui.screens.entry.named_people import NamedScreen
from esafety_tui.screens.entry.unlock import UnlockScreen
from esafety_tui.screens.overlays.help import HelpScreen
from esafety_tui.screens.overlays.lock import LockScreen
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.secret import SecretInput
from tests.screens.fake_desk import OFFICERS, PASSPHRASE, FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen, typed, until

HOSTILE = ("[/", "[/x][@click=app.quit]x[/]", "\x1b]0;owned\x07\u202eevil a\x00b\tc")
LESS = [pytest.param(text, marks=pytest.mark.long("the other two")) for text in HOSTILE]


async def put_on(pilot: Driver, screen: ReturningScreen[Any]) -> None:
    """Put ``screen`` on top and wait for it."""
    await pilot.app.push_screen(screen)
    await pilot.pause()


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+x", "ctrl+insert", "shift+delete"])
async def test_a_passphrase_never_reaches_a_clipboard(key: str) -> None:
    async with build(FakeDesk()).run_test(size=SIZE) as pilot:
        await until(pilot, "locked")
        await put_on(pilot, UnlockScreen(FakeDesk().state()))
        await pilot.press("tab")
        await typed(pilot, PASSPHRASE)
        field = pilot.app.screen.query_one("#first-pass", SecretInput)
        assert field.value == PASSPHRASE
        field.select_all()
        await pilot.press(key)
        assert pilot.app.clipboard == ""
        assert field.value == PASSPHRASE
        assert PASSPHRASE not in seen(pilot.app)


async def test_copied_words_stay_inside_the_application() -> None:
    """OSC 52 would hand a copied name to the terminal, and over ssh to another machine."""
    async with build(FakeDesk()).run_test(size=SIZE) as pilot:
        written: list[str] = []
        driver = pilot.app._driver
        assert driver is not None
        driver.write = written.append  # type: ignore[method-assign, assignment]
        pilot.app.copy_to_clipboard("SENTINEL")
        assert "\x1b]52" not in "".join(written)


async def test_the_palette_has_no_screenshot_and_has_stop() -> None:
    async with build(FakeDesk()).run_test(size=SIZE) as pilot:
        titles = [c.title for c in pilot.app.get_system_commands(pilot.app.screen)]
        assert "Screenshot" not in titles
        assert "STOP" in titles
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press("f10")
        await until(pilot, "Do this now, in this order.")


async def test_nothing_can_be_selected_and_the_title_holds_no_name() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.open_incident((), "", False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "HVS-2026-0001")
        assert not pilot.app.ALLOW_SELECT
        assert pilot.app.title == "esafety" and pilot.app.sub_title == ""


@pytest.mark.parametrize("text", [HOSTILE[1], *LESS])
async def test_hostile_text_is_typed_in_every_field_without_harm(text: str) -> None:
    blanks = [FormField(n, n) for n in ("one", "two")]
    screens: list[ReturningScreen[Any]] = [
        FormScreen("here", "title", blanks),
        NamedScreen(OFFICERS),
    ]
    async with build(FakeDesk()).run_test(size=SIZE) as pilot:
        await until(pilot, "locked")
        for screen in screens:
            await put_on(pilot, screen)
            for field in pilot.app.screen.query(Field):
                field.focus()
                await typed(pilot, text)
                assert "\x1b" not in field.value and "\u202e" not in field.value
                assert field.exact_text == text.strip()
            clean(pilot.app)
        await put_on(pilot, UnlockScreen(FakeDesk().state()))
        for secret in pilot.app.screen.query(Input):
            secret.focus()
            await typed(pilot, text)
        clean(pilot.app)
        assert pilot.app.is_running


@pytest.mark.parametrize("text", [HOSTILE[2], *LESS])
async def test_hostile_text_is_shown_everywhere_without_harm(text: str) -> None:
    person = OfficerCard("o", text, text, text)
    desk = FakeDesk(officers=(person, person), school=text, open_with=(person, person))
    desk.numbers = ((text, text),)
    card = IncidentSummary("i", text, text, text, text)
    state = desk.state()
    choice = Choice("a", text, text)
    screens: list[ReturningScreen[Any]] = [
        LockedScreen(state), UnlockScreen(state, ("o",)), LockScreen(state), NamedScreen((person,)),
        HomeScreen(state, (card,)), HelpScreen(text), TextPageScreen(text, text, (text,), text,
        text),
        ChooseScreen(text, text, [choice], intro=text, after=text), Confirm(text, text, text, text),
        FormScreen(text, text, [FormField("n", text, text, value=text)], intro=text, other=text),
        Trouble(EvidenceError(text, text)),
    ]  # fmt: skip
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        for screen in screens:
            await put_on(pilot, screen)
            await pilot.press("tab", "1")
            clean(pilot.app)
        screens[-2].show_problem_line(text)
        screens[-2].show_notice(text)
        await pilot.press("f9")
        await pilot.pause()
        clean(pilot.app)
        assert pilot.app.is_running


def clean(app: App[None]) -> None:
    """No control and no bidi character in anything drawn."""
    drawn = seen(app).replace("\n", "")
    assert not [c for c in drawn if ord(c) < 32 or c == "\u202e"]
