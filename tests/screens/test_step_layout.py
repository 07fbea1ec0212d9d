"""Every step of every procedure at 80x24: inside the screen, reached by Tab, STOP last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widget import Widget

from esafety_tui.flows.load import load_procedure, shipped
from esafety_tui.flows.model import CAPTURES, CLOSING, Kind, Procedure, Step
from esafety_tui.screens import export_screens, pictures, review, signing
from esafety_tui.screens.capture_screens import FilesScreen, UrlsScreen
from esafety_tui.screens.case_frame import bearings
from esafety_tui.screens.ending import EndScreen
from esafety_tui.screens.frame import Leaves
from esafety_tui.screens.pair import PairScreen
from esafety_tui.screens.ports import CaseView, Exported, Item, OfficerCard, Receipt
from esafety_tui.screens.step import StepScreen
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.words_dialogs import NOTE, REASON, AskWords
from tests.screens.fake_desk import CODE, OFFICERS, FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen, until

LONG = "A sentence about what is wrong that is rather longer than one line of the screen can be. "
LAST = Receipt(214, "3fa97c01", "21 Nov 2026 14:07 GMT")
ITEMS = tuple(
    Item(n, "screenshot" if n % 2 else "url", f"AB/{n}", LONG, "21 Nov 2026", "ab" * 32, True, 9000)
    for n in range(1, 7)
)
CASE = CaseView(
    "i", "HVS-2026-0001", "misuse", OFFICERS[:2], False, "LIB-PC-02", True, (), ITEMS,
    notes=(LONG,), last=LAST,
)  # fmt: skip
CONTACTS = {"Designated safeguarding lead": "ext. 214", "LADO": "the county office"}
WAYS = [Choice(str(n), LONG) for n in range(5)]
PROCEDURES = [load_procedure(name) for name in shipped()]


def screens_of(step: Step) -> Leaves[Any]:
    """Return the screen a step is shown on."""
    here = bearings(CASE, "Step 12 of about 23 · next: screenshots and files", "Written down, #9.")
    if step.kind in CAPTURES:
        kind = UrlsScreen if step.kind is Kind.URLS else FilesScreen
        return kind(step, {}, here, ITEMS)
    if step.kind is Kind.REVIEW:
        return review.ReviewScreen(here, step.question, step.why, WAYS, CASE, go="Right")
    if step.kind is Kind.SIGN:
        return signing.SigningScreen(here, step.question, [LONG, LONG], CODE, WAYS)
    if step.kind is Kind.EXPORT:
        return export_screens.ExportScreen(here, step.question, step.why, ["21 Nov 2026"])
    if step.kind is Kind.END:
        return EndScreen(here, step.question, step.why, WAYS)
    return StepScreen(step, {}, lambda _values: None, here, CONTACTS)


def in_view(widget: Widget, body: Widget) -> bool:
    """Whether a widget needs no scrolling to be seen whole."""
    return bool(widget.region.height) and body.region.contains_region(widget.region)


async def check(pilot: Driver, screen: Leaves[Any], name: str) -> None:
    """Push ``screen``, walk round its ring, take it off again."""
    await pilot.app.push_screen(screen)
    await pilot.pause()
    screen.problem(LONG)
    await pilot.pause()
    chain = screen.focus_chain
    assert "[ STOP F10 ]" in seen(pilot.app), name
    assert screen.focused is not None and screen.focused.id != "stop", name
    assert "stop" in (chain[0].id, chain[-1].id), name
    body = screen.query("#body")
    for widget in chain:
        if body and body.first() in widget.ancestors and not in_view(widget, body.first()):
            screen.set_focus(None)
            widget.focus()
            await pilot.pause()
        region = widget.region
        assert region.width and region.height, (name, widget)
        assert screen.region.contains_region(region), (name, widget, seen(pilot.app))
    await pilot.app.pop_screen()


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.name)
async def test_every_step_fits_and_is_reached_by_tab(procedure: Procedure) -> None:
    async with build(FakeDesk(open_with=OFFICERS[:2]), practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        for step in procedure.steps:
            await check(pilot, screens_of(step), step.id)


async def test_what_stands_around_the_steps_fits_too() -> None:
    long = OfficerCard("o9", "Maximiliana Featherstonehaugh-Cholmondeley", LONG, "MF")
    here = bearings(replace(CASE, officers=(long, long), frozen=True), "Signing")
    done = Exported(Path(f"/{LONG}"), CODE, 41, 612_000_000, "x",
                    LAST, "five-words-for-the-pack")  # fmt: skip

    async def nothing(_line: str, _words: Any) -> None:
        """Never called."""

    async with build(FakeDesk(open_with=OFFICERS[:2]), practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        for screen in (
            AskWords(NOTE, LONG * 5), AskWords(REASON),
            PairScreen(here, (long, long), LONG, LONG, nothing, field="Police reference"),
            pictures.PicturesScreen(here, ITEMS),
            export_screens.ExportedScreen(here, done, LONG),
        ):  # fmt: skip
            await check(pilot, screen, type(screen).__name__)
            assert "LIB-PC-02 ✓" in here.strip


def test_every_kind_of_step_is_drawn() -> None:
    kinds = {step.kind for procedure in PROCEDURES for step in procedure.steps}
    assert kinds == set(Kind) and kinds > CLOSING
