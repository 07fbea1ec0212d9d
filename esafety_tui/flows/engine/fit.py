"""A procedure as one school has it: the flowchart fitted to the profile of its policy. Pure.

docs/procedures.md section 4. What is proven, shown and recorded is the fitted procedure. Fitting
fills in names, takes over the policy's own clauses, makes options of matrices, and takes the way
without a review where the policy forbids one. It never adds a step and never opens a way.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from esafety_tui.flows.engine.engine import State
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import (
    Group,
    IncidentClass,
    Kind,
    Option,
    Procedure,
    Status,
    Step,
)
from esafety_tui.flows.procedure.validate import PLACE
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.flows.profile.sanction_tables import Matrix, Row
from esafety_tui.kernel.canon import Json, canonical, sha256_hex

COLUMNS = 76
"""Cells of a line on the smallest screen."""
DETAIL_ILLEGAL = "advice first"


@dataclass(frozen=True, slots=True)
class Advice:
    """What the policy's matrix says for the row that was chosen.

    Attributes:
        row: label of the row. named: labels of the columns it ticks.
        uncertain: labels of columns whose mark is to be confirmed with the school.
        note: what the policy says elsewhere, or "". title, source: of the matrix.
    """

    row: str
    named: tuple[str, ...]
    uncertain: tuple[str, ...]
    note: str
    title: str
    source: str

    @property
    def whose(self) -> str:
        """Whose table it is, as the beginning of a sentence."""
        generic = self.source.endswith(str(Status.TO_CONFIRM))
        return "The generic table" if generic else "Your policy"


@lru_cache(maxsize=64)
def fit(procedure: Procedure, profile: Profile) -> Procedure:
    """Return ``procedure`` as the school of ``profile`` has it, without steps it never reaches."""
    whole = replace(
        procedure,
        title=filled(procedure.title, profile.names),
        offer=filled(procedure.offer, profile.names),
        steps=tuple(_fitted(procedure.name, step, profile) for step in procedure.steps),
        profile=profile.digest,
        contacts={k: called(profile, k) for k in known_kinds(profile) - _PEOPLE.keys()},
    )
    kept = graph.reached(whole, whole.first) | graph.reached(whole, whole.after_stop)
    return replace(whole, steps=tuple(step for step in whole.steps if step.id in kept))


def filled(text: str, names: Mapping[str, str]) -> str:
    """Return ``text`` with what the school calls the names in braces."""
    return PLACE.sub(lambda found: names[found[1]], text)


def flowing(text: str, names: Mapping[str, str]) -> str:
    """Return ``text`` filled, its lines broken anew where a name made them longer or shorter."""
    parts = []
    for part in text.split("\n\n"):
        words = filled(part, names)
        parts.append(words if words == part else textwrap.fill(" ".join(words.split()), COLUMNS))
    return "\n\n".join(parts)


def advised(profile: Profile, procedure: Procedure, state: State, step: Step) -> Advice | None:
    """Return what the matrix says at an action step, None where no row was chosen on the way."""
    matrix = profile.matrix(step.matrix) if step.kind is Kind.ACTION and step.matrix else None
    row = _chosen_row(matrix, procedure, state) if matrix is not None else None
    if matrix is None or row is None:
        return None
    labels = {column.key: column.label for column in matrix.columns}
    return Advice(
        row.label,
        tuple(labels[key] for key in row.marks),
        tuple(labels[key] for key in row.uncertain),
        row.note,
        matrix.title,
        matrix.source,
    )


def _chosen_row(matrix: Matrix, procedure: Procedure, state: State) -> Row | None:
    for given in reversed(state.answers):
        asked = procedure.step(given.step)
        if asked.kind is Kind.QUESTION and asked.matrix == matrix.group:
            return next((r for r in matrix.rows if r.key == given.one("option")), None)
    return None


def _fitted(procedure: str, step: Step, profile: Profile) -> Step:
    names = profile.names
    clause = profile.clause(procedure, step.id)
    source, status, why = step.source, step.status, step.why
    if clause is not None:
        source, status, why = clause.source, clause.status, clause.why or why
    avoid = not profile.review_allowed
    return replace(
        step,
        title=filled(step.title, names),
        question=flowing(step.question, names),
        why=flowing(why, names),
        source=source,
        status=status,
        next=(avoid and step.without_review) or step.next,
        options=tuple(_option(o, names, avoid) for o in _options(step, profile)),
        statements=tuple(replace(s, text=filled(s.text, names)) for s in step.statements),
        fields=tuple(replace(f, label=filled(f.label, names)) for f in step.fields),
        illegal_next="",
        without_review="",
        table=_digest(profile.matrix(step.matrix)) if step.matrix is not Group.NONE else "",
    )


def _digest(matrix: Matrix | None) -> str:
    """Return the hex SHA-256 of everything a matrix says; "" for none."""
    if matrix is None:
        return ""
    rows: list[Json] = [
        [r.key, r.label, list(r.marks), list(r.uncertain), r.illegal, r.note] for r in matrix.rows
    ]
    columns: list[Json] = [[column.key, column.label] for column in matrix.columns]
    return sha256_hex(canonical([matrix.title, matrix.source, str(matrix.status), columns, rows]))


def _option(option: Option, names: Mapping[str, str], avoid: bool) -> Option:
    return replace(
        option,
        label=filled(option.label, names),
        detail=filled(option.detail, names),
        next=(avoid and option.without_review) or option.next,
        without_review="",
    )


def _options(step: Step, profile: Profile) -> Iterable[Option]:
    """Return the step's own options, or those its matrix brings."""
    matrix = profile.matrix(step.matrix) if step.matrix is not Group.NONE else None
    if matrix is None:
        return step.options
    if step.kind is Kind.ACTION:
        return tuple(Option(column.key, column.label) for column in matrix.columns)
    return tuple(_row(row, step) for row in matrix.rows)


