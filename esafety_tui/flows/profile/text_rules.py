"""Texts of a profile: they fit the screen, name no real person, and are nothing but text.

Rule: an option-like text is one line of 68 characters; any other is at most four of 76. What is
to be confirmed says so in its source. Nobody's telephone number, e-mail or web address is there,
in comments neither: the file is kept whole with every incident it was used for.
"""

from __future__ import annotations

import re
import textwrap

from esafety_tui.flows.procedure.enums import PLACEHOLDER_NAMES, SourceStatus
from esafety_tui.flows.procedure.toml_reader import TomlTable

OPTION_WIDTH = 68
LINE_WIDTH = 76
MOST_LINES = 4

_NAMED = re.compile(r"\{([^{}]*)\}")
_DAY = re.compile(r"\b(?:\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4})\b")
_PRIVATE = re.compile(r"@|https?:|\bwww\.|\+?\d(?:[ ().\xa0-]{0,3}\d){6,}", re.IGNORECASE)


def read_label(
    table: TomlTable, key: str, default: str | None = None, width: int = OPTION_WIDTH
) -> str:
    """Return a text of one line of at most ``width`` characters. Raises BadInput."""
    text = _read_plain_text(table, key, default)
    if "\n" in text or len(text) > width:
        table.raise_mistake(f"{key!r} must be one line of at most {width} characters", key)
    return text


def read_prose(
    table: TomlTable, key: str, default: str | None = None, lines: int = MOST_LINES
) -> str:
    """Return a text of at most ``lines`` lines of 76 characters when wrapped. Raises BadInput."""
    text = _read_plain_text(table, key, default)
    if sum(len(textwrap.wrap(row, LINE_WIDTH)) or 1 for row in text.split("\n")) > lines:
        table.raise_mistake(f"{key!r} has more than {lines} lines of {LINE_WIDTH} characters", key)
    return text


def read_screen_text(table: TomlTable, key: str, default: str | None = None) -> str:
    """Return a text that a step shows with these line breaks; names in braces are known."""
    text = table.read_string(key, default)
    rows = text.split("\n")
    if len(rows) > MOST_LINES or any(len(row) > LINE_WIDTH for row in rows):
        table.raise_mistake(
            f"{key!r} has more than {MOST_LINES} lines of {LINE_WIDTH} characters", key
        )
    for name in _NAMED.findall(text):
        if name not in PLACEHOLDER_NAMES:
            table.raise_mistake(
                f"{key!r} has a name in braces that is none of: {', '.join(PLACEHOLDER_NAMES)}", key
            )
    if set("{}") & set(_NAMED.sub("", text)):
        table.raise_mistake(f"{key!r} has a brace without its other one", key)
    return text


def read_source_and_status(table: TomlTable) -> tuple[str, SourceStatus]:
    """Return source and status. A source to be confirmed ends in these words, no other does."""
    source = read_prose(table, "source", lines=2)
    status = table.read_choice("status", SourceStatus)
    if source.endswith(str(SourceStatus.TO_CONFIRM)) != (status is SourceStatus.TO_CONFIRM):
        table.raise_mistake(
            "'source' ends in \"to be confirmed\" if 'status' says so, and only then", "status"
        )
    return source, status


def refuse_private_details(top: TomlTable) -> None:
    """Raise BadInput at the first line of the file that holds a number or address of somebody."""
    for number, line in enumerate(top.document.lines, 1):
        if _PRIVATE.search(_DAY.sub("", line)):
            here = TomlTable(top.document, {}, number, "private details")
            here.raise_mistake("a profile holds roles: no telephone number, e-mail or web address")


def _read_plain_text(table: TomlTable, key: str, default: str | None) -> str:
    text = table.read_string(key, default)
    if set("{}") & set(text):
        table.raise_mistake(f"{key!r} has braces, which stand in the why of a clause alone", key)
    return text
