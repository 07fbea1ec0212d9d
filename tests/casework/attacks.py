"""Ways through the shipped procedures, and what is tried on each of their steps.

An oracle of its own says where nothing may be taken: from the options chosen, not from the rules
that casework goes by. Everything is done with the real verbs on a practice vault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import capture
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import (
    Answer,
    CaptureContent,
    IncidentClass,
    Option,
    Procedure,
    Step,
    StepKind,
)
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import PNG
from tests.flows.routes import ROUTES
from tests.flows.ways import good_answer

FROZEN = {IncidentClass.A, IncidentClass.UNSURE}
SHUT = {"stopped", "A", "unsure", "B without advice"}
"""Where what was taken is not let out either."""
URL = "https://forum.example.net/t/1"


@dataclass(frozen=True)
class Way:
    """Answers by step; STOP before ``stop_at`` is answered; ``then`` changes answers at the end."""

    name: str
    choices: tuple[tuple[str, str], ...] = ()
    stop_at: str = ""
    then: tuple[tuple[str, str], ...] = ()


def way(name: str, said: str, stop_at: str = "", then: str = "") -> Way:
    pairs = [tuple(pair.split("=")) for pair in said.split()]
    later = [tuple(pair.split("=")) for pair in then.split()]
    return Way(name, tuple((a, b) for a, b in pairs), stop_at, tuple((a, b) for a, b in later))


def all_ways() -> list[Way]:
    """Return each expected route as it is, and with STOP at each of its steps."""
    found: dict[tuple[str, str, str], Way] = {}
    for name, said, steps, *_ in ROUTES:
        answered: list[str] = []
        choices = dict(pair.split("=") for pair in said.split())
        found[name, said, ""] = way(name, said)
        for step in steps.split():
            # The same beginning of another route is the same way to this STOP.
            found.setdefault((name, " ".join(answered), step), way(name, said, step))
            answered += [f"{step}={choices[step]}"] if step in choices else []
    return list(found.values())


def option_of(procedure: Procedure, given: Answer) -> Option | None:
    return procedure.get_step(given.step).find_option(given.single_value("option"))


def barred(case: CaseFile) -> str:
    """Return why nothing may be taken in this incident as it stands, "" where it may."""
    procedure, log = case.procedure, case.state.log
    ever: list[Option] = []
    now: dict[str, Answer] = {}
    for event in log:
        if not isinstance(event, Answer):
            return "stopped"
        now[event.step] = event
        chosen = option_of(procedure, event)
        ever += [chosen] if chosen else []
    classes = {one.incident_class for one in ever} - {None}
    if procedure.opens_as is not None:
        return "opened as A"
    if classes & FROZEN:
        return "A" if IncidentClass.A in classes else "unsure"
    if case.card.words_only:
        return "words only"
    return _by_answers(procedure, case.state, now)


def _by_answers(procedure: Procedure, state: engine.FlowState, now: dict[str, Answer]) -> str:
    options = [one for one in (option_of(procedure, given) for given in now.values()) if one]
    classes = {one.incident_class for one in options} - {None}
    if not classes:
        return "no class"
    if IncidentClass.B in classes and not any(one.advice for one in options):
        return "B without advice"
    gates = {gate for step in now for gate in procedure.get_step(step).gates}
    if len(gates) < 4:
        return "a gate missing"
    way = engine.steps_on_path(procedure, state)
    ahead = {*way, *graph.cached_reachable_ids(procedure, way[-1])}
    return "" if any(procedure.get_step(step).is_capture for step in ahead) else "words ahead"


@dataclass
class Attacker:
    """Two officers at a real desk who try at each step what they must not.

    ``other``: a file that another incident keeps. ``met``: (procedure, why it was barred, step).
    ``taken``: procedures in which something was taken.
    """

    desk: Desk
    folder: Path
    home: Path
    other: OpenRecord | None = None
    met: set[tuple[str, str, str]] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def walk(self, way: Way) -> CaseFile:
        """Go a way to its review, attacking at each step, and once more after its changes."""
        lone = way.name == "words-only"
        handle = self.desk.open_incident((), "", lone, way.name)
        case = self.desk.context.load_case(handle.inc)
        choices = {"danger": "2", **dict(way.choices)}
        while (step := engine.current_step(case.procedure, case.state)).kind is not StepKind.REVIEW:
            self.attack(case)
            if step.id == way.stop_at and not case.state.stopped:
                self.desk.stop(case.inc)
                continue
            if step.is_capture:
                self.take(case, step)
            values = good_answer(step, self.key(case, step, choices.get(step.id, "")))
            self.desk.answer(case.inc, step.id, dict(values), "")
        self.attack(case)
        for step_id, key in way.then:
            given = good_answer(case.procedure.get_step(step_id), key)
            self.desk.answer(case.inc, step_id, dict(given), "We were told more.")
            self.attack(case)
        return case

    def key(self, case: CaseFile, step: Step, said: str) -> str:
        """Return the option's key; "rule" and "illegal" are the first such row of a table."""
        if said not in {"rule", "illegal"}:
            return said
        rows = [o.key for o in step.options if (o.incident_class is None) == (said == "rule")]
        return rows[0]

    def take(self, case: CaseFile, step: Step) -> None:
        """Take what the step is for: here it is allowed, and it must be possible."""
        assert barred(case) == "", step.id
        before = self.kept()
        if step.takes is CaptureContent.ADDRESSES:
            self.desk.add_url(case.inc, URL, "Unkind words", "saw it")
            assert self.kept() == (before[0] + 1, before[1])
        else:
            data = PNG + case.inc.encode()  # each incident has its own: STOP knows bytes
            (self.home / "p.png").write_bytes(data)
            item = self.desk.add_file(
                case.inc, self.home / "p.png", "A picture", "seen", lambda *_: None
            )
            assert len(self.kept()[1]) == len(before[1]) + 1
            assert b"".join(capture.view_exhibit(case, item.seq, "look")) == data
        self.taken.add(case.procedure.name)

    def kept(self) -> tuple[int, tuple[str, ...]]:
        """Return the number of entries and the names of the sealed files."""
        blobs = sorted(path.name for path in (self.folder / "blobs").iterdir())
        return len(self.desk.context.session.store.lines), tuple(blobs)

    def attack(self, case: CaseFile) -> None:
        """Call every verb that takes or lets out; where that is barred each must refuse."""
        why = barred(case)
        if not why:
            return
        before = self.kept()
        for name, verb in self.verbs(case, why):
            with pytest.raises((Refused, BadInput) if name.startswith("foreign") else Refused):
                verb()
                raise AssertionError(f"{name}: {case.procedure.name}, {case.state.at}, {why}")
        assert self.kept() == before, f"{case.procedure.name}, {case.state.at}, {why}"
        assert list((self.home / "stick").iterdir()) == []
        self.met.add((case.procedure.name, why, case.state.at))

    def verbs(self, case: CaseFile, why: str) -> list[tuple[str, Callable[[], object]]]:
        inc, picture, stick = case.inc, self.home / "p.png", self.home / "stick"
        found: list[tuple[str, Callable[[], object]]] = [
            ("add_url", lambda: capture.capture_address(case, URL, "x", "saw it")),
            ("take_file", lambda: capture.capture_file(case, picture, "x", "y")),
            ("desk.add_url", lambda: self.desk.add_url(inc, URL, "x", "saw it")),
            ("desk.add_file",
             lambda: self.desk.add_file(inc, picture, "x", "y", lambda *_: None)),
        ]  # fmt: skip
        if self.other is not None:  # what is kept in one incident is not got at through another
            seq = self.other.seq
            found += [(f"foreign {n}", verb) for n, verb in self.lets_out(case, seq, stick)]
        for item in self.items(case) if why in SHUT else ():
            found += self.lets_out(case, item.seq, stick)
        return found

    def lets_out(
        self, case: CaseFile, seq: int, stick: Path
    ) -> Sequence[tuple[str, Callable[[], object]]]:
        return (
            ("view", lambda: list(capture.view_exhibit(case, seq, "look"))),
            ("form", lambda: signed_form.render_form(case, [seq], reason="not all is known")),
            ("desk.form", lambda: self.form(case, seq)),
        )

    def form(self, case: CaseFile, seq: int) -> object:
        return self.desk.prepare_form(case.inc, (seq,), lambda *_: None, reason="not all is known")

    def items(self, case: CaseFile) -> list[OpenRecord]:
        return [record for record in case.records if record.type in {"screenshot", "file"}]
