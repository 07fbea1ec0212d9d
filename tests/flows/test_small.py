"""Checks, values, facts, profile and the urgent lines."""

from datetime import UTC, datetime

import pytest

from esafety_tui.flows.engine import checks, effects
from esafety_tui.flows.engine.answers import check_answer_values, check_field_values
from esafety_tui.flows.procedure import urgent_steps
from esafety_tui.flows.procedure.model import (
    FieldCheck,
    Problem,
    Procedure,
    StepField,
    StopEvent,
    build_answer,
)
from esafety_tui.kernel.errors import BadInput

KEPT = ["hxxps://a.example/x", "forum.example", "javascript:alert(1)", "https://\u0430.example/[/x]",
        "[@click=app.quit]", "x" * 8192]  # fmt: skip
REFUSED = ["", "  ", "a b", "a\nb", "a\u202eb", "a\x1bb", "a\u200bb", "a\xa0b", "x" * 8193]


@pytest.mark.parametrize("raw", KEPT)
def test_addresses_are_kept_exactly(raw: str) -> None:
    assert checks.check_url(f" {raw}\n") == raw


@pytest.mark.parametrize("raw", REFUSED)
def test_addresses_refused_with_advice(raw: str) -> None:
    assert isinstance(checks.check_url(raw), Problem)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("21 Nov 2026 14:07", "21 Nov 2026 14:07 GMT"),
        ("about 1/6/2026 9.05", "about 1 Jun 2026 09:05 BST"),
        ("2026-11-21", "21 Nov 2026"),
        ("21 november 2026, 14:07", "21 Nov 2026 14:07 GMT"),
        ("25 Oct 2026 01:30", "25 Oct 2026 01:30 BST"),
        ("25 Oct 2026 01:30 gmt", "25 Oct 2026 01:30 GMT"),
    ],
)
def test_times_are_written_with_their_zone(raw: str, value: str) -> None:
    assert checks.check_date_time(raw) == value


@pytest.mark.parametrize(
    "raw",
    ["", "yesterday", "31 Feb 2026", "1 Foo 2026", "29 Mar 2026 01:30", "21 Nov 2026 14:07 BST",
     "21 Nov 1066", "21 Nov 2026 25:00"],
)  # fmt: skip
def test_times_refused(raw: str) -> None:
    assert isinstance(checks.check_date_time(raw), Problem)


def test_the_future_is_refused_where_a_clock_is_given() -> None:
    now = datetime(2026, 11, 21, 14, 7, tzinfo=UTC)
    assert isinstance(checks.check_date_time("21 Nov 2026 14:08", now), Problem)
    assert checks.check_date_time("21 Nov 2026 14:07", now) == "21 Nov 2026 14:07 GMT"


def test_names_texts_numbers() -> None:
    assert checks.check_name("  Iris \n Example ") == "Iris Example"
    assert checks.check_text(" a\r\nb\u200d ") == "a\nb\u200d"
    assert checks.check_number(" 007 ") == "7"
    for bad in (
        checks.check_name(""), checks.check_name("x" * 201), checks.check_name("a\u202eb"),
        checks.check_text(" "),
        checks.check_text("x" * 20_001), checks.check_text("a\x1b[0m"), checks.check_text("\ud800"),
        checks.check_number("-1"), checks.check_number("\u0663"), checks.check_number("1" * 10),
    ):  # fmt: skip
        assert isinstance(bad, Problem)


