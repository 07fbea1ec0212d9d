"""Keeping the vault on the desk in memory: what is asked, what is called, what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from esafety_tui.guide.ports import Act, ActResult, DeskState, Progress, Receipt, VaultOverview
from esafety_tui.kernel.errors import WrongPassphrase
from esafety_tui.screens.acts.act_form import ActScreen, ToldScreen
from esafety_tui.screens.acts.paper_keys import PaperScreen
from esafety_tui.screens.administration import retention_reviews
from esafety_tui.screens.administration.backup_and_head import LeaveDialog
from esafety_tui.screens.administration.vault_overview import KeepScreen
from esafety_tui.screens.base.frame import ReturningScreen
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.secret import SecretInput
from tests.screens.fake_desk import OFFICERS, PASSPHRASE, FakeDesk
from tests.screens.fake_keeping import VIEW
from tests.screens.rig import SIZE, Driver, build, seen, typed, until

PAIR = OFFICERS[:2]
NOTE = "No rehearsal of the paper keys in the last 120 days. Fetch both envelopes."
LONG = "A sentence about what happened that is rather longer than one line of the screen can be. "


class Desk(FakeDesk):
    """A desk that keeps the acts whole, and says what is due."""

    def __init__(self, present: tuple[Any, ...] = PAIR, **due: bool) -> None:
        super().__init__(open_with=present)
        self.due = due
        self.view = VIEW
        self.acts: list[Act] = []
        self.told = ActResult(("It is done.",), Receipt(7, "3fa97c01", "21 Nov 2026 14:07 GMT"))

    def state(self) -> DeskState:
        return replace(super().state(), **self.due if self.present else {})  # type: ignore[arg-type]

    def keeping(self) -> VaultOverview:
        super().keeping()
        return self.view

    def act(self, act: Act, progress: Progress) -> ActResult:
        self._call("act", act.name)
        self.acts.append(act)
        progress("doing it", 1, 1)
        return self.told


DUE = replace(VIEW.due[0], held=True, over=True, why=LONG)
LATE = replace(VIEW, notes=(NOTE, LONG), second_copy=f"Second copy: 2 days old, 14 late. {LONG}")
SCREENS: dict[str, Callable[[], ReturningScreen[Any]]] = {
    "keep": lambda: KeepScreen(Desk().state(), LATE),
    "told": lambda: ToldScreen(
        "Keep", "Done.", ActResult((LONG,) * 12, Desk().told.receipt, (LONG,))
    ),
    "leave": lambda: LeaveDialog(LONG * 2, "Sign out without"),
    "one sheet": lambda: PaperScreen((Choice("o1", "Anna Bell"),)),
    "destroy": lambda: ActScreen("Keep", retention_reviews.plan_review("shred", DUE, PAIR)),
}


async def test_everything_is_inside_and_reached_by_tab() -> None:
    """With the PRACTICE banner and a problem, which take lines of their own."""
    async with build(Desk(), practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        for name, make in SCREENS.items():
            screen = make()
            await pilot.app.push_screen(screen)
            await pilot.pause(0.02)
            screen.show_problem_line(LONG)
            await pilot.pause()
            assert "[ STOP F10 ]" in seen(pilot.app), name
            assert screen.focused is not None and screen.focused.id != "stop", name
            chain = screen.focus_chain
            assert [w.id for w in (chain[0], chain[-1])].count("stop") == 1, name
            for widget in chain:
                widget.focus()
                await pilot.pause()
                inside = widget.region.width and screen.region.contains_region(widget.region)
                assert inside, (name, widget, seen(pilot.app))


async def test_stop_and_whom_to_call_work_over_a_half_filled_form() -> None:
    desk = Desk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        await pilot.app.push_screen(SCREENS["destroy"]())
        await typed(pilot, "half a sentence")
        await pilot.press("f9")
        await until(pilot, "ext. 214")
        await pilot.press("escape")
        await until(pilot, "half a sentence")
        await pilot.press("f10")
        await until(pilot, "Do this now, in this order.")
    assert desk.acts == []


async def to_keep(pilot: Driver, line: str = "") -> None:
    """From the list of incidents to Keep, and to one of its lines."""
    await until(pilot, "· incidents")
    await pilot.press("k")
    await until(pilot, "Keeping the vault")
    if line:
        await pilot.press(line, "enter")


async def test_home_shows_the_copy_and_what_is_due_and_leads_to_keep() -> None:
    desk = Desk()
    desk.view = replace(VIEW, notes=(NOTE, "A review date has come."), rehearsal_due=True)
    async with build(desk).run_test(size=SIZE) as pilot:
        shown = await until(pilot, NOTE[:40])
        assert "both key files agree" in shown and "(K: 1 more)" in shown and "[ Keep ]" in shown
        await to_keep(pilot)
        shown = seen(pilot.app)
        assert NOTE[:40] in shown and "A review date has come." in shown
        rows = [line.split() for line in shown.splitlines()]
        assert any(row[-1:] == ["due"] and "Rehearse" in row for row in rows)
        await pilot.press("escape")
        await until(pilot, "· incidents")


async def test_one_officer_alone_sees_only_what_one_may_do() -> None:
    desk = Desk(OFFICERS[:1])
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "words only")
        assert "keeping" not in desk.verbs()
        await to_keep(pilot)
        shown = seen(pilot.app)
    for words in ("second copy", "printed head", "the clock", "My passphrase", "My key file"):
        assert words in shown
    for words in ("Officers", "Rehearse", "Whom to call ", "Computers", "Reviews"):
        assert words not in shown.partition("F9")[0]


async def test_a_leaver_on_one_screen_and_a_wrong_passphrase_keeps_what_was_typed() -> None:
    desk = Desk()
    desk.fail["act"] = WrongPassphrase("That does not open this key.", "Try again.")
    async with build(desk).run_test(size=SIZE) as pilot:
        await to_keep(pilot, "2")
        await until(pilot, "An officer leaves")
        await pilot.press("7", "enter")
        shown = await until(pilot, "Their part ends at once")
        assert "Collect their stick" in shown and "Anna Bell, passphrase" in shown
        await pilot.press("enter")
        await until(pilot, "Choose one first")
        await pilot.press("1", "enter")
        await typed(pilot, "She retires.")
        await pilot.press("enter")
        for _ in PAIR:
            await typed(pilot, PASSPHRASE)
            await pilot.press("enter")
        await until(pilot, "✗ That does not open this key.")
        await pilot.press("enter")
        shown = await until(pilot, "Their part ends at once")
        assert "She retires." in shown and "Eve Frost" in shown
        assert [f.value for f in pilot.app.screen.query(SecretInput)] == ["", ""]
        del desk.fail["act"]
        desk.told = replace(desk.told, warnings=("Print the call sheet again.",))
        for _ in PAIR:
            await typed(pilot, PASSPHRASE)
            await pilot.press("enter")
        shown = await until(pilot, "✓ Done.")
        assert "⚠ Print the call sheet again." in shown and "Last sealed #7 3fa9 7c01" in shown
        await pilot.press("enter")
        await until(pilot, "Who has a part")
    act = desk.acts[0]
    assert (act.name, dict(act.values)) == ("leave", {"who": "o3", "reason": "She retires."})
    assert dict(act.passphrases) == {"o1": PASSPHRASE, "o2": PASSPHRASE}
    assert PASSPHRASE not in repr(act)


async def test_those_who_decide_cannot_be_the_ones_who_leave() -> None:
    desk = Desk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await to_keep(pilot, "2")
        await until(pilot, "Who has a part")
        await pilot.press("enter")
        shown = await until(pilot, "Certificate valid until 1 Sep 2056")
        assert "ab" * 32 in shown
        await pilot.press("enter")
        await until(pilot, "Nobody decides about their own part.")
    assert desk.acts == []


async def test_a_new_officer_chooses_a_passphrase_alone_and_both_agree() -> None:
    desk = Desk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await to_keep(pilot, "2")
        await until(pilot, "Enrol an officer")
        await pilot.press("6", "enter")
        await until(pilot, "The new officer")
        for text in ("Gil Sample", "Head of Year", "CD"):
            await typed(pilot, text)
            await pilot.press("enter")
        await until(pilot, "✗ Initials: another officer has the same")
        pilot.app.screen.query_one("#f-initials").value = "GS"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, "Gil Sample: only you should see this screen.")
        words = next(c for c in reversed(desk.calls) if c[0] == "generate_passphrase")
        made = f"maple-river-candle-{desk.calls.index(words) + 1:03d}-stone"
        assert made in seen(pilot.app)
        await pilot.press("enter")
        await until(pilot, "type your five words")
        await typed(pilot, made)
        await pilot.press("enter")
        await until(pilot, "Gil Sample becomes an officer")
        assert made not in seen(pilot.app)
        await typed(pilot, "A third is needed.")
        await pilot.press("enter")
        for _ in PAIR:
            await typed(pilot, PASSPHRASE)
            await pilot.press("enter")
        await until(pilot, "✓ Gil Sample is enrolled.")
    act = desk.acts[0]
    given = {"name": "Gil Sample", "position": "Head of Year", "initials": "GS"}
    assert dict(act.values) == {**given, "reason": "A third is needed."}
    assert dict(act.secrets) == {"new": made} and sorted(act.passphrases) == ["o1", "o2"]


async def test_destroying_asks_once_more_and_names_the_copies() -> None:
    desk = Desk()
    desk.view = replace(VIEW, due=(replace(VIEW.due[0], over=True),))
    copy = "This copy may still hold the keys: blue stick."
    desk.told = replace(desk.told, warnings=(copy,))
    async with build(desk).run_test(size=SIZE) as pilot:
        await to_keep(pilot, "6")
        shown = await until(pilot, "HVS-2026-0001")
        assert "21 Nov 2051" in shown and "DUE" in shown and "child protection file" in shown
        await pilot.press("enter")
        await until(pilot, "Destroy it for good")
        await pilot.press("4", "enter")
        await until(pilot, "Nobody can bring them back.")
        for text in ("HVS-2026-0001", "The time to keep it is over."):
            await typed(pilot, text)
            await pilot.press("enter")
        await pilot.press("enter")
        for _ in PAIR:
            await typed(pilot, PASSPHRASE)
            await pilot.press("enter")
        await until(pilot, "Destroy HVS-2026-0001 for good?")
        await pilot.press("enter")
        await until(pilot, "Type its reference")
        assert desk.acts == []
        await pilot.press("f8")
        await until(pilot, "There is no way back")
        await pilot.press("right", "enter")
        await until(pilot, f"⚠ {copy}")
    act = desk.acts[0]
    assert act.name == "shred" and act.values["typed"] == "HVS-2026-0001"
    assert act.folder is not None and sorted(act.passphrases) == ["o1", "o2"]
