"""Records, exhibits and what is left out: all signed, and not what the entries hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from esafety_tui.kernel.fieldkinds import FIELD_KINDS
from esafety_tui.output.pack.layout import STATEMENT
from esafety_tui.output.pack.source import PackSource
from tests.output.pack_samples import exhibit
from tests.promises.tampers.row import SOUND, Make, Said, Tamper
from tests.promises.tampers.rows_statement import restated
from tests.promises.tampers.world import Edit, Entry, World, edit_json, write

RECORD = "data/records/000002.json"
SHOT = "data/exhibits/AS_1.png"


def recorded(change: Callable[[Said], object], name: str = RECORD) -> Make:
    """Return what changes one record's file and has the statement signed again."""
    return lambda world, folder: world.refit(edit_json(world.copy(folder, 0), name, change))


def _rows(change: Callable[[list[Any]], object]) -> Make:
    return recorded(lambda value: change(value["disclosures"]))


RECORDS: dict[str, Make] = {
    "unknown": recorded(lambda v: v.update(type="incident.closed")),
    "another": recorded(lambda v: v.update(type="note")),
    "empty": recorded(lambda v: v.update(type="")),
    "in capitals": recorded(lambda v: v.update(type="INCIDENT.OPENED")),
    "a blank after it": recorded(lambda v: v.update(type="incident.opened ")),
    "a number": recorded(lambda v: v.update(type=7)),
    "a list": recorded(lambda v: v.update(type=[])),
    "of the prototype": recorded(lambda v: v.update(type="constructor")),
    "none": recorded(lambda v: v.pop("type")),
    "a field more": recorded(lambda v: v.update(note="x")),
    "of another entry": recorded(lambda v: v.update(seq=3)),
    "digest less": recorded(lambda v: v["digests"].pop()),
    "digests reversed": recorded(lambda v: v["digests"].reverse()),
    "of another incident": recorded(lambda v: v.update(inc="ef" * 16)),
    "digest in capitals": recorded(lambda v: v["digests"].__setitem__(0, "A" * 64)),
    "version 2": recorded(lambda v: v.update(v=2)),
    "field changed": _rows(lambda rows: rows[0].__setitem__(2, "x")),
    "field twice": _rows(lambda rows: rows.append(rows[0])),
    "field of two parts": _rows(lambda rows: rows[0].pop()),
    "field of four": _rows(lambda rows: rows[0].append("x")),
    "salt of 15 bytes": _rows(lambda rows: rows[0].__setitem__(0, "A" * 20)),
    "salt no text": _rows(lambda rows: rows[0].__setitem__(0, 7)),
    "name no text": _rows(lambda rows: rows[0].__setitem__(1, 7)),
    "no fields": recorded(lambda v: v.update(disclosures={})),
}


def of_kind(kind: str, change: Callable[[Entry], object]) -> Edit:
    """Return an edit of every entry of one kind."""

    def edit(entry: Entry) -> None:
        if entry.kind == kind:
            change(entry)

    return edit


def built(edit: Edit) -> Make:
    """Return what writes the pack of edited entries."""
    return lambda world, folder: world.build(folder, edit)


def fields(kind: str, **values: Any) -> Make:
    """Return what seals other values into every record of one kind."""
    return built(of_kind(kind, lambda entry: entry.fields.update(values)))


def kinds(old: str, new: str) -> Make:
    """Return what seals entries as another kind."""
    return built(of_kind(old, lambda entry: setattr(entry, "kind", new)))


def _hide(kind: str, *names: str) -> Make:
    return built(of_kind(kind, lambda entry: setattr(entry, "redact", names)))


def _restricted(entry: Entry) -> None:
    """One officer alone names another recipient of the incident."""
    entry.kind, entry.present = "incident.restricted", entry.present[:1]
    entry.fields, entry.redact = {"recipient": "age1x"}, ()


def _sealed() -> Iterator[Tamper]:
    kind = "record type"
    for name, make in RECORDS.items():
        yield Tamper(kind, name, True, make, item=RECORD)
    yield Tamper(kind, "sealed as unknown", True, kinds("note", "memo"))
    yield Tamper(kind, "opened by a note", True, kinds("incident.opened", "note"), item=RECORD)
    yield Tamper(kind, "opened twice", True, kinds("note", "incident.opened"))
    for alone in ("gate", "screenshot", "url", "decision", "form.rendered"):
        make = built(of_kind(alone, lambda entry: setattr(entry, "present", entry.present[:1])))
        yield Tamper(kind, f"{alone} by one officer alone", True, make)
    yield Tamper(kind, "restricted later by one alone", True, built(of_kind("note", _restricted)))
    make = built(of_kind("note", lambda entry: setattr(entry, "present", entry.present[:1])))
    yield Tamper(kind, "note by one officer alone", True, make, SOUND)
    yield Tamper(kind, "producer not there", True, fields("screenshot", producer="0" * 64))
    yield Tamper(kind, "producer a list", True, fields("screenshot", producer=[]))
    yield Tamper(kind, "producer left out", True, _hide("screenshot", "producer"), SOUND)
    for file in ("procedure", "policy"):
        yield Tamper(kind, f"{file} not named", True, _hide("incident.opened", file))
        yield Tamper(kind, f"{file} of another hash", True,
                     fields("incident.opened", **{file: "0" * 64}))  # fmt: skip


