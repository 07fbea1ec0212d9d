"""The shipped procedures lead where the policies say: each branch, step by step, with its clause.

N0 to N28 are the boxes of the flowchart, P1 to P9 the steps of a policy's "Other Incidents".

Walked as the generic school has them, by the engine, with every gate confirmed: the best case for a
capture. What holds for all ways at once is proven in proof; here single ways are spelt out.
"""

import re
from functools import cache
from itertools import pairwise

import pytest

from esafety_tui.flows import effects, engine, graph
from esafety_tui.flows.load import load_procedure, shipped
from esafety_tui.flows.model import (
    NAMES,
    ONE_OPTION,
    Answer,
    Check,
    IncidentClass,
    Kind,
    Option,
    Procedure,
    Step,
    given_answer,
)
from esafety_tui.flows.policy import filled, fit
from esafety_tui.flows.profile import load_profile

TAIL = "review sign export end"
START = "reported danger triage"
FROZEN = "secure seen account answer"
LOOK = "two-seniors designated watched isolated urls files findings substance"
AFTER = "logged debrief policy-review monitor informed"
NUDES = "do-not-look danger told-dsl reported adult"
NUDES_END = "device described seen takedown parents support informed"
VICTIM_END = "platform support employer outcome debrief"
NAMED = "account measures person-told outcome support informed"

Route = tuple[str, str, str, str]

