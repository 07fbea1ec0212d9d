"""Reading what a profile lists: one function for each table of docs/procedures.md section 2.

Every mistake is a BadInput with file and line. Nothing is guessed; where a text may be left out,
the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

from esafety_tui.flows.procedure.enums import PLACEHOLDER_NAMES, IncidentClass
from esafety_tui.flows.procedure.toml_reader import TomlTable
from esafety_tui.flows.profile.policy_items import (
    InformRule,
    ListedCrime,
    LogRule,
    PolicyClause,
    PolicyContact,
    PolicyDates,
    PolicyGap,
    RoleConflict,
    SafeReading,
    SchoolRole,
    UseRule,
    UseVerdict,
)
from esafety_tui.flows.profile.text_rules import (
    read_label,
    read_prose,
    read_screen_text,
    read_source_and_status,
)

NAME_WIDTH = 40
"""Characters of what a school calls somebody: it is used in the middle of sentences."""

CONTACT_KINDS = (
    "emergency", "police", "dsl", "chair", "lado", "social-care", "authority", "technician",
    "dpo", "ico", "ceop", "iwf", "professional-body",
)  # fmt: skip
"""There in every profile; a school may add others."""

_NATIONAL = {"emergency": "999", "police": "101"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = r"[a-z0-9][a-z0-9-]{0,39}"
_STEP = re.compile(rf"{_ID}\.{_ID}")
_STEP_OR_ALL = re.compile(rf"{_ID}(\.{_ID})?")

T = TypeVar("T")


def read_school_names(table: TomlTable) -> dict[str, str]:
    """Return what the school calls each of NAMES."""
    table.refuse_unknown_keys(PLACEHOLDER_NAMES)
    return {name: read_label(table, name, width=NAME_WIDTH) for name in PLACEHOLDER_NAMES}


def read_policy_dates(table: TomlTable) -> PolicyDates:
    """Return title and dates of the policy."""
    table.refuse_unknown_keys(("title", "date", "review_due"))
    made, due = _read_day(table, "date"), _read_day(table, "review_due")
    if made and due and due < made:
        table.raise_mistake("'review_due' lies before 'date'", "review_due")
    return PolicyDates(read_label(table, "title", ""), made, due)


def _read_day(table: TomlTable, key: str) -> date | None:
    text = table.read_string(key, "")
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # such as 2026-02-30: the same mistake as a day written otherwise
    table.raise_mistake(f'{key!r} must be a day as 2026-11-21, or ""', key)


def read_school_role(table: TomlTable) -> SchoolRole:
    """Return one role."""
    table.refuse_unknown_keys(("key", "label", "reviewer"))
    return SchoolRole(table.read_id("key"), read_label(table, "label"), table.read_flag("reviewer"))


def read_role_conflict(
    table: TomlTable, roles: Collection[str], kinds: Collection[str]
) -> RoleConflict:
    """Return one rule on who cannot act: a role, and the role or contact that acts instead."""
    table.refuse_unknown_keys(("who", "then", "source", "status"))
    who, then = table.read_id("who"), table.read_id("then")
    if who not in roles:
        table.raise_mistake(f"'who' names no role: {who}", "who")
    if then not in roles and then not in kinds:
        table.raise_mistake(f"'then' names no role and no kind of contact: {then}", "then")
    if who == then:
        table.raise_mistake("'who' and 'then' are the same", "then")
    return RoleConflict(who, then, *read_source_and_status(table))


def read_contact(table: TomlTable) -> PolicyContact:
    """Return one contact; the only numbers are the national ones."""
    table.refuse_unknown_keys(("kind", "label", "number", "about"))
    kind, number = table.read_id("kind"), table.read_string("number", "")
    if number != _NATIONAL.get(kind, ""):
        table.raise_mistake(
            "a profile holds no number but 999 (emergency) and 101 (police)", "number"
        )
    return PolicyContact(
        kind, read_label(table, "label"), number, read_label(table, "about", "", 76)
    )


def read_listed_crime(table: TomlTable) -> ListedCrime:
    """Return one line of the list of crimes."""
    table.refuse_unknown_keys(("label", "statute", "class", "source", "status"))
    found = table.read_choice("class", IncidentClass)
    if found not in {IncidentClass.A, IncidentClass.B}:
        table.raise_mistake("'class' must be A or B", "class")
    statute = read_prose(table, "statute", "", 2)
    return ListedCrime(read_label(table, "label"), statute, found, *read_source_and_status(table))


def read_use_rule(table: TomlTable) -> UseRule:
    """Return one line of the user-actions table."""
    table.refuse_unknown_keys(("activity", "verdict", "note", "source", "status"))
    verdict = table.read_choice("verdict", UseVerdict)
    return UseRule(
        read_label(table, "activity"),
        verdict,
        read_prose(table, "note", "", 2),
        *read_source_and_status(table),
    )


def read_inform_rule(table: TomlTable) -> InformRule:
    """Return one rule on who is informed."""
    table.refuse_unknown_keys(("who", "when", "source", "status"))
    return InformRule(
        read_label(table, "who"), read_prose(table, "when", None, 2), *read_source_and_status(table)
    )


def read_log_rule(table: TomlTable) -> LogRule:
    """Return one log and its audience."""
    table.refuse_unknown_keys(("what", "audience", "anonymous", "source", "status"))
    what, audience = read_label(table, "what"), read_prose(table, "audience", None, 2)
    return LogRule(what, audience, table.read_flag("anonymous"), *read_source_and_status(table))


def read_clause(table: TomlTable) -> PolicyClause:
    """Return one clause on a step. :mod:`step_references` checks that the step exists."""
    table.refuse_unknown_keys(("procedure", "step", "source", "status", "why"))
    procedure, step = table.read_id("procedure"), table.read_id("step")
    return PolicyClause(
        procedure, step, *read_source_and_status(table), read_screen_text(table, "why", "")
    )


def read_safe_reading(table: TomlTable) -> SafeReading:
    """Return one safe reading."""
    table.refuse_unknown_keys(("text", "because", "source", "steps"))
    said = (
        read_prose(table, "text"),
        read_prose(table, "because"),
        read_prose(table, "source", lines=2),
    )
    return SafeReading(*said, _read_step_names(table, _STEP, "each be procedure.step"))


def read_policy_gap(table: TomlTable) -> PolicyGap:
    """Return one gap."""
    table.refuse_unknown_keys(("text", "offered", "steps"))
    steps = _read_step_names(table, _STEP_OR_ALL, "each be procedure.step, or a procedure alone")
    return PolicyGap(read_prose(table, "text"), read_prose(table, "offered"), steps)


def _read_step_names(table: TomlTable, form: re.Pattern[str], must: str) -> tuple[str, ...]:
    """Return the steps a table is about; :mod:`step_references` checks that they exist."""
    steps = table.read_strings("steps")
    for step in steps:
        if not form.fullmatch(step):
            table.raise_mistake(f"'steps' must {must}, not {step!r}", step)
    return steps


def refuse_duplicate_keys(tables: Sequence[TomlTable], keys: Sequence[T], what: str) -> None:
    """Raise BadInput at the first table whose key an earlier one has."""
    for number, key in enumerate(keys):
        if key in keys[:number]:
            tables[number].raise_mistake(f"{what} is there twice")
