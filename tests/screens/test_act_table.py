"""Every act of the table has a form in the terminal, made from its row, or says why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import esafety_tui.screens
from esafety_tui.casework.desk import administering
from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.acts.table import ACTS
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.administration.retention_reviews import REVIEW_ACTS
from tests.screens.fake_desk import OFFICERS

FACTS = {
    name: f"some {name}"
    for name in ("reference", "day", "label", "count", "name", "position", "initials", "entry")
}


def forms_in_source() -> Iterator[str]:
    """Yield the name of each act that a screen makes a form of."""
    for path in Path(esafety_tui.screens.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "plan_act":
                match node.args[0]:
                    case ast.Constant(value=str(name)):
                        yield name
                    case _:  # one place: an act on an incident, chosen from the list of reviews
                        assert path.name == "retention_reviews.py"


def test_the_table_has_every_act_and_the_desk_does_it() -> None:
    """A name in the type is a row of the table and a function of the desk."""
    assert set(ACTS) == set(get_args(ActName))
    done_by_the_service = {"backup", "restrict"}
    assert set(administering._ACTS) | done_by_the_service == set(ACTS)


def test_every_act_has_a_form_or_says_why_not() -> None:
    formed = set(forms_in_source()) | set(REVIEW_ACTS.values())
    assert formed == {name for name, row in ACTS.items() if not row.no_form}


@pytest.mark.parametrize("name", [name for name, row in ACTS.items() if not row.no_form])
def test_a_form_is_its_row(name: ActName) -> None:
    """Its lines are the labelled fields, then a passphrase for each who agrees to it."""
    row, present = ACTS[name], OFFICERS[:2]
    plan = plan_act(name, FACTS, present=present)
    agreed = [officer.id for officer in present] if row.agreed else []
    assert [line.name for line in plan.lines] == [f.name for f in row.fields if f.label] + agreed
    assert plan.go == row.button and len(plan.happens) == len(row.happens)
    assert "{" not in "".join((plan.title, plan.done, *plan.happens))
    needed = [f.name for f in row.fields if f.label and f.needed]
    assert [line.name for line in plan.lines if line.sort != "pass" and line.check("")] == needed
