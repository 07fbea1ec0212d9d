"""Packs and containers that are cheap to make and want to be dear to check. No key is needed."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from esafety_tui.output.pack import layout, ziplayout
from esafety_tui.output.pack.source import PackSigner
from esafety_tui.output.pack.ziplayout import CURRENT_LAYOUT
from tests.output.resigned_packs import resign

GIB = 1 << 30
Make = Callable[[Path, Path], Path]
"""Takes a sound pack's folder and an empty one; returns what is to be checked."""


def _copied(pack: Path, room: Path) -> Path:
    return Path(shutil.copytree(pack, room / pack.name))


def _longer(name: str, size: int) -> Make:
    def make(pack: Path, room: Path) -> Path:
        mine = _copied(pack, room)
        os.truncate(mine / name, size)
        return mine

    return make


def _stated(payload: bytes) -> Make:
    """Put ``payload`` into the envelope; nothing is signed."""
    text = base64.b64encode(payload).decode()
    signed = ",".join(f'{{"keyid":"{digit * 64}","sig":""}}' for digit in "01")
    kind = layout.PAYLOAD_TYPE
    envelope = f'{{"payload":"{text}","payloadType":"{kind}","signatures":[{signed}]}}'
    return _written(layout.STATEMENT, envelope.encode())


def _written(name: str, data: bytes) -> Make:
    def make(pack: Path, room: Path) -> Path:
        mine = _copied(pack, room)
        (mine / name).write_bytes(data)
        return mine

    return make


def _files(count: int) -> Make:
    def make(pack: Path, room: Path) -> Path:
        mine = _copied(pack, room)
        for number in range(1_000, 1_000 + count):
            os.close(os.open(mine / f"data/records/{number:06d}.json", os.O_CREAT | os.O_WRONLY))
        return mine

    return make


def _listed(count: int, said: int) -> Make:
    """A container whose list has ``count`` lines of zeros and says that it has ``said``."""

    def make(_pack: Path, room: Path) -> Path:
        path, size = room / "HVS-2026-0007.zip", count * 80
        with path.open("wb") as out:
            out.write(b"PK\3\4")
            out.seek(64)
            out.write(b"PK\1\2")
            out.seek(64 + size)
            out.write(ziplayout.directory_end(CURRENT_LAYOUT, said, size, 64))
        return path

    return make


def _swelling(_pack: Path, room: Path) -> Path:
    """A file of 2 EiB in a container of a few hundred bytes."""
    path, name, when = room / "HVS-2026-0007.zip", b"HVS-2026-0007/README.txt", bytes(4)
    head = ziplayout.local_header(CURRENT_LAYOUT, name, 1 << 61, when)
    line = ziplayout.directory_entry(CURRENT_LAYOUT, name, 1 << 61, when, 0)
    place = len(head) + 28
    end = ziplayout.directory_end(CURRENT_LAYOUT, 1, len(line), place)
    path.write_bytes(head + bytes(28) + line + end)
    return path


def signed_names(signers: Iterable[PackSigner]) -> Make:
    """A statement that lists 99,000 more files, signed by two; the files are missing."""

    def edit(statement: dict[str, Any]) -> None:
        more = [
            {"name": f"data/records/{number:06d}.json", "digest": {"sha256": f"{number:064x}"}}
            for number in range(1_000, 100_000)
        ]
        every = [*statement["subject"], *more]
        statement["subject"] = sorted(every, key=lambda row: str(row["name"]))

    def make(pack: Path, room: Path) -> Path:
        mine = _copied(pack, room)
        resign(mine, signers, edit)
        return mine

    return make


def signed_ledger(signers: Iterable[PackSigner], start: bytes, filler: bytes) -> Make:
    """A ledger of any bytes, signed by two: whoever makes their own keys can sign anything."""

    def make(pack: Path, room: Path) -> Path:
        mine, data = _copied(pack, room), start + filler * ((100 << 20) // len(filler))
        (mine / layout.LEDGER).write_bytes(data)

        def edit(statement: dict[str, Any]) -> None:
            sums = {row["name"]: row["digest"] for row in statement["subject"]}
            sums[layout.LEDGER]["sha256"] = hashlib.sha256(data).hexdigest()
            payload = {n: s["sha256"] for n, s in sums.items() if n.startswith("data/")}
            (mine / layout.MANIFEST).write_bytes(manifest := layout.manifest_text(payload))
            sums[layout.MANIFEST]["sha256"] = hashlib.sha256(manifest).hexdigest()

        resign(mine, signers, edit)
        return mine

    return make


LEDGERS: dict[str, tuple[bytes, bytes]] = {
    "a ledger of one entry of 100 MiB": (b'{"entries":[{"line":"', b"x"),
    "a ledger with a tail of 100 MiB": (b'{"entries":[],"printed":"', b"x"),
    "a ledger of 33 million lists": (b'{"entries":[', b"[],"),
}
"""What a ledger of 100 MiB begins with, and goes on with."""
QUICK: dict[str, Make] = {
    "a sparse exhibit of 40 GB": _longer("data/exhibits/AS_1.png", 40 * GIB),
    "a ledger of 3 GiB": _longer(layout.LEDGER, 3 * GIB),
    "a statement of 3 GiB": _longer(layout.STATEMENT, 3 * GIB),
    "a manifest of 3 GiB": _longer(layout.MANIFEST, 3 * GIB),
    "a record of 3 GiB": _longer("data/records/000002.json", 3 * GIB),
    "a form of 3 GiB": _longer(layout.FORM, 3 * GIB),
    "a key of 3 GiB": _longer(layout.CA_CERT, 3 * GIB),
    "a README of 3 GiB": _longer(layout.README, 3 * GIB),
    "a statement of brackets": _written(layout.STATEMENT, b"[" * (20 << 20)),
    "five million lists": _stated(b"[" + b"[]," * (5 << 20) + b"[]]"),
    "objects in objects": _stated(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "depth 900": _stated(b"[" * 900 + b"]" * 900),
    "one long text": _stated(b'"' + b"x" * (17 << 20) + b'"'),
    "a container that says it has four million files": _listed(4_000_000, 4_000_000),
    "a list of 320 MB for 100,000 files": _listed(4_000_000, 100_000),
    "a list of zeros for 100,000 files": _listed(100_000, 100_000),
    "a container that swells": _swelling,
}
LONG: dict[str, Make] = {
    "a million small files": _files(1_000_000),
}
