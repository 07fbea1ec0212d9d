"""The shipped procedures lead where the policies say: each branch, step by step, with its clause.

Walked as the generic school has them, by the engine, with every gate confirmed: the best case for a
capture. What holds for all ways at once is proven in proof; here single ways are spelt out.
"""

import re
from functools import cache
from itertools import pairwise

import pytest

from esafety_tui.flows.engine import effects, engine
from esafety_tui.flows.engine.fit import fill_names, fit_procedure
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import (
    ONE_OPTION_KINDS,
    PLACEHOLDER_NAMES,
    Answer,
    FieldCheck,
    IncidentClass,
    Option,
    Procedure,
    Step,
    StepKind,
    build_answer,
)
from esafety_tui.flows.profile.profile import load_profile
from tests.flows.routes import LOOK, ROUTES, SAME, START, TAIL

raw = cache(load_procedure)


@cache
def procedure(name: str, school: str = "generic") -> Procedure:
    return fit_procedure(raw(name), load_profile(school))


def taken(school: str, step: Step, choices: dict[str, str]) -> Answer:
    """Return the answer that ``choices`` name; "rule" and "illegal" are the first such row."""
    if step.kind not in ONE_OPTION_KINDS:
        return build_answer(step.id, {"confirmed": [s.key for s in step.statements]})
    key = choices.pop(step.id, "2" if step.id == "danger" else "")
    matrix = load_profile(school).find_matrix(step.matrix)
    if key in {"rule", "illegal"} and matrix:
        key = next(row.key for row in matrix.rows if row.illegal == (key == "illegal"))
    return build_answer(step.id, {"option": key})


def walked(name: str, said: str, school: str = "generic") -> tuple[Procedure, engine.FlowState]:
    """Return the state at the end of the way that the choices lead."""
    made, choices = procedure(name, school), dict(pair.split("=") for pair in said.split())
    given: list[Answer] = []
    step = made.get_step(made.first)
    while step.kind is not StepKind.END:
        given.append(taken(school, step, choices))
        step = made.get_step(engine.following_step_id(made, given[-1]))
    assert not choices, f"never asked: {choices}"
    return made, engine.FlowState(made.digest, step.id, tuple(given), (), tuple(given))


@pytest.mark.parametrize(
    ("name", "said", "way", "clause", "carry_on"), ROUTES, ids=[f"{r[0]} {r[1]}" for r in ROUTES]
)
def test_expected_routes(name: str, said: str, way: str, clause: str, carry_on: str) -> None:
    tail = "review end" if name == "words-only" else TAIL
    made, state = walked(name, said)
    assert " ".join(engine.steps_on_path(made, state)) == f"{way} {tail}", clause
    assert engine.case_facts(made, state).carry_on == ((carry_on,) if carry_on else ())


def alike() -> list[tuple[str, str, str, str]]:
    rows = [(name, row) for name, said in SAME.items() for row in said.split(", ")]
    split = [(name, *re.split("[ =]", row)) for name, row in rows]
    return [(name, step_id, key, other) for name, step_id, key, other in split]


@pytest.mark.parametrize(("name", "step_id", "key", "other"), alike())
def test_answers_that_lead_on_alike(name: str, step_id: str, key: str, other: str) -> None:
    step = procedure(name).get_step(step_id)
    here, there = step.find_option(key), step.find_option(other)
    assert here is not None and there is not None
    assert (here.next or step.next) == (there.next or step.next)
    assert here.incident_class is there.incident_class


def test_each_answer_to_each_question_is_expected() -> None:
    asked = {(name, step_id, key) for name, step_id, key, _ in alike()}
    for name, said, *_ in ROUTES:
        _, state = walked(name, said)
        asked |= {(name, given.step, given.single_value("option")) for given in state.answers}
    for name in shipped_procedures():
        for step in (
            s for s in procedure(name).steps if s.kind in ONE_OPTION_KINDS and not s.matrix
        ):
            missing = {o.key for o in step.options if (name, step.id, o.key) not in asked}
            assert not missing, f"{name}, {step.id}"


def test_classes_and_carrying_on_in_the_spine() -> None:
    made = procedure("misuse")
    options = {o.key: o.incident_class for o in made.get_step("triage").options}
    assert options == {
        "1": IncidentClass.A, "2": IncidentClass.B, "3": IncidentClass.UNSURE,
        "4": IncidentClass.C,
    }  # fmt: skip
    answer = made.get_step("answer").find_option("2")
    assert answer is not None and answer.cleared and answer.carry_on == "misuse"
    cleared = [o for s in made.steps for o in s.options if o.cleared]
    assert cleared == [answer]


