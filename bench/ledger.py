"""P5 and P8: reading a chain of sealed entries, and one durable append, beside raw SQLite."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.practice import open_case
from bench.rounds import paired, report, sized
from esafety_tui.data import ledger, merkle
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.canon import sha256_hex

ORIGIN = "hvs.practice.invalid/evidence"
KEPT = 10_000
"""Lines kept for the bare loop; of more entries it hashes these again and again."""


def chain(
    folder: Path, box: LedgerBox, count: int, by: tuple[str, ...],
    signed: Callable[[int, bytes], bytes] = lambda _seq, _line: b"",
) -> list[bytes]:  # fmt: skip
    """Write a database of ``count`` sealed entries at once; return the last of their lines."""
    EvidenceStore.create_store(folder, ORIGIN, box).close()
    last: deque[bytes] = deque(maxlen=min(count, KEPT))
    edge = merkle.MerkleFrontier()

    def rows() -> Iterator[tuple[int, bytes, bytes]]:
        prev = ledger.ZEROS
        for seq in range(count):
            line = ledger.EntryLine(
                seq, prev, f"{seq // 20:032x}", seq % 20, sha256_hex(b"%d" % seq), (), by,
                "2026-11-21T14:07:12.345Z", seq, f"boot-{seq // 100}", sha256_hex(b"machine"),
            ).to_bytes()  # fmt: skip
            prev = sha256_hex(line)
            last.append(line)
            edge.append_leaf(merkle.hash_leaf(line))
            sealed = box.seal_bytes(line, f"evidence-entry/v1/{ORIGIN}/{seq}")
            yield seq, sealed, signed(seq, line)

    with sqlite3.connect(folder / "evidence.db") as db:
        db.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows())
        db.executemany("INSERT INTO rec VALUES (?, ?)", ((seq, b"") for seq in range(count)))
        head = Checkpoint(ORIGIN, count, edge.root()).signed_body().decode()
        db.execute("INSERT INTO meta VALUES ('head', ?)", (head,))
    db.close()
    return list(last)


def p5(folder: Path) -> None:
    """Open a store: decrypt, parse, chain and tree of every line / a bare loop of hashlib."""
    count = sized("BENCH_ENTRIES", 10_000)
    box = LedgerBox(LedgerBox.generate_key())
    by = tuple(sorted(sha256_hex(os.urandom(8)) for _ in range(2)))
    lines = chain(folder, box, count, by)

    def opened() -> float:
        start = time.perf_counter()
        store = EvidenceStore(folder, ORIGIN, box)
        taken = time.perf_counter() - start
        assert store.chain.size == count
        store.close()
        return taken

    def bare() -> float:
        start = time.perf_counter()
        for _ in range(count // len(lines)):
            for line in lines:
                hashlib.sha256(line).digest()
        return time.perf_counter() - start

    times = paired({"open the store": opened, "hashlib loop": bare})
    report(
        f"P5  chain of {count} sealed entries, from the file", times, "open the store",
        {"hashlib loop": "<= 8 at a million entries"},
    )  # fmt: skip


def _raw(path: Path) -> sqlite3.Connection:
    """A bare database with the product's pragmas and the sizes of its rows."""
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "fullfsync=ON", "secure_delete=ON"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, entry BLOB, sigs BLOB, rec BLOB)")
    return db


def p8(folder: Path) -> None:
    """One note, sealed and witnessed by two, durable / one raw insert of equal bytes."""
    count = sized("BENCH_APPENDS", 50)
    row = (os.urandom(700), os.urandom(400), os.urandom(700))
    with open_case(folder / "vault") as case:
        raw = _raw(folder / "raw.db")

        def ours() -> float:
            return _median(
                count, lambda: case.write_record("note", {"text": "A note of some words."})
            )

        def plain() -> float:
            return _median(
                count, lambda: raw.execute("INSERT INTO t (entry, sigs, rec) VALUES (?, ?, ?)", row)
            )

        times = paired({"write a note": ours, "raw sqlite3 insert": plain})
        raw.close()
    report(
        "P8  durable append of a sealed, twice witnessed record (with both memories of the head)",
        times, "write a note", {"raw sqlite3 insert": "<= 3"},
    )  # fmt: skip


def _median(count: int, act: Callable[[], object]) -> float:
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
