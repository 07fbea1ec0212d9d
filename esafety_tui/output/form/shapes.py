"""Questions to one PDF value: which kind it is, which keys it has, whether it is that very value.

Rule: each raises NotSound unless the value is exactly that; none follows a reference.
"""

from __future__ import annotations

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form.need import need
from esafety_tui.output.form.tokens import Number, Ref, Stream, Value

PARTS = "the document has parts that a form does not have."


def entries_of(value: Value) -> dict[str, Value]:
    """Return a dictionary's entries."""
    need(isinstance(value, dict), PARTS)
    return value if isinstance(value, dict) else {}


def exactly(value: Value, keys: str) -> dict[str, Value]:
    """Return the entries of a dictionary that has these keys, separated by spaces, and no other."""
    entries = entries_of(value)
    need(sorted(entries) == sorted(keys.split()), PARTS)
    return entries


def stream_of(value: Value, keys: str) -> Stream:
    """Return a stream whose dictionary has these keys and no other."""
    if not isinstance(value, Stream):
        raise unlike()
    exactly(value.entries, keys)
    return value


def are(entries: dict[str, Value], fixed: dict[str, Value]) -> None:
    """Check that each entry named in ``fixed`` has that value."""
    for key, value in fixed.items():
        need(same(entries[key], value), PARTS)


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal and of one kind: a name is not the number spelt like it."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return one == other


def list_of(value: Value) -> list[Value]:
    """Return an array's values."""
    need(isinstance(value, list), PARTS)
    return value if isinstance(value, list) else []


def whole(value: Value, most: int) -> int:
    """Return a number from 1 to ``most``."""
    if not isinstance(value, Number) or not value.isdecimal() or not 1 <= int(value) <= most:
        raise unlike()
    return int(value)


def numbers_of(value: Value, count: int) -> list[float]:
    """Return ``count`` numbers."""
    found = list_of(value)
    need(len(found) == count and all(isinstance(n, Number) for n in found), PARTS)
    return [float(n) for n in found if isinstance(n, Number)]


def number_of(value: Value) -> int:
    """Return the number of the object that a reference names."""
    if not isinstance(value, Ref):
        raise unlike()
    return value.number


def integers(*numbers: int) -> list[Value]:
    """Return whole numbers as an array's values."""
    return [Number(str(n)) for n in numbers]


def unlike() -> NotSound:
    """Return the refusal of a part that no drawing makes."""
    return NotSound("form", PARTS)
