"""Drafts of an incident, opened: docs/format.md section 5a."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.reader import jcs, signs
from tests.reader.refusal import Refusal

_PAD, _MOST = 65_536, 1_048_576
_ROW = {"place": str, "field": str, "values": dict, "after": int, "by": list}
Row = tuple[str, str, dict[str, Any], int, tuple[str, ...]]


def _ids(value: list[Any]) -> list[str]:
    ids = jcs.texts(value, "[0-9a-f]{64}", "a draft, by")
    if not ids or ids != sorted(set(ids)):
        raise Refusal("malformed", "a draft, by")
    return ids


def _row(value: Any) -> Row:
    row = jcs.shape(value, _ROW, "a draft, words")
    for given in row["values"].values():
        for text in [given] if isinstance(given, str) else given if type(given) is list else [0]:
            jcs.text(text, "(?s).*", "a draft, values")
    values = {k: v if isinstance(v, str) else tuple(v) for k, v in row["values"].items()}
    return row["place"], row["field"], values, row["after"], tuple(_ids(row["by"]))


def read_draft(plain: bytes, inc: str, keys: Mapping[str, bytes]) -> list[Row]:
    """Return the rows of words, in order. Raises Refusal."""
    text = plain.rstrip(b"\0")
    if not text or len(plain) % _PAD or len(plain) - len(text) >= _PAD or len(plain) > _MOST:
        raise Refusal("malformed", "a draft, its padding")
    outer = jcs.shape(jcs.load(text), {"draft": dict, "sigs": dict}, "a draft")
    fields = {"v": int, "inc": str, "by": list, "words": list}
    draft = jcs.shape(outer["draft"], fields, "a draft")
    by = _ids(draft["by"])
    if len(by) > 2:
        raise Refusal("malformed", "a draft, by")
    if draft["inc"] != inc:
        raise Refusal("other place", "a draft")
    if set(outer["sigs"]) != set(by):
        raise Refusal("bad signature", "a draft")
    for who in by:
        if who not in keys:
            raise Refusal("not listed", "a draft")
        sig = signs.unbase64(outer["sigs"][who], "a draft, sigs")
        signs.check_signature(keys[who], sig, b"evidence-draft/v1\n" + jcs.dump(draft))
    rows = [_row(value) for value in draft["words"]]
    if len(by) == 1 and any(row[4] != tuple(by) for row in rows):
        raise Refusal("one officer", "a draft")
    return rows
