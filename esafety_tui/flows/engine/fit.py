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

from esafety_tui.flows.engine.engine import FlowState
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import (
    IncidentClass,
    Option,
    PeopleGroup,
    Procedure,
    SourceStatus,
    Step,
    StepKind,
)
from esafety_tui.flows.procedure.validate import PLACEHOLDER
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.flows.profile.sanction_tables import SanctionMatrix, SanctionRow
from esafety_tui.kernel.canon import Json, canonical_bytes, sha256_hex

COLUMNS = 76
"""Cells of a line on the smallest screen."""
DETAIL_ILLEGAL = "advice first"


@dataclass(frozen=True, slots=True)
class SanctionAdvice:
    """The actions that the policy's matrix names for the row that was chosen.

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
    def table_owner(self) -> str:
        """The owner of the table, as the beginning of a sentence."""
        generic = self.source.endswith(str(SourceStatus.TO_CONFIRM))
        return "The generic table" if generic else "Your policy"


@lru_cache(maxsize=64)
def fit_procedure(procedure: Procedure, profile: Profile) -> Procedure:
    """Return ``procedure`` as the school of ``profile`` has it, without steps it never reaches."""
    whole = replace(
        procedure,
        title=fill_names(procedure.title, profile.names),
        offer=fill_names(procedure.offer, profile.names),
        steps=tuple(_fit_step(procedure.name, step, profile) for step in procedure.steps),
        profile=profile.digest,
        contacts={
            k: contact_name(profile, k)
            for k in known_contact_kinds(profile) - _BUILT_IN_CONTACTS.keys()
        },
    )
    kept = graph.find_reachable_ids(whole, whole.first) | graph.find_reachable_ids(
        whole, whole.after_stop
    )
    return replace(whole, steps=tuple(step for step in whole.steps if step.id in kept))


def fill_names(text: str, names: Mapping[str, str]) -> str:
    """Return ``text`` with what the school calls the names in braces."""
    return PLACEHOLDER.sub(lambda found: names[found[1]], text)


def fill_and_rewrap(text: str, names: Mapping[str, str]) -> str:
    """Return ``text`` filled, its lines wrapped again where a name changed their length."""
    parts = []
    for part in text.split("\n\n"):
        words = fill_names(part, names)
        parts.append(words if words == part else textwrap.fill(" ".join(words.split()), COLUMNS))
    return "\n\n".join(parts)


def find_sanction_advice(
    profile: Profile, procedure: Procedure, state: FlowState, step: Step
) -> SanctionAdvice | None:
    """Return what the matrix says at an action step, None where no row was chosen on the way."""
    matrix = (
        profile.find_matrix(step.matrix) if step.kind is StepKind.ACTION and step.matrix else None
    )
    row = _find_chosen_row(matrix, procedure, state) if matrix is not None else None
    if matrix is None or row is None:
        return None
    labels = {column.key: column.label for column in matrix.columns}
    return SanctionAdvice(
        row.label,
        tuple(labels[key] for key in row.marks),
        tuple(labels[key] for key in row.uncertain),
        row.note,
        matrix.title,
        matrix.source,
    )


def _find_chosen_row(
    matrix: SanctionMatrix, procedure: Procedure, state: FlowState
) -> SanctionRow | None:
    for given in reversed(state.answers):
        asked = procedure.get_step(given.step)
        if asked.kind is StepKind.QUESTION and asked.matrix == matrix.group:
            return next((r for r in matrix.rows if r.key == given.single_value("option")), None)
    return None


def _fit_step(procedure: str, step: Step, profile: Profile) -> Step:
    names = profile.names
    clause = profile.find_clause(procedure, step.id)
    source, status, why = step.source, step.status, step.why
    if clause is not None:
        source, status, why = clause.source, clause.status, clause.why or why
    avoid = not profile.review_allowed
    return replace(
        step,
        title=fill_names(step.title, names),
        question=fill_and_rewrap(step.question, names),
        why=fill_and_rewrap(why, names),
        source=source,
        status=status,
        next=(avoid and step.without_review) or step.next,
        options=tuple(_fit_option(o, names, avoid) for o in _options_of_step(step, profile)),
        statements=tuple(replace(s, text=fill_names(s.text, names)) for s in step.statements),
        fields=tuple(replace(f, label=fill_names(f.label, names)) for f in step.fields),
        illegal_next="",
        without_review="",
        table=_matrix_digest(profile.find_matrix(step.matrix))
        if step.matrix is not PeopleGroup.NONE
        else "",
    )


def _matrix_digest(matrix: SanctionMatrix | None) -> str:
    """Return the hex SHA-256 of everything a matrix says; "" for none."""
    if matrix is None:
        return ""
    rows: list[Json] = [
        [r.key, r.label, list(r.marks), list(r.uncertain), r.illegal, r.note] for r in matrix.rows
    ]
    columns: list[Json] = [[column.key, column.label] for column in matrix.columns]
    return sha256_hex(
        canonical_bytes([matrix.title, matrix.source, str(matrix.status), columns, rows])
    )


def _fit_option(option: Option, names: Mapping[str, str], avoid: bool) -> Option:
    return replace(
        option,
        label=fill_names(option.label, names),
        detail=fill_names(option.detail, names),
        next=(avoid and option.without_review) or option.next,
        without_review="",
    )


def _options_of_step(step: Step, profile: Profile) -> Iterable[Option]:
    """Return the step's own options, or those its matrix brings."""
    matrix = profile.find_matrix(step.matrix) if step.matrix is not PeopleGroup.NONE else None
    if matrix is None:
        return step.options
    if step.kind is StepKind.ACTION:
        return tuple(Option(column.key, column.label) for column in matrix.columns)
    return tuple(_option_from_row(row, step) for row in matrix.rows)