def _field_kinds() -> Iterator[Tamper]:
    """Each field that a reader relies on, of a kind it is not; two of them left out."""
    for kind in ("screenshot", "url", "incident.opened", "form.rendered"):
        for name, wanted in FIELD_KINDS[kind].items():
            other: Any = {"text": ["x"], "number": True, "truth": 1}.get(wanted, [["x"]])
            yield Tamper("field", f"{name} of {kind}", True, fields(kind, **{name: other}))
    made = of_kind("form.rendered", lambda entry: entry.fields.pop("sha256", None))
    yield Tamper("field", "sha256 missing in form.rendered", True, built(made))


def _exhibits() -> Iterator[Tamper]:
    kind = "exhibit"
    for name, size in {
        "larger": 9999,
        "as text": "79",
        "negative": -1,
        "true": True,
        "0": 0,
    }.items():
        yield Tamper(kind, f"size {name}", True, fields("screenshot", size=size))
    yield Tamper(kind, "size left out", True, _hide("screenshot", "size"), item=SHOT)
    yield Tamper(kind, "hash of another", True, fields("screenshot", sha256="0" * 64), item=SHOT)
    yield Tamper(kind, "hash in a list", True, fields("screenshot", sha256=["0"]))
    yield Tamper(kind, "hash left out", True, _hide("screenshot", "sha256"), item=SHOT)
    yield Tamper(kind, "not named", True, _hide("screenshot", "exhibit"))
    yield Tamper(kind, "all the same name", True, fields("screenshot", exhibit="AS/1"))
    yield Tamper(kind, "name a number", True, fields("screenshot", exhibit=1))
    changes: dict[str, Callable[[PackSource], PackSource]] = {
        "exchanged": lambda s: replace(s, exhibits=(exhibit(1, b"x"), *s.exhibits[1:])),
        "not taken in": lambda s: replace(s, exhibits=(*s.exhibits, exhibit(9, b"x"))),
        "left out": lambda s: replace(s, exhibits=s.exhibits[1:]),
    }
    for name, change in changes.items():

        def make(
            world: World, folder: Path, change: Callable[[PackSource], PackSource] = change
        ) -> Path:
            return write(change(world.unsigned), folder)

        yield Tamper(kind, name, True, make)


def _withheld() -> Iterator[Tamper]:
    def listed(change: Callable[[list[Any]], object]) -> Make:
        return restated(lambda body: change(body["predicate"]["withheld"]))

    def row(reference: Any, reason: Any = "Frozen") -> dict[str, Any]:
        return {"exhibit": reference, "reason": reason}

    changes: dict[str, Callable[[list[Any]], object]] = {
        "never taken in": lambda rows: rows.append(row("ZZ/9")),
        "twice": lambda rows: rows.append(rows[0]),
        "out of order": lambda rows: rows.append(row("AA/1")),
        "in small letters": lambda rows: rows[0].update(exhibit="as/4"),
        "in other digits": lambda rows: rows[0].update(exhibit="AS/\u0664"),
        "number 0": lambda rows: rows[0].update(exhibit="AS/0"),
        "without a number": lambda rows: rows[0].update(exhibit="AS"),
        "no text": lambda rows: rows[0].update(exhibit=4),
        "reason no text": lambda rows: rows[0].update(reason=1),
        "no reason": lambda rows: rows[0].pop("reason"),
        "a field more": lambda rows: rows[0].update(by="x"),
        "a text for a row": lambda rows: rows.__setitem__(0, "AS/4"),
    }
    for name, change in changes.items():
        yield Tamper("withheld", name, True, listed(change), item=STATEMENT)
    yield Tamper(
        "withheld",
        "one that is there",
        True,
        listed(lambda rows: rows.insert(0, row("AS/1"))),
        item=SHOT,
    )
    yield Tamper("withheld", "not said", True, listed(lambda rows: rows.clear()))
    yield Tamper(
        "withheld",
        "no list",
        True,
        restated(lambda body: body["predicate"].update(withheld={})),
        item=STATEMENT,
    )
    yield Tamper(
        "withheld", "another reason", True, listed(lambda r: r[0].update(reason="x")), SOUND
    )


def _references() -> Iterator[Tamper]:
    kind = "reference"
    for value in ("HVS-2026-0008", "hvs-2026-0007", "", 7, ["HVS-2026-0007"], "HVS-2026-0007 "):
        make = fields("incident.opened", reference=value)
        yield Tamper(kind, f"sealed as {value!r}", True, make, item=RECORD)
    yield Tamper(kind, "left out", True, _hide("incident.opened", "reference"), item=RECORD)


def rows() -> Iterator[Tamper]:
    """Return the rows of records and exhibits."""
    yield from _sealed()
    yield from _field_kinds()
    yield from _exhibits()
    yield from _withheld()
    yield from _references()