MISUSE: list[Route] = [
    ("triage=1 risk=1 answer=1", f"{START} told-a risk told-child {FROZEN}", "N12, N15", ""),
    ("triage=1 risk=2 answer=1", f"{START} told-a risk {FROZEN}", "N11, N14", ""),
    ("triage=1 risk=3 answer=1", f"{START} told-a risk told-adult {FROZEN}", "N13, N16", ""),
    ("triage=1 risk=4 answer=3", f"{START} told-a risk told-child {FROZEN}", "N12: unsure", ""),
    ("danger=1 triage=1 risk=2 answer=1", f"{START} told-a risk {FROZEN}", "Kent clause: 999", ""),
    ("triage=3 risk=2 answer=3", f"{START} told-unsure risk {FROZEN}", "Kent clause: unsure", ""),
    ("triage=3 risk=3 answer=2", f"{START} told-unsure risk told-adult {FROZEN}", "N19a", "misuse"),
    ("triage=3 risk=2 answer=4 staff-named=2 afterwards=2",
     f"{START} told-unsure risk {FROZEN} confirmed staff-named afterwards", "N19b", ""),
    ("triage=1 risk=3 answer=4 staff-named=1 afterwards=1",
     f"{START} told-a risk told-adult {FROZEN} confirmed staff-named suspension afterwards",
     "N19c", "words-only"),
    ("triage=1 risk=3 answer=4 staff-named=3 afterwards=2",
     f"{START} told-a risk told-adult {FROZEN} confirmed staff-named suspension afterwards",
     "N19c: unsure", ""),
    ("triage=2 advice=1 staff=2 substance=1",
     f"{START} told-b advice staff {LOOK} action informed", "crockerne: police list; N18", ""),
    ("triage=2 advice=2", f"{START} told-b advice account-words", "N18", ""),
    ("triage=2 advice=3 risk=2 answer=1",
     f"{START} told-b advice told-a risk {FROZEN}", "s.66AE: no screenshot", ""),
    ("triage=2 advice=4", f"{START} told-b advice account-words", "N18", ""),
    ("triage=4 staff=2 substance=1", f"{START} told-c staff {LOOK} action informed", "P1-P7", ""),
    ("triage=4 staff=2 substance=2",
     f"{START} told-c staff {LOOK} no-substance informed", "P6: no substance", ""),
    ("triage=4 staff=2 substance=3 risk=2 answer=1",
     f"{START} told-c staff {LOOK} told-unsure risk {FROZEN}", "STOP rule", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=rule decide=1",
     f"{START} told-c staff {LOOK} concerned category decide sanctions {AFTER}", "N20-N28", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=rule decide=2",
     f"{START} told-c staff {LOOK} concerned category decide {AFTER}", "N22: support", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=rule decide=3",
     f"{START} told-c staff {LOOK} concerned category decide told-authority sanctions {AFTER}",
     "P7: LA or MAT", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=illegal risk=2 answer=1",
     f"{START} told-c staff {LOOK} concerned category told-unsure risk {FROZEN}", "row 1", ""),
    ("triage=4 staff=2 substance=4 concerned=2 category-staff=rule decide-staff=1",
     f"{START} told-c staff {LOOK} concerned told-staff category-staff decide-staff "
     f"sanctions-staff {AFTER}", "staff matrix", ""),
    ("triage=4 staff=2 substance=4 concerned=3 category-staff=rule decide-staff=3",
     f"{START} told-c staff {LOOK} concerned told-staff category-staff decide-staff {AFTER}",
     "staff and pupil kept apart", "misuse"),
    ("triage=4 staff=2 substance=4 concerned=2 category-staff=illegal risk=3 answer=1",
     f"{START} told-c staff {LOOK} concerned told-staff category-staff told-unsure risk "
     f"told-adult {FROZEN}", "staff matrix row 1", ""),
    ("triage=4 staff=2 substance=4 concerned=4 decide=2",
     f"{START} told-c staff {LOOK} concerned decide {AFTER}", "N22: outside", ""),
    ("triage=4 staff=1 lado=1 substance=1",
     f"{START} told-c staff told-lado lado {LOOK} action informed", "LADO before enquiry", ""),
    ("triage=4 staff=1 lado=2",
     f"{START} told-c staff told-lado lado account-words", "LADO before enquiry", ""),
    ("triage=4 staff=3 doubt=1",
     f"{START} told-c staff told-doubt doubt account-words", "unsure: LADO way", "misuse"),
    ("triage=4 staff=3 doubt=2",
     f"{START} told-c staff told-doubt doubt account-words", "unsure: LADO way", "allegation"),
    ("triage=4 staff=4 lado=3",
     f"{START} told-c staff told-chair lado account-words", "head accused: chair", ""),
]  # fmt: skip
NUDE: list[Route] = [
    ("adult=2 coercion=2 content=2 under-13=2 harm=2 own-way=2 parents=1",
     f"{NUDES} coercion content under-13 harm own-way {NUDES_END}", "domain 3: none met", ""),
    ("adult=2 coercion=2 content=2 under-13=2 harm=2 own-way=1 police-said=1 parents=1",
     f"{NUDES} coercion content under-13 harm own-way told-police police-said {NUDES_END}",
     "domain 3: can escalate any time", ""),
    ("adult=2 coercion=2 content=2 under-13=2 harm=3 police-said=2 parents=3",
     f"{NUDES} coercion content under-13 harm told-police police-said {NUDES_END}",
     "domain 3 test 5", ""),
    ("adult=2 coercion=2 content=2 under-13=1 police-said=1 parents=1",
     f"{NUDES} coercion content under-13 told-police police-said {NUDES_END}",
     "domain 3 test 4", ""),
    ("adult=2 coercion=2 content=3 police-said=3 parents=1",
     f"{NUDES} coercion content told-police police-said {NUDES_END}", "domain 3 test 3", ""),
    ("adult=2 coercion=1 police-said=1 parents=1",
     f"{NUDES} coercion told-police police-said {NUDES_END}", "domain 3 test 2", ""),
    ("adult=1 adult-who=2 police-said=1 parents=1",
     f"{NUDES} told-adult adult-who police-said {NUDES_END}", "domain 3 test 1", ""),
    ("adult=3 adult-who=1 police-said=1 parents=1",
     f"{NUDES} told-adult adult-who police-said {NUDES_END}", "domain 4: LADO", "allegation"),
    ("danger=3 adult=1 adult-who=2 police-said=4 parents=1",
     f"{NUDES.replace('danger', 'danger told-danger')} told-adult adult-who police-said "
     f"{NUDES_END}", "unsure: as in danger", "misuse"),
    ("adult=1 adult-who=2 police-said=1 parents=2",
     f"{NUDES} told-adult adult-who police-said "
     f"{NUDES_END.replace('parents', 'parents parents-later')}", "N18: await the police", ""),
]  # fmt: skip
ALLEGATION: list[Route] = [
    ("danger=1 named=1 threshold=1 lado-said=1 measures=2 outcome=2",
     f"danger told-danger reported named told-head threshold told-lado lado-said {NAMED}",
     "domain 4: immediate harm", ""),
    ("named=1 threshold=3 lado-said=4 measures=4 outcome=1",
     f"danger reported named told-head threshold told-lado lado-said {NAMED}",
     "domain 4: harm test, unsure", ""),
    ("named=2 lado-said=2 measures=1 outcome=3",
     f"danger reported named told-chair told-lado lado-said {NAMED}",
     "domain 4: chair if the head is accused", ""),
    ("named=4 lado-said=3 measures=3 outcome=4",
     f"danger reported named told-chair told-lado lado-said {NAMED}",
     "domain 9.3: conflict, unsure", ""),
    ("named=1 threshold=2 pattern=2",
     "danger reported named told-head threshold low-level pattern conduct told-low",
     "domain 4: low-level concern", ""),
    ("named=3 threshold=2 pattern=3 lado-said=1 measures=4 outcome=1",
     "danger reported named told-head threshold low-level pattern told-lado lado-said "
     f"{NAMED}", "domain 4: reviewed for patterns", ""),
]  # fmt: skip
VICTIM: list[Route] = [
    ("triage=1 answer=1 outcome=3",
     f"{START} told-a secure account answer {VICTIM_END}", "SOA 2003 s.66B", ""),
    ("triage=3 answer=2 outcome=3",
     f"{START} told-unsure secure account answer {VICTIM_END}", "Kent clause", "staff-victim"),
    ("danger=1 triage=2 advice=2 outcome=3",
     "reported danger told-danger triage told-b advice account-words " + VICTIM_END,
     "OSA 2023 s.181 threats", ""),
    ("triage=2 advice=3 answer=1 outcome=3",
     f"{START} told-b advice told-a secure account answer {VICTIM_END}", "SOA 2003 s.66B", ""),
    ("triage=2 advice=1 colleague=2 substance=1 outcome=3",
     f"{START} told-b advice colleague {LOOK} {VICTIM_END}", "N18: police advice", ""),
    ("triage=4 colleague=2 substance=1 outcome=1",
     f"{START} told-c colleague {LOOK} {VICTIM_END}", "P1-P5", "misuse"),
    ("triage=4 colleague=2 substance=3 answer=3 outcome=4",
     f"{START} told-c colleague {LOOK} told-unsure secure account answer {VICTIM_END}",
     "STOP rule", ""),
    ("triage=4 colleague=3 colleague-said=1 outcome=3",
     f"{START} told-c colleague told-colleague colleague-said account-words {VICTIM_END}",
     "LADO before enquiry", "allegation"),
]  # fmt: skip
HARASSMENT: list[Route] = [
    ("triage=1 answer=1", f"{START} told secure account answer", "milestone: not illegal", ""),
    ("triage=2 answer=3", f"{START} told secure account answer", "milestone", "misuse"),
    ("triage=3 answer=3", f"{START} told secure account answer", "milestone: unsure", ""),
    ("triage=4 staff=2 substance=1 decide=1",
     f"{START} told-c staff {LOOK} decide action informed", "milestone: more than one", ""),
    ("triage=4 staff=2 substance=2",
     f"{START} told-c staff {LOOK} no-substance informed", "P6", ""),
    ("triage=4 staff=2 substance=3 answer=2",
     f"{START} told-c staff {LOOK} told secure account answer", "STOP rule", "harassment"),
    ("triage=4 staff=3 lado=1",
     f"{START} told-c staff told-lado lado account-words informed", "LADO", "allegation"),
]  # fmt: skip
BREACH: list[Route] = [
    ("crime=2 risk=2 people=3",
     "reported contain told-dpo crime account risk told-ico people lessons informed",
     "ICO: 72 hours", ""),
    ("crime=3 risk=3 people=1",
     "reported contain told-dpo crime told-police account risk told-ico people lessons informed",
     "ICO: unsure is a risk", ""),
    ("crime=2 risk=4 ico=1 people=3",
     "reported contain told-dpo crime account risk ico people lessons informed",
     "ICO: reasons if not reported", ""),
    ("crime=2 risk=4 ico=3 people=2",
     "reported contain told-dpo crime account risk ico told-ico people lessons informed",
     "ICO: unsure", ""),
]  # fmt: skip
LOST: list[Route] = [
    ("stolen=2 encrypted=1 evidence=2 personal=2 found=2",
     "reported stolen encrypted lock evidence personal account found lessons informed",
     "crockerne, milestone: encrypted", ""),
    ("stolen=3 encrypted=3 evidence=3 personal=3 ico=1 found=1",
     "reported stolen told-police encrypted told-open lock evidence which-evidence "
     "told-evidence personal told-dpo ico account found lessons informed",
     "domain 9.10: 72 hours; unsure", "breach"),
    ("stolen=1 encrypted=1 evidence=1 personal=1 ico=2 found=3",
     "reported stolen told-police encrypted lock evidence which-evidence told-evidence "
     "personal told-dpo ico account found lessons informed", "domain 9.10", ""),
]  # fmt: skip
ROUTES = [
    (name, *row)
    for name, rows in {
        "misuse": MISUSE, "nudes": NUDE, "allegation": ALLEGATION, "staff-victim": VICTIM,
        "harassment": HARASSMENT, "breach": BREACH, "lost-media": LOST,
        "words-only": [("", "reported referrals police others done", "domain 9.9", "")],
    }.items()
    for row in rows
]  # fmt: skip


