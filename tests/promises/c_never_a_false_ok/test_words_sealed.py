"""What a record says was asked is what both faces asked: no word is sealed that nobody saw."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

import pytest

from esafety_tui.casework.incident import answer_record
from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.built_in_fields import WHY_NONE, ask_why_unfinished, why_none_field
from esafety_tui.flows.procedure.load import load_procedure, parse_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import (
    Answer,
    CaptureContent,
    ForbiddenAct,
    Procedure,
    Step,
    StepKind,
)
from esafety_tui.flows.profile.profile import Profile, load_profile, shipped_profiles
from esafety_tui.kernel.errors import BadInput
from esafety_tui.plain.steps import ask_step, item_steps, orientation
from esafety_tui.plain.terminal.line_incident import LineIncident
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.screens.steps.capture_screens import CaptureScreen
from esafety_tui.screens.widgets.entry import Entry
from tests.plain.routes import way
from tests.plain.scripted import Scripted
from tests.screens.fake_desk import OFFICERS, FakeDesk
from tests.screens.rig import SIZE, Driver, build, seen, until
from tests.screens.test_step_layout import CASE, screens_of

Place = tuple[Profile, Procedure, Step]
EMPTY = replace(CASE, items=(), notes=())


@cache
def everywhere() -> tuple[Place, ...]:
    """Return every step of every school, those with the same words once."""
    found: dict[tuple[Any, ...], Place] = {}
    for school in shipped_profiles():
        profile = load_profile(school)
        for name in shipped_procedures():
            procedure = fit_procedure(load_procedure(name), profile)
            for step in procedure.steps:
                words = (step.kind, step.takes, step.question, step.why, step.fields)
                found.setdefault(words, (profile, procedure, step))
    return tuple(found.values())


def places(*kinds: StepKind) -> list[Place]:
    """Return the steps of these kinds."""
    return [place for place in everywhere() if place[2].kind in kinds]


def sealed(place: Place, values: dict[str, str]) -> dict[str, Any]:
    """Return the words that the record of an answer to a step holds."""
    profile, procedure, step = place
    state = engine.start_procedure(replace(procedure, first=step.id))
    return answer_record.answer_record_fields(procedure, profile, state, Answer(step.id, values), 5)


def labels(record: dict[str, Any]) -> list[str]:
    """Return the labels of a record's fields, in order."""
    return [label for _, label in record["fields"]]


def joined(text: str) -> str:
    """Return a text in one line, as a reader takes it in; a label with "(optional)" without it."""
    return " ".join(text.replace("(optional)", "").split())


NONE = {"done": "none", WHY_NONE: "There is none."}
CAPTURES = places(StepKind.CAPTURE)


async def drawn(pilot: Driver, step: Step) -> tuple[str, list[str]]:
    """Return what a step's screen says, and the labels of all it asks for."""
    screen = screens_of(step)
    if isinstance(screen, CaptureScreen):
        screen._items = []  # nothing is sealed yet, so the reason for none is asked, too
    await pilot.app.push_screen(screen)
    await pilot.pause()
    shown = seen(pilot.app)
    asked = [entry.field.label for entry in screen.query(Entry)]
    await pilot.app.pop_screen()
    return joined(shown), asked


def test_there_are_capture_steps_of_both_sorts() -> None:
    assert {step.takes for _, _, step in CAPTURES} == {
        CaptureContent.ADDRESSES,
        CaptureContent.FILES,
    }
    assert all(len(step.fields) == 3 for _, _, step in CAPTURES)


async def test_the_screen_asks_what_is_sealed() -> None:
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk, practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        for place in CAPTURES:
            record = sealed(place, NONE)
            shown, asked = await drawn(pilot, place[2])
            assert asked == labels(record)
            assert joined(str(record["question"])) in shown
            assert all(label in shown for label in labels(record)[:-1])


def reached(procedure: Procedure, step: Step) -> engine.FlowState:
    """Return the state on a way that comes to ``step``."""
    for which in ("deep", "first"):
        state = engine.start_procedure(procedure)
        for leg in way(procedure, cast("Any", which)):
            if leg.step.id == step.id:
                return state
            after = engine.answer_step(procedure, state, leg.step.id, leg.values)
            assert isinstance(after, engine.FlowState)
            state = after
    raise AssertionError(step.id)


def plain_shell(place: Place, lines: list[str]) -> tuple[PromptShell, Scripted]:
    """Return plain mode at a step, with a person who types ``lines``."""
    profile, procedure, step = place
    typed = iter(lines)
    person = Scripted(lambda _said, _prompt: next(typed))
    shell = PromptShell(FakeDesk(), person, lambda _shell, _word: None)
    incident = LineIncident(EMPTY, procedure, profile, desk=shell.desk, call=shell.run_short_verb)
    incident.state = reached(procedure, step)
    shell.incident = incident
    return shell, person


