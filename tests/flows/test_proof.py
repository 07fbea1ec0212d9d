"""Every claim holds for what is shipped; each broken file is caught by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from esafety_tui.cli import main
from esafety_tui.flows.engine.effects import CaptureRefusal, CaseFacts
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, parse_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import Procedure, Step
from esafety_tui.flows.profile.profile import Profile, load_profile, shipped_profiles
from esafety_tui.flows.proof import claims, claims_capture, proof
from esafety_tui.flows.proof.proof_paths import count_paths
from esafety_tui.kernel.errors import Refused
from tests.flows.ways import long_procedure

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.toml"))
SOUND = (Path(__file__).parent / "sound.toml").read_bytes()
GENERIC = load_profile("generic")
NAMES = [*claims.FIRST_CLAIMS, *claims.OTHER_CLAIMS]


@pytest.fixture(autouse=True)
def still_on_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command line forbids would hold for every test after these."""
    monkeypatch.setattr("esafety_tui.cli.refuse_network", lambda: None)


def broken(procedure: Procedure, profile: Profile = GENERIC) -> dict[str, str]:
    """Return the claims that do not hold, with where they break."""
    return {c.name: c.breach for c in proof.prove_procedure(procedure, profile) if not c.holds}


def changed(procedure: Procedure, change: Callable[[Step], Step]) -> Procedure:
    """Return the procedure with every step changed, under another digest."""
    steps = tuple(change(step) for step in procedure.steps)
    return dataclasses.replace(procedure, steps=steps, digest="0" * 64)


@pytest.mark.parametrize("school", shipped_profiles())
@pytest.mark.parametrize("name", shipped_procedures())
def test_what_is_shipped_keeps_every_claim(name: str, school: str) -> None:
    found = proof.require_proof(load_procedure(name), load_profile(school))
    assert [claim.name for claim in found] == NAMES


