"""From a TOML file to a Procedure, or a BadInput that names file, line and mistake.

Checks keys and types here, and in :mod:`shape` that the steps fit their kinds and one another.
What is safe is proven in proof.
"""

from __future__ import annotations

import hashlib
from functools import partial
from importlib.resources import files

from esafety_tui.flows.procedure.built_in_fields import item_fields
from esafety_tui.flows.procedure.model import (
    ITEMS,
    Check,
    Field,
    Forbidden,
    Group,
    IncidentClass,
    Kind,
    Mark,
    Option,
    Procedure,
    Statement,
    Status,
    Step,
    Takes,
)
from esafety_tui.flows.procedure.toml_reader import Table, each, read_table
from esafety_tui.flows.procedure.validate import (
    check_kind,
    check_links,
    check_new,
    check_option,
    check_shape,
    named,
)
from esafety_tui.kernel.errors import BadInput

STEP_LIMIT = 10_000
_FORMAT = "procedure/2"
_TOP = (
    *("format", "name", "title", "offer", "version", "first", "after_stop", "class", "alone"),
    "step",
)
_STEP = (
    *("id", "kind", "title", "question", "why", "source", "status", "next", "part", "roles"),
    *("tell", "forbids", "starts", "ends", "options", "statements", "fields", "gates", "classes"),
    *("takes", "matrix", "illegal_next", "without_review", "may_skip"),
)
_OPTION = (
    *("key", "label", "detail", "class", "unsure", "advice", "cleared", "carry_on", "next"),
    *("tell", "demands", "starts", "ends", "without_review"),
)
_RESERVED = frozenset({"option", "options", "confirmed", "done", "why_none", "reason"})


def shipped() -> tuple[str, ...]:
    """Return the names of the procedures that come with the product, sorted."""
    folder = files("esafety_tui.flows") / "procedures"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_procedure(name: str) -> Procedure:
    """Return a shipped procedure. Raises BadInput if there is none of that name."""
    if name not in shipped():
        raise BadInput(
            f"There is no procedure {name!r}.", f"Choose one of: {', '.join(shipped())}."
        )
    resource = files("esafety_tui.flows") / "procedures" / f"{name}.toml"
    return parse_procedure(resource.read_bytes(), f"{name}.toml")


def parse_procedure(data: bytes, file_name: str, *, adopted: bool = False) -> Procedure:
    """Return the procedure in a file's bytes.

    Args:
        adopted: the school follows it already. Fields of a capture step, which nobody is shown,
            are then passed over, where a new file is turned down.

    Raises BadInput naming file, line and mistake.
    """
    top = read_table(data, file_name)
    top.only(_TOP)
    if top.text("format") != _FORMAT:
        top.fail(f"'format' must be {_FORMAT!r}", "format")
    tables = top.tables("step", "step")
    if not 1 <= len(tables) <= STEP_LIMIT:
        top.fail(f"there must be 1 to {STEP_LIMIT:,} steps")
    word = top.text("class", "")
    procedure = Procedure(
        name=top.id("name"),
        title=named(top, "title"),
        version=top.text("version"),
        first=top.id("first"),
        after_stop=top.id("after_stop"),
        steps=each(tables, _step),
        digest=hashlib.sha256(data).hexdigest(),
        offer=named(top, "offer", ""),
        opens_as=_class(top, word) if word else None,
        alone=top.flag("alone"),
    )
    check_links(procedure, top, tables)
    check_shape(procedure, top)
    if not adopted:
        check_new(procedure, tables)
    return procedure


def _step(table: Table) -> Step:
    table.only(_STEP)
    kind = table.one_of("kind", Kind)
    takes = table.one_of("takes", Takes, Takes.NOTHING)
    step = Step(
        id=table.id("id"),
        kind=kind,
        title=named(table, "title"),
        question=named(table, "question"),
        why=named(table, "why"),
        source=table.text("source"),
        status=table.one_of("status", Status),
        next=table.id("next", ""),
        roles=table.texts("roles"),
        tell=table.texts("tell"),
        forbids=tuple(_forbidden(table, word) for word in table.texts("forbids")),
        starts=table.texts("starts"),
        ends=table.texts("ends"),
        options=each(table.tables("options"), partial(_option, kind)),
        statements=each(table.tables("statements"), _statement),
        fields=item_fields(takes) or each(table.tables("fields"), _field),
        gates=table.texts("gates"),
        classes=tuple(_class(table, word) for word in table.texts("classes")),
        takes=takes,
        matrix=table.one_of("matrix", Group, Group.NONE),
        illegal_next=table.id("illegal_next", ""),
        without_review=table.id("without_review", ""),
        may_skip=table.flag("may_skip", kind in ITEMS),
        part=table.text("part", ""),
    )
    check_kind(step, table)
    return step


def _option(kind: Kind, table: Table) -> Option:
    table.only(_OPTION)
    word = table.text("class", "")
    option = Option(
        key=table.id("key"),
        label=named(table, "label"),
        detail=named(table, "detail", ""),
        incident_class=_class(table, word) if word else None,
        unsure=table.flag("unsure"),
        advice=table.flag("advice"),
        cleared=table.flag("cleared"),
        carry_on=table.id("carry_on", ""),
        next=table.id("next", ""),
        tell=table.texts("tell"),
        demands=table.texts("demands"),
        starts=table.texts("starts"),
        ends=table.texts("ends"),
        without_review=table.id("without_review", ""),
    )
    check_option(option, kind, table)
    return option


def _statement(table: Table) -> Statement:
    table.only(("key", "text"))
    return Statement(table.id("key"), named(table, "text"))


def _field(table: Table) -> Field:
    table.only(("name", "label", "check", "required", "choices", "mark"))
    field = Field(
        name=table.id("name"),
        label=named(table, "label"),
        check=table.one_of("check", Check, Check.TEXT),
        required=table.flag("required", True),
        choices=table.texts("choices"),
        mark=table.one_of("mark", Mark, Mark.SAW),
    )
    if field.name in _RESERVED:
        table.fail(f"the name {field.name!r} is taken by the program", "name")
    if "mark" in table.values and field.check is not Check.STATEMENT:
        table.fail("'mark' belongs to a statement", "mark")
    return field


def _class(table: Table, word: str) -> IncidentClass:
    if word not in set(IncidentClass):
        table.fail(f"{word!r} is no class; use A, B, C or unsure", word)
    return IncidentClass(word)


def _forbidden(table: Table, word: str) -> Forbidden:
    if word not in set(Forbidden):
        table.fail(f"{word!r} is none of: {', '.join(Forbidden)}", word)
    return Forbidden(word)