raw = cache(load_procedure)


@cache
def procedure(name: str, school: str = "generic") -> Procedure:
    return fit(raw(name), load_profile(school))


def taken(school: str, step: Step, choices: dict[str, str]) -> Answer:
    """Return the answer that ``choices`` name; "rule" and "illegal" are the first such row."""
    if step.kind not in ONE_OPTION:
        return given_answer(step.id, {"confirmed": [s.key for s in step.statements]})
    key = choices.pop(step.id, "2" if step.id == "danger" else "")
    matrix = load_profile(school).matrix(step.matrix)
    if key in {"rule", "illegal"} and matrix:
        key = next(row.key for row in matrix.rows if row.illegal == (key == "illegal"))
    return given_answer(step.id, {"option": key})


def walked(name: str, said: str, school: str = "generic") -> tuple[Procedure, engine.State]:
    """Return the state at the end of the way that the choices lead."""
    made, choices = procedure(name, school), dict(pair.split("=") for pair in said.split())
    given: list[Answer] = []
    step = made.step(made.first)
    while step.kind is not Kind.END:
        given.append(taken(school, step, choices))
        step = made.step(engine.following(made, given[-1]))
    assert not choices, f"never asked: {choices}"
    return made, engine.State(made.digest, step.id, tuple(given), (), tuple(given))


