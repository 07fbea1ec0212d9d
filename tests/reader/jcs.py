"""RFC 8785 for the values that occur in format v1: null, booleans, integers, text, lists, objects.

Reading is strict: UTF-8, no duplicate key, no float, nothing after the value, and where the bytes
are hashed or signed, no other layout than the canonical one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.reader.refusal import Refusal

_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_DEEPEST = 32  # lists and objects inside one another
_BIGGEST = 2**53 - 1  # RFC 7493 section 2.2: what every reader of JSON holds exactly


def _escaped(match: re.Match[str]) -> str:
    sign = match.group()
    return _SHORT.get(sign) or f"\\u{ord(sign):04x}"


def _text(value: str) -> str:
    return '"' + re.sub(r'[\x00-\x1f"\\]', _escaped, value) + '"'


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _written(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            if abs(value) > _BIGGEST:
                raise Refusal("malformed", "a whole number")
            return str(value)
        case str():
            return _text(value)
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case dict():
            pairs = (f"{_text(key)}:{_written(value[key])}" for key in sorted(value, key=_utf16))
            return "{" + ",".join(pairs) + "}"
    raise Refusal("malformed", "a value of JSON")


def dump(value: Any) -> bytes:
    """Return the canonical bytes. Raises Refusal for what format v1 does not know."""
    try:
        return _written(value).encode("utf-8")
    except UnicodeEncodeError:
        raise Refusal("malformed", "half a character") from None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def _float(_text: str) -> Any:
    raise ValueError("a float")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_float, parse_constant=_float, strict=True
)


def load(data: bytes) -> Any:
    """Read canonical JSON. Raises Refusal: ``malformed`` or ``trailing data``."""
    try:
        text = data.decode("utf-8")
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        raise Refusal("malformed", "JSON") from None
    if text[end:]:
        raise Refusal("trailing data", "JSON")
    if _depth(value) > _DEEPEST:
        raise Refusal("malformed", "JSON that lies too deep")
    if dump(value) != data:
        raise Refusal("malformed", "JSON that is not its own JCS")
    return value


def _depth(value: Any) -> int:
    """Count the lists and objects inside one another; the standard reader stops far above 32."""
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, list | dict):
        return 0
    return 1 + max(map(_depth, inner), default=0)


def shape(value: Any, fields: Mapping[str, type], about: str, version: int = 1) -> dict[str, Any]:
    """Return ``value``, an object with exactly these fields of these types. Raises Refusal.

    A field ``v`` above ``version`` is ``newer version``; any but this one is ``malformed``.
    """
    if not isinstance(value, dict):
        raise Refusal("malformed", about)
    if type(value.get("v")) is int and value["v"] > version:
        raise Refusal("newer version", about)
    if set(value) != set(fields) or value.get("v", version) != version:
        raise Refusal("malformed", about)
    for name, kind in fields.items():
        if type(value[name]) is not kind:  # a boolean is no number here
            raise Refusal("malformed", f"{about}, {name}")
    return value


def texts(value: Any, pattern: str, about: str) -> list[str]:
    """Return ``value``, a list of texts that match ``pattern`` whole. Raises Refusal."""
    if not isinstance(value, list):
        raise Refusal("malformed", about)
    return [text(item, pattern, about) for item in value]


def text(value: Any, pattern: str, about: str) -> str:
    """Return ``value``, a text that matches ``pattern`` whole. Raises Refusal."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise Refusal("malformed", about)
    return value
