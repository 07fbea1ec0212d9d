"""The first screen loads itself alone; what comes behind it changes nothing that is seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from esafety_tui.app import EsafetyApp
from esafety_tui.casework.access.public_info import public_info_bytes
from esafety_tui.screens.application.backdrop import Backdrop
from esafety_tui.screens.application.preload import BEHIND
from tests.screens.fake_desk import FakeDesk
from tests.screens.rig import SIZE, build, until

ROOT = Path(__file__).resolve().parents[2]
LOOK = """
import sys
from functools import partialmethod
from textual.app import App
from esafety_tui import cli
from esafety_tui.app import EsafetyApp

def look(app):
    shown = app.screen if len(app.screen_stack) > 1 else None
    if shown is None or not shown.query(".title"):
        app.set_timer(0.05, lambda: look(app))
        return
    print(*sorted(name for name in sys.modules if name.startswith("esafety_tui.")))
    app.exit()

cli._require_terminal = lambda: None
EsafetyApp._load_other_screens = look
EsafetyApp.run = partialmethod(App.run, headless=True)
sys.exit(cli.main(["--vault", sys.argv[1]]))
"""
ALWAYS = {
    "esafety_tui.app",
    "esafety_tui.casework", "esafety_tui.casework.access",
    "esafety_tui.casework.access.public_info",
    "esafety_tui.casework.desk", "esafety_tui.casework.desk.desk",
    "esafety_tui.cli",
    "esafety_tui.data", "esafety_tui.data.plainfiles", "esafety_tui.data.platform",
    "esafety_tui.data.system_folders",
    "esafety_tui.guard",
    "esafety_tui.guide", "esafety_tui.guide.draft_store",
    "esafety_tui.kernel", "esafety_tui.kernel.cards", "esafety_tui.kernel.door",
    "esafety_tui.kernel.errors", "esafety_tui.kernel.unsent", "esafety_tui.kernel.visible",
    "esafety_tui.screens",
    "esafety_tui.screens.application", "esafety_tui.screens.application.backdrop",
    "esafety_tui.screens.application.draft_saving", "esafety_tui.screens.application.overlay_stack",
    "esafety_tui.screens.application.preload", "esafety_tui.screens.application.session_lock",
    "esafety_tui.screens.application.shutdown",
    "esafety_tui.screens.base", "esafety_tui.screens.base.frame",
    "esafety_tui.screens.entry", "esafety_tui.screens.entry.navigation",
    "esafety_tui.screens.widgets", "esafety_tui.screens.widgets.badge",
    "esafety_tui.screens.widgets.chain_strip", "esafety_tui.screens.widgets.plain_text",
    "esafety_tui.screens.widgets.stop_button",
    "esafety_tui.verbs",
}  # fmt: skip
"""What may be loaded before anything is seen. A newcomer here is waited for by everybody."""
SET_UP = {
    "esafety_tui.screens.dialogs", "esafety_tui.screens.dialogs.text_page",
    "esafety_tui.screens.entry.set_up",
}  # fmt: skip
DOOR = {
    "esafety_tui.data.schema", "esafety_tui.guide.choice", "esafety_tui.kernel.canon",
    "esafety_tui.kernel.clock", "esafety_tui.screens.entry.door",
    "esafety_tui.screens.widgets.choices",
}  # fmt: skip


@pytest.mark.parametrize(("vault", "more"), [(False, SET_UP), (True, DOOR)], ids=["none", "vault"])
def test_the_first_screen_loads_itself_alone(tmp_path: Path, vault: bool, more: set[str]) -> None:
    """Guards the time to the first screen: ours alone, by name, with a vault and without."""
    folder = tmp_path / "vault"
    if vault:
        folder.mkdir()
        (folder / "vault.json").write_bytes(public_info_bytes("x.invalid/evidence", "Hillview", ()))
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(folder)], cwd=ROOT, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert sorted(loaded - ALWAYS - more) == [], "loaded before the first screen"
    assert sorted((ALWAYS | more) - loaded) == [], "listed, but not loaded any more"


def _styles(pilot: Pilot[None]) -> dict[str, str]:
    found = pilot.app.screen.walk_children(with_self=True)
    return {f"{n} {w!r}": w.styles.css for n, w in enumerate(found)}


@pytest.mark.parametrize(
    ("vault", "shown"), [(False, "Setting up esafety"), (True, "The evidence vault is locked")]
)
async def test_the_first_screen_needs_the_frames_sheet_alone(
    monkeypatch: pytest.MonkeyPatch, vault: bool, shown: str
) -> None:
    """Guards ``STYLED_BY_FRAME``: what is read behind the first screen leaves it as it is."""
    monkeypatch.setattr(EsafetyApp, "_load_other_screens", lambda _app: None)
    app = build(FakeDesk(has_vault=vault))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, shown)
        sheets = len(app.stylesheet.source)
        before = _styles(pilot)
        app.read_style_sheets()
        app.stylesheet.update(app.screen)
        assert len(app.stylesheet.source) == sheets + 1
        assert _styles(pilot) == before


async def test_stop_has_its_style_also_before_the_rest_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guards F10 in the first half second: its screen brings all the sheets."""
    monkeypatch.setattr(EsafetyApp, "_load_other_screens", lambda _app: None)
    app = build(FakeDesk())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("f10")
        await until(pilot, "Do this now, in this order.")
        assert ("screens", "*.tcss") in app.stylesheet.source


async def test_what_is_below_the_first_screen_has_stop_when_that_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guards STOP between two screens, however soon the first one is left."""
    monkeypatch.setattr("esafety_tui.screens.application.backdrop.FILL_AFTER", 3600.0)
    app = build(FakeDesk())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        below = app.screen_stack[0]
        assert isinstance(below, Backdrop) and not below.query("#stop")
        app.workers.cancel_group(app, "journey")
        app.remove_all_screens()
        assert "[ STOP F10 ]" in await until(pilot, "STOP")


def test_all_that_is_loaded_behind_the_first_screen_is_there() -> None:
    """Guards the list of modules: a name that is gone would end the thread that loads the desk."""
    program = "from esafety_tui.screens.application.preload import import_screens as load\n"
    program += "load(lambda: print('then'))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "then\n" and BEHIND[0] == "overlays.stop"
