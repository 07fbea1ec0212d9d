"""A school's table of incidents and sanctions: which actions the policy names for which incident.

Rule: the table informs and decides nothing. A mark that cannot be read for sure in the policy is
``uncertain`` and shown as "confirm with school". A row that may be against the law is ``illegal``,
whatever its heading. Source: docs/procedures.md section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esafety_tui.flows.procedure.enums import PeopleGroup, SourceStatus
from esafety_tui.flows.procedure.toml_reader import TomlTable, read_each
from esafety_tui.flows.profile import text_rules

ROW_WIDTH = 54
COLUMN_WIDTH = 46
"""Characters of a label, so that what is said of it fits beside it: "advice first" for a row,
"confirm with school" for a column.
"""


@dataclass(frozen=True, slots=True)
class SanctionColumn:
    """One action or sanction."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class SanctionRow:
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
class SanctionMatrix:
    """The table for one group of people."""

    group: PeopleGroup
    title: str
    columns: tuple[SanctionColumn, ...]
    rows: tuple[SanctionRow, ...]
    source: str
    status: SourceStatus

    def find_row(self, key: str) -> SanctionRow | None:
        """Return the row of that key, or None."""
        return next((row for row in self.rows if row.key == key), None)


def read_matrices(tables: Sequence[TomlTable]) -> tuple[SanctionMatrix, ...]:
    """Return the matrices of a profile. Raises BadInput, for a group that is there twice, too."""
    found = read_each(tables, _read_matrix)
    for number, matrix in enumerate(found):
        if any(matrix.group is other.group for other in found[:number]):
            tables[number].raise_mistake("this group has a matrix already", "group")
    return found


def _read_matrix(table: TomlTable) -> SanctionMatrix:
    table.refuse_unknown_keys(("group", "title", "source", "status", "columns", "rows"))
    group = table.read_string("group")
    if group not in (PeopleGroup.PUPILS, PeopleGroup.STAFF):
        table.raise_mistake("'group' must be pupils or staff", "group")
    title = text_rules.read_label(table, "title")
    column_tables, row_tables = table.read_tables("columns"), table.read_tables("rows")
    columns = read_each(column_tables, _read_column)
    keys = _read_unique_keys(table, "columns", column_tables)
    rows = read_each(row_tables, lambda inner: _read_row(inner, keys))
    _read_unique_keys(table, "rows", row_tables)
    return SanctionMatrix(
        PeopleGroup(group), title, columns, rows, *text_rules.read_source_and_status(table)
    )


def _read_unique_keys(table: TomlTable, what: str, inner: Sequence[TomlTable]) -> tuple[str, ...]:
    if not inner:
        table.raise_mistake(f"{what!r} is missing or empty")
    keys = [each.read_id("key") for each in inner]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            inner[number].raise_mistake(f"the key {key!r} is there twice")
    return tuple(keys)


def _read_column(table: TomlTable) -> SanctionColumn:
    table.refuse_unknown_keys(("key", "label"))
    return SanctionColumn(
        table.read_id("key"), text_rules.read_label(table, "label", width=COLUMN_WIDTH)
    )


def _read_row(table: TomlTable, columns: Sequence[str]) -> SanctionRow:
    table.refuse_unknown_keys(("key", "label", "marks", "uncertain", "illegal", "note"))
    if "marks" not in table.values:
        table.raise_mistake("'marks' is missing; [] where the policy ticks nothing")
    row = SanctionRow(
        table.read_id("key"), text_rules.read_label(table, "label", width=ROW_WIDTH),
        table.read_strings("marks"),
        table.read_strings("uncertain"), table.read_flag("illegal"), text_rules.read_prose(table,
        "note", "", 2),
    )  # fmt: skip
    for name, named in (("marks", row.marks), ("uncertain", row.uncertain)):
        for key in named:
            if key not in columns:
                table.raise_mistake(f"{name!r} names no column: {key}", name)
    if both := set(row.marks) & set(row.uncertain):
        table.raise_mistake(f"{min(both)!r} stands in 'marks' and in 'uncertain'", "uncertain")
    return row
