"""Steps that a profile names: each is there, or the line of the file that names it is a mistake.

A profile alone knows no procedures; this is asked with those there are. What is proven of a school
asks the same without the lines (:func:`claims_flowchart.find_lost_clauses`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.procedure.toml_reader import TomlTable, parse_toml_table, read_each
from esafety_tui.kernel.visible import show_invisible


def refuse_unknown_steps(data: bytes, file_name: str, procedures: Mapping[str, Procedure]) -> None:
    """Raise BadFile naming the line of every step of a profile that is in none of ``procedures``.

    ``data`` is a file that :func:`profile.parse_profile` takes.
    """
    top = parse_toml_table(data, file_name)
    read_each(_named_references(top), lambda one: _check_reference(*one, procedures))


def _named_references(top: TomlTable) -> Iterator[tuple[TomlTable, str, str]]:
    """Yield each table with the procedure and the step it names, "" for all of its steps."""
    for table in top.read_tables("clause", "clause"):
        yield table, table.read_string("procedure"), table.read_string("step")
    for key in ("reading", "gap"):
        for table in top.read_tables(key, key):
            for name in table.read_strings("steps"):
                procedure, _, step = name.partition(".")
                yield table, procedure, step


def _check_reference(
    table: TomlTable, name: str, step: str, procedures: Mapping[str, Procedure]
) -> None:
    at = f"{name}.{step}" if step and "steps" in table.values else step or name
    if name not in procedures:
        near = _suggest_nearest(name, procedures)
        table.raise_mistake(f"there is no procedure {show_invisible(name)!r}{near}", f'"{at}"')
    if step and step not in procedures[name]:
        near = _suggest_nearest(step, [one.id for one in procedures[name].steps])
        table.raise_mistake(
            f"{show_invisible(name)!r} has no step {show_invisible(step)!r}{near}", f'"{at}"'
        )


def _suggest_nearest(word: str, known: Mapping[str, Procedure] | list[str]) -> str:
    found = get_close_matches(word, list(known), 1)
    return f"; {found[0]!r} is nearest" if found else ""
