"""Whether the parts of a procedure fit together: kinds and what they need, steps that exist.

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
    FREEZING,
    NAMES,
    ONE_OPTION,
    PARTS,
    TICKS,
    Check,
    Group,
    IncidentClass,
    Kind,
    Option,
    Procedure,
    Step,
    Takes,
)
from esafety_tui.flows.procedure.toml_reader import Table, each

PLACE = re.compile(r"\{([^{}]*)\}")
REASONS = "reasons"


def named(table: Table, key: str, default: str | None = None) -> str:
    """Return a text whose braces hold names of NAMES alone."""
    value = table.text(key, default)
    for name in PLACE.findall(value):
        if name not in NAMES:
            table.fail(f"no name is called {{{name}}}; use one of: {', '.join(NAMES)}", key)
    strange = next((c for c in value if not c.isascii() and not _latin(c)), "")
    if strange:  # it may look like another letter, and what it says would not be recognised
        table.fail(f"{key!r} has a letter that is not Latin: {strange}", key)
    if set("{}") & set(PLACE.sub("", value)):
        table.fail(f"{key!r} has a brace that stands for no name", key)
    return value


def _latin(char: str) -> bool:
    return not char.isalnum() or unicodedata.name(char, "").startswith("LATIN ")


def check_option(option: Option, kind: Kind, table: Table) -> None:
    """Raise BadInput if an option says what its kind of step cannot mean."""
    for key, given in (("advice", option.advice), ("cleared", option.cleared)):
        if given and kind is not Kind.WAIT:
            table.fail(f"{key!r} belongs to a step of kind 'wait'", key)
    leads = (
        ("next", option.next), ("class", option.incident_class), ("carry_on", option.carry_on),
        ("demands", option.demands), ("unsure", option.unsure),
        ("without_review", option.without_review),
    )  # fmt: skip
    for key, said in leads:
        if said and kind not in ONE_OPTION:
            table.fail(f"{key!r} belongs to a question, a decision or a wait", key)


def check_kind(step: Step, table: Table) -> None:
    """Raise BadInput if a step lacks what its kind needs, or has what no such step can have."""
    options = step.kind in ONE_OPTION or step.kind in TICKS
    rows = step.kind in (Kind.QUESTION, Kind.ACTION)
    needs = (
        (options and not step.matrix, bool(step.options), "options"),
        (step.kind is Kind.GATE, bool(step.statements), "statements"),
        (step.captures, bool(step.classes), "classes"),
        (step.captures, step.takes is not Takes.NOTHING, "takes"),
        (step.matrix is not Group.NONE and step.kind is Kind.QUESTION, bool(step.illegal_next),
         "illegal_next"),
    )  # fmt: skip
    for needed, present, key in needs:
        if needed and not present:
            table.fail(f"a step of kind {step.kind.value!r} needs {key!r}")
        if present and not needed:
            table.fail(f"a step of kind {step.kind.value!r} has no {key!r} here", key)
    if step.matrix and not rows:
        table.fail("'matrix' belongs to a question or an action", "matrix")
    if step.kind in (Kind.RECORD, Kind.MANY) and not step.fields:
        table.fail(f"a step of kind {step.kind.value!r} needs 'fields'")
    reasons = step.field(REASONS)
    if step.kind is Kind.DECISION and (reasons is None or not reasons.required):
        table.fail(f"a decision needs a required field {REASONS!r}")
    _check_small(step, table)


def _check_small(step: Step, table: Table) -> None:
    if step.part and step.part not in PARTS:
        table.fail(f"the form has no box {step.part!r}", "part")
    if step.gates and step.kind is not Kind.GATE:
        table.fail("'gates' belong to a step of kind 'gate'", "gates")
    unknown = sorted(set(step.gates) - REQUIRED_GATES)
    if unknown:
        table.fail(f"no gate is called {unknown[0]!r}", "gates")
    if FREEZING & set(step.classes):
        table.fail("nothing may be captured in class A or while unsure", "classes")
    if step.may_skip and step.kind in {*ONE_OPTION, Kind.GATE, Kind.END}:
        table.fail(f"a step of kind {step.kind.value!r} cannot be left out", "may_skip")
    if step.kind is Kind.MANY and any(f.check is Check.URL for f in step.fields):
        table.fail("addresses under review are taken in by a capture step alone", "fields")
    once(table, "option", (option.key for option in step.options))
    once(table, "statement", (statement.key for statement in step.statements))
    once(table, "field", (field.name for field in step.fields))


def once(table: Table, what: str, keys: Iterable[str]) -> None:
    """Raise BadInput if a key stands twice."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            table.fail(f"{what} {key!r} is there twice", key)
        seen.add(key)


def check_new(procedure: Procedure, tables: tuple[Table, ...]) -> None:
    """Raise BadInput if a capture step has fields: it asks what every one of its kind asks."""
    for step, table in zip(procedure.steps, tables, strict=True):
        if step.captures and table.tables("fields"):
            table.fail("a step of kind 'capture' has no 'fields': what it asks is fixed", "fields")


def check_links(procedure: Procedure, top: Table, tables: tuple[Table, ...]) -> None:
    """Raise BadInput if a step named anywhere does not exist, or one has no way on."""
    seen: set[str] = set()
    for step, table in zip(procedure.steps, tables, strict=True):
        if step.id in seen:
            table.fail(f"step {step.id!r} is there twice", step.id)
        seen.add(step.id)
    for key in ("first", "after_stop"):
        if top.text(key) not in procedure:
            top.fail(f"{key!r} names no step", key)
    each(zip(procedure.steps, tables, strict=True), partial(_check_link, procedure))


def _check_link(procedure: Procedure, placed: tuple[Step, Table]) -> None:
    step, table = placed
    for other in _named_steps(step):
        if other and other not in procedure:
            table.fail(f"there is no step {other!r}", other)
    open_ended = not step.options or any(not option.next for option in step.options)
    if step.kind is Kind.END and graph.followers(step):
        table.fail("an end has nothing after it", "next")
    if step.kind is not Kind.END and not step.next and open_ended:
        table.fail("nothing follows this step; name 'next'")


def _named_steps(step: Step) -> tuple[str, ...]:
    by_option = [name for o in step.options for name in (o.next, o.without_review)]
    return (step.next, step.illegal_next, step.without_review, *by_option)


def check_shape(procedure: Procedure, top: Table) -> None:
    """Raise BadInput for circles, for a capture behind STOP, and for one that one alone reaches."""
    if procedure.opens_as is IncidentClass.C:
        top.fail("an incident is not opened as merely against the rules; that is asked", "class")
    circle = graph.circle(procedure)
    if circle:
        places = " > ".join([*circle[:6], *(["..."] if len(circle) > 6 else []), circle[0]])
        top.fail(f"the steps run in a circle ({places}); the way back is a key, not a step")
    for step_id in graph.reached(procedure, procedure.after_stop):
        if procedure.step(step_id).captures:
            top.fail(f"step {step_id!r} captures, but can be reached after STOP", "after_stop")
    for step in procedure.steps:
        if step.captures and (procedure.alone or procedure.opens_as in FREEZING):
            top.fail(f"step {step.id!r} captures; nothing may be captured here", "class")