def test_every_claim_says_why_and_from_where() -> None:
    reasons = [claim.reason for claim in proof.prove_procedure(load_procedure("misuse"), GENERIC)]
    assert len(reasons) == len(NAMES) >= 25
    assert not [reason for reason in reasons if "Source: " not in reason]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_caught_by_name(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = path.read_bytes().split(b"\n")[0].decode()
    assert first.startswith("# breaks: ")
    school = "winchelsea" if path.stem == "no-review-school" else "generic"
    assert main(["flow", "check", str(path), "--profile", school]) == 1
    said, words = capsys.readouterr().out, first.removeprefix("# breaks: ")
    where = f"  BROKEN  {words}\n" if words in NAMES else words
    assert where in said
    assert words in NAMES or said.startswith(f"MISTAKE  {path.name}")


def test_the_file_that_the_broken_ones_come_from_is_sound() -> None:
    for school in shipped_profiles():
        assert not broken(parse_procedure(SOUND, "sound.toml"), load_profile(school))


def test_every_claim_is_broken_by_a_file_or_by_a_test_here() -> None:
    first = {path.read_bytes().split(b"\n")[0].decode("latin-1")[10:] for path in BROKEN}
    here = {
        "every way ends", "there is no dead end", "nothing is captured after STOP",
        "one officer alone reaches no capture", "every clause, reading and gap belongs to a step",
        "casework and the engine agree with the flowchart",
    }  # fmt: skip
    assert set(NAMES) - first == here
    assert len(BROKEN) > 25


def test_what_the_loader_refuses_is_a_claim_all_the_same() -> None:
    sound = parse_procedure(SOUND, "sound.toml")
    captures = dataclasses.replace(sound, after_stop="urls", digest="0" * 64)
    assert "nothing is captured after STOP" in broken(captures)
    alone = dataclasses.replace(sound, alone=True, digest="1" * 64)
    assert "one officer alone reaches no capture" in broken(alone)
    stuck = changed(sound, lambda s: dataclasses.replace(s, next="") if s.id == "watched" else s)
    assert broken(stuck)["there is no dead end"] == "nothing follows step watched"
    assert broken(stuck)["no capture in class A"] == proof.NOT_CHECKED
    circle = changed(
        sound, lambda s: dataclasses.replace(s, next="reported") if s.id == "informed" else s
    )
    assert broken(circle)["every way ends"] == "the steps run in a circle"


@pytest.mark.parametrize(
    ("name", "substitute"),
    [
        ("capture_refusal", lambda _known, _kind: None),
        ("capture_refusal", lambda _known, _kind: CaptureRefusal("No.", "No.")),
        ("derive_case_facts", lambda _procedure, _events: CaseFacts(frozen=True)),
    ],
)
def test_casework_that_disagreed_would_be_noticed(
    name: str, substitute: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims_capture, name, substitute)
    assert "casework and the engine agree with the flowchart" in broken(load_procedure("misuse"))


def test_a_clause_on_no_step_is_noticed() -> None:
    clauses = [dataclasses.replace(GENERIC.clauses[0], step="nowhere")] if GENERIC.clauses else []
    other = next(p for p in map(load_profile, shipped_profiles()) if p.clauses)
    clauses = clauses or [dataclasses.replace(other.clauses[0], step="nowhere")]
    lost = dataclasses.replace(other, clauses=(*other.clauses, *clauses), digest="2" * 64)
    procedure = load_procedure(clauses[0].procedure)
    name = "every clause, reading and gap belongs to a step"
    assert broken(procedure, lost)[name] == "a clause names the step nowhere, which there is not"
    assert name not in broken(fit_procedure(procedure, lost), lost)
    strange = dataclasses.replace(clauses[0], procedure="none-such")
    lost = dataclasses.replace(other, clauses=(strange,), digest="3" * 64)
    assert "none-such" in broken(procedure, lost)[name]


SHIPPED = [
    ("misuse", "no capture while unsure", 'next = "told-unsure", d', 'next = "two-seniors", d'),
    ("misuse", "class B captures only behind recorded police advice", "advice = true, ", ""),
    ("misuse", "two senior people before every capture", 'gates = ["two-seniors"]\n', ""),
    ("misuse", "every way passes a review before its end", 'next = "review"', 'next = "end"'),
    ("misuse", "whoever must be told is offered on every way", 'key = "police"', 'key = "iwf-"'),
    ("misuse", "every time that begins can be met", 'ends = ["debrief"]\n', ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "claim", "old", "new"), SHIPPED, ids=[row[1] for row in SHIPPED])
def test_a_shipped_file_with_one_mistake_is_caught(
    name: str, claim: str, old: str, new: str
) -> None:
    source = (files("esafety_tui.flows") / "procedures" / f"{name}.toml").read_text("utf-8")
    assert old in source
    mutant = parse_procedure(source.replace(old, new).encode(), "mutant.toml")
    assert claim in broken(mutant)
    with pytest.raises(Refused, match="breaks the rule"):
        proof.require_proof(mutant, GENERIC)


def test_carrying_on_needs_a_procedure_that_is_there() -> None:
    sound = parse_procedure(SOUND, "sound.toml")
    assert proof.require_proof(sound, GENERIC, ["misuse"])
    with pytest.raises(Refused, match="names the procedure misuse, which there is not"):
        proof.require_proof(sound, GENERIC, ["nudes"])


def test_a_breach_says_the_way_that_leads_there() -> None:
    sound = parse_procedure(SOUND.replace(b'gates = ["watched"]\n', b""), "sound.toml")
    name = "a watched connection before every capture"
    claim = next(c for c in proof.prove_procedure(sound, GENERIC) if c.name == name)
    assert claim.breach == "step urls is reached without the gate watched"
    steps = [part.split(" ")[0] for part in claim.path.split(" > ")]
    assert steps[0] == "reported"
    assert steps[-1] == "urls"
    assert "triage “No, it breaks our rules”" in claim.path


def test_a_large_procedure_is_proven_in_seconds() -> None:
    """Ways: 2 to the power of 998. They are counted exactly and none is listed."""
    procedure = long_procedure(1_000)
    assert count_paths(procedure) == 2**998
    assert not broken(procedure)
