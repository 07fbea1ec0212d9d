"""Questions to one PDF value: which kind it is, which keys it has, whether it is that very value.

Rule: each raises NotSound unless the value is exactly that; none follows a reference.
"""

from __future__ import annotations

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form.need import require_sound
from esafety_tui.output.form.tokens import PdfNumber, PdfReference, PdfStream, PdfValue

FOREIGN_PARTS = "the document has parts that a form does not have."


def dictionary_entries(value: PdfValue) -> dict[str, PdfValue]:
    """Return a dictionary's entries."""
    require_sound(isinstance(value, dict), FOREIGN_PARTS)
    return value if isinstance(value, dict) else {}


def require_keys(value: PdfValue, keys: str) -> dict[str, PdfValue]:
    """Return the entries of a dictionary that has these keys, separated by spaces, and no other."""
    entries = dictionary_entries(value)
    require_sound(sorted(entries) == sorted(keys.split()), FOREIGN_PARTS)
    return entries


def require_stream(value: PdfValue, keys: str) -> PdfStream:
    """Return a stream whose dictionary has these keys and no other."""
    if not isinstance(value, PdfStream):
        raise foreign_part_error()
    require_keys(value.entries, keys)
    return value


def require_entries(entries: dict[str, PdfValue], fixed: dict[str, PdfValue]) -> None:
    """Check that each entry named in ``fixed`` has that value."""
    for key, value in fixed.items():
        require_sound(is_same_value(entries[key], value), FOREIGN_PARTS)


def is_same_value(one: PdfValue, other: PdfValue) -> bool:
    """Return whether two values are equal and of one kind: a name is no number spelt like it."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same_value, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same_value(one[k], other[k]) for k in one)
    return one == other


def array_values(value: PdfValue) -> list[PdfValue]:
    """Return an array's values."""
    require_sound(isinstance(value, list), FOREIGN_PARTS)
    return value if isinstance(value, list) else []


def positive_number(value: PdfValue, most: int) -> int:
    """Return a number from 1 to ``most``."""
    if not isinstance(value, PdfNumber) or not value.isdecimal() or not 1 <= int(value) <= most:
        raise foreign_part_error()
    return int(value)


def array_numbers(value: PdfValue, count: int) -> list[float]:
    """Return ``count`` numbers."""
    found = array_values(value)
    require_sound(
        len(found) == count and all(isinstance(n, PdfNumber) for n in found), FOREIGN_PARTS
    )
    return [float(n) for n in found if isinstance(n, PdfNumber)]


def reference_number(value: PdfValue) -> int:
    """Return the number of the object that a reference names."""
    if not isinstance(value, PdfReference):
        raise foreign_part_error()
    return value.number


def number_array(*numbers: int) -> list[PdfValue]:
    """Return whole numbers as an array's values."""
    return [PdfNumber(str(n)) for n in numbers]


def foreign_part_error() -> NotSound:
    """Return the refusal of a part that no drawing makes."""
    return NotSound("form", FOREIGN_PARTS)
