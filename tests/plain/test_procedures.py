"""Every shipped procedure, line by line, to its end: the same records as through the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.demo.practice import open_practice
from esafety_tui.demo.samples import PASSPHRASE, PEOPLE
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import CaptureContent, Procedure, StepKind
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.canon import Json
from tests.plain.acts import Act, Script, another, leg_acts, pick, sign_in, tick, type_
from tests.plain.routes import Leg, Way, way
from tests.plain.scripted import sit

FIRST_TWO = tuple(name for name, _, _ in PEOPLE[:2])
WAYS: tuple[Way, ...] = ("deep", "first")
NEW = "Start a new incident"
TIMES = frozenset(
    {"at", "name", "sha256", "seq", "inc", "reference", "recipient", "exhibit", "blob", "spent_ms"}
)


def offered() -> list[Procedure]:
    """Return the procedures that are offered to two officers, as the practice school has them."""
    profile = load_profile()
    every = [fit_procedure(load_procedure(name), profile) for name in shipped_procedures()]
    return [procedure for procedure in every if procedure.offer]


def journey(routes: list[tuple[Procedure, list[Leg]]], samples: Path) -> Iterator[Act]:
    """Yield the acts of one sitting: every route in an incident of its own."""
    yield pick("Open the vault: carry on, look up, sign, export (two officers)")
    yield from sign_in(PASSPHRASE, FIRST_TWO)
    for procedure, legs in routes:
        yield pick(NEW)
        yield tick(hear="Is one of these officers named")
        yield type_("Invented Pupil")
        yield pick(procedure.offer, "What is it about?")
        for leg in legs:
            yield from leg_acts(leg, samples)
        yield pick("To the list of incidents", "What next?")
    yield pick("Sign out")
    yield pick("Sign out", "Sign out?")
    yield pick("Leave the program")


def by_desk(desk: Desk, procedure: Procedure, legs: list[Leg], samples: Path) -> str:
    """Give the same answers through the desk; return the incident."""
    alone = not procedure.offer
    named = "" if alone else "Invented Pupil"
    inc = desk.open_incident((), named, alone, "misuse" if alone else procedure.name).inc
    for leg in legs:
        for thing in leg.items:
            given = {name: str(text) for name, text in thing.items()}
            if leg.step.takes is CaptureContent.ADDRESSES:
                desk.add_url(inc, given["url"], given["concern"], given["known"])
            elif leg.step.takes is CaptureContent.FILES:
                path = another(samples / given["path"])
                desk.add_file(inc, path, given["description"], given["provenance"], lambda *_: None)
            else:
                desk.describe(inc, leg.step.id, thing)
        desk.answer(inc, leg.step.id, leg.values, "")
    return inc


def told(desk: Desk, inc: str) -> list[tuple[str, dict[str, Json]]]:
    """Return the records of an incident: types, values and wording, without times and numbers."""
    return [
        (record.type, {k: _same(k, v) for k, v in record.fields.items() if k not in TIMES})
        for record in desk.context.load_case(inc).records
        if record.type not in ("read", "printed")
    ]


def _same(name: str, value: Json) -> Json:
    """Return a value without what differs by chance: the names of encrypted files."""
    return len(value) if name == "blobs" and isinstance(value, list | tuple) else value


@pytest.mark.long("test_pty.py, two procedures at a real terminal, and test_case.py")
def test_every_procedure_gives_the_same_records_as_through_the_desk() -> None:
    """Both ways of each procedure: typed at the prompts, and given to the desk, compared."""
    # The other ways of the others are walked by test_pty.py under ESAFETY_PLAIN.
    ways = {p.name: WAYS if p.name == "misuse" else WAYS[:1] for p in offered()}
    routes = [(p, list(way(p, which))) for p in offered() for which in ways[p.name]]
    assert {leg.step.kind for _, legs in routes for leg in legs} >= set(StepKind) - {StepKind.END}
    with open_practice(lambda _line: None) as (desk, _, samples):
        sit(desk, Script(journey(routes, samples)))
        ids = [officer.id for officer in desk.state().officers]
        desk.unlock(ids[0], PASSPHRASE, ids[1], PASSPHRASE, ())
        typed = [card.inc for card in reversed(desk.incidents())]
        assert len(typed) == len(routes)
        for (procedure, legs), inc in zip(routes, typed, strict=True):
            assert desk.case(inc).procedure == procedure.name
            other = by_desk(desk, procedure, legs, samples)
            assert told(desk, inc) == told(desk, other), procedure.name
