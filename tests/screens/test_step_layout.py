"""Steps of every procedure at 80x24: inside the screen, reached by Tab, STOP last.

The longest steps of each kind here; every step of every profile with ESAFETY_LAYOUT=all, which
`make slow` sets. Each is drawn with the longest line there is on what the policy leaves open.
That each text is short enough is proven for every step and profile by `esafety flow prove`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widget import Widget

from esafety_tui.casework.disclosure.pack_policy import describe_missing_files
from esafety_tui.flows.engine.fit import SanctionAdvice, fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import (
    CLOSING_KINDS,
    CaptureContent,
    PeopleGroup,
    Step,
    StepKind,
)
from esafety_tui.flows.profile.policy_gaps import (
    ALSO_READ_SAFELY,
    GENERAL_BUT_NEEDED,
    GENERAL_STEP,
    PARTLY_COVERED,
)
from esafety_tui.flows.profile.profile import load_profile, shipped_profiles
from esafety_tui.guide.ports import (
    CaseView,
    DescribedRecord,
    ExhibitView,
    ExportResult,
    OfficerCard,
    Receipt,
)
from esafety_tui.output.pack.layout import FOLLOWED_FILES
from esafety_tui.screens.base.case_frame import StepFrame, build_case_context
from esafety_tui.screens.base.frame import ReturningScreen
from esafety_tui.screens.dialogs.note_dialog import NOTE, REASON, AskWords
from esafety_tui.screens.dialogs.reauthenticate import ReauthenticateScreen
from esafety_tui.screens.steps import export_screens, form_pictures, review, signing
from esafety_tui.screens.steps.capture_screens import AddressCaptureScreen, FileCaptureScreen
from esafety_tui.screens.steps.incident_end import IncidentEndScreen
from esafety_tui.screens.steps.record_list import RecordListScreen
from esafety_tui.screens.steps.step import PolicyHelp, StepScreen
from esafety_tui.screens.widgets.choices import Choice
from tests.screens.fake_desk import CODE, OFFICERS, FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen, until

LONG = "A sentence about what is wrong that is rather longer than one line of the screen can be. "
LAST = Receipt(214, "3fa97c01", "21 Nov 2026 14:07 GMT")
ITEMS = tuple(
    ExhibitView(
        n, "screenshot" if n % 2 else "url", f"AB/{n}", LONG, "21 Nov 2026", "ab" * 32, True, 9000
    )
    for n in range(1, 7)
)
CASE = CaseView(
    "i", "HVS-2026-0001", "misuse", OFFICERS[:2], False, "LIB-PC-02", True, (), ITEMS,
    notes=(LONG,), last=LAST,
)  # fmt: skip
PROFILE = load_profile()
NUMBERS = {contact.label: "ext. 214, the county office" for contact in PROFILE.contacts}
ADVICE = SanctionAdvice(
    LONG[:60], ("Senior leader", "Head teacher"), ("Police",), LONG, "Sanctions", "x"
)
HELP = PolicyHelp(PROFILE, NUMBERS, "Anna Bell, DSL, 3 Sep 2026", None)
DESCRIBED = tuple(DescribedRecord(n, "x", LONG, "21 Nov 2026 14:07 GMT") for n in range(3))
WAYS = [Choice(str(n), LONG) for n in range(5)]
PROCEDURES = [fit_procedure(load_procedure(name), PROFILE) for name in shipped_procedures()]
NOTICE = f"{max(GENERAL_STEP, GENERAL_BUT_NEEDED, PARTLY_COVERED, key=len)}. {ALSO_READ_SAFELY}: F3"
MOST = 2
EVERY = os.environ.get("ESAFETY_LAYOUT") == "all"
SCHOOLS = shipped_profiles() if EVERY else ("generic",)


def rows(step: Step) -> int:
    """Return about how many lines a step takes."""
    words = step.question.count("\n") + step.why.count("\n") + len(step.tell) + len(step.forbids)
    return words + len(step.options) + len(step.statements) + 3 * len(step.fields)


def looks(step: Step) -> object:
    """Return all of a step that is drawn."""
    return (step.question, step.why, step.options, step.statements, step.fields, step.tell,
            step.forbids, step.kind, step.takes)  # fmt: skip


def steps_of(school: str) -> dict[object, tuple[str, Step]]:
    """Return the steps of a school by what is drawn, each with its name."""
    fitted = [
        fit_procedure(load_procedure(name), load_profile(school)) for name in shipped_procedures()
    ]
    return {looks(s): (f"{school}/{p.name}/{s.id}", s) for p in fitted for s in p.steps}


def chosen(school: str) -> list[tuple[str, Step]]:
    """Return the steps to draw, by name: all that differ from generic, or each kind's longest."""
    known = steps_of("generic") if school != "generic" else {}
    steps = [pair for key, pair in steps_of(school).items() if key not in known]
    steps.sort(key=lambda pair: -rows(pair[1]))
    most = len(steps) if EVERY else MOST
    found: dict[tuple[StepKind, CaptureContent], list[tuple[str, Step]]] = {}
    for name, step in steps:
        found.setdefault((step.kind, step.takes), []).append((name, step))
    return [pair for rows in found.values() for pair in rows[:most]]


