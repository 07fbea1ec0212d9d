"""Doubt in other words, and doubt in the school's own table, is doubt all the same."""

from __future__ import annotations

import dataclasses
import re

import pytest

from esafety_tui.flows.procedure.load import load_procedure, parse_procedure
from esafety_tui.flows.profile.profile import load_profile, parse_profile
from esafety_tui.flows.proof import proof
from esafety_tui.flows.proof.claims_unsure import says_unsure
from esafety_tui.kernel.errors import BadInput
from tests.casework.policies import changed, shipped_bytes

DOUBT = (
    "We dont know", "Possibly", "It could be", "Nobody knows", "Unknown", "Hard to say", "?",
    "No idea", "There are doubts", "Undecided", "It might be", "None of us can tell", "It depends",
)  # fmt: skip


@pytest.mark.parametrize("label", DOUBT)
def test_doubt_is_recognised(label: str) -> None:
    assert says_unsure(label)


@pytest.mark.parametrize("label", ["No, for sure", "Mighty words", "No answer yet", "Yes: threats"])
def test_what_is_certain_is_not_taken_for_doubt(label: str) -> None:
    assert not says_unsure(label)


@pytest.mark.parametrize("illegal", [False, True])
def test_a_row_of_the_table_that_nobody_knows_takes_the_safer_way(illegal: bool) -> None:
    school = load_profile()
    table = school.matrices[0]
    row = dataclasses.replace(table.rows[0], label="We do not know what it is", illegal=illegal)
    ours = dataclasses.replace(table, rows=(row, *table.rows[1:]))
    own = dataclasses.replace(school, matrices=(ours, *school.matrices[1:]), digest="1" * 64)
    found = {
        c.name: c.breach for c in proof.prove_procedure(load_procedure("misuse"), own) if c.breach
    }
    assert found == {} if illegal else "illegal = true" in found["not sure is marked as such"]


@pytest.mark.parametrize(
    ("label", "unsure"),
    [("They may say so later; no answer yet", False), ("All is well", True), ("Unclear", True)],
)
def test_no_answer_and_doubt_clear_nothing(label: str, unsure: bool) -> None:
    misuse = load_procedure("misuse")
    asked = misuse.get_step("answer")
    row = dataclasses.replace(asked.options[1], label=label, unsure=unsure)
    step = dataclasses.replace(asked, options=(asked.options[0], row, *asked.options[2:]))
    steps = tuple(step if each.id == step.id else each for each in misuse.steps)
    own = dataclasses.replace(misuse, steps=steps, digest="2" * 64)
    found = {c.name: c.breach for c in proof.prove_procedure(own, load_profile()) if c.breach}
    assert "no word that nothing is illegal" in found["not sure is marked as such"]


def test_what_nobody_waited_for_clears_nothing() -> None:
    source = shipped_bytes("misuse").decode().replace('kind = "wait"', 'kind = "question"')
    with pytest.raises(BadInput, match="'cleared' belongs to a step of kind 'wait'"):
        parse_procedure(source.replace("advice = true, ", "").encode(), "own.toml")


def prove_own(*pairs: tuple[str, str]) -> dict[str, str]:
    """Return the claims that misuse with other texts breaks."""
    own = parse_procedure(changed("misuse", *pairs), "own.toml")
    return {c.name: c.breach for c in proof.prove_procedure(own, load_profile()) if c.breach}


ADVICE = ("The school may record what can be seen", "if our policy allows it")


@pytest.mark.parametrize(
    ("label", "detail"),
    [("They have not answered", "101"), ("A message was left", "101"), ("The police", "not asked"),
     ("Nobody picked up", "101"), ("Their line", "was engaged"), ("They could not be rung", "1")],
)  # fmt: skip
def test_nobody_who_answered_is_no_advice(label: str, detail: str) -> None:
    found = prove_own((ADVICE[0], label), (ADVICE[1], detail))
    assert "counts as advice" in found["not sure is marked as such"]


def test_doubt_beside_the_label_is_doubt() -> None:
    row = 'label = "{}", detail = "{}", next = "two-seniors"'
    found = prove_own((row.format("No", "go on"), row.format("Neither", "we cannot say")))
    assert "add unsure = true" in found["not sure is marked as such"]


def test_no_words_meet_a_time_to_report() -> None:
    found = prove_own(('id = "seen"\n', 'id = "seen"\nends = ["lado"]\n'))
    assert "whatever is answered" in found["a time to report is met by that report"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [("We are not sure", "We are n\u043et sure", "not Latin"),
     ('after_stop = "secure"', 'after_stop = "secure"\nclass = "C"', "merely against the rules")],
)  # fmt: skip
def test_what_would_not_be_recognised_is_refused(old: str, new: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        prove_own((old, new))


@pytest.mark.parametrize("left", ["A", "unsure"])
def test_every_capture_lies_behind_the_gravest_answer_and_not_sure(left: str) -> None:
    """Whatever crimes a policy lists, and whoever leaves an answer out of the first question."""
    text = shipped_bytes("misuse").decode()
    rows = text[text.index('id = "triage"') :].split("\n")
    gone = next(row for row in rows if f'class = "{left}"' in row)
    step = "told-a" if left == "A" else "told-unsure"
    other = gone.replace(f'class = "{left}"', 'class = "B"').replace("unsure = true, ", "")
    own = parse_procedure(text.replace(gone, other.replace("We are not sure", "So")).encode(), "o")
    assert step in own
    crimes = [c for c in load_profile().illegal if c.incident_class == "B"]
    school = dataclasses.replace(load_profile(), illegal=tuple(crimes), digest="3" * 64)
    found = {c.name: c.breach for c in proof.prove_procedure(own, school) if c.breach}
    name = "what the policy calls illegal is never merely against the rules"
    assert f"before class {left} can be answered" in found[name]


@pytest.mark.parametrize(
    ("key", "length"),
    [("lado", "hours = 25"), ("lado", "working_days = 2"), ("ico", "hours = 73"),
     ("ico", "working_days = 1")],
)  # fmt: skip
def test_no_policy_lengthens_a_time_that_the_law_gives(key: str, length: str) -> None:
    text = shipped_bytes("generic").decode()
    first = text.index(f'[[timer]]\nkey = "{key}"')
    own = text[:first] + re.sub(r"(?m)^(hours|working_days) = \d+$", length, text[first:], count=1)
    with pytest.raises(BadInput, match=f"the time '{key}' is at most"):
        parse_profile(own.encode(), "own.toml")


def test_no_answer_is_nothing_to_carry_on_with() -> None:
    row = '{ key = "3", label = "No answer yet", detail = "close it in words" }'
    found = prove_own((row, row.replace(" }", ', carry_on = "misuse" }')))
    assert "offers to carry on" in found["not sure is marked as such"]
