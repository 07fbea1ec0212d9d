"""From a TOML file to a Procedure, or a BadInput that names file, line and mistake.

Checks form: keys, types, that every step named exists, no circles, that a capture names the
classes B or C only and that the words after STOP reach none. What is safe is proven in proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.resources import files

from esafety_tui.kernel.errors import BadInput

from . import graph
from .effects import REQUIRED_GATES
from .model import (
    CAPTURES,
    FREEZING,
    ONE_OPTION,
    PARTS,
    Check,
    Field,
    IncidentClass,
    Kind,
    Option,
    Procedure,
    Statement,
    Status,
    Step,
)
from .reading import Table, read_table

STEP_LIMIT = 10_000
_FORMAT = "procedure/1"
_TOP = ("format", "name", "title", "version", "first", "after_stop", "step")
_STEP = (
    *("id", "kind", "title", "question", "why", "source", "status", "next", "tell"),
    *("options", "statements", "fields", "gates", "classes", "may_skip", "part"),
)
_OPTION = ("key", "label", "detail", "class", "advice", "carry_on", "next", "tell")
_RESERVED = frozenset({"option", "options", "confirmed", "done", "why_none", "reason"})
_KNOWN = ("saw it", "was told", "both")
_ITEM_FIELDS = {
    Kind.URLS: (
        Field("url", "Address", Check.URL),
        Field("concern", "What worries you about it?"),
        Field("known", "How do you know?", choices=_KNOWN),
    ),
    Kind.FILES: (
        Field("path", "File: drop it here, or type where it is"),
        Field("kind", "What is it?", choices=("screenshot", "other file")),
        Field("concern", "What does it show?"),
    ),
}


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


def parse_procedure(data: bytes, file_name: str) -> Procedure:
    """Return the procedure in a file's bytes. Raises BadInput naming file, line and mistake."""
    top = read_table(data, file_name)
    top.only(_TOP)
    if top.text("format") != _FORMAT:
        top.fail(f"'format' must be {_FORMAT!r}", "format")
    tables = top.tables("step", "step")
    if not 1 <= len(tables) <= STEP_LIMIT:
        top.fail(f"there must be 1 to {STEP_LIMIT:,} steps")
    procedure = Procedure(
        name=top.id("name"),
        title=top.text("title"),
        version=top.text("version"),
        first=top.id("first"),
        after_stop=top.id("after_stop"),
        steps=tuple(_step(table) for table in tables),
        digest=hashlib.sha256(data).hexdigest(),
    )
    _check_links(procedure, top, tables)
    _check_shape(procedure, top)
    return procedure


def _step(table: Table) -> Step:
    table.only(_STEP)
    kind = table.one_of("kind", Kind)
    step = Step(
        id=table.id("id"),
        kind=kind,
        title=table.text("title"),
        question=table.text("question"),
        why=table.text("why"),
        source=table.text("source"),
        status=table.one_of("status", Status),
        next=table.id("next", ""),
        tell=table.texts("tell"),
        options=tuple(_option(inner, kind) for inner in table.tables("options")),
        statements=tuple(_statement(inner) for inner in table.tables("statements")),
        fields=tuple(_field(inner) for inner in table.tables("fields"))
        or _ITEM_FIELDS.get(kind, ()),
        gates=table.texts("gates"),
        classes=tuple(_class(table, word) for word in table.texts("classes")),
        may_skip=table.flag("may_skip", kind in CAPTURES),
        part=table.text("part", ""),
    )
    if step.part and step.part not in PARTS:
        table.fail(f"the form has no box {step.part!r}", "part")
    _check_kind(step, table)
    return step


