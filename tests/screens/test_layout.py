"""80x24: every control is inside the screen and reached by Tab in one order that ends in STOP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from esafety_tui.guide.ports import IncidentSummary
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import ReturningScreen
from esafety_tui.screens.dialogs import validators as words
from esafety_tui.screens.dialogs.choose_passphrase import RetypePassphraseScreen, WordsScreen
from esafety_tui.screens.dialogs.confirm import Confirm, Trouble
from esafety_tui.screens.dialogs.field_form import FormField, FormScreen
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.entry.door import LockedScreen
from esafety_tui.screens.entry.incident_list import HomeScreen
from esafety_tui.screens.entry.named_people import NamedScreen
from esafety_tui.screens.entry.set_up import WELCOME
from esafety_tui.screens.entry.unlock import UnlockScreen
from esafety_tui.screens.overlays.help import HelpScreen
from esafety_tui.screens.overlays.lock import LockScreen
from esafety_tui.screens.overlays.stop import StopScreen, TickNote
from esafety_tui.screens.overlays.urgent import UrgentScreen
from tests.screens.fake_desk import DISK_FULL, OFFICERS, FakeDesk
from tests.screens.rig import SIZE, build, seen, until

STATE = FakeDesk(open_with=OFFICERS[:2]).state()
CARDS = tuple(
    IncidentSummary(f"i{n}", f"HVS-2026-{n:04d}", "21 Nov 2026", "open") for n in range(9)
)
BLANKS = [FormField(f"b{n}", "A label", "with a hint beside it") for n in range(4)]
LONG = "A sentence about what happened that is rather longer than one line of the screen can be. "
MAKERS: dict[str, Callable[[], ReturningScreen[Any]]] = {
    "locked": lambda: LockedScreen(STATE),
    "unlock": lambda: UnlockScreen(STATE, ("o1",)),
    "alone": lambda: UnlockScreen(STATE, alone=True),
    "lock": lambda: LockScreen(STATE),
    "named": lambda: NamedScreen(OFFICERS),
    "home": lambda: HomeScreen(STATE, CARDS),
    "empty home": lambda: HomeScreen(STATE, ()),
    "urgent": UrgentScreen,
    "stop": lambda: StopScreen(None),
    "tick": lambda: TickNote("Police reference, if you have one", "inc1", "tick 1"),
    "help": lambda: HelpScreen(LONG),
    "welcome": lambda: TextPageScreen("First run", "Setting up", WELCOME, "Set up"),
    "form": lambda: FormScreen("Set up", "Four fields", BLANKS, other="Not known"),
    "nation": lambda: ChooseScreen("Set up", "Where?", words.NATIONS, after=words.ONLY_TWO),
    "words": lambda: WordsScreen("Set up", "Anna Bell", "maple-river-candle-stone-lamp"),
    "retype": lambda: RetypePassphraseScreen("Set up", "Anna Bell", ""),
    "confirm": lambda: Confirm(LONG, LONG, "Yes, on this one", "No, on another one"),
    "trouble": lambda: Trouble(EvidenceError(LONG, LONG)),
}


@pytest.mark.parametrize("name", MAKERS)
async def test_everything_is_inside_and_reached_by_tab(name: str) -> None:
    """With the PRACTICE banner, which takes a line more."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.fail["stop"] = DISK_FULL
    async with build(desk, practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        screen = MAKERS[name]()
        await pilot.app.push_screen(screen)
        await pilot.pause(0.05)
        if screen.query("#problem"):
            screen.show_problem_line(LONG)
        await pilot.pause()
        assert "[ STOP F10 ]" in seen(pilot.app)
        chain = screen.focus_chain
        assert screen.focused is not None and screen.focused.id != "stop"
        assert [w.id for w in (chain[0], chain[-1])].count("stop") == 1  # round the ring: last
        for widget in chain:
            widget.focus()
            await pilot.pause()
            region = widget.region
            assert region.width and region.height, widget
            assert screen.region.contains_region(region), (widget, seen(pilot.app))
        for footer in screen.query(Footer):
            keys = [k for k in footer.query(FooterKey) if k.region.width]
            assert 1 <= len(keys) <= 6
            assert all(screen.region.contains_region(k.region) for k in keys)
