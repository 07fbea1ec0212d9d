"""Reading what a profile lists: one function for each table of docs/procedures.md section 2.

Every mistake is a BadInput with file and line. Nothing is guessed; where a text may be left out,
the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

from esafety_tui.flows.procedure.enums import NAMES, IncidentClass
from esafety_tui.flows.procedure.toml_reader import Table
from esafety_tui.flows.profile.policy_items import (
    Clause,
    Conflict,
    Contact,
    Gap,
    Illegal,
    Inform,
    Log,
    PolicyDates,
    Reading,
    Role,
    Use,
    Verdict,
)
from esafety_tui.flows.profile.text_rules import label, origin, prose, screen_text

NAME_WIDTH = 40
"""Characters of what a school calls somebody: it stands in the middle of sentences."""

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


def names(table: Table) -> dict[str, str]:
    """Return what the school calls each of NAMES."""
    table.only(NAMES)
    return {name: label(table, name, width=NAME_WIDTH) for name in NAMES}


def policy(table: Table) -> PolicyDates:
    """Return title and dates of the policy."""
    table.only(("title", "date", "review_due"))
    made, due = _day(table, "date"), _day(table, "review_due")
    if made and due and due < made:
        table.fail("'review_due' lies before 'date'", "review_due")
    return PolicyDates(label(table, "title", ""), made, due)


def _day(table: Table, key: str) -> date | None:
    text = table.text(key, "")
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # such as 2026-02-30: the same mistake as a day written otherwise
    table.fail(f'{key!r} must be a day as 2026-11-21, or ""', key)


def role(table: Table) -> Role:
    """Return one role."""
    table.only(("key", "label", "reviewer"))
    return Role(table.id("key"), label(table, "label"), table.flag("reviewer"))


def conflict(table: Table, roles: Collection[str], kinds: Collection[str]) -> Conflict:
    """Return one rule on who cannot act: a role, and the role or contact that acts instead."""
    table.only(("who", "then", "source", "status"))
    who, then = table.id("who"), table.id("then")
    if who not in roles:
        table.fail(f"'who' names no role: {who}", "who")
    if then not in roles and then not in kinds:
        table.fail(f"'then' names no role and no kind of contact: {then}", "then")
    if who == then:
        table.fail("'who' and 'then' are the same", "then")
    return Conflict(who, then, *origin(table))


def contact(table: Table) -> Contact:
    """Return one contact; the only numbers are the national ones."""
    table.only(("kind", "label", "number", "about"))
    kind, number = table.id("kind"), table.text("number", "")
    if number != _NATIONAL.get(kind, ""):
        table.fail("a profile holds no number but 999 (emergency) and 101 (police)", "number")
    return Contact(kind, label(table, "label"), number, label(table, "about", "", 76))


def illegal(table: Table) -> Illegal:
    """Return one line of the list of crimes."""
    table.only(("label", "statute", "class", "source", "status"))
    found = table.one_of("class", IncidentClass)
    if found not in {IncidentClass.A, IncidentClass.B}:
        table.fail("'class' must be A or B", "class")
    statute = prose(table, "statute", "", 2)
    return Illegal(label(table, "label"), statute, found, *origin(table))


def use(table: Table) -> Use:
    """Return one line of the user-actions table."""
    table.only(("activity", "verdict", "note", "source", "status"))
    verdict = table.one_of("verdict", Verdict)
    return Use(label(table, "activity"), verdict, prose(table, "note", "", 2), *origin(table))


def inform(table: Table) -> Inform:
    """Return one rule on who is informed."""
    table.only(("who", "when", "source", "status"))
    return Inform(label(table, "who"), prose(table, "when", None, 2), *origin(table))


def log(table: Table) -> Log:
    """Return one log and its audience."""
    table.only(("what", "audience", "anonymous", "source", "status"))
    what, audience = label(table, "what"), prose(table, "audience", None, 2)
    return Log(what, audience, table.flag("anonymous"), *origin(table))


def clause(table: Table) -> Clause:
    """Return one clause on a step; whether the step exists is for whoever knows the procedures."""
    table.only(("procedure", "step", "source", "status", "why"))
    procedure, step = table.id("procedure"), table.id("step")
    return Clause(procedure, step, *origin(table), screen_text(table, "why", ""))


def reading(table: Table) -> Reading:
    """Return one safe reading."""
    table.only(("text", "because", "source", "steps"))
    said = prose(table, "text"), prose(table, "because"), prose(table, "source", lines=2)
    return Reading(*said, _steps(table, _STEP, "each be procedure.step"))


def gap(table: Table) -> Gap:
    """Return one gap."""
    table.only(("text", "offered", "steps"))
    steps = _steps(table, _STEP_OR_ALL, "each be procedure.step, or a procedure alone")
    return Gap(prose(table, "text"), prose(table, "offered"), steps)


def _steps(table: Table, form: re.Pattern[str], must: str) -> tuple[str, ...]:
    """Return the steps a table is about; whether they exist :mod:`placing` finds out."""
    steps = table.texts("steps")
    for step in steps:
        if not form.fullmatch(step):
            table.fail(f"'steps' must {must}, not {step!r}", step)
    return steps


def once(tables: Sequence[Table], keys: Sequence[T], what: str) -> None:
    """Raise BadInput at the first table whose key an earlier one has."""
    for number, key in enumerate(keys):
        if key in keys[:number]:
            tables[number].fail(f"{what} is there twice")
