"""The retention schedule of a profile: how many years, from which day, by which clause.

Rule: every class of incident has a line, and so has an incident that nobody has put into one.
Destroys nothing and knows no incident; :mod:`retention` applies it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from esafety_tui.flows.procedure.model import IncidentClass, SourceStatus
from esafety_tui.flows.procedure.toml_reader import TomlTable

NO_CLASS = "none"
"""Stands in ``classes`` for an incident that nobody has put into a class."""

MOST_YEARS = 100

_CLASSES = (*(str(c) for c in IncidentClass), NO_CLASS)
_KEYS = ("key", "label", "years", "from", "classes", "told", "reading", "source", "status")


class CountedFrom(StrEnum):
    """The day the years are counted from, in UK time."""

    OPENED = "opened"
    LAST_WRITTEN = "last-written"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One line of the schedule.

    Attributes:
        years: counted from the day ``start`` names.
        classes: incident classes it is for, ``none`` among them. told: or contacts notified.
        reading: why it is counted like this, where the clause itself cannot be followed.
        source: the clause. status: whether a policy text was found for it.
    """

    key: str
    label: str
    years: int
    start: CountedFrom
    classes: tuple[str, ...]
    told: tuple[str, ...]
    reading: str
    source: str
    status: SourceStatus

    @property
    def sentence(self) -> str:
        """The rule as one sentence for people."""
        since = "opened" if self.start is CountedFrom.OPENED else "last written in"
        sure = "" if self.status is SourceStatus.SOURCED else " To be confirmed by the school."
        return f"{self.label}: {self.years} years after it was {since}.{sure}"


def parse_retention_rules(
    tables: Sequence[TomlTable], kinds: Sequence[str]
) -> tuple[RetentionRule, ...]:
    """Return the schedule of a profile whose contacts are of ``kinds``. Raises BadInput."""
    rules = tuple(_read_rule(table, kinds) for table in tables)
    for table, rule in zip(tables, rules, strict=True):
        if sum(rule.key == other.key for other in rules) > 1:
            table.raise_mistake("this key is there twice", "key")
    covered = {name for rule in rules for name in rule.classes}
    if tables and (missing := [name for name in _CLASSES if name not in covered]):
        tables[-1].raise_mistake(f"no rule is for class {missing[0]!r}")
    return rules


def _read_rule(table: TomlTable, kinds: Sequence[str]) -> RetentionRule:
    table.refuse_unknown_keys(_KEYS)
    years = table.values.get("years")
    if type(years) is not int or not 1 <= years <= MOST_YEARS:
        table.raise_mistake(f"'years' must be a whole number from 1 to {MOST_YEARS}", "years")
    rule = RetentionRule(
        table.read_id("key"), table.read_string("label"), years, table.read_choice("from",
        CountedFrom),
        table.read_strings("classes"), table.read_strings("told"), table.read_string("reading", ""),
        table.read_string("source"), table.read_choice("status", SourceStatus),
    )  # fmt: skip
    for name in rule.classes:
        if name not in _CLASSES:
            table.raise_mistake(f"'classes' must be among: {', '.join(_CLASSES)}", "classes")
    for name in rule.told:
        if name not in kinds:
            table.raise_mistake(f"'told' names no kind of contact: {name}", "told")
    if not rule.classes and not rule.told:
        table.raise_mistake("it fits no incident: give it 'classes' or 'told'")
    return rule