@pytest.mark.parametrize(
    ("name", "said", "way", "clause", "carry_on"), ROUTES, ids=[f"{r[0]} {r[1]}" for r in ROUTES]
)
def test_expected_routes(name: str, said: str, way: str, clause: str, carry_on: str) -> None:
    tail = "review end" if name == "words-only" else TAIL
    made, state = walked(name, said)
    assert " ".join(engine.path(made, state)) == f"{way} {tail}", clause
    assert engine.case_facts(made, state).carry_on == ((carry_on,) if carry_on else ())


def test_each_question_is_answered_in_each_way_somewhere() -> None:
    asked: set[tuple[str, str, str]] = set()
    for name, said, *_ in ROUTES:
        _, state = walked(name, said)
        asked |= {(name, given.step, given.one("option")) for given in state.answers}
    for name in shipped():
        made = procedure(name)
        for step in made.steps:
            ways = {o.next or step.next for o in step.options if step.kind in ONE_OPTION}
            reached = {
                option.next or step.next
                for option in step.options
                if (name, step.id, option.key) in asked
            }
            assert reached == ways, f"{name}, {step.id}: {ways - reached} is never expected"


def test_classes_and_carrying_on_in_the_spine() -> None:
    made = procedure("misuse")
    options = {o.key: o.incident_class for o in made.step("triage").options}
    assert options == {
        "1": IncidentClass.A, "2": IncidentClass.B, "3": IncidentClass.UNSURE,
        "4": IncidentClass.C,
    }  # fmt: skip
    answer = made.step("answer").option("2")
    assert answer is not None and answer.cleared and answer.carry_on == "misuse"
    cleared = [o for s in made.steps for o in s.options if o.cleared]
    assert cleared == [answer]


