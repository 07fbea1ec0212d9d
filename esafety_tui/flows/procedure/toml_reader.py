"""Reading a TOML file strictly: every mistake is a BadInput that names the file and the line.

Knows no procedure and no profile. Unknown keys, wrong types, control characters, another
encoding and oversized files are mistakes. Nothing is guessed or repaired.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from esafety_tui.kernel.errors import BadFile, BadInput
from esafety_tui.kernel.visible import show_invisible

SIZE_LIMIT = 2_000_000
_ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_REMEDY = "Correct this line and check the file again."

E = TypeVar("E", bound=StrEnum)
S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """One parsed file: its name for messages, its lines, and the lines of each ``[[header]]``."""

    name: str
    lines: tuple[str, ...]
    headers: Mapping[str, Sequence[int]]

    def line_of_header(self, header: str, number: int) -> int:
        """Return the line (from 1) of the ``number``-th (from 0) table ``[[header]]``, or 1."""
        found = self.headers.get(f"[[{header}]]", ())
        return found[number] if number < len(found) else 1

    def find_line_near(self, first: int, text: str) -> int:
        """Return the first line from ``first`` on, within its table, that contains ``text``."""
        for number in range(first, len(self.lines) + 1):
            line = self.lines[number - 1]
            if number > first and line.startswith("[["):
                break
            if text and text in line:
                return number
        return first


@dataclass(frozen=True, slots=True)
class TomlTable:
    """One table of a document with its place. Getters check the type and name the line."""

    document: TomlDocument
    values: Mapping[str, Any]
    line: int
    where: str

    def raise_mistake(self, what: str, key: str = "") -> NoReturn:
        """Raise BadInput: file, line, place and what is wrong there."""
        line = self.document.find_line_near(self.line, key)
        raise BadInput(f"{self.document.name}, line {line}: {self.where}: {what}.", _REMEDY)

    def refuse_unknown_keys(self, known: Collection[str]) -> None:
        """Raise BadInput if there is a key besides ``known``."""
        for key in self.values:
            if key not in known:
                self.raise_mistake(f"unknown key {show_invisible(key)!r}", key)

    def read_string(self, key: str, default: str | None = None) -> str:
        """Return a text without invisible characters; BadInput if missing without default."""
        value = self.values.get(key, default)
        if value is None:
            self.raise_mistake(f"{key!r} is missing")
        if not isinstance(value, str):
            self.raise_mistake(f"{key!r} must be a text in quotes", key)
        if show_invisible(value, lines=True) != value:
            self.raise_mistake(f"{key!r} has invisible or control characters", key)
        if default is None and not value.strip():
            self.raise_mistake(f"{key!r} is empty", key)
        return value.strip("\n")

    def read_id(self, key: str, default: str | None = None) -> str:
        """Return a text of small letters, digits and hyphens, at most 40."""
        value = self.read_string(key, default)
        if value != default and not _ID_PATTERN.fullmatch(value):
            self.raise_mistake(f"{key!r} must be small letters, digits and hyphens", key)
        return value

    def read_flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.raise_mistake(f"{key!r} must be true or false", key)
        return value

    def read_strings(self, key: str) -> tuple[str, ...]:
        """Return a list of distinct texts, empty if missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.raise_mistake(f"{key!r} must be a list of texts", key)
        if len(set(value)) != len(value):
            self.raise_mistake(f"{key!r} names something twice", key)
        if any(show_invisible(item) != item or not item for item in value):
            self.raise_mistake(f"{key!r} has an empty text or invisible characters", key)
        return tuple(value)

    def read_choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        """Return a member of ``kind``."""
        value = self.read_string(key, default)
        if value not in set(kind):
            self.raise_mistake(f"{key!r} must be one of: {', '.join(kind)}", key)
        return kind(value)

    def read_tables(self, key: str, header: str = "") -> tuple[TomlTable, ...]:
        """Return a list of tables; ``header`` if each is under its own ``[[header]]``."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.raise_mistake(f"{key!r} must be a list of tables", key)
        return tuple(self._inner_table(key, header, i, item) for i, item in enumerate(value))

    def _inner_table(
        self, key: str, header: str, number: int, values: Mapping[str, Any]
    ) -> TomlTable:
        label = str(values.get("id", values.get("key", values.get("name", number + 1))))
        if header:
            line = self.document.line_of_header(header, number)
            return TomlTable(self.document, values, line, f"{header} {show_invisible(label)!r}")
        line = self.document.find_line_near(
            self.document.find_line_near(self.line, f"{key} = ["), f'"{label}"'
        )
        return TomlTable(
            self.document, values, line, f"{self.where}, {key} {show_invisible(label)!r}"
        )


def read_each(tables: Iterable[S], read: Callable[[S], T]) -> tuple[T, ...]:
    """Return what ``read`` makes of each table. Raises BadFile with the mistakes of all of them."""
    made: list[T] = []
    mistakes: list[BadInput] = []
    for table in tables:
        try:
            made.append(read(table))
        except BadInput as err:
            mistakes += err.mistakes if isinstance(err, BadFile) else (err,)
    if mistakes:
        raise BadFile(mistakes)
    return tuple(made)


def parse_toml_table(data: bytes, name: str) -> TomlTable:
    """Return the top table of a TOML file. Raises BadInput with file and line."""
    shown = show_invisible(name)
    if len(data) > SIZE_LIMIT:
        raise BadInput(f"{shown} is larger than {SIZE_LIMIT // 1_000_000} MB.", "Shorten it.")
    try:
        text = data.decode("utf-8-sig")  # some editors put a mark before UTF-8
        table = tomllib.loads(text)
    except UnicodeDecodeError as err:
        line = data[: err.start].count(b"\n") + 1
        raise BadInput(
            f"{shown}, line {line}: the file is not UTF-8 text.", "Save it as UTF-8."
        ) from err
    except tomllib.TOMLDecodeError as err:
        raise BadInput(f"{shown}: {show_invisible(str(err))}.", _REMEDY) from err
    except (ValueError, RecursionError) as err:  # a number of 5,000 digits, a thousand brackets
        raise BadInput(f"{shown}: a value is too long or too deep.", _REMEDY) from err
    lines = tuple(text.splitlines())
    headers: dict[str, list[int]] = {}
    for number, row in enumerate(lines, 1):
        if row.lstrip().startswith("[["):
            headers.setdefault(row.split("#")[0].strip(), []).append(number)
    return TomlTable(TomlDocument(shown, lines, headers), table, 1, "top of the file")