def screens_of(step: Step) -> ReturningScreen[Any]:
    """Return the screen a step is shown on."""
    here = build_case_context(
        CASE, "Step 12 of about 23 · next: screenshots and files", "Written down, #9.", NOTICE
    )
    if step.is_capture:
        kind = AddressCaptureScreen if step.takes is CaptureContent.ADDRESSES else FileCaptureScreen
        return kind(step, {}, here, HELP, ITEMS)
    if step.kind is StepKind.MANY:
        return RecordListScreen(step, {}, here, HELP, DESCRIBED)
    if step.kind is StepKind.REVIEW:
        return review.ReviewScreen(here, step.question, step.why, WAYS, CASE, go="Right")
    if step.kind is StepKind.SIGN:
        return signing.SigningScreen(here, step.question, [LONG, LONG], CODE, WAYS)
    if step.kind is StepKind.EXPORT:
        return export_screens.ExportScreen(here, step.question, step.why, ["21 Nov 2026"])
    if step.kind is StepKind.END:
        return IncidentEndScreen(here, step.question, step.why, WAYS)
    help = replace(HELP, advice=ADVICE) if step.matrix is not PeopleGroup.NONE else HELP
    return StepScreen(step, {}, lambda _values: None, here, help)


def in_view(widget: Widget, body: Widget) -> bool:
    """Whether a widget needs no scrolling to be seen whole."""
    return bool(widget.region.height) and body.region.contains_region(widget.region)


async def check(pilot: Driver, screen: ReturningScreen[Any], name: str) -> None:
    """Push ``screen``, walk round its ring, take it off again."""
    await pilot.app.push_screen(screen)
    await pilot.pause()
    if isinstance(screen, StepFrame) and not isinstance(screen, RecordListScreen):
        assert NOTICE in seen(pilot.app), name
    screen.show_problem_line(LONG)
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


@pytest.mark.parametrize("school", SCHOOLS)
async def test_every_step_fits_and_is_reached_by_tab(school: str) -> None:
    async with build(FakeDesk(open_with=OFFICERS[:2]), practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        for name, step in chosen(school):
            await check(pilot, screens_of(step), name)


async def test_what_stands_around_the_steps_fits_too() -> None:
    long = OfficerCard("o9", "Maximiliana Featherstonehaugh-Cholmondeley", LONG, "MF")
    here = build_case_context(replace(CASE, officers=(long, long), frozen=True), "Signing")
    done = ExportResult(Path(f"/{LONG}"), CODE, 41, 612_000_000, "x",
                    LAST, "five-words-for-the-pack",
                    describe_missing_files(FOLLOWED_FILES))  # fmt: skip

    async def nothing(_line: str, _words: Any) -> None:
        """Never called."""

    async with build(FakeDesk(open_with=OFFICERS[:2]), practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        for screen in (
            AskWords(NOTE, f"saw: {LONG * 5}", statement=True), AskWords(REASON),
            ReauthenticateScreen(here, (long, long), LONG, LONG, nothing, field="Police reference"),
            form_pictures.FormPicturesScreen(here, ITEMS),
            export_screens.ExportedScreen(here, done, LONG),
        ):  # fmt: skip
            await check(pilot, screen, type(screen).__name__)
            assert "LIB-PC-02 ✓" in here.strip


def test_every_kind_of_step_is_drawn() -> None:
    kinds = {step.kind for procedure in PROCEDURES for step in procedure.steps}
    assert kinds == set(StepKind) and kinds > CLOSING_KINDS