@pytest.mark.parametrize("name", ["nudes", "allegation", "breach", "lost-media", "words-only"])
def test_in_words_alone(name: str) -> None:
    assert not any(step.captures for step in raw(name).steps)
    made, state = procedure(name), engine.start(procedure(name))
    assert effects.may_capture(engine.case_facts(made, state), "file") is not None


def test_nudes_are_never_looked_at() -> None:
    made = raw("nudes")
    assert made.opens_as is IncidentClass.A
    first = made.step(made.first)
    assert first.kind is Kind.GATE and {"look", "copy", "delete"} <= set(first.forbids)
    assert not any(f.check is Check.URL for step in made.steps for f in step.fields)
    assert not [s.id for s in made.steps if {"gates", "view"} & {s.id} or s.gates]


@pytest.mark.parametrize("name", shipped())
def test_nobody_reaches_a_capture_by_not_being_sure(name: str) -> None:
    made = procedure(name)
    captures = {step.id for step in made.steps if step.captures}
    for step in made.steps:
        for option in (o for o in step.options if o.unsure and step.id != "danger"):
            after = graph.reached(made, option.next or step.next)
            assert not after & captures, f"{name}, {step.id}"


@pytest.mark.parametrize("name", ["misuse", "staff-victim", "harassment"])
def test_gates_and_captures_in_their_order(name: str) -> None:
    made = procedure(name)
    for here, after in pairwise(LOOK.split()):
        assert made.step(here).next == after
    gates = [gate for step_id in LOOK.split() for gate in made.step(step_id).gates]
    assert gates == ["two-seniors", "designated-computer", "watched", "isolated"]


@pytest.mark.parametrize("name", shipped())
def test_a_school_that_must_not_look_has_no_capture(name: str) -> None:
    assert not any(step.captures for step in procedure(name, "winchelsea").steps)


def test_a_school_that_must_not_look_tells_at_once_and_writes_words() -> None:
    made, state = walked("misuse", "triage=4 staff=2", "winchelsea")
    way = f"{START} told-c staff told-managed account-words managed {TAIL}"
    assert " ".join(engine.path(made, state)) == way
    assert {"police", "lado"} <= {option.key for option in made.step("told-managed").options}


@pytest.mark.parametrize("name", shipped())
def test_what_was_seen_or_said_is_a_statement(name: str) -> None:
    for step in raw(name).steps:
        told = step.kind in {Kind.RECORD, Kind.MANY} and step.part in {"reason", "findings"}
        if told and step.id != "which-evidence":
            assert any(f.check is Check.STATEMENT for f in step.fields), f"{name}, {step.id}"


def texts(step: Step) -> list[str]:
    options = [text for option in step.options for text in (option.label, option.detail)]
    small = [s.text for s in step.statements] + [f.label for f in step.fields]
    return [step.title, step.question, step.why, *options, *small]


@pytest.mark.parametrize("name", shipped())
def test_the_longest_names_fit(name: str) -> None:
    longest = dict.fromkeys(NAMES, "x" * 28)

    def wide(option: Option) -> int:
        return len(filled(option.label, longest)) + len(filled(option.detail, longest))

    for step in raw(name).steps:
        lines = filled(f"{step.question}\n{step.why}", longest).split("\n")
        assert max(map(len, lines)) <= 76, f"{name}, {step.id}"
        assert max(map(wide, step.options), default=0) <= 68, f"{name}, {step.id}"
        assert "{" not in step.title


@pytest.mark.parametrize("name", shipped())
def test_roles_have_the_names_of_the_school(name: str) -> None:
    fixed = re.compile(r"\b(DSL|DSP|LADO|DOFA|designated safeguarding|head ?teacher)\b", re.I)
    for step in raw(name).steps:
        said = [filled(text, dict.fromkeys(NAMES, "…")) for text in texts(step)]
        assert not [text for text in said if fixed.search(text)], f"{name}, {step.id}"


def test_what_is_offered_where_an_incident_is_opened() -> None:
    offers = {name: raw(name).offer for name in shipped()}
    assert [name for name, offer in offers.items() if not offer] == ["words-only"]
    assert len(set(offers.values())) == len(offers) == 8
    assert [name for name in shipped() if raw(name).alone] == ["words-only"]