@pytest.mark.parametrize(
    ("step", "given", "field"),
    [
        ("triage", {}, "option"),
        ("triage", {"option": "9"}, "option"),
        ("triage", {"option": ["1"]}, "option"),
        ("triage", {"option": "1", "extra": "x"}, "extra"),
        ("told-c", {"options": []}, "options"),
        ("told-c", {"options": ["dsl", "king"]}, "options"),
        ("told-c", {"options": "dsl"}, "options"),
        ("told-c", {"done": "none", "why_none": " "}, "why_none"),
        ("two-seniors", {"confirmed": ["two"]}, "confirmed"),
        ("two-seniors", {}, "confirmed"),
        ("review", {"done": "none", "why_none": "x"}, "done"),
        ("review", {}, "done"),
        ("urls", {"done": "no"}, "done"),
        ("urls", {"done": "yes", "url": "x"}, "url"),
        ("reported", {"by": "x", "when": "soon"}, "when"),
        ("reported", {"by": ["x"]}, "by"),
        ("reported", {}, "by"),
        ("secure", {"device": "x", "power": "maybe", "keeper": "y"}, "power"),
        ("end", {}, ""),
    ],
)
def test_values_refused_beside_the_right_field(
    misuse: Procedure, step: str, given: dict[str, str | list[str]], field: str
) -> None:
    problem = check_answer_values(misuse.get_step(step), given)
    assert isinstance(problem, Problem)
    assert problem.field == field


def test_values_taken(misuse: Procedure) -> None:
    none = {"done": "none", "why_none": "There are none."}
    assert check_answer_values(misuse.get_step("urls"), none) == none
    assert check_answer_values(misuse.get_step("told-c"), {"options": ["head", "dsl"]}) == {
        "options": ("dsl", "head")
    }
    item = {"url": " https://a.example ", "concern": "insults", "known": "both"}
    assert check_field_values(misuse.get_step("urls").fields, item) == item | {
        "url": "https://a.example"
    }
    optional = (StepField("n", "How many", FieldCheck.NUMBER, required=False),)
    assert check_field_values(optional, {"n": ""}) == {}


GATES = [
    ("two-seniors", ["two", "stay", "unnamed"]),
    ("designated", ["pupils", "police", "same"]),
    ("watched", ["access", "recorded"]),
    ("isolated", ["apart", "as-is"]),
]


def test_every_refusal_says_why(misuse: Procedure) -> None:
    gates = [build_answer(step, {"confirmed": keys}) for step, keys in GATES]
    rules = build_answer("triage", {"option": "4"})
    crime = build_answer("triage", {"option": "2"})
    table = [
        ([*gates], "before the first question"),
        ([*gates, crime], "The police come first"),
        ([rules, *gates[1:]], "two senior members"),
        ([rules, *gates[:3], build_answer("isolated", {"confirmed": ["apart"]})], "left alone"),
        ([build_answer("triage", {"option": "1"}), rules, *gates], "frozen"),
        ([rules, *gates, StopEvent()], "STOP was pressed"),
    ]
    for events, words in table:
        for kind in ("url", "screenshot", "file"):
            refusal = effects.capture_refusal(effects.derive_case_facts(misuse, events), kind)  # type: ignore[arg-type]
            assert refusal is not None
            assert words in refusal.what
            assert refusal.do
    known = effects.derive_case_facts(misuse, [rules, *gates])
    assert effects.capture_refusal(known, "file") is None
    assert not known.carry_on
    advised = [crime, *gates, build_answer("advice", {"option": "1"})]
    assert effects.capture_refusal(effects.derive_case_facts(misuse, advised), "url") is None
    told = effects.derive_case_facts(misuse, [build_answer("answer", {"option": "2"})])
    assert told.carry_on


def test_facts_are_never_derived_from_foreign_answers(misuse: Procedure) -> None:
    for answer in (build_answer("x", {}), build_answer("triage", {"option": "9"})):
        with pytest.raises(BadInput):
            effects.derive_case_facts(misuse, [answer])


def test_urgent_lines_fit_and_name_the_right_numbers() -> None:
    assert all(len(line.text) <= 72 for line in urgent_steps.URGENT_LINES)
    calls = [line.text for line in urgent_steps.URGENT_LINES if line.kind == "call"]
    assert [call.split()[0] for call in calls] == ["999", "101"]
    assert len(urgent_steps.URGENT_LINES) <= 18
    assert [step.key for step in urgent_steps.STOP_STEPS] == ["1", "2", "3"]
    assert all(len(t) <= 72 for s in urgent_steps.STOP_STEPS for t in (s.text, s.more))
