"""Steps that a profile names: each is there, or the line of the file that names it is a mistake.

A profile alone knows no procedures; this is asked with those there are. What is proven of a school
asks the same without the lines (:func:`claims_shape.lost_clause`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.procedure.toml_reader import Table, each, read_table
from esafety_tui.kernel.visible import show


def refuse_unplaced(data: bytes, file_name: str, procedures: Mapping[str, Procedure]) -> None:
    """Raise BadFile naming the line of every step of a profile that is in none of ``procedures``.

    ``data`` is a file that :func:`profile.parse_profile` takes.
    """
    top = read_table(data, file_name)
    each(_named(top), lambda one: _place(*one, procedures))


def _named(top: Table) -> Iterator[tuple[Table, str, str]]:
    """Yield each table with the procedure and the step it names, "" for all of its steps."""
    for table in top.tables("clause", "clause"):
        yield table, table.text("procedure"), table.text("step")
    for key in ("reading", "gap"):
        for table in top.tables(key, key):
            for name in table.texts("steps"):
                procedure, _, step = name.partition(".")
                yield table, procedure, step


def _place(table: Table, name: str, step: str, procedures: Mapping[str, Procedure]) -> None:
    at = f"{name}.{step}" if step and "steps" in table.values else step or name
    if name not in procedures:
        near = _near(name, procedures)
        table.fail(f"there is no procedure {show(name)!r}{near}", f'"{at}"')
    if step and step not in procedures[name]:
        near = _near(step, [one.id for one in procedures[name].steps])
        table.fail(f"{show(name)!r} has no step {show(step)!r}{near}", f'"{at}"')


def _near(word: str, known: Mapping[str, Procedure] | list[str]) -> str:
    found = get_close_matches(word, list(known), 1)
    return f"; {found[0]!r} is nearest" if found else ""
