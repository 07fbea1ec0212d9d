"""The rows, all of them, and what both verifiers make of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.promises.tampers import (
    rows_bag,
    rows_certificates,
    rows_chain,
    rows_code,
    rows_files,
    rows_form,
    rows_json,
    rows_ledger,
    rows_names,
    rows_records,
    rows_signatures,
    rows_statement,
)
from tests.promises.tampers.judges import Page, command
from tests.promises.tampers.row import Answer, Rows, Tamper
from tests.promises.tampers.world import World

LEAST = 10
"""Rows of each kind."""

_PARTS = (
    rows_files, rows_names, rows_bag, rows_statement, rows_signatures, rows_certificates,
    rows_chain, rows_ledger, rows_records, rows_json, rows_form, rows_code,
)  # fmt: skip


def rows() -> list[Tamper]:
    """Return every row."""
    found = [row for part in _PARTS for row in _of(part.rows())]
    twice = [name for name, n in Counter((r.kind, r.name) for r in found).items() if n > 1]
    assert not twice, twice
    return found


def _of(part: Rows) -> Iterable[Tamper]:
    return part


@dataclass(frozen=True)
class Outcome:
    """One row and what both said of it."""

    row: Tamper
    command: Answer
    page: Answer
    listed: bool
    """Whether the page has the line under which the row stands."""

    @property
    def fault(self) -> str:
        """Why the row does not hold, "" if it does."""
        row, told = self.row, self.command
        if told.state != row.state:
            return f"the command should say: {row.state}"
        if row.item and told.item != row.item:
            return f"the command should name: {row.item}"
        if row.unseen:
            return "" if self.listed else f"the page has no line: {row.unseen}"
        return "" if told == self.page else "they differ"


def outcomes(world: World, page: Page, chosen: Iterable[Tamper], folder: Path) -> Iterator[Outcome]:
    """Make each pack and ask both. ``folder`` must not lie below /dev: browsers drop none there."""
    for number, row in enumerate(chosen):
        place = folder / str(number)
        place.mkdir()
        pack = row.make(world, place)
        typed = row.typed(world.code) if row.typed else None
        yield Outcome(
            row, command(pack, typed), page(pack, typed, row.dropped), row.unseen in page.limits
        )
