"""From a TOML file to a Procedure, or a BadInput that names file, line and mistake.

Checks keys and types here, and in :mod:`validate` that the steps fit their kinds and one another.
What is safe is proven in proof.
"""

from __future__ import annotations

import hashlib
from functools import partial
from importlib.resources import files

from esafety_tui.flows.procedure.built_in_fields import item_fields
from esafety_tui.flows.procedure.model import (
    ITEM_KINDS,
    CaptureContent,
    FieldCheck,
    ForbiddenAct,
    GateStatement,
    IncidentClass,
    KnowledgeMark,
    Option,
    PeopleGroup,
    Procedure,
    SourceStatus,
    Step,
    StepField,
    StepKind,
)
from esafety_tui.flows.procedure.toml_reader import TomlTable, parse_toml_table, read_each
from esafety_tui.flows.procedure.validate import (
    check_flowchart,
    check_option,
    check_step_kind,
    check_step_links,
    read_template_text,
    refuse_capture_fields,
)
from esafety_tui.kernel.errors import BadInput

STEP_LIMIT = 10_000
_FORMAT = "procedure/2"
_TOP_KEYS = (
    *("format", "name", "title", "offer", "version", "first", "after_stop", "class", "alone"),
    "step",
)
_STEP_KEYS = (
    *("id", "kind", "title", "question", "why", "source", "status", "next", "part", "roles"),
    *("tell", "forbids", "starts", "ends", "options", "statements", "fields", "gates", "classes"),
    *("takes", "matrix", "illegal_next", "without_review", "may_skip"),
)
_OPTION_KEYS = (
    *("key", "label", "detail", "class", "unsure", "advice", "cleared", "carry_on", "next"),
    *("tell", "demands", "starts", "ends", "without_review"),
)
_RESERVED_NAMES = frozenset({"option", "options", "confirmed", "done", "why_none", "reason"})


def shipped_procedures() -> tuple[str, ...]:
    """Return the names of the procedures that come with the product, sorted."""
    folder = files("esafety_tui.flows") / "procedures"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_procedure(name: str) -> Procedure:
    """Return a shipped procedure. Raises BadInput if there is none of that name."""
    if name not in shipped_procedures():
        raise BadInput(
            f"There is no procedure {name!r}.", f"Choose one of: {', '.join(shipped_procedures())}."
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
    top = parse_toml_table(data, file_name)
    top.refuse_unknown_keys(_TOP_KEYS)
    if top.read_string("format") != _FORMAT:
        top.raise_mistake(f"'format' must be {_FORMAT!r}", "format")
    tables = top.read_tables("step", "step")
    if not 1 <= len(tables) <= STEP_LIMIT:
        top.raise_mistake(f"there must be 1 to {STEP_LIMIT:,} steps")
    word = top.read_string("class", "")
    procedure = Procedure(
        name=top.read_id("name"),
        title=read_template_text(top, "title"),
        version=top.read_string("version"),
        first=top.read_id("first"),
        after_stop=top.read_id("after_stop"),
        steps=read_each(tables, _read_step),
        digest=hashlib.sha256(data).hexdigest(),
        offer=read_template_text(top, "offer", ""),
        opens_as=_read_class(top, word) if word else None,
        alone=top.read_flag("alone"),
    )
    check_step_links(procedure, top, tables)
    check_flowchart(procedure, top)
    if not adopted:
        refuse_capture_fields(procedure, tables)
    return procedure


def _read_step(table: TomlTable) -> Step:
    table.refuse_unknown_keys(_STEP_KEYS)
    kind = table.read_choice("kind", StepKind)
    takes = table.read_choice("takes", CaptureContent, CaptureContent.NOTHING)
    step = Step(
        id=table.read_id("id"),
        kind=kind,
        title=read_template_text(table, "title"),
        question=read_template_text(table, "question"),
        why=read_template_text(table, "why"),
        source=table.read_string("source"),
        status=table.read_choice("status", SourceStatus),
        next=table.read_id("next", ""),
        roles=table.read_strings("roles"),
        tell=table.read_strings("tell"),
        forbids=tuple(_read_forbidden_act(table, word) for word in table.read_strings("forbids")),
        starts=table.read_strings("starts"),
        ends=table.read_strings("ends"),
        options=read_each(table.read_tables("options"), partial(_read_option, kind)),
        statements=read_each(table.read_tables("statements"), _read_statement),
        fields=item_fields(takes) or read_each(table.read_tables("fields"), _read_field),
        gates=table.read_strings("gates"),
        classes=tuple(_read_class(table, word) for word in table.read_strings("classes")),
        takes=takes,
        matrix=table.read_choice("matrix", PeopleGroup, PeopleGroup.NONE),
        illegal_next=table.read_id("illegal_next", ""),
        without_review=table.read_id("without_review", ""),
        may_skip=table.read_flag("may_skip", kind in ITEM_KINDS),
        part=table.read_string("part", ""),
    )
    check_step_kind(step, table)
    return step


def _read_option(kind: StepKind, table: TomlTable) -> Option:
    table.refuse_unknown_keys(_OPTION_KEYS)
    word = table.read_string("class", "")
    option = Option(
        key=table.read_id("key"),
        label=read_template_text(table, "label"),
        detail=read_template_text(table, "detail", ""),
        incident_class=_read_class(table, word) if word else None,
        unsure=table.read_flag("unsure"),
        advice=table.read_flag("advice"),
        cleared=table.read_flag("cleared"),
        carry_on=table.read_id("carry_on", ""),
        next=table.read_id("next", ""),
        tell=table.read_strings("tell"),
        demands=table.read_strings("demands"),
        starts=table.read_strings("starts"),
        ends=table.read_strings("ends"),
        without_review=table.read_id("without_review", ""),
    )
    check_option(option, kind, table)
    return option


def _read_statement(table: TomlTable) -> GateStatement:
    table.refuse_unknown_keys(("key", "text"))
    return GateStatement(table.read_id("key"), read_template_text(table, "text"))


def _read_field(table: TomlTable) -> StepField:
    table.refuse_unknown_keys(("name", "label", "check", "required", "choices", "mark"))
    field = StepField(
        name=table.read_id("name"),
        label=read_template_text(table, "label"),
        check=table.read_choice("check", FieldCheck, FieldCheck.TEXT),
        required=table.read_flag("required", True),
        choices=table.read_strings("choices"),
        mark=table.read_choice("mark", KnowledgeMark, KnowledgeMark.SAW),
    )
    if field.name in _RESERVED_NAMES:
        table.raise_mistake(f"the name {field.name!r} is taken by the program", "name")
    if "mark" in table.values and field.check is not FieldCheck.STATEMENT:
        table.raise_mistake("'mark' belongs to a statement", "mark")
    return field


def _read_class(table: TomlTable, word: str) -> IncidentClass:
    if word not in set(IncidentClass):
        table.raise_mistake(f"{word!r} is no class; use A, B, C or unsure", word)
    return IncidentClass(word)


def _read_forbidden_act(table: TomlTable, word: str) -> ForbiddenAct:
    if word not in set(ForbiddenAct):
        table.raise_mistake(f"{word!r} is none of: {', '.join(ForbiddenAct)}", word)
    return ForbiddenAct(word)
