"""Every act of the table is reached from the command line, or the table says why not."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from esafety_tui import cli
from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.acts.table import ACTS

NO_ACTS = {
    "officers list", "retention list", "head show", "head accept", "restore", "flow prove",
    "flow check", "flow show", "flow new", "flow diff", "flow draw",
}  # fmt: skip
"""Sorts of the same verbs that read, or that open a vault in another way: no act of a session."""


def list_commands(parser: argparse.ArgumentParser, words: str = "") -> Iterator[str]:
    """Yield every verb with its sort, such as ``officers enrol``."""
    sorts = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for action in sorts:
        for name, below in action.choices.items():
            yield from list_commands(below, f"{words} {name}".strip())
    if not sorts:
        yield words


def test_every_act_is_a_command_or_says_why_not() -> None:
    commands = {row.command.words for row in ACTS.values() if row.command}
    verbs = {words.split()[0] for words in commands} | {"restore"}
    found = {each for each in list_commands(cli._build_parser()) if each.split()[0] in verbs}
    assert commands | NO_ACTS == found and not commands & NO_ACTS
    assert all(bool(row.command) != bool(row.no_command) for row in ACTS.values())


@pytest.mark.parametrize("name", [name for name, row in ACTS.items() if row.command])
def test_what_a_command_asks_is_a_field_with_a_question(name: ActName) -> None:
    """What two decide needs two to sign in: their passphrases, typed then, agree to it."""
    row = ACTS[name]
    assert row.command is not None
    questions = {each.name for each in row.fields if each.question}
    assert set(row.command.asks) == questions
    assert row.command.signers == 2 or not row.agreed
