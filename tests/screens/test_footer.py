"""The footer says what the keys do here, and is made anew only when that is something else."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.widget import Widget
from textual.widgets._footer import FooterKey

from esafety_tui.screens.base.frame import Frame
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.field import Field
from tests.screens.fake_desk import FakeDesk
from tests.screens.rig import SIZE, Driver, build, until


class Two(Frame[None]):
    """Two fields and a list."""

    AUTO_FOCUS = "#a"

    def compose_body(self) -> Iterable[Widget]:
        """Yield them."""
        yield from (Field(id="a"), Field(id="b"), Choices([Choice("c", "A line")], id="c"))


def keys(pilot: Driver) -> list[FooterKey]:
    return list(pilot.app.screen.query(FooterKey))


async def test_the_footer_is_made_anew_only_for_other_keys() -> None:
    app = build(FakeDesk())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        app.show_overlay(Two())
        await until(pilot, "A line")
        await pilot.press("tab", "shift+tab")  # whatever was still on its way has arrived
        before = keys(pilot)
        assert "Enter Go on" not in (await until(pilot, "F10 STOP")).splitlines()[-1]
        await pilot.press("tab")
        assert app.screen.focused is app.screen.query_one("#b")
        assert [id(key) for key in keys(pilot)] == [id(key) for key in before]
        await pilot.press("tab")
        assert "Enter Go on" in (await until(pilot, "Enter Go on")).splitlines()[-1]


async def test_what_changes_while_another_window_is_typed_into_is_shown_afterwards() -> None:
    app = build(FakeDesk())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        app.show_overlay(Two())
        await until(pilot, "A line")
        await pilot.press("tab")
        app.post_message(events.AppBlur())
        await pilot.pause()
        app.screen.set_focus(app.screen.query_one("#c"))
        await pilot.pause()
        app.post_message(events.AppFocus())
        app.screen.set_focus(app.screen.query_one("#c"))
        await until(pilot, "Enter Go on")