@pytest.mark.parametrize("name", ["nudes", "allegation", "breach", "lost-media", "words-only"])
def test_in_words_alone(name: str) -> None:
    assert not any(step.is_capture for step in raw(name).steps)
    made, state = procedure(name), engine.start_procedure(procedure(name))
    assert effects.capture_refusal(engine.case_facts(made, state), "file") is not None


def test_nudes_are_never_looked_at() -> None:
    made = raw("nudes")
    assert made.opens_as is IncidentClass.A
    first = made.get_step(made.first)
    assert first.kind is StepKind.GATE and {"look", "copy", "delete"} <= set(first.forbids)
    assert not any(f.check is FieldCheck.URL for step in made.steps for f in step.fields)
    assert not [s.id for s in made.steps if {"gates", "view"} & {s.id} or s.gates]


@pytest.mark.parametrize("name", shipped_procedures())
def test_nobody_reaches_a_capture_by_not_being_sure(name: str) -> None:
    made = procedure(name)
    captures = {step.id for step in made.steps if step.is_capture}
    for step in made.steps:
        for option in (o for o in step.options if o.unsure and step.id != "danger"):
            after = graph.find_reachable_ids(made, option.next or step.next)
            assert not after & captures, f"{name}, {step.id}"


@pytest.mark.parametrize("name", ["misuse", "staff-victim", "harassment"])
def test_gates_and_captures_in_their_order(name: str) -> None:
    made = procedure(name)
    for here, after in pairwise(LOOK.split()):
        assert made.get_step(here).next == after
    gates = [gate for step_id in LOOK.split() for gate in made.get_step(step_id).gates]
    assert gates == ["two-seniors", "designated-computer", "watched", "isolated"]


@pytest.mark.parametrize("name", shipped_procedures())
def test_a_school_that_must_not_look_has_no_capture(name: str) -> None:
    assert not any(step.is_capture for step in procedure(name, "winchelsea").steps)


def test_a_school_that_must_not_look_tells_at_once_and_writes_words() -> None:
    made, state = walked("misuse", "triage=4 staff=2", "winchelsea")
    way = f"{START} told-c staff told-managed account-words managed"
    way += f" logged debrief policy-review monitor informed {TAIL}"
    assert " ".join(engine.steps_on_path(made, state)) == way
    assert {"police", "lado"} <= {option.key for option in made.get_step("told-managed").options}


@pytest.mark.parametrize("name", shipped_procedures())
def test_what_was_seen_or_said_is_a_statement(name: str) -> None:
    for step in raw(name).steps:
        told = step.kind in {StepKind.RECORD, StepKind.MANY} and step.part in {"reason", "findings"}
        if told and step.id != "which-evidence":
            assert any(f.check is FieldCheck.STATEMENT for f in step.fields), f"{name}, {step.id}"


def texts(step: Step) -> list[str]:
    options = [text for option in step.options for text in (option.label, option.detail)]
    small = [s.text for s in step.statements] + [f.label for f in step.fields]
    return [step.title, step.question, step.why, *options, *small]


@pytest.mark.parametrize("name", shipped_procedures())
def test_the_longest_names_fit(name: str) -> None:
    longest = dict.fromkeys(PLACEHOLDER_NAMES, "x" * 28)

    def wide(option: Option) -> int:
        return len(fill_names(option.label, longest)) + len(fill_names(option.detail, longest))

    for step in raw(name).steps:
        lines = fill_names(f"{step.question}\n{step.why}", longest).split("\n")
        assert max(map(len, lines)) <= 76, f"{name}, {step.id}"
        assert max(map(wide, step.options), default=0) <= 68, f"{name}, {step.id}"
        assert "{" not in step.title


@pytest.mark.parametrize("name", shipped_procedures())
def test_roles_have_the_names_of_the_school(name: str) -> None:
    fixed = re.compile(r"\b(DSL|DSP|LADO|DOFA|designated safeguarding|head ?teacher)\b", re.I)
    for step in raw(name).steps:
        said = [fill_names(text, dict.fromkeys(PLACEHOLDER_NAMES, "…")) for text in texts(step)]
        assert not [text for text in said if fixed.search(text)], f"{name}, {step.id}"


def test_what_is_offered_where_an_incident_is_opened() -> None:
    offers = {name: raw(name).offer for name in shipped_procedures()}
    assert [name for name, offer in offers.items() if not offer] == ["words-only"]
    assert len(set(offers.values())) == len(offers) == 8
    assert [name for name in shipped_procedures() if raw(name).alone] == ["words-only"]


@pytest.mark.parametrize("name", shipped_procedures())
def test_a_shipped_step_never_claims_to_be_in_the_schools_own_policy(name: str) -> None:
    """Only a profile's clause says so: five policies out of six lack most of these sections."""
    assert [step.id for step in raw(name).steps if step.source.startswith("policy")] == []
