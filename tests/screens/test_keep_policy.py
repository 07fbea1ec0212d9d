"""The school's policy at the screen, on the real desk: confirmed word for word, and adopted."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.flows.engine.fit import instruction_digest
from esafety_tui.screens.administration.school_policy import read_adopted_policy
from esafety_tui.screens.widgets.choices import Choices
from tests.screens.real import Practice, make, sign_in
from tests.screens.rig import SIZE, Driver, build, typed, until

LONG = 30.0


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return make(tmp_path_factory.mktemp("policy"))


async def into_policy(pilot: Driver) -> None:
    """From the register to the policy of the vault."""
    await until(pilot, "· incidents")
    await pilot.press("k")
    await until(pilot, "Keeping the vault")
    choices = pilot.app.screen.query_one(Choices)
    choices.move_mark_to(next(n for n, c in enumerate(choices.choices) if c.id == "policy"))
    await pilot.press("enter")
    await until(pilot, "Confirm instructions", seconds=LONG)


async def lines(pilot: Driver, *texts: str) -> None:
    """Fill the lines from the one with the focus on; Enter after each."""
    for text in texts:
        await typed(pilot, text)
        await pilot.press("enter")


async def confirmed(pilot: Driver, words: tuple[str, ...]) -> None:
    """Confirm the first instruction that waits in the first procedure."""
    await pilot.press("1", "enter")
    await until(pilot, "In which procedure?")
    await pilot.press("enter")
    await until(pilot, "Which instruction?")
    await pilot.press("enter")
    await until(pilot, "Exactly these words")
    await pilot.press("enter")
    await until(pilot, "Confirm this instruction")
    await lines(pilot, "Effie Invented", "DSL", "our training of 3 Sep 2026", *words)
    await until(pilot, "✓ Confirmed.", seconds=LONG)
    await pilot.press("enter")


@pytest.mark.long("tests/casework/test_policy_confirmed.py and test_policy_adopted.py")
async def test_an_instruction_is_confirmed_and_another_policy_adopted(
    template: Practice, tmp_path: Path
) -> None:
    vault = template.copy(tmp_path)
    desk: Desk = vault.desk()
    sign_in(desk, vault.words[:2])
    before = read_adopted_policy(desk)
    name = next(n for n in before.procedures if before.list_unconfirmed_steps(n))
    first, step = next(iter(before.list_unconfirmed_steps(name).items()))
    assert first == instruction_digest(step) and not before.view.confirmed
    own = tmp_path / "own"
    own.mkdir()
    text = (files("esafety_tui.flows") / "profiles" / "generic.toml").read_text("utf-8")
    (own / "ours.toml").write_text(text.replace("Generic school (England)", "Our invented school"))
    words = vault.words[:2]
    async with build(desk).run_test(size=SIZE) as pilot:
        await into_policy(pilot)
        await confirmed(pilot, words)
        shown = await until(pilot, "Confirm instructions", seconds=LONG)
        assert f"{len(waiting(desk))} wait" in shown and first not in waiting(desk)
        await pilot.press("3", "enter")
        await until(pilot, "Adopt another policy")
        await lines(pilot, str(own), "It is our own.", *words)
        await until(pilot, "✓ Adopted.", seconds=LONG)
        await pilot.press("enter")
        await until(pilot, "Our invented school", seconds=LONG)
        after = read_adopted_policy(desk)
    assert after.view.confirmed[first].startswith("Effie Invented, DSL, ")
    assert after.profile.title == "Our invented school"


def waiting(desk: Desk) -> set[str]:
    """Return the instructions that wait."""
    have = read_adopted_policy(desk)
    return {digest for name in have.procedures for digest in have.list_unconfirmed_steps(name)}