def _option(table: Table, kind: Kind) -> Option:
    table.only(_OPTION)
    word = table.text("class", "")
    option = Option(
        key=table.id("key"),
        label=table.text("label"),
        detail=table.text("detail", ""),
        incident_class=_class(table, word) if word else None,
        advice=table.flag("advice"),
        carry_on=table.flag("carry_on"),
        next=table.id("next", ""),
        tell=table.texts("tell"),
    )
    if option.advice and kind is not Kind.WAIT:
        table.fail("'advice' belongs to a step of kind 'wait'", "advice")
    if kind not in ONE_OPTION and (option.next or option.incident_class or option.carry_on):
        table.fail("'next', 'class' and 'carry_on' belong to a question or a wait", option.key)
    return option


def _statement(table: Table) -> Statement:
    table.only(("key", "text"))
    return Statement(table.id("key"), table.text("text"))


def _field(table: Table) -> Field:
    table.only(("name", "label", "check", "required", "choices"))
    field = Field(
        name=table.id("name"),
        label=table.text("label"),
        check=table.one_of("check", Check, Check.TEXT),
        required=table.flag("required", True),
        choices=table.texts("choices"),
    )
    if field.name in _RESERVED:
        table.fail(f"the name {field.name!r} is taken by the program", "name")
    return field


def _class(table: Table, word: str) -> IncidentClass:
    if word not in set(IncidentClass):
        table.fail(f"{word!r} is no class; use A, B, C or unsure", word)
    return IncidentClass(word)


def _check_kind(step: Step, table: Table) -> None:
    """Raise BadInput if a step lacks what its kind needs, or has what no such step can have."""
    needs_options = step.kind in ONE_OPTION or step.kind is Kind.CHOOSE
    needs = (
        (needs_options, bool(step.options), "options"),
        (step.kind is Kind.GATE, bool(step.statements), "statements"),
        (step.kind in CAPTURES, bool(step.classes), "classes"),
    )
    for needed, present, key in needs:
        if needed and not present:
            table.fail(f"a step of kind {step.kind.value!r} needs {key!r}")
        if present and not needed:
            table.fail(f"a step of kind {step.kind.value!r} has no {key!r}", key)
    if step.kind is Kind.WORDS and not step.fields:
        table.fail("a step of kind 'words' needs 'fields'")
    if step.gates and step.kind is not Kind.GATE:
        table.fail("'gates' belong to a step of kind 'gate'", "gates")
    unknown = sorted(set(step.gates) - REQUIRED_GATES)
    if unknown:
        table.fail(f"no gate is called {unknown[0]!r}", "gates")
    if FREEZING & set(step.classes):
        table.fail("nothing may be captured in class A or while unsure", "classes")
    _once(table, "option", (option.key for option in step.options))
    _once(table, "statement", (statement.key for statement in step.statements))
    _once(table, "field", (field.name for field in step.fields))


def _once(table: Table, what: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            table.fail(f"{what} {key!r} is there twice", key)
        seen.add(key)


def _check_links(procedure: Procedure, top: Table, tables: tuple[Table, ...]) -> None:
    """Raise BadInput if a step named anywhere does not exist, or one has no way on."""
    _once(top, "step", (step.id for step in procedure.steps))
    for key in ("first", "after_stop"):
        if top.text(key) not in procedure:
            top.fail(f"{key!r} names no step", key)
    for step, table in zip(procedure.steps, tables, strict=True):
        for other in (step.next, *(option.next for option in step.options)):
            if other and other not in procedure:
                table.fail(f"there is no step {other!r}", other)
        open_ended = not step.options or any(not option.next for option in step.options)
        if step.kind is Kind.END and graph.followers(step):
            table.fail("an end has nothing after it", "next")
        if step.kind is not Kind.END and not step.next and open_ended:
            table.fail("nothing follows this step; name 'next'")


def _check_shape(procedure: Procedure, top: Table) -> None:
    """Raise BadInput for circles and for a capture behind STOP."""
    if graph.backwards(procedure) is None:
        top.fail("the steps run in a circle; the way back is a key, not a step")
    for step_id in graph.reached(procedure, procedure.after_stop):
        if procedure.step(step_id).captures:
            top.fail(f"step {step_id!r} captures, but can be reached after STOP", "after_stop")
