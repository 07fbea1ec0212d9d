"""Checks that the parts of a procedure fit together: needs of each kind, existing steps.

Every mistake is a BadInput naming file and line. Refuses circles, and a capture behind STOP. What
is safe is proven in proof; here only what has a meaning at all is let through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import partial

from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.enums import REQUIRED_GATES
from esafety_tui.flows.procedure.model import (
    FORM_BOXES,
    FREEZING_CLASSES,
    ONE_OPTION_KINDS,
    PLACEHOLDER_NAMES,
    TICKED_KINDS,
    CaptureContent,
    FieldCheck,
    IncidentClass,
    Option,
    PeopleGroup,
    Procedure,
    Step,
    StepKind,
)
from esafety_tui.flows.procedure.toml_reader import TomlTable, read_each

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
REASONS_FIELD = "reasons"


def read_template_text(table: TomlTable, key: str, default: str | None = None) -> str:
    """Return a text whose braces hold names of NAMES alone."""
    value = table.read_string(key, default)
    for name in PLACEHOLDER.findall(value):
        if name not in PLACEHOLDER_NAMES:
            table.raise_mistake(
                f"no name is called {{{name}}}; use one of: {', '.join(PLACEHOLDER_NAMES)}", key
            )
    strange = next((c for c in value if not c.isascii() and not _is_latin_or_sign(c)), "")
    if strange:  # it may look like another letter, and what it says would not be recognised
        table.raise_mistake(f"{key!r} has a letter that is not Latin: {strange}", key)
    if set("{}") & set(PLACEHOLDER.sub("", value)):
        table.raise_mistake(f"{key!r} has a brace that stands for no name", key)
    return value


def _is_latin_or_sign(char: str) -> bool:
    return not char.isalnum() or unicodedata.name(char, "").startswith("LATIN ")


def check_option(option: Option, kind: StepKind, table: TomlTable) -> None:
    """Raise BadInput if an option says what its kind of step cannot mean."""
    for key, given in (("advice", option.advice), ("cleared", option.cleared)):
        if given and kind is not StepKind.WAIT:
            table.raise_mistake(f"{key!r} belongs to a step of kind 'wait'", key)
    leads = (
        ("next", option.next), ("class", option.incident_class), ("carry_on", option.carry_on),
        ("demands", option.demands), ("unsure", option.unsure),
        ("without_review", option.without_review),
    )  # fmt: skip
    for key, said in leads:
        if said and kind not in ONE_OPTION_KINDS:
            table.raise_mistake(f"{key!r} belongs to a question, a decision or a wait", key)


def check_step_kind(step: Step, table: TomlTable) -> None:
    """Raise BadInput if a step lacks what its kind needs, or has what no such step can have."""
    options = step.kind in ONE_OPTION_KINDS or step.kind in TICKED_KINDS
    rows = step.kind in (StepKind.QUESTION, StepKind.ACTION)
    needs = (
        (options and not step.matrix, bool(step.options), "options"),
        (step.kind is StepKind.GATE, bool(step.statements), "statements"),
        (step.is_capture, bool(step.classes), "classes"),
        (step.is_capture, step.takes is not CaptureContent.NOTHING, "takes"),
        (step.matrix is not PeopleGroup.NONE and step.kind is StepKind.QUESTION,
        bool(step.illegal_next),
         "illegal_next"),
    )  # fmt: skip
    for needed, present, key in needs:
        if needed and not present:
            table.raise_mistake(f"a step of kind {step.kind.value!r} needs {key!r}")
        if present and not needed:
            table.raise_mistake(f"a step of kind {step.kind.value!r} has no {key!r} here", key)
    if step.matrix and not rows:
        table.raise_mistake("'matrix' belongs to a question or an action", "matrix")
    if step.kind in (StepKind.RECORD, StepKind.MANY) and not step.fields:
        table.raise_mistake(f"a step of kind {step.kind.value!r} needs 'fields'")
    reasons = step.find_field(REASONS_FIELD)
    if step.kind is StepKind.DECISION and (reasons is None or not reasons.required):
        table.raise_mistake(f"a decision needs a required field {REASONS_FIELD!r}")
    _check_step_parts(step, table)


def _check_step_parts(step: Step, table: TomlTable) -> None:
    if step.part and step.part not in FORM_BOXES:
        table.raise_mistake(f"the form has no box {step.part!r}", "part")
    if step.gates and step.kind is not StepKind.GATE:
        table.raise_mistake("'gates' belong to a step of kind 'gate'", "gates")
    unknown = sorted(set(step.gates) - REQUIRED_GATES)
    if unknown:
        table.raise_mistake(f"no gate is called {unknown[0]!r}", "gates")
    if FREEZING_CLASSES & set(step.classes):
        table.raise_mistake("nothing may be captured in class A or while unsure", "classes")
    if step.may_skip and step.kind in {*ONE_OPTION_KINDS, StepKind.GATE, StepKind.END}:
        table.raise_mistake(f"a step of kind {step.kind.value!r} cannot be left out", "may_skip")
    if step.kind is StepKind.MANY and any(f.check is FieldCheck.URL for f in step.fields):
        table.raise_mistake("addresses under review are taken in by a capture step alone", "fields")
    refuse_duplicates(table, "option", (option.key for option in step.options))
    refuse_duplicates(table, "statement", (statement.key for statement in step.statements))
    refuse_duplicates(table, "field", (field.name for field in step.fields))


def refuse_duplicates(table: TomlTable, what: str, keys: Iterable[str]) -> None:
    """Raise BadInput if a key is there twice."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            table.raise_mistake(f"{what} {key!r} is there twice", key)
        seen.add(key)