@pytest.mark.parametrize("place", CAPTURES, ids=lambda place: f"{place[1].name}-{place[2].id}")
def test_plain_mode_asks_what_is_sealed(place: Place) -> None:
    step, record = place[2], sealed(place, NONE)
    given = ["https://a.example/", "insults", "1"] if step.takes is CaptureContent.ADDRESSES else [
        "/media/stick/one.png", "it shows a game", "the technician"]  # fmt: skip
    shell, person = plain_shell(place, [*given, "Nobody knows.", ""])
    orientation.announce_step(shell)
    item_steps._ask_item_parts(shell, step, {})
    assert item_steps._ask_why_none(shell, step) == "Nobody knows."
    heard = joined(person.transcript)
    assert joined(str(record["question"])) in heard
    assert [label for label in labels(record) if label not in heard] == []


@pytest.mark.long("tests/screens/test_step_layout.py")
async def test_other_steps_seal_what_their_screen_asks() -> None:
    """One step of each kind: question, why, choices, statements, fields and why there is none."""
    kinds = [
        kind for kind in StepKind if kind not in (StepKind.CAPTURE, StepKind.SIGN, StepKind.END)
    ]
    one: dict[StepKind, Place] = {}
    for place in places(*kinds):
        one.setdefault(place[2].kind, place)
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk, practice=True).run_test(size=(80, 60)) as pilot:
        await until(pilot, "incidents")
        for place in one.values():
            step, record = place[2], sealed(place, NONE if place[2].may_skip else {})
            shown, asked = await drawn(pilot, step)
            said = [record["question"], record["why"], *(row[1] for row in record["options"])]
            said += [row[1] for row in record["statements"]]
            assert [words for words in said if joined(str(words)) not in shown] == [], step.id
            if step.kind not in (StepKind.EXPORT, StepKind.MANY):
                assert asked == labels(record), step.id


def test_one_reason_for_none_a_step_in_both_faces() -> None:
    """A form that is left, a pack that is not written, one of many, a step that is left out."""
    for place in places(*(kind for kind in StepKind if kind is not StepKind.CAPTURE)):
        step = place[2]
        if step.may_skip:
            assert labels(sealed(place, NONE))[-1] == why_none_field(step).label
            assert WHY_NONE not in [name for name, _ in sealed(place, {})["fields"]]
    for kind in (StepKind.SIGN, StepKind.EXPORT):
        place = places(kind)[0]
        shell, person = plain_shell(place, ["Not today.", ""])
        assert ask_step.ask_reason_left(shell) == "Not today."
        question, more = ask_why_unfinished(place[2])
        assert question == why_none_field(place[2]).label
        assert question in joined(person.transcript)
        assert more in joined(person.transcript)


SCHOOLS_OWN = b"""
[[step.fields]]
name = "kind"
label = "What is it?"
"""


def test_a_capture_step_has_no_questions_that_nobody_is_asked() -> None:
    """A new file with such fields is refused; one a school follows already goes on without."""
    source = load_source("misuse")
    end = source.index(b"[[step]]", source.index(b"takes = "))
    own = source[:end] + SCHOOLS_OWN + source[end:]
    with pytest.raises(BadInput, match="has no 'fields'"):
        parse_procedure(own, "own.toml")
    followed = parse_procedure(own, "own.toml", adopted=True)
    shown = load_procedure("misuse")
    assert [step.fields for step in followed.steps] == [step.fields for step in shown.steps]


def load_source(name: str) -> bytes:
    """Return the bytes of a shipped procedure."""
    return (files("esafety_tui.flows") / "procedures" / f"{name}.toml").read_bytes()


async def test_what_must_not_be_done_and_who_must_be_told_is_shown_where_it_is_sealed() -> None:
    """A school's own procedure can say it at any step, at those that take things in, too."""
    profile, procedure, step = CAPTURES[0]
    told = replace(step, tell=("dsl",), forbids=(ForbiddenAct.LOOK, ForbiddenAct.COPY))
    steps_ = tuple(told if each.id == step.id else each for each in procedure.steps)
    record = sealed((profile, replace(procedure, steps=steps_), told), NONE)
    assert len(record["forbids"]) == 2
    desk = FakeDesk(open_with=OFFICERS[:2])
    async with build(desk, practice=True).run_test(size=(80, 40)) as pilot:
        await until(pilot, "incidents")
        shown, _ = await drawn(pilot, told)
    assert all(str(words) in shown for words in record["forbids"])
    assert "Must be told" in shown
