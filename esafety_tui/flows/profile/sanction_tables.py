"""A school's table of incidents and sanctions: which actions the policy names for which incident.

Rule: the table informs and decides nothing. A mark that cannot be read for sure in the policy is
``uncertain`` and shown as "confirm with school". A row that may be against the law is ``illegal``,
whatever heading it stands under. Source: docs/procedures.md section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esafety_tui.flows.procedure.enums import Group, Status
from esafety_tui.flows.procedure.toml_reader import Table, each
from esafety_tui.flows.profile import text_rules

ROW_WIDTH = 54
COLUMN_WIDTH = 46
"""Characters of a label, so that what is said of it fits beside it: "advice first" for a row,
"confirm with school" for a column.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One action or sanction."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of incident.

    Attributes:
        marks: keys of the columns that the policy names. uncertain: those it may name.
        illegal: it may be against the law. note: one or two sentences, or "".
    """

    key: str
    label: str
    marks: tuple[str, ...]
    uncertain: tuple[str, ...] = ()
    illegal: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table for one group of people."""

    group: Group
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str
    status: Status

    def row(self, key: str) -> Row | None:
        """Return the row of that key, or None."""
        return next((row for row in self.rows if row.key == key), None)


def read_matrices(tables: Sequence[Table]) -> tuple[Matrix, ...]:
    """Return the matrices of a profile. Raises BadInput, for a group that is there twice, too."""
    found = each(tables, _matrix)
    for number, matrix in enumerate(found):
        if any(matrix.group is other.group for other in found[:number]):
            tables[number].fail("this group has a matrix already", "group")
    return found


def _matrix(table: Table) -> Matrix:
    table.only(("group", "title", "source", "status", "columns", "rows"))
    group = table.text("group")
    if group not in (Group.PUPILS, Group.STAFF):
        table.fail("'group' must be pupils or staff", "group")
    title = text_rules.label(table, "title")
    column_tables, row_tables = table.tables("columns"), table.tables("rows")
    columns = each(column_tables, _column)
    keys = _keys(table, "columns", column_tables)
    rows = each(row_tables, lambda inner: _row(inner, keys))
    _keys(table, "rows", row_tables)
    return Matrix(Group(group), title, columns, rows, *text_rules.origin(table))


def _keys(table: Table, what: str, inner: Sequence[Table]) -> tuple[str, ...]:
    if not inner:
        table.fail(f"{what!r} is missing or empty")
    keys = [each.id("key") for each in inner]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            inner[number].fail(f"the key {key!r} is there twice")
    return tuple(keys)


def _column(table: Table) -> Column:
    table.only(("key", "label"))
    return Column(table.id("key"), text_rules.label(table, "label", width=COLUMN_WIDTH))


def _row(table: Table, columns: Sequence[str]) -> Row:
    table.only(("key", "label", "marks", "uncertain", "illegal", "note"))
    if "marks" not in table.values:
        table.fail("'marks' is missing; [] where the policy ticks nothing")
    row = Row(
        table.id("key"), text_rules.label(table, "label", width=ROW_WIDTH),
        table.texts("marks"),
        table.texts("uncertain"), table.flag("illegal"), text_rules.prose(table, "note", "", 2),
    )  # fmt: skip
    for name, named in (("marks", row.marks), ("uncertain", row.uncertain)):
        for key in named:
            if key not in columns:
                table.fail(f"{name!r} names no column: {key}", name)
    if both := set(row.marks) & set(row.uncertain):
        table.fail(f"{min(both)!r} stands in 'marks' and in 'uncertain'", "uncertain")
    return row
