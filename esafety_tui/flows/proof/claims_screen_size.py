"""The claim that every text fits a terminal of 80 columns and 24 lines, after fitting.

Measures characters as the screens lay them out. Wording is not judged. Lists that come from a
matrix may be longer than the screen and scroll; their lines may not be wider.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from esafety_tui.flows.engine.fit import fill_names
from esafety_tui.flows.procedure.model import PeopleGroup, Procedure, Step
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.flows.proof.proof_paths import Breach, ProofSubject

COLUMNS, ROWS, TEXT_ROWS, TITLE, OPTION = 76, 17, 4, 24, 68
"""Characters of a line, lines of a step and of one text, of a title, of an option with detail."""
ADVICE_ROWS = 10
"""Lines that what a matrix says of one row may take above its list."""
_MARGIN = 8
"""Columns before a statement or the label of a field."""


def find_oversized_texts(subject: ProofSubject) -> Iterator[Breach]:
    """Nothing is cut off or pushed out of sight on the smallest terminal.

    Source: every text fits 80x24 (docs/procedures.md section 1).
    """
    yield from _check_headings(subject.procedure, subject.profile)
    for step in subject.procedure.steps:
        yield from (Breach(f"step {step.id}: {words}") for words in _check_step(step))
        yield from (
            Breach(f"step {step.id}: {words}") for words in _check_matrix(step, subject.profile)
        )


def _check_headings(procedure: Procedure, profile: Profile) -> Iterator[Breach]:
    for name, text in (("title", procedure.title), ("offer", procedure.offer)):
        if len(fill_names(text, profile.names)) > OPTION:
            yield Breach(f"the {name} of the procedure is over {OPTION} characters")


def _check_texts(step: Step) -> Iterator[str]:
    for name, text in (("question", step.question), ("why", step.why)):
        rows = text.split("\n")
        if len(rows) > TEXT_ROWS:
            yield f"{name} has more than {TEXT_ROWS} lines"
        if any(len(row) > COLUMNS for row in rows):
            yield f"{name} has a line over {COLUMNS} characters"


def _check_step(step: Step) -> Iterator[str]:
    yield from _check_texts(step)
    if len(wrap(f"Source: {step.source}", COLUMNS)) > 2:
        yield f"source over 2 lines of {COLUMNS} characters"
    if len(step.title) > TITLE:
        yield f"title over {TITLE} characters"
    for option in step.options:
        if len(option.label) + len(option.detail) > OPTION:
            yield f"option {option.key}: label and detail over {OPTION} characters"
    for label in _step_labels(step):
        if len(label) > COLUMNS - _MARGIN:
            yield f"“{label[:20]} …” over {COLUMNS - _MARGIN} characters"
    if _count_rows(step) > ROWS:
        yield f"{_count_rows(step)} lines; {ROWS} are the most"


def _step_labels(step: Step) -> Iterator[str]:
    yield from (statement.text for statement in step.statements)
    for field in step.fields:
        yield field.label
        yield "   ".join(field.choices)


def _count_rows(step: Step) -> int:
    options = 0 if step.matrix is not PeopleGroup.NONE else len(step.options)
    lines = len(step.question.split("\n")) + len(step.why.split("\n"))
    return lines + options + len(step.statements) + 2 * len(step.fields)


def _check_matrix(step: Step, profile: Profile) -> Iterator[str]:
    matrix = profile.find_matrix(step.matrix) if step.matrix is not PeopleGroup.NONE else None
    labels = {c.key: c.label for c in matrix.columns} if matrix is not None else {}
    for row in matrix.rows if matrix is not None else ():
        named = ", ".join(labels[key] for key in row.marks)
        unsure = ", ".join(labels[key] for key in row.uncertain)
        said = [
            f"The generic table for “{row.label}” names: {named}.",
            f"Confirm with school: {unsure}.",
        ]
        lines = sum(len(wrap(text, COLUMNS)) for text in (*said, row.note))
        if lines > ADVICE_ROWS:
            yield f"what the matrix says of “{row.label}” takes {lines} lines"
