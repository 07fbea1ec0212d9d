"""Statements that two officers signed, and that are not true or not of the format."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.output.pack.layout import STATEMENT
from tests.promises.tampers.row import NEWER, NOT_SOUND, Make, Said, Tamper
from tests.promises.tampers.world import World, edit_json, retag

Change = Callable[[Said], object]


def restated(change: Change) -> Make:
    """Return what changes the statement and has both officers sign it."""
    return lambda world, folder: world.refit(world.copy(folder, 0), change)


def said(**fields: Any) -> Make:
    """Return what changes fields of the predicate."""
    return restated(lambda body: body["predicate"].update(fields))


def asked(**fields: Any) -> Make:
    """Return what changes fields of the check inputs."""
    return restated(lambda body: body["predicate"]["check_inputs"].update(fields))


def _less(field: str) -> Make:
    return restated(lambda body: body["predicate"].pop(field))


def _file(name: str, digest: str = "0" * 64) -> Make:
    def change(body: Said) -> None:
        row = {"name": name, "digest": {"sha256": digest}}
        body["subject"] = sorted([*body["subject"], row], key=lambda row: str(row["name"]))

    return restated(change)


FIELDS: dict[str, tuple[Make, str]] = {
    "one more entry": (restated(lambda b: b["predicate"].update(entries=99)), "data/ledger.json"),
    "older head": (said(size=3), "data/checkpoint.txt"),
    "root of nothing": (said(root="A" * 43 + "="), "data/checkpoint.txt"),
    "root not base64": (said(root="A" * 43), STATEMENT),
    "root with spare bits": (said(root="A" * 42 + "B="), STATEMENT),
    "another ledger": (said(origin="x.y.invalid/evidence"), STATEMENT),
    "another incident": (asked(incident="ef" * 16), STATEMENT),
    "incident in capitals": (said(incident="AB" * 16), STATEMENT),
    "hidden practice": (said(practice=True), STATEMENT),
    "practice as text": (said(practice="false"), STATEMENT),
    "a field too many": (said(note="x"), STATEMENT),
    "no purpose": (_less("purpose"), STATEMENT),
    "no version": (_less("v"), STATEMENT),
    "version 0": (said(v=0), STATEMENT),
    "version as text": (said(v="1"), STATEMENT),
    "purpose a number": (said(purpose=1), STATEMENT),
    "another type": (restated(lambda b: b.update(_type="x")), STATEMENT),
    "another predicate": (restated(lambda b: b.update(predicateType="x")), STATEMENT),
    "file not named": (restated(lambda b: b["subject"].pop()), "verify.html"),
    "out of order": (restated(lambda b: b["subject"].reverse()), STATEMENT),
    "a file twice": (restated(lambda b: b["subject"].insert(0, b["subject"][0])), STATEMENT),
    "a program": (_file("data/exhibits/AS_9.exe"), STATEMENT),
    "a file above": (_file("../x"), STATEMENT),
    "the statement itself": (_file("statement.pae"), STATEMENT),
    "a file that is not there": (_file("data/records/000999.json"), "data/records/000999.json"),
    "hash in capitals": (_file("data/records/000999.json", "A" * 64), STATEMENT),
    "another form": (asked(form=2), "data/form.pdf"),
    "form 0": (asked(form=0), STATEMENT),
    "officers unsorted": (
        restated(lambda b: b["predicate"]["check_inputs"]["officers"].reverse()), STATEMENT),
    "officers none": (asked(officers=[]), STATEMENT),
    "signed by others": (said(signed_by=["0" * 64, "1" * 64]), STATEMENT),
    "lacks a stranger": (said(not_signed_by=["0" * 64]), STATEMENT),
}  # fmt: skip
TIMES = (
    "2026-11-21T14:00:00Z", "2026-11-21T14:00:00.000+00:00", "2026-11-21 14:00:00.000Z",
    "2026-02-30T14:00:00.000Z", "2026-11-21T24:00:00.000Z", "2026-11-21T14:60:00.000Z",
    "2026-11-21T14:00:60.000Z", "0000-01-01T00:00:00.000Z", "2026-1-1T1:1:1.1Z", "", "today",
    "2026-11-21T14:00:00.0Z", "\u0662026-11-21T14:00:00.000Z", "2026-13-01T14:00:00.000Z",
    "+02026-11-21T14:00:00.000Z", "2026-11-21T14:00:00.000z",
)  # fmt: skip
REFERENCES = (
    "HVS-2026-0008", "hvs-2026-0007", "HVS-2026-\uff10007", "HVS-2026-0007-", "HVS 2026 0007", "H",
    "", "../HVS", "HVS-2026-000\u0667", "A" * 65, "HVS_2026_0007", "HVS-2026-0007\n",
)  # fmt: skip


def _newer(world: World, folder: Path) -> Path:
    pack = world.copy(folder, 0)
    (pack / "signatures.cbor").write_bytes(b"x")
    envelope = json.loads((pack / STATEMENT).read_bytes())
    body = json.loads(base64.b64decode(envelope["payload"]))
    body["predicate"] = {"v": 2, "all": ["is", "new"]}
    return world.sign(pack, canonical_bytes(body))


def _unsigned_newer(world: World, folder: Path) -> Path:
    pack = world.copy(folder)

    def change(envelope: Said) -> None:
        body = json.loads(base64.b64decode(envelope["payload"]))
        body["predicate"]["v"] = 7
        envelope["payload"] = base64.b64encode(canonical_bytes(body)).decode()

    return retag(edit_json(pack, STATEMENT, change))


def rows() -> Iterator[Tamper]:
    """Return the rows of fields of the statement."""
    kind = "statement field"
    for name, (make, item) in FIELDS.items():
        yield Tamper(kind, name, True, make, NOT_SOUND, item)
    for time in TIMES:
        yield Tamper(kind, f"made at {time!r}", True, said(created=time), item=STATEMENT)
    yield Tamper(kind, "version 2", True, said(v=2), NEWER)
    yield Tamper(kind, "version 2, other fields and files", True, _newer, NEWER)
    yield Tamper(kind, "version 7, not signed", False, _unsigned_newer, NEWER)
    for reference in REFERENCES:
        item = "bag-info.txt"
        yield Tamper("reference", f"statement says {reference!r}", True,
                     said(reference=reference), item=item)  # fmt: skip
