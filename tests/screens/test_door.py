"""The door: unlocking by two, by one, refusals, the lock, leaving."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from esafety_tui.kernel.errors import Shortened
from esafety_tui.screens.entry.door import LockedScreen
from esafety_tui.screens.entry.incident_list import HomeScreen
from esafety_tui.screens.overlays.lock import LockScreen
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.secret import SecretInput
from tests.screens.fake_desk import OFFICERS, PASSPHRASE, FakeDesk
from tests.screens.rig import SIZE, build, seen, typed, unlock, until


async def test_two_officers_open_the_vault_and_see_the_register() -> None:
    desk = FakeDesk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter")
        await unlock(pilot)
        shown = await until(pilot, "Hillview School · incidents")
        assert "A. Bell + C. Dunne · LIB-PC-02 ✓" in shown
        assert "Last sealed #213 3fa9 7c01" in shown
    assert ("unlock", "o1", "o2", ()) in desk.calls
    assert desk.closed == 1


async def test_wrong_passphrase_is_a_sentence_and_empties_the_fields() -> None:
    async with build(FakeDesk()).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter")
        await unlock(pilot, wrong=True)
        await until(pilot, "✗ A passphrase is not right. Type both again, slowly.")
        assert [f.value for f in pilot.app.screen.query(SecretInput)] == ["", ""]


async def test_same_officer_twice_is_refused_before_any_passphrase_leaves() -> None:
    desk = FakeDesk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter")
        await until(pilot, "Two officers open the vault")
        await pilot.press("1", "tab", "tab", "1", "tab", "enter")
        await until(pilot, "These are the same officer.")
    assert "unlock" not in desk.verbs()


async def test_nobody_is_picked_at_first() -> None:
    desk = FakeDesk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter", "enter", "enter", "enter", "enter")
        await until(pilot, "Pick who you are first")
    assert "unlock" not in desk.verbs()


async def test_named_is_asked_before_unlocking_and_a_named_officer_is_refused() -> None:
    desk = FakeDesk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("1", "enter")
        await until(pilot, "Is one of these officers named in it")
        assert "unlock" not in desk.verbs()
        await pilot.press("1", "space", "enter")
        await typed(pilot, "Zed Invented\nYan Invented")
        await pilot.press("enter")
        await until(pilot, "Officers who are named in the incident cannot open it.")
        await unlock(pilot)
        await until(pilot, "✗ Anna Bell is named in this incident.")
        assert "open_incident" not in desk.verbs()
        await pilot.press("3", "shift+tab", "3", "tab")
        await typed(pilot, PASSPHRASE)
        await pilot.press("tab", "2", "tab")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        shown = await until(pilot, "What is it about?")
        assert "▸ 1  We do not know yet" in shown and "open_incident" not in desk.verbs()
        await pilot.press("enter")
        await until(pilot, "HVS-2026-0001")
    opened = ("open_incident", ("o1",), "Zed Invented; Yan Invented", False, "misuse")
    assert opened in desk.calls


async def test_an_open_session_ends_when_one_of_it_is_named() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("n")
        await until(pilot, "Is one of these officers named in it")
        await pilot.press("2", "space", "enter", "enter")
        await until(pilot, "An officer who is signed in is named")
        assert desk.present == ()
        await pilot.press("enter")
        await until(pilot, "Two officers open the vault")


async def test_one_officer_writes_words_only() -> None:
    desk = FakeDesk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("3", "enter")
        await until(pilot, "What is it about?")
        await pilot.press("enter")
        await until(pilot, "Is one of these officers named")
        await pilot.press("enter", "enter")
        await until(pilot, "One officer writes words.")
        await pilot.press("1", "tab")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, "HVS-2026-0001")
    assert ("unlock", "o1", None, ()) in desk.calls
    assert ("open_incident", (), "", True, "misuse") in desk.calls


async def test_lock_hides_everything_and_both_passphrases_reopen_it_where_it_was() -> None:
    """The first one opens nothing of what stood there; a wrong one clears only itself."""
    desk = FakeDesk(open_with=OFFICERS[:2])
    desk.open_incident((), "", False)
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "HVS-2026-0001")
        await pilot.press("slash")
        await pilot.press("ctrl+l")
        shown = await until(pilot, "Locked. Either of you")
        assert "HVS-2026-0001" not in shown
        await typed(pilot, "wrong")
        await pilot.press("enter")
        await until(pilot, "✗ The passphrase is not right.")
        await pilot.press("shift+tab", "2", "tab")
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        shown = await until(pilot, "Carl Dunne is back.")
        assert "HVS-2026-0001" not in shown and "Anna Bell" in shown
        await typed(pilot, "wrong")
        await pilot.press("enter")
        shown = await until(pilot, "✗ The passphrase is not right.")
        assert "Carl Dunne is back." in shown
        await typed(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, "HVS-2026-0001")
        assert isinstance(pilot.app.screen, HomeScreen)
    assert [call for call in desk.calls if call[0] == "reopen"][1::2] == [
        ("reopen", "o2"), ("reopen", "o1"),
    ]  # fmt: skip


async def test_idle_lock_comes_by_itself_and_not_without_a_session() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk, idle=0.4).run_test(size=SIZE) as pilot:
        await until(pilot, "Locked. Either of you")
        assert isinstance(pilot.app.screen, LockScreen)
    assert "lock" in desk.verbs()
    closed = FakeDesk()
    async with build(closed, idle=0.2).run_test(size=SIZE) as pilot:
        await pilot.pause(0.6)
        assert isinstance(pilot.app.screen, LockedScreen)


async def test_leaving_with_an_open_session_is_asked_and_staying_is_the_default() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("ctrl+q")
        await until(pilot, "Leave esafety?")
        await pilot.press("enter")
        await until(pilot, "· incidents")
        assert pilot.app.is_running


async def test_warnings_of_the_checks_at_the_door_are_shown() -> None:
    desk = FakeDesk()
    desk.warnings = ("The head file of C. Dunne is missing.",)
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter")
        await unlock(pilot)
        await until(pilot, "The head file of C. Dunne is missing.")
        await pilot.press("enter")
        await until(pilot, "· incidents")


async def test_ctrl_c_is_harmless() -> None:
    async with build(FakeDesk()).run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("ctrl+c")
        await until(pilot, "Ctrl+C does nothing here.")
        assert pilot.app.is_running and "locked" in seen(pilot.app)


class PutBack(FakeDesk):
    """A vault that was put back: shorter than the officers remember."""

    accepted = ""

    def unlock(self, *args: Any, **named: Any) -> Any:
        if not args[5]:
            raise Shortened("ALARM. This vault holds 9 entries.", "Both of you can accept that.")
        self.accepted = args[5]
        return super().unlock(*args, **named)


async def test_a_vault_that_was_put_back_is_accepted_with_a_reason_after_the_alarm() -> None:
    desk = PutBack()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "The evidence vault is locked")
        await pilot.press("2", "enter")
        await until(pilot, "Two officers open the vault")
        assert not pilot.app.screen.query_one("#accept").display
        await unlock(pilot)
        await until(pilot, "ALARM. This vault holds 9 entries.")
        await pilot.press("enter")
        await until(pilot, "The vault was not opened")
        assert pilot.app.screen.query_one("#accept").display
        for field in pilot.app.screen.query(SecretInput):
            field.value = PASSPHRASE
        pilot.app.screen.query_one("#accept", Field).value = "the disk was replaced"
        await pilot.click("#go")
        await until(pilot, "Hillview School · incidents")
    assert desk.accepted == "the disk was replaced"


async def test_what_opening_an_incident_found_is_read_first() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    inc = desk.open_incident((), "", False).inc
    desk.cases[inc] = replace(desk.cases[inc], warnings=("A freeze was removed.",))
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "Hillview School · incidents")
        await pilot.press("enter")
        shown = await until(pilot, "Please read this about the incident first.")
        assert "A freeze was removed." in shown


async def test_what_a_screen_still_asks_for_ends_when_it_is_taken_off() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    go_on = desk.gates["policy"] = threading.Event()
    app = build(desk)
    try:
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, "Hillview School · incidents")
            home = app.screen
            asking = [w for w in app.workers if w.node is home and w.group == "policy"]
            assert [w.is_running for w in asking] == [True]
            app.pop_screen()
            assert all(w.is_cancelled for w in asking)
    finally:
        go_on.set()
