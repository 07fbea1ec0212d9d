"""A confirmation holds for what is shown: another mark in the matrix is another instruction."""

from __future__ import annotations

from importlib.resources import files

from esafety_tui.flows.engine.fit import fill_and_rewrap, fit_procedure, instruction_digest
from esafety_tui.flows.procedure.load import load_procedure
from esafety_tui.flows.profile.profile import parse_profile


def test_another_mark_in_the_matrix_is_another_instruction() -> None:
    text = (files("esafety_tui.flows") / "profiles" / "crockerne.toml").read_text("utf-8")
    row = next(line for line in text.split("\n") if 'key = "bullying"' in line and "marks" in line)
    other = row.replace('marks = ["', 'marks = ["parents", "', 1)
    assert other != row
    misuse = load_procedure("misuse")
    one, two = (
        fit_procedure(misuse, parse_profile(said.encode(), "x.toml"))
        for said in (text, text.replace(row, other, 1))
    )
    assert instruction_digest(one.get_step("sanctions")) != instruction_digest(
        two.get_step("sanctions")
    )
    assert instruction_digest(one.get_step("danger")) == instruction_digest(two.get_step("danger"))


def test_lines_are_broken_anew_only_where_a_name_was_filled_in() -> None:
    names = {"dsl": "the designated safeguarding person of the whole school"}
    kept = "one\ntwo"
    said = fill_and_rewrap(f"{kept}\n\nAsk {{dsl}}\nat once, and nobody else in the office.", names)
    first, second = said.split("\n\n")
    assert first == kept
    assert second.split("\n")[0].startswith("Ask the designated safeguarding person")
    assert all(len(line) <= 76 for line in second.split("\n"))