def _row(row: Row, step: Step) -> Option:
    if not row.illegal:
        return Option(row.key, row.label)
    return Option(
        row.key,
        row.label,
        DETAIL_ILLEGAL,
        incident_class=IncidentClass.UNSURE,
        next=step.illegal_next,
        tell=("police", "dsl"),
        demands=("dsl",),
    )


def instruction(step: Step) -> str:
    """Return the hex SHA-256 of what a step tells people: what a confirmation holds for.

    docs/procedures.md section 4: whoever confirms an instruction confirms exactly this wording.
    """
    said: list[Json] = [
        step.question, step.why, step.source,
        [[o.label, o.detail, str(o.incident_class or ""), list(o.tell)] for o in step.options],
        [s.text for s in step.statements],
        [[f.label, list(f.choices)] for f in step.fields], list(step.tell),
        [str(f) for f in step.forbids], step.table,
    ]  # fmt: skip
    return sha256_hex(canonical(said))


_SHORT = {
    "dsl": "dsl", "lado": "lado", "chair": "chair", "authority": "authority", "head": "head",
    "lead": "lead", "technician": "technician", "social-care": "social_care",
}  # fmt: skip
_PEOPLE = {
    "emergency": "999",
    "police": "the police (999 in danger, otherwise 101)",
    "parents": "parents or carers",
    "reporter": "the person who reported it",
    "accused": "the person named",
    "victim": "the person harmed",
    "governor": "the safeguarding governor",
    "line-manager": "the line manager",
}


def called(profile: Profile, kind: str) -> str:
    """Return what the school calls a kind of contact: its short name, else its contact's label."""
    if kind in _SHORT:
        return profile.names[_SHORT[kind]]
    labels = {contact.kind: contact.label for contact in profile.contacts}
    return _PEOPLE.get(kind) or labels.get(kind, kind)


def known_kinds(profile: Profile) -> frozenset[str]:
    """Return every kind of contact that a procedure may name in a school of ``profile``."""
    return frozenset({*_SHORT, *_PEOPLE, *(contact.kind for contact in profile.contacts)})