def refuse_capture_fields(procedure: Procedure, tables: tuple[TomlTable, ...]) -> None:
    """Raise BadInput if a capture step has fields: it asks what every one of its kind asks."""
    for step, table in zip(procedure.steps, tables, strict=True):
        if step.is_capture and table.read_tables("fields"):
            table.raise_mistake(
                "a step of kind 'capture' has no 'fields': what it asks is fixed", "fields"
            )


def check_step_links(procedure: Procedure, top: TomlTable, tables: tuple[TomlTable, ...]) -> None:
    """Raise BadInput if a step named anywhere does not exist, or one has no way on."""
    seen: set[str] = set()
    for step, table in zip(procedure.steps, tables, strict=True):
        if step.id in seen:
            table.raise_mistake(f"step {step.id!r} is there twice", step.id)
        seen.add(step.id)
    for key in ("first", "after_stop"):
        if top.read_string(key) not in procedure:
            top.raise_mistake(f"{key!r} names no step", key)
    read_each(zip(procedure.steps, tables, strict=True), partial(_check_step_link, procedure))


def _check_step_link(procedure: Procedure, placed: tuple[Step, TomlTable]) -> None:
    step, table = placed
    for other in _named_step_ids(step):
        if other and other not in procedure:
            table.raise_mistake(f"there is no step {other!r}", other)
    open_ended = not step.options or any(not option.next for option in step.options)
    if step.kind is StepKind.END and graph.follower_ids(step):
        table.raise_mistake("an end has nothing after it", "next")
    if step.kind is not StepKind.END and not step.next and open_ended:
        table.raise_mistake("nothing follows this step; name 'next'")


def _named_step_ids(step: Step) -> tuple[str, ...]:
    by_option = [name for o in step.options for name in (o.next, o.without_review)]
    return (step.next, step.illegal_next, step.without_review, *by_option)


def check_flowchart(procedure: Procedure, top: TomlTable) -> None:
    """Raise BadInput for circles, for a capture behind STOP, and for one that one alone reaches."""
    if procedure.opens_as is IncidentClass.C:
        top.raise_mistake(
            "an incident is not opened as merely against the rules; that is asked", "class"
        )
    circle = graph.find_cycle(procedure)
    if circle:
        places = " > ".join([*circle[:6], *(["..."] if len(circle) > 6 else []), circle[0]])
        top.raise_mistake(
            f"the steps run in a circle ({places}); the way back is a key, not a step"
        )
    for step_id in graph.find_reachable_ids(procedure, procedure.after_stop):
        if procedure.get_step(step_id).is_capture:
            top.raise_mistake(
                f"step {step_id!r} captures, but can be reached after STOP", "after_stop"
            )
    for step in procedure.steps:
        if step.is_capture and (procedure.alone or procedure.opens_as in FREEZING_CLASSES):
            top.raise_mistake(f"step {step.id!r} captures; nothing may be captured here", "class")
