"""What the policy leaves open stands at the step it is about, and nowhere else."""

import dataclasses
import re
from importlib.resources import files

import pytest

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import Step, StepKind
from esafety_tui.flows.profile import policy_gaps
from esafety_tui.flows.profile.profile import Profile, load_profile, parse_profile, shipped_profiles
from esafety_tui.flows.profile.step_references import refuse_unknown_steps
from esafety_tui.flows.proof import proof
from esafety_tui.kernel.errors import BadFile, BadInput

ALL = shipped_profiles()
SCHOOLS = [name for name in ALL if name != "generic"]
PROCEDURES = {name: load_procedure(name) for name in shipped_procedures()}
LINES = {
    "": "",
    policy_gaps.GENERAL_STEP: policy_gaps.GENERAL_STEP,
    policy_gaps.GENERAL_BUT_NEEDED: policy_gaps.GENERAL_BUT_NEEDED,
    (both := f"{policy_gaps.GENERAL_BUT_NEEDED}. {policy_gaps.ALSO_READ_SAFELY}"): f"{both}: F3",
    policy_gaps.PARTLY_COVERED: f"{policy_gaps.PARTLY_COVERED}: F3",
    policy_gaps.READ_SAFELY: f"{policy_gaps.READ_SAFELY}: F3",
}
FILE = (files("esafety_tui.flows") / "profiles" / "generic.toml").read_bytes()
GAP = b"""
[[gap]]
text = "What nobody has thought of."
offered = "A generic step."
"""


def steps(profile: Profile, name: str) -> tuple[Step, ...]:
    return fit_procedure(PROCEDURES[name], profile).steps


def said(school: str, at: str) -> str:
    name, _, step = at.partition(".")
    profile = load_profile(school)
    return policy_gaps.describe_gap(
        profile, name, fit_procedure(PROCEDURES[name], profile).get_step(step), "F3"
    )


@pytest.mark.parametrize("school", SCHOOLS)
def test_every_step_is_in_the_policy_or_a_gap_says_that_it_is_not(school: str) -> None:
    profile = load_profile(school)
    for name in shipped_procedures():
        for step in steps(profile, name):
            keeps = step.kind in {StepKind.REVIEW, StepKind.SIGN, StepKind.EXPORT, StepKind.END}
            known = policy_gaps.has_own_clause(profile, name, step) or policy_gaps.gaps_at_step(
                profile, name, step
            )
            assert known or keeps, f"{name}.{step.id}: no clause, and no gap"


@pytest.mark.parametrize("school", ALL)
def test_no_step_with_a_clause_is_called_a_general_one(school: str) -> None:
    profile = load_profile(school)
    for name in shipped_procedures():
        for step in steps(profile, name):
            line = policy_gaps.describe_gap(profile, name, step, "F3")
            assert len(line) <= 75
            if policy_gaps.has_own_clause(profile, name, step):
                assert (
                    policy_gaps.GENERAL_STEP not in line
                    and policy_gaps.GENERAL_BUT_NEEDED not in line
                )
            else:
                assert policy_gaps.PARTLY_COVERED not in line


@pytest.mark.parametrize("school", ALL)
def test_what_a_gap_or_reading_names_is_a_step_that_school_reaches(school: str) -> None:
    profile = load_profile(school)
    named = [step for gap in profile.gaps for step in gap.steps]
    named += [step for reading in profile.readings for step in reading.steps]
    assert named
    for at in named:
        name, _, step = at.partition(".")
        assert name in PROCEDURES
        assert not step or step in {one.id for one in steps(profile, name)}, at


@pytest.mark.parametrize(
    ("school", "at", "line"),
    [
        ("crockerne", "nudes.harm", policy_gaps.GENERAL_STEP),
        ("crockerne", "nudes.own-way", ""),  # its "Illegal Incidents" says it
        ("crockerne", "misuse.two-seniors", ""),
        ("crockerne", "allegation.told-lado", policy_gaps.PARTLY_COVERED),  # who, and not how soon
        ("crockerne", "misuse.told-a", policy_gaps.READ_SAFELY),  # 101 where it prints 111
        ("crockerne", "nudes.sign", ""),  # the program's own way of keeping the record
        ("chepstow", "misuse.two-seniors", policy_gaps.GENERAL_STEP),
        ("chepstow", "misuse.told-c", ""),
        ("milestone", "misuse.watched", policy_gaps.GENERAL_STEP),
        ("milestone", "misuse.designated", ""),
        ("west-derby", "misuse.sanctions", policy_gaps.GENERAL_STEP),
        ("winchelsea", "misuse.managed", policy_gaps.READ_SAFELY),
        ("winchelsea", "misuse.account-words", policy_gaps.READ_SAFELY),
        (
            "crockerne",
            "staff-victim.told-danger",
            f"{policy_gaps.GENERAL_BUT_NEEDED}. {policy_gaps.ALSO_READ_SAFELY}",
        ),
        ("chepstow", "breach.told-police", policy_gaps.GENERAL_BUT_NEEDED),
        ("generic", "misuse.sanctions", policy_gaps.GENERAL_STEP),
        ("generic", "misuse.reported", ""),  # no school's policy: said of the whole, not here
    ],
)
def test_what_is_said_where(school: str, at: str, line: str) -> None:
    assert said(school, at) == LINES[line]


