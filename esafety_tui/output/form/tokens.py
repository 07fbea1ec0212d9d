"""PDF objects from bytes: the few kinds of token that a form has, and no other.

Rule: what is read here has one meaning for every reader. White space is a space or a line feed, at
most five in a row; a comment, a stray byte, a key given twice, an unknown word is a refusal. Knows
no form.

Source: ISO 32000-1, 7.2 and 7.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from esafety_tui.kernel.errors import NotSound

_DEEPEST = 8
_GAP = re.compile(rb"[ \n]{0,5}(?![ \n])")
_NAME = re.compile(rb"/([A-Za-z0-9+._\-]+)")
_NUMBER = re.compile(rb"(?:0|-?[1-9][0-9]{0,9}|-?(?:0|[1-9][0-9]{0,9})\.[0-9]{1,7})(?![0-9.])")
_REF = re.compile(rb"([1-9][0-9]{0,6}) 0 R(?![A-Za-z])")
_HEX = re.compile(rb"<([0-9A-Fa-f]*)>")
_STRING = re.compile(rb"\(((?:[^()\\\r]|\\[()\\nrtbf]|\\[0-7]{3})*)\)")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_MEANT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Name(str):
    """A name without its slash."""


class Number(str):
    """A number as it is written, so that it can be written again."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to object ``number`` of generation 0."""

    number: int


@dataclass(frozen=True, slots=True)
class Hex:
    """A string written in hexadecimal digits."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Stream:
    """A dictionary and the bytes behind it."""

    entries: dict[str, Value]
    data: memoryview = field(repr=False)


Value: TypeAlias = "Name | Number | Ref | Hex | bytes | list[Value] | dict[str, Value] | Stream"


def unreadable() -> NotSound:
    """Return the refusal of bytes that no drawing or signing of ours writes."""
    return NotSound("form", "it is not written as the program writes a form.")


class Reader:
    """Reads values one after the other from ``data``; ``at`` is the place of the next."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        """Step over ``pattern``. Raises NotSound if it is not here."""
        match = pattern.match(self.data, self.at)
        if match is None:
            raise unreadable()
        self.at = match.end()
        return match

    def skip(self, text: bytes) -> None:
        """Step over exactly ``text``. Raises NotSound if it is not here."""
        if not self.data.startswith(text, self.at):
            raise unreadable()
        self.at += len(text)

    def value(self, deep: int = 0) -> Value:
        """Read one value that is no stream. Raises NotSound."""
        if deep > _DEEPEST:
            raise unreadable()
        start = self.data[self.at : self.at + 2]
        if start == b"<<":
            return self._dictionary(deep)
        if start[:1] == b"[":
            return self._array(deep)
        if start[:1] == b"/":
            return Name(self.take(_NAME)[1].decode("ascii"))
        if start[:1] == b"(":
            return _ESCAPE.sub(_meant, self.take(_STRING)[1])
        if start[:1] == b"<":
            return self._hex()
        if match := _REF.match(self.data, self.at):
            self.at = match.end()
            return Ref(int(match[1]))
        return Number(self.take(_NUMBER)[0].decode("ascii"))

    def _hex(self) -> Hex:
        digits = self.take(_HEX)[1]
        if len(digits) % 2:
            raise unreadable()
        return Hex(bytes.fromhex(digits.decode("ascii")))

    def _array(self, deep: int) -> list[Value]:
        self.at += 1
        found: list[Value] = []
        self.take(_GAP)
        while not self.data.startswith(b"]", self.at):
            found.append(self.value(deep + 1))
            self.take(_GAP)
        self.at += 1
        return found

    def _dictionary(self, deep: int) -> dict[str, Value]:
        self.at += 2
        found: dict[str, Value] = {}
        self.take(_GAP)
        while not self.data.startswith(b">>", self.at):
            key = self.take(_NAME)[1].decode("ascii")
            self.take(_GAP)
            if key in found:
                raise unreadable()
            found[key] = self.value(deep + 1)
            self.take(_GAP)
        self.at += 2
        return found


def _meant(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if len(code) == 3:
        if code > b"377":
            raise unreadable()
        return bytes([int(code, 8)])
    return _MEANT.get(code, code)


def written(value: Value) -> bytes:
    """Return ``value`` as pyHanko 0.38 writes it into a signature's revision."""
    if isinstance(value, Name):
        return b"/" + value.encode("ascii")
    if isinstance(value, Number):
        return value.encode("ascii")
    if isinstance(value, Ref):
        return b"%d 0 R" % value.number
    if isinstance(value, Hex):
        return b"<" + value.data.hex().encode("ascii") + b">"
    if isinstance(value, bytes):
        plain = (bytes([c]) if bytes([c]).isalnum() or c == 32 else b"\\%03o" % c for c in value)
        return b"(" + b"".join(plain) + b")"
    if isinstance(value, list):
        return b"[ " + b" ".join(map(written, value)) + b" ]"
    if isinstance(value, Stream):
        return written(value.entries) + b"\nstream\n" + value.data + b"\nendstream"
    rows = (b"/" + key.encode("ascii") + b" " + written(each) for key, each in value.items())
    return b"<<\n" + b"".join(row + b"\n" for row in rows) + b">>"
