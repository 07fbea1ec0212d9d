"""JSON that two readers could read in two ways: null, deep nesting, truth for a number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.output.pack.layout import LEDGER, STATEMENT
from tests.promises.tampers.row import NOT_SOUND, SOUND, Make, Said, Tamper
from tests.promises.tampers.rows_files import spoiled
from tests.promises.tampers.rows_records import RECORD, fields, recorded
from tests.promises.tampers.rows_statement import asked, restated, said
from tests.promises.tampers.world import World, edit_json, retag


def nested(depth: int, inner: Any = "x") -> Any:
    """Return a value that lies in ``depth`` lists."""
    for _ in range(depth):
        inner = [inner]
    return inner


def _objects(depth: int) -> Any:
    inner: Any = "x"
    for _ in range(depth):
        inner = {"a": inner}
    return inner


def _ledger(change: Callable[[Said], object]) -> Make:
    return lambda world, folder: world.refit(edit_json(world.copy(folder, 0), LEDGER, change))


def _line(change: Callable[[Said], object]) -> Make:
    """Return what changes the first line's text; its signatures stay."""

    def edit(value: Said) -> None:
        line = json.loads(value["entries"][0]["line"])
        change(line)
        value["entries"][0]["line"] = canonical_bytes(line).decode()

    return _ledger(edit)


def _envelope(change: Callable[[Said], object]) -> Make:
    return spoiled(lambda pack: retag(edit_json(pack, STATEMENT, change)))


def _raw(name: str, text: bytes) -> Make:
    """Return what puts raw bytes in the place of a JSON file."""

    def make(world: World, folder: Path) -> Path:
        pack = world.copy(folder, 0)
        (pack / name).write_bytes(text)
        return retag(pack) if name == STATEMENT else world.refit(pack)

    return make


def _deep(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def _nulls() -> Iterator[tuple[str, bool, Make, str]]:
    yield "purpose", True, said(purpose=None), STATEMENT
    yield "practice", True, said(practice=None), STATEMENT
    yield "left out", True, said(withheld=None), STATEMENT
    yield "check inputs", True, said(check_inputs=None), STATEMENT
    yield "form", True, asked(form=None), STATEMENT
    yield "digest", True, restated(lambda b: b["subject"][0].update(digest=None)), STATEMENT
    yield "signatures", False, _envelope(lambda e: e.update(signatures=None)), STATEMENT
    yield "payload", False, _envelope(lambda e: e.update(payload=None)), STATEMENT
    yield "printed head", True, _ledger(lambda v: v.update(printed=None)), LEDGER
    yield "proof", True, _ledger(lambda v: v["entries"][0].update(proof=None)), ""
    yield "line", True, _line(lambda line: line.update(boot=None)), ""
    yield "record's type", True, recorded(lambda v: v.update(type=None)), RECORD
    yield "sealed", True, fields("note", words=None, more=None), ""
    yield "sealed in a list", True, fields("answer", answer=["yes", None]), ""
    yield "sealed in an object", True, fields("answer", answer={"a": None}), ""
    yield "the whole file", True, _raw(LEDGER, b"null"), LEDGER
    yield "the whole statement", False, _raw(STATEMENT, b"null"), STATEMENT


def _trues() -> Iterator[tuple[str, bool, Make, str]]:
    yield "statement's version", True, said(v=True), STATEMENT
    yield "entries", True, said(entries=True), STATEMENT
    yield "size", True, said(size=True), STATEMENT
    yield "practice 0", True, said(practice=0), STATEMENT
    yield "form", True, asked(form=True), STATEMENT
    yield "check inputs' version", True, asked(v=True), STATEMENT
    yield "ledger's version", True, _ledger(lambda v: v.update(v=True)), LEDGER
    yield "line's version", True, _line(lambda line: line.update(v=True)), ""
    yield "line's count", True, _line(lambda line: line.update(iseq=False)), ""
    yield "record's version", True, recorded(lambda v: v.update(v=True)), RECORD
    yield "record's number", True, recorded(lambda v: v.update(seq=True)), RECORD
    yield "version of the form drawn", True, fields("form.rendered", version=True), ""
    yield "exhibit's size", True, fields("screenshot", size=True), ""
    yield "hash", True, fields("screenshot", sha256=True), ""
    yield "reference", True, fields("incident.opened", reference=True), RECORD
    yield "payload", False, _envelope(lambda e: e.update(payload=True)), STATEMENT


def _depths() -> Iterator[tuple[str, bool, Make, str]]:
    # A value lies in three: the record, its list of fields, and the field.
    for depth in (30, 33, 61, 62, 80, 200):
        yield f"{depth} lists sealed", True, fields("answer", answer=nested(depth)), ""
    for depth in (30, 62):
        yield f"{depth} objects sealed", True, fields("answer", answer=_objects(depth)), ""
    yield "lists in a list", True, fields("answer", answer=["x", nested(29)]), ""
    for depth in (33, 900, 100_000):
        yield f"ledger of {depth} lists", True, _raw(LEDGER, _deep(depth)), LEDGER
        yield f"statement of {depth} lists", False, _raw(STATEMENT, _deep(depth)), STATEMENT
    yield "purpose of 40 lists", True, said(purpose=nested(40)), STATEMENT


def rows() -> Iterator[Tamper]:
    """Return the rows of JSON."""
    for kind, found in (("null", _nulls()), ("bool", _trues()), ("depth", _depths())):
        for name, keys, make, item in found:
            yield Tamper(kind, name, keys, make, item=item)
    yield Tamper("depth", "29 lists sealed", True, fields("answer", answer=nested(29)), SOUND)
    yield Tamper("depth", "29 objects sealed", True, fields("answer", answer=_objects(29)), SOUND)
    for depth, state in ((28, SOUND), (29, NOT_SOUND)):
        make = fields("answer", answer=nested(depth, []))
        yield Tamper("depth", f"{depth} lists around an empty one", True, make, state)
    flat = fields("answer", answer=["["] * 40 + [[]] * 60)
    yield Tamper("depth", "many lists side by side", True, flat, SOUND)