@pytest.mark.parametrize("school", ALL)
def test_a_silent_policy_never_reads_like_a_reason_not_to_ring_the_police(school: str) -> None:
    profile = load_profile(school)
    for name in shipped_procedures():
        for step in steps(profile, name):
            if "police" in step.tell:
                assert policy_gaps.GENERAL_STEP not in policy_gaps.describe_gap(profile, name, step)


def test_silent_and_read_on_the_safe_side_stand_in_one_line() -> None:
    line = said("milestone", "misuse.told-a")
    assert line == f"{policy_gaps.GENERAL_BUT_NEEDED}. {policy_gaps.ALSO_READ_SAFELY}: F3"
    part = said("winchelsea", "misuse.triage")
    assert part == f"{policy_gaps.PARTLY_COVERED}. {policy_gaps.ALSO_READ_SAFELY}: F3"
    assert "F3" not in policy_gaps.describe_gap(
        load_profile("winchelsea"), "misuse", PROCEDURES["misuse"].get_step("triage")
    )


def test_the_times_of_a_policy_and_its_dates_are_about_no_step() -> None:
    general = [gap.text for gap in load_profile("crockerne").gaps if not gap.steps]
    assert any("kept" in text for text in general) and len(general) == 3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('steps = "misuse.triage"', "'steps' must be a list of texts"),
        ('steps = ["misuse/triage"]', "must each be procedure.step, or a procedure alone"),
        ('steps = ["misuse", "misuse"]', "names something twice"),
        ('where = ["misuse"]', "unknown key 'where'"),
    ],
)
def test_steps_that_are_none(line: str, words: str) -> None:
    with pytest.raises(BadInput, match=re.escape(words)) as err:
        parse_profile(FILE + GAP + line.encode(), "ours.toml")
    count = (FILE + GAP).count(b"\n") + 1
    assert err.value.what.startswith(f"ours.toml, line {count}:")


def test_a_reading_is_about_steps_one_by_one() -> None:
    reading = b'\n[[reading]]\ntext = "T"\nbecause = "B"\nsource = "S"\nsteps = ["misuse"]\n'
    with pytest.raises(BadInput, match=r"must each be procedure\.step, not 'misuse'"):
        parse_profile(FILE + reading, "ours.toml")


def test_a_step_that_there_is_not_is_named_with_its_line_and_the_nearest() -> None:
    wrong = b'steps = [\n  "misuse.triage", "nude",\n  "misuse.told-lodo",\n]\n'
    with pytest.raises(BadFile) as err:
        refuse_unknown_steps(FILE + GAP + wrong, "ours.toml", PROCEDURES)
    line = (FILE + GAP).count(b"\n") + 2
    first, second = err.value.mistakes
    assert first.what.startswith(f"ours.toml, line {line}: gap ")
    assert first.what.endswith("there is no procedure 'nude'; 'nudes' is nearest.")
    assert second.what.startswith(f"ours.toml, line {line + 1}: gap ")
    assert second.what.endswith("'misuse' has no step 'told-lodo'; 'told-lado' is nearest.")
    assert second.do


def test_a_clause_that_names_no_step_is_named_with_its_line() -> None:
    clause = (
        b'\n[[clause]]\nprocedure = "misuse"\nstep = "here"\nsource = "S"\nstatus = "sourced"\n'
    )
    with pytest.raises(BadFile, match=r"line .*: clause '.*': 'misuse' has no step 'here'"):
        refuse_unknown_steps(FILE + clause, "ours.toml", PROCEDURES)
    refuse_unknown_steps(FILE, "ours.toml", PROCEDURES)


@pytest.mark.parametrize("kind", ["gap", "reading"])
def test_what_is_proven_asks_the_same(kind: str) -> None:
    """As the vault does at adopting, where lines are not known any more."""
    profile = load_profile("crockerne")
    gap = dataclasses.replace(profile.gaps[0], steps=("misuse.nowhere",))
    reading = dataclasses.replace(profile.readings[0], steps=("misuse.nowhere",))
    if kind == "gap":
        lost = dataclasses.replace(profile, gaps=(gap,), digest="4" * 64)
    else:
        lost = dataclasses.replace(profile, readings=(reading,), digest="5" * 64)
    (claim,) = [c for c in proof.prove_procedure(PROCEDURES["misuse"], lost) if not c.holds]
    assert claim.breach == f"a {kind} names the step nowhere, which there is not"
