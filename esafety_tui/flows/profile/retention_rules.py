"""The retention schedule of a profile: how many years, from which day, by which clause.

Rule: every class of incident has a line, and so has an incident that nobody has put into one.
Destroys nothing and knows no incident; :mod:`retention` applies it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from esafety_tui.flows.procedure.model import IncidentClass, Status
from esafety_tui.flows.procedure.toml_reader import Table

NONE = "none"
"""Stands in ``classes`` for an incident that nobody has put into a class."""

MOST_YEARS = 100

_CLASSES = (*(str(c) for c in IncidentClass), NONE)
_KEYS = ("key", "label", "years", "from", "classes", "told", "reading", "source", "status")


class From(StrEnum):
    """The day the years are counted from, in UK time."""

    OPENED = "opened"
    LAST_WRITTEN = "last-written"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the schedule.

    Attributes:
        years: counted from the day ``start`` names.
        classes: incident classes it is for, ``none`` among them. told: or whoever was told.
        reading: why it is counted like this, where the clause itself cannot be followed.
        source: the clause. status: whether a policy text was found for it.
    """

    key: str
    label: str
    years: int
    start: From
    classes: tuple[str, ...]
    told: tuple[str, ...]
    reading: str
    source: str
    status: Status

    @property
    def words(self) -> str:
        """The rule as one sentence for people."""
        since = "opened" if self.start is From.OPENED else "last written in"
        sure = "" if self.status is Status.SOURCED else " To be confirmed by the school."
        return f"{self.label}: {self.years} years after it was {since}.{sure}"


def parse_rules(tables: Sequence[Table], kinds: Sequence[str]) -> tuple[Rule, ...]:
    """Return the schedule of a profile whose contacts are of ``kinds``. Raises BadInput."""
    rules = tuple(_rule(table, kinds) for table in tables)
    for table, rule in zip(tables, rules, strict=True):
        if sum(rule.key == other.key for other in rules) > 1:
            table.fail("this key is there twice", "key")
    covered = {name for rule in rules for name in rule.classes}
    if tables and (missing := [name for name in _CLASSES if name not in covered]):
        tables[-1].fail(f"no rule is for class {missing[0]!r}")
    return rules


def _rule(table: Table, kinds: Sequence[str]) -> Rule:
    table.only(_KEYS)
    years = table.values.get("years")
    if type(years) is not int or not 1 <= years <= MOST_YEARS:
        table.fail(f"'years' must be a whole number from 1 to {MOST_YEARS}", "years")
    rule = Rule(
        table.id("key"), table.text("label"), years, table.one_of("from", From),
        table.texts("classes"), table.texts("told"), table.text("reading", ""),
        table.text("source"), table.one_of("status", Status),
    )  # fmt: skip
    for name in rule.classes:
        if name not in _CLASSES:
            table.fail(f"'classes' must be among: {', '.join(_CLASSES)}", "classes")
    for name in rule.told:
        if name not in kinds:
            table.fail(f"'told' names no kind of contact: {name}", "told")
    if not rule.classes and not rule.told:
        table.fail("it fits no incident: give it 'classes' or 'told'")
    return rule
