"""Statements: every line says how its writer knows it. Opinions are kept apart.

A line begins with ``saw:``, ``told:`` (the exact words), ``did:`` or ``think:``. Pure: text in,
lines or a Problem out. It judges no line; the writer does.

Source: the content of a witness statement is what the witness saw, heard or did (Criminal Justice
Act 1967 s.9 practice); school policies ask for the person's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from esafety_tui.flows.engine.checks import check_text
from esafety_tui.flows.procedure.model import KnowledgeMark, Problem

MARK_TEXTS = {
    KnowledgeMark.SAW: "saw it",
    KnowledgeMark.TOLD: "was told, exact words",
    KnowledgeMark.DID: "did it",
    KnowledgeMark.THINK: "think so",
}
_LINE = re.compile(r"\s*(saw|told|did|think)\s*:[ \t]*(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement."""

    mark: KnowledgeMark
    words: str

    @property
    def text(self) -> str:
        """The line as it is typed and recorded: ``saw: three pages``."""
        return f"{self.mark}: {self.words}"


_MARK = re.compile(rf"({'|'.join(KnowledgeMark)}): ?", re.IGNORECASE)


def mark_unmarked_lines(text: str, mark: str) -> str:
    """Return ``text`` with ``mark`` before every line that has none."""
    rows = text.split("\n")
    return "\n".join(row if _MARK.match(row) else f"{mark}: {row}" for row in rows)


def parse_statement(raw: str) -> tuple[StatementLine, ...] | Problem:
    """Return the lines of a statement; lines with a mark and no words are left out."""
    found: list[StatementLine] = []
    for number, row in enumerate(raw.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not row.strip():
            continue
        match = _LINE.fullmatch(row)
        if match is None:
            return Problem(
                f"Line {number} does not say how you know. Begin it with saw: told: did: or think:"
            )
        if match[2].strip():
            found.append(StatementLine(KnowledgeMark(match[1].lower()), match[2].strip()))
    return tuple(found)


def check_statement(raw: str) -> str | Problem:
    """Return a statement as it is recorded, one marked line under the other, or a Problem."""
    lines = parse_statement(raw)
    if isinstance(lines, Problem):
        return lines
    if not lines:
        return Problem("There is nothing here yet. Write what you saw, were told, or did.")
    return check_text("\n".join(line.text for line in lines))


def split_opinions(recorded: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return a recorded statement without its opinions, and these: (place, line).

    ``place`` counts lines from 0, so that :func:`restore_opinions` puts them back in place.
    """
    rows = recorded.split("\n")
    thought = tuple(
        (n, row) for n, row in enumerate(rows) if row.startswith(f"{KnowledgeMark.THINK}: ")
    )
    left = {n for n, _ in thought}
    return "\n".join(row for n, row in enumerate(rows) if n not in left), thought


def restore_opinions(kept: str, thought: Sequence[tuple[int, str]]) -> str:
    """Return the statement that :func:`split_opinions` took apart."""
    rows = kept.split("\n") if kept else []
    for place, row in thought:
        rows.insert(place, row)
    return "\n".join(rows)
