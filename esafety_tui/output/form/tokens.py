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

_DEEPEST_NESTING = 8
_GAP = re.compile(rb"[ \n]{0,5}(?![ \n])")
_NAME = re.compile(rb"/([A-Za-z0-9+._\-]+)")
_NUMBER = re.compile(rb"(?:0|-?[1-9][0-9]{0,9}|-?(?:0|[1-9][0-9]{0,9})\.[0-9]{1,7})(?![0-9.])")
_REF = re.compile(rb"([1-9][0-9]{0,6}) 0 R(?![A-Za-z])")
_HEX = re.compile(rb"<([0-9A-Fa-f]*)>")
_STRING = re.compile(rb"\(((?:[^()\\\r]|\\[()\\nrtbf]|\\[0-7]{3})*)\)")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED_BYTES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class PdfName(str):
    """A name without its slash."""


class PdfNumber(str):
    """A number as it is written, so that it can be written again."""


@dataclass(frozen=True, slots=True)
class PdfReference:
    """A reference to object ``number`` of generation 0."""

    number: int


@dataclass(frozen=True, slots=True)
class PdfHexString:
    """A string written in hexadecimal digits."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PdfStream:
    """A dictionary and the bytes behind it."""

    entries: dict[str, PdfValue]
    data: memoryview = field(repr=False)


PdfValue: TypeAlias = (
    "PdfName | PdfNumber | PdfReference | PdfHexString | bytes"
    " | list[PdfValue] | dict[str, PdfValue] | PdfStream"
)


def unreadable_error() -> NotSound:
    """Return the refusal of bytes that no drawing or signing of ours writes."""
    return NotSound("form", "it is not written as the program writes a form.")


class PdfTokenReader:
    """Reads values one after the other from ``data``; ``at`` is the place of the next."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def take_pattern(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        """Step over ``pattern``. Raises NotSound if it is not here."""
        match = pattern.match(self.data, self.at)
        if match is None:
            raise unreadable_error()
        self.at = match.end()
        return match

    def skip_text(self, text: bytes) -> None:
        """Step over exactly ``text``. Raises NotSound if it is not here."""
        if not self.data.startswith(text, self.at):
            raise unreadable_error()
        self.at += len(text)

    def read_value(self, deep: int = 0) -> PdfValue:
        """Read one value that is no stream. Raises NotSound."""
        if deep > _DEEPEST_NESTING:
            raise unreadable_error()
        start = self.data[self.at : self.at + 2]
        if start == b"<<":
            return self._read_dictionary(deep)
        if start[:1] == b"[":
            return self._read_array(deep)
        if start[:1] == b"/":
            return PdfName(self.take_pattern(_NAME)[1].decode("ascii"))
        if start[:1] == b"(":
            return _ESCAPE.sub(_decode_escape, self.take_pattern(_STRING)[1])
        if start[:1] == b"<":
            return self._read_hex_string()
        if match := _REF.match(self.data, self.at):
            self.at = match.end()
            return PdfReference(int(match[1]))
        return PdfNumber(self.take_pattern(_NUMBER)[0].decode("ascii"))

    def _read_hex_string(self) -> PdfHexString:
        digits = self.take_pattern(_HEX)[1]
        if len(digits) % 2:
            raise unreadable_error()
        return PdfHexString(bytes.fromhex(digits.decode("ascii")))

    def _read_array(self, deep: int) -> list[PdfValue]:
        self.at += 1
        found: list[PdfValue] = []
        self.take_pattern(_GAP)
        while not self.data.startswith(b"]", self.at):
            found.append(self.read_value(deep + 1))
            self.take_pattern(_GAP)
        self.at += 1
        return found

    def _read_dictionary(self, deep: int) -> dict[str, PdfValue]:
        self.at += 2
        found: dict[str, PdfValue] = {}
        self.take_pattern(_GAP)
        while not self.data.startswith(b">>", self.at):
            key = self.take_pattern(_NAME)[1].decode("ascii")
            self.take_pattern(_GAP)
            if key in found:
                raise unreadable_error()
            found[key] = self.read_value(deep + 1)
            self.take_pattern(_GAP)
        self.at += 2
        return found


def _decode_escape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if len(code) == 3:
        if code > b"377":
            raise unreadable_error()
        return bytes([int(code, 8)])
    return _ESCAPED_BYTES.get(code, code)


def write_value(value: PdfValue) -> bytes:
    """Return ``value`` as pyHanko 0.38 writes it into a signature's revision."""
    if isinstance(value, PdfName):
        return b"/" + value.encode("ascii")
    if isinstance(value, PdfNumber):
        return value.encode("ascii")
    if isinstance(value, PdfReference):
        return b"%d 0 R" % value.number
    if isinstance(value, PdfHexString):
        return b"<" + value.data.hex().encode("ascii") + b">"
    if isinstance(value, bytes):
        plain = (bytes([c]) if bytes([c]).isalnum() or c == 32 else b"\\%03o" % c for c in value)
        return b"(" + b"".join(plain) + b")"
    if isinstance(value, list):
        return b"[ " + b" ".join(map(write_value, value)) + b" ]"
    if isinstance(value, PdfStream):
        return write_value(value.entries) + b"\nstream\n" + value.data + b"\nendstream"
    rows = (b"/" + key.encode("ascii") + b" " + write_value(each) for key, each in value.items())
    return b"<<\n" + b"".join(row + b"\n" for row in rows) + b">>"