def _option_from_row(row: SanctionRow, step: Step) -> Option:
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


def instruction_digest(step: Step) -> str:
    """Return the hex SHA-256 of a step's whole instruction, which a confirmation refers to.

    docs/procedures.md section 4: a confirmation is for exactly this wording.
    """
    said: list[Json] = [
        step.question, step.why, step.source,
        [[o.label, o.detail, str(o.incident_class or ""), list(o.tell)] for o in step.options],
        [s.text for s in step.statements],
        [[f.label, list(f.choices)] for f in step.fields], list(step.tell),
        [str(f) for f in step.forbids], step.table,
    ]  # fmt: skip
    return sha256_hex(canonical_bytes(said))


_SHORT_NAMES = {
    "dsl": "dsl", "lado": "lado", "chair": "chair", "authority": "authority", "head": "head",
    "lead": "lead", "technician": "technician", "social-care": "social_care",
}  # fmt: skip
_BUILT_IN_CONTACTS = {
    "emergency": "999",
    "police": "the police (999 in danger, otherwise 101)",
    "parents": "parents or carers",
    "reporter": "the person who reported it",
    "accused": "the person named",
    "victim": "the person harmed",
    "governor": "the safeguarding governor",
    "line-manager": "the line manager",
}


def contact_name(profile: Profile, kind: str) -> str:
    """Return what the school calls a kind of contact: its short name, else its contact's label."""
    if kind in _SHORT_NAMES:
        return profile.names[_SHORT_NAMES[kind]]
    labels = {contact.kind: contact.label for contact in profile.contacts}
    return _BUILT_IN_CONTACTS.get(kind) or labels.get(kind, kind)


def known_contact_kinds(profile: Profile) -> frozenset[str]:
    """Return every kind of contact that a procedure may name in a school of ``profile``."""
    return frozenset(
        {*_SHORT_NAMES, *_BUILT_IN_CONTACTS, *(contact.kind for contact in profile.contacts)}
    )
