"""Canonical bytes (RFC 8785) and SHA-256. Canonicalise only when writing; hash stored bytes.

Reading is strict: duplicate keys, trailing data, non-canonical bytes and floats are refused, so
that two readers can never see two different documents in the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, TypeAlias, cast

import rfc8785

from esafety_tui.kernel.errors import BadInput

DEPTH = 32
"""Arrays and objects that may lie inside one another (format.md, at the top)."""

LARGEST = 2**53 - 1
"""The largest integer that every reader of JSON keeps exact (RFC 8785, section 3.2.2.3)."""

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None


def canonical_bytes(value: Json) -> bytes:
    """Return the RFC 8785 bytes of ``value``. Raises BadInput for what JSON cannot hold."""
    try:
        return _serialise(value).encode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as err:
        raise BadInput(
            "This value cannot be written as canonical JSON.", "Remove the unusual characters."
        ) from err


def _serialise(value: Any) -> str:
    """Return the RFC 8785 text of ``value``.

    Every record is written and hashed by this, so the common kinds go by Python's own encoder of
    strings, which escapes what section 3.2.2.2 escapes; rfc8785 has the rest and its refusals.
    """
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is list or kind is tuple:
        return "[" + ",".join([_serialise(inner) for inner in value]) + "]"
    if kind is dict and set(map(type, value)) <= {str}:
        # Keys are sorted by UTF-16 (section 3.2.3), which for ASCII is the order of characters.
        ascii_only = "".join(value).isascii()
        keys = sorted(value, key=None if ascii_only else lambda key: key.encode("utf-16be"))
        rows = [f"{encode_basestring(key)}:{_serialise(value[key])}" for key in keys]
        return "{" + ",".join(rows) + "}"
    if kind is int and -LARGEST <= value <= LARGEST:
        return str(value)
    return rfc8785.dumps(value).decode("utf-8")


def sha256(data: bytes) -> bytes:
    """Return the 32 raw bytes of SHA-256 over ``data``."""
    return hashlib.sha256(data).digest()


def sha256_hex(data: bytes) -> str:
    """Return SHA-256 over ``data`` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("duplicate key")
    return out


def _refuse_floats(_text: str) -> Any:
    raise ValueError("a number that is not an integer")


def parse_json(data: bytes) -> Any:
    """Parse JSON strictly: UTF-8, no duplicate keys, no floats, no deep nesting. Raises BadInput.

    Accepts any layout; use :func:`parse_canonical` where the bytes are signed or hashed.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_refuse_duplicates,
            parse_float=_refuse_floats,
            parse_constant=_refuse_floats,
        )
        # Most documents hold so few brackets that they cannot lie too deep.
        if data.count(b"[") + data.count(b"{") > DEPTH and _depth_exceeded(value):
            raise ValueError("nested too deeply")
        return value
    except (ValueError, RecursionError) as err:
        raise BadInput(
            "This is not well-formed JSON.", "Use an unchanged copy of the file."
        ) from err


def _depth_exceeded(value: Any) -> bool:
    level = [value] if isinstance(value, list | dict) else []
    for _ in range(DEPTH):
        level = [x for outer in level for x in _children_of(outer) if isinstance(x, list | dict)]
    return bool(level)


def _children_of(outer: list[Any] | dict[str, Any]) -> Iterable[Any]:
    return outer if isinstance(outer, list) else outer.values()


def parse_canonical(data: bytes) -> Any:
    """Parse JSON and insist that the bytes are their own canonical form. Raises BadInput."""
    value = parse_json(data)
    if canonical_bytes(value) != data:
        raise BadInput("This JSON is not in canonical form.", "Use an unchanged copy of the file.")
    return value


def require_fields(value: Any, kinds: Mapping[str, type], version: int = 1) -> dict[str, Any]:
    """Return ``value``, an object with exactly the fields ``kinds``, each of its type.

    A boolean is no number, and a field ``v`` is ``version``. Raises BadInput.
    """
    sound = isinstance(value, dict) and set(value) == set(kinds)
    sound = sound and value.get("v", version) == version
    if not sound or any(type(value[name]) is not kind for name, kind in kinds.items()):
        raise BadInput(
            "This does not have exactly the fields of this format.",
            "Use an unchanged copy of the file.",
        )
    return cast(dict[str, Any], value)


def decode_base64(text: Any) -> bytes:
    """Return the bytes of standard base64 with padding, written in its one way. Raises BadInput."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        data = b""
    if base64.b64encode(data).decode() != text:
        raise BadInput("This is not well-formed base64.", "Use an unchanged copy of the file.")
    return data
