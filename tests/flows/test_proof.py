"""Every claim holds for what is shipped, and each seeded breach is caught by name."""

from importlib.resources import files

import pytest

from esafety_tui.flows import proof
from esafety_tui.flows.load import load_procedure, parse_procedure, shipped
from esafety_tui.flows.model import Procedure
from esafety_tui.kernel.errors import Refused

SOURCE = (files("esafety_tui.flows") / "procedures" / "misuse.toml").read_text("utf-8")


@pytest.mark.parametrize("name", shipped())
def test_shipped_procedures_keep_every_claim(name: str) -> None:
    claims = proof.insist(load_procedure(name))
    assert len(claims) == 13
    assert all(claim.holds for claim in claims)


def test_number_of_ways(misuse: Procedure, words_only: Procedure) -> None:
    assert len(list(proof.ways_through(misuse))) == 84
    assert len(list(proof.ways_through(words_only))) == 1


LONG = "x" * 77
MUTATIONS = [
    ('next = "seen"', 'next = "account"', "every step is reachable"),
    ('class = "A", next = "told-a"', 'class = "A", next = "told-c"', "no capture in class A"),
    ('class = "unsure", next = "told-unsure"', 'class = "unsure", next = "staff"', "no capture in"),
    ("advice = true, ", "", "class B captures only on recorded advice"),
    ('class = "B", next = "told-b"', 'class = "B", next = "staff"', "class B captures"),
    ('class = "C", next', "next", "no capture before triage"),
    ('gates = ["isolated"]\n', "", "gates dominate captures"),
    ('next = "watched"', 'next = "isolated"', "gates dominate captures"),
    ('classes = ["B", "C"]', 'classes = ["C"]', "a capture step is allowed where it stands"),
    ('next = "review"\noptions', 'next = "end"\noptions', "every way passes a review"),
    ('status = "sourced"', 'status = "to be confirmed"', "what has no source says so"),
    (', tell = ["dsl", "police"] }', " }", "who must be told is named with the answer"),
    ('question = "Is a child in danger right now?"', f'question = "{LONG}"', "80x24"),
    ('title = "is a child in danger"', f'title = "{LONG}"', "80x24"),
    ('label = "We do not know"', f'label = "{LONG}"', "80x24"),
    ('text = "Pupils do not use this computer."', f'text = "{LONG}"', "80x24"),
    ('why = "The two of you judge this together."', 'why = "a\\nb\\nc\\nd\\ne"', "80x24"),
    (
        'fields = [{ name = "conclusion", label = "Your conclusion and its reasons" }]',
        "fields = [" + ", ".join(f'{{ name = "f{i}", label = "x" }}' for i in range(9)) + "]",
        "80x24",
    ),
]


@pytest.mark.parametrize(("old", "new", "name"), MUTATIONS)
def test_a_seeded_breach_is_caught_by_name(old: str, new: str, name: str) -> None:
    assert old in SOURCE
    mutant = parse_procedure(SOURCE.replace(old, new, 1).encode(), "mutant.toml")
    broken = [claim.name for claim in proof.prove(mutant) if not claim.holds]
    assert any(name in claim for claim in broken), broken
    with pytest.raises(Refused, match="breaks the rule"):
        proof.insist(mutant)


def rebuilt(procedure: Procedure, **change: object) -> Procedure:
    import dataclasses

    return dataclasses.replace(procedure, digest="0" * 64, **change)  # type: ignore[arg-type]


def breaches(procedure: Procedure) -> set[str]:
    return {claim.name for claim in proof.prove(procedure) if not claim.holds}


def test_what_the_loader_already_refuses_is_still_a_claim(misuse: Procedure) -> None:
    import dataclasses

    steps = tuple(dataclasses.replace(s, next="") if s.id == "export" else s for s in misuse.steps)
    assert "every path ends" in breaches(rebuilt(misuse, steps=steps))
    assert "nothing is captured after STOP" in breaches(rebuilt(misuse, after_stop="urls"))


def test_stop_that_does_not_freeze_would_be_noticed(
    misuse: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "may_capture", lambda _known, _kind: None)
    assert "nothing is captured after STOP" in breaches(misuse)


def test_too_many_ways_are_not_called_proven(
    misuse: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "WAYS_LIMIT", 10)
    assert "there are at most 10 ways" in breaches(misuse)
