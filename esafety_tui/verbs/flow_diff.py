"""``esafety flow diff``: what differs between two procedures, or two profiles, in words.

Compares what was read, not bytes: comments and the order of keys do not count. Parts are matched
by their key; a text that differs is shown both ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.text import show_invisible
from esafety_tui.verbs.flow_files import Flow

_KEYS = ("id", "key", "kind", "name", "group", "who", "activity", "what", "label", "text")
"""Attributes by which parts are matched, the first that a part has."""
_LEFT_OUT = frozenset({"digest", "profile", "_by_id"})


def list_differences(one: Flow, other: Flow) -> Iterator[str]:
    """Yield a line for each difference. Raises BadInput for a procedure and a profile."""
    if type(one) is not type(other):
        raise BadInput("One is a procedure, the other a profile.", "Name two of a kind.")
    what = "procedure" if isinstance(one, Procedure) else "profile"
    yield from _compare_parts(f"{what} {one.name}", one, other)


def _compare_parts(where: str, one: Any, other: Any) -> Iterator[str]:
    for field in fields(one):
        if field.name not in _LEFT_OUT:
            yield from _compare_values(
                where, field.name, getattr(one, field.name), getattr(other, field.name)
            )


def _compare_values(where: str, name: str, one: Any, other: Any) -> Iterator[str]:
    if one == other:
        return
    if _is_part_list(one) or _is_part_list(other):
        yield from _compare_lists(where, name, _key_parts(one), _key_parts(other))
    elif isinstance(one, Mapping):
        for key in [*one, *(k for k in other if k not in one)]:
            yield from _compare_values(where, f"{name} {key}", one.get(key, ""), other.get(key, ""))
    elif is_dataclass(one) and is_dataclass(other):
        yield from _compare_parts(f"{where}, {name}", one, other)
    else:
        yield f"{where}: {_name_in_words(name)}: {_format_value(one)} -> {_format_value(other)}"


def _is_part_list(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and is_dataclass(value[0])


def _key_parts(parts: Any) -> dict[str, Any]:
    """Return parts by their key; a key that is there again gets a number."""
    found: dict[str, Any] = {}
    for part in parts:
        if name := getattr(part, "procedure", ""):
            key = f"{name}/{part.step}"
        else:
            key = str(next(getattr(part, k) for k in _KEYS if hasattr(part, k)))
        while key in found:
            key += " again"
        found[key] = part
    return found


def _compare_lists(
    where: str, name: str, one: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterator[str]:
    what = _name_in_words(name).removesuffix("s")
    yield from (
        f"{where}: {what} {show_invisible(key)!r} is only in the first"
        for key in one
        if key not in other
    )
    yield from (
        f"{where}: {what} {show_invisible(key)!r} is only in the second"
        for key in other
        if key not in one
    )
    both = [key for key in one if key in other]
    for key in both:
        inside = "" if where.startswith(("procedure ", "profile ")) else f"{where}, "
        yield from _compare_parts(f"{inside}{what} {show_invisible(key)!r}", one[key], other[key])
    if both != [key for key in other if key in one]:
        yield f"{where}: the {_name_in_words(name)} stand in another order"


def _name_in_words(name: str) -> str:
    return name.replace("_", " ")


def _format_value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "nothing"
    return f"“{show_invisible(str(value).replace(chr(10), ' / '))}”"
