"""Strict reading of JSON, base64 and PEM: exactly these fields, one way to write each.

Everything raises NotSound with the name of the file, so that the first bad item is named.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from esafety_tui.kernel.canon import parse_canonical
from esafety_tui.kernel.clock import parse_exact_stamp
from esafety_tui.kernel.errors import BadInput, NotSound

_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
MAX_VALUES = 600_000
"""Commas and opening brackets of a file: 100,000 files in a statement have four each."""
HEX64 = re.compile(r"[0-9a-f]{64}")


def read_canonical_json(data: bytes, item: str, kinds: Mapping[str, type]) -> dict[str, Any]:
    """Return the JSON object in ``data``; it must be its own canonical form.

    One value takes many bytes of memory, and as few as two in a file.
    """
    if sum(map(data.count, b",[{")) > MAX_VALUES:
        raise NotSound(item, "it holds far more values than it should")
    try:
        value = parse_canonical(data)
    except BadInput as err:
        raise NotSound(item, "it has been changed: it is not in its one canonical form") from err
    if b"null" in data and _contains_null(value):
        raise NotSound(item, "it holds null, which no file of a pack does")
    return require_fields(value, item, kinds)


def _contains_null(value: Any) -> bool:
    """Return whether null is anywhere inside; the reader of JSON bounds the depth."""
    if isinstance(value, dict):
        value = list(value.values())
    return value is None or (isinstance(value, list) and any(map(_contains_null, value)))


def is_same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are the same. To Python, true equals 1, to others not."""
    return type(one) is type(other) and bool(one == other)


def require_stamp(text: str, item: str) -> str:
    """Return ``text`` if it is a stamp of format.md that a calendar has. Raises NotSound."""
    try:
        if _STAMP.fullmatch(text) is None:
            raise ValueError("not a stamp")
        parse_exact_stamp(text)
    except ValueError as err:
        raise NotSound(item, "its time is not written as a time") from err
    return text


def require_fields(value: Any, item: str, kinds: Mapping[str, type]) -> dict[str, Any]:
    """Return ``value`` if it is an object with exactly the fields ``kinds``, each of its type.

    A field ``v`` must be 1.
    """
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise NotSound(item, "it does not have exactly the fields of this format")
    for name, kind in kinds.items():
        # bool is an int to Python, but true is not a number to a reader of JSON.
        if type(value[name]) is not kind:
            raise NotSound(item, f"its field {name} is not of the right kind")
    if value.get("v", 1) != 1:
        raise NotSound(item, "it has another version than 1")
    return value


def require_texts(value: list[Any], item: str) -> list[str]:
    """Return ``value`` if every element is text."""
    if not all(type(element) is str for element in value):
        raise NotSound(item, "a list holds something that is not text")
    return value


def require_officer_ids(value: list[Any], item: str) -> tuple[str, ...]:
    """Return ``value`` if it is a sorted list of different officer ids."""
    found = require_texts(value, item)
    if found != sorted(set(found)) or not all(map(HEX64.fullmatch, found)):
        raise NotSound(item, "a list of officers is not sorted, or holds something else")
    return tuple(found)


def decode_base64(text: Any, item: str) -> bytes:
    """Return the bytes of canonical standard base64 with padding."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as err:
        raise NotSound(item, "it holds malformed base64") from err
    if base64.b64encode(data).decode() != text:
        raise NotSound(item, "it holds base64 that is not canonical")
    return data


def decode_pem_block(data: bytes, label: str, item: str) -> bytes:
    """Return the DER of a PEM file that holds exactly one block in its usual layout."""
    head, foot = f"-----BEGIN {label}-----\n".encode(), f"-----END {label}-----\n".encode()
    if not data.startswith(head) or not data.endswith(foot):
        raise NotSound(item, f"it is not a PEM file with one {label.lower()}")
    body = data[len(head) : -len(foot)]
    der = decode_base64(body.replace(b"\n", b"").decode("ascii", "replace"), item)
    text = base64.b64encode(der)
    lines = [text[at : at + 64] + b"\n" for at in range(0, len(text), 64)]
    if not lines or b"".join(lines) != body:
        raise NotSound(item, "its lines have been changed")
    return der
