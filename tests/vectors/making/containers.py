"""Vectors of encrypted containers, of both layouts, and of what somebody without the key can do."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from pyzipper import zipfile_aes

from esafety_tui.output.pack import cipher
from tests.output.zip_surgery import WORDS, Parts, by_pyzipper, by_us, copy_of, taken_apart
from tests.output.zip_tampers import TAMPERS
from tests.vectors.making.keys import case
from tests.vectors.making.lines import Cases

_TOP, _WHEN = "EXS-2026-0001", datetime(2026, 11, 21, 14, 7, 13, tzinfo=UTC)
_FILES = (
    ("data/exhibits/AB_1.png", bytes(range(40))), ("data/exhibits/AB_2.png", b""),
    ("README.txt", b"invented words\n"),
)  # fmt: skip
_CHOSEN = (
    "names exchanged by Unicode Path", "header: flags", "header: crc", "list: crc", "list: disk",
    "list: flags", "list: external", "list: internal", "list: reserved", "header: date",
    "field unknown in extra", "field unknown in entry_extra", "field 64-bit sizes in entry_extra",
    "end: disk + 1", "end: count - 1", "end: count on this disk + 1", "comment of a file",
    "bytes before the end", "gap behind a file", "data descriptors", "listed twice", "not listed",
    "a 64-bit end that is not needed", "another order in the list", "name changed in the list",
    "comment of the container", "bytes behind",
)  # fmt: skip


def _salts() -> Iterator[bytes]:
    for number in count():
        yield hashlib.sha256(b"salt %d" % number).digest()[:16]


def _made() -> dict[str, Parts]:
    """Return a container of each layout. Salts are the same every time, in vectors alone."""
    salts = _salts()
    fixed = SimpleNamespace(new=lambda: SimpleNamespace(read=lambda _: next(salts)))
    out: dict[str, Parts] = {}
    with tempfile.TemporaryDirectory() as folder, patch.object(zipfile_aes, "Random", fixed):
        for name, system in (("1", 3), ("1-windows", 0)):
            path = by_pyzipper(Path(folder, name), _TOP, _FILES, _WHEN, system)
            out[name] = taken_apart(path.read_bytes())
        ours = SimpleNamespace(token_bytes=lambda _: next(salts))
        with patch.object(cipher, "secrets", ours):
            out["2"] = taken_apart(by_us(Path(folder, "2"), _TOP, _FILES, _WHEN).read_bytes())
    return out


def containers() -> Cases:
    """Yield the vectors of containers."""
    head = ("passphrase", WORDS)
    made = _made()
    for name, parts in made.items():
        yield f"ok-{name}", case("ok", f"layout {name}", parts.to_bytes(), head)
    for layout in ("1", "2"):
        for name in _CHOSEN:
            changed = copy_of(made[layout])
            TAMPERS[name](changed)
            short = name.translate(str.maketrans(" ", "-", ":,")).replace("-+-", "-more-")
            behind = name in ("comment of the container", "bytes behind")
            expect = "trailing data" if behind else "malformed"
            yield f"{layout}-{short}", case(expect, name, changed.to_bytes(), head)
    yield from _opened(made["2"])


def _opened(parts: Parts) -> Cases:
    newer, changed, tag = copy_of(parts), copy_of(parts), copy_of(parts)
    newer.members[0].entry[0] = 103
    changed.members[0].stored = _flipped(changed.members[0].stored, 20)
    tag.members[2].stored = _flipped(tag.members[2].stored, -1)
    head = ("passphrase", WORDS)
    yield "layout-3", case("newer version", "layout 3", newer.to_bytes(), head)
    yield "a-byte-changed", case("damaged", "a byte of a file", changed.to_bytes(), head)
    yield "code-changed", case("damaged", "its authentication code", tag.to_bytes(), head)
    other = ("passphrase", "maple-otter-tram-blue-cattle")
    yield "other-passphrase", case("wrong passphrase", "other words", parts.to_bytes(), other)


def _flipped(data: bytes, at: int) -> bytes:
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
