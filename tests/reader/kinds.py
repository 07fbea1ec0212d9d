"""Kinds of fields, from the block of format.md section 5: this reader keeps no list of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FORMAT = Path(__file__).resolve().parents[2] / "docs" / "format.md"
NEEDED = {"form.rendered": {"version", "sha256"}, "form.signed": {"version", "officer", "sha256"}}


def _listed() -> dict[str, dict[str, str]]:
    text = FORMAT.read_text(encoding="utf-8").partition("**Kinds of fields.**")[2]
    block = re.search(r"```\n(.*?)```", text, re.DOTALL)
    assert block is not None
    rows = (line.split() for line in block[1].splitlines())
    return {row[0]: dict(field.split(":") for field in row[1:]) for row in rows}


KINDS = _listed()


def _is(kind: str, value: Any) -> bool:
    if kind in ("texts", "numbers"):
        return isinstance(value, list) and all(_is(kind[:-1], one) for one in value)
    return type(value) is {"text": str, "number": int, "truth": bool}[kind]


def wrong(kind: str, fields: Mapping[str, Any], whole: bool) -> str:
    """Return the field that is of another kind or missing, "" for none."""
    for name, wanted in KINDS.get(kind, {}).items():
        if name in fields and not _is(wanted, fields[name]):
            return name
    missing = NEEDED.get(kind, set()) - set(fields) if whole else set()
    return min(missing, default="")
