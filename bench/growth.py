"""How opening, witnesses and memory grow with the number of entries: P7 and the growth table."""

from __future__ import annotations

import base64
import hashlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.ledger import ORIGIN, chain
from bench.rounds import load, rounds, sized
from esafety_tui.data import ledger
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.records import Person

NEW = 100
"""Entries since the last sign-in: those whose witnesses are checked at the door."""


class Grown:
    """A chain of ``count`` sealed entries, the last hundred with real signatures of two."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count, self.folder, self.key = count, folder, LedgerBox.generate_key()
        folder.mkdir()
        self._pair = sorted(
            (OfficerKeys.generate_keys("A"), OfficerKeys.generate_keys("B")), key=lambda o: o.id
        )
        self.people = [
            Person(o.id, "officer", o.name, "", o.name, o.spki, o.identity.recipient.to_text, b"")
            for o in self._pair
        ]
        by = tuple(o.id for o in self._pair)
        self.box = LedgerBox(self.key)
        self.last = chain(folder, self.box, count, by, self._signatures)

    def _signatures(self, seq: int, line: bytes) -> bytes:
        if seq < self.count - NEW:
            return b""
        sign = ledger.SIGN_PREFIX + line
        plain = {o.id: base64.b64encode(o.sign_message(sign)).decode() for o in self._pair}
        return self.box.seal_bytes(canonical_bytes(dict(plain)), f"evidence-sigs/v1/{ORIGIN}/{seq}")

    def open(self) -> float:
        """Return the seconds to open the store."""
        start = time.perf_counter()
        store = EvidenceStore(self.folder, ORIGIN, self.box)
        taken = time.perf_counter() - start
        store.close()
        return taken

    def bare(self) -> float:
        """Return the seconds that hashing so many lines takes: the last ones, again and again."""
        start = time.perf_counter()
        for _ in range(self.count // len(self.last)):
            for line in self.last:
                hashlib.sha256(line).digest()
        return time.perf_counter() - start

    def witnesses(self) -> float:
        """Return the seconds to check the witnesses of what is new, after the rest is open."""
        store = EvidenceStore(self.folder, ORIGIN, self.box)
        try:
            start = time.perf_counter()
            store.check_signatures(self.people, self.count - NEW)
            return time.perf_counter() - start
        finally:
            store.close()

    def memory(self) -> float:
        """Return the MiB that an open store takes in a process of its own, nan where unknown."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.resident", self.folder, ORIGIN, self.key.hex()],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            return float("nan")
        before, after = map(float, done.stdout.split())
        return after - before

    @property
    def mib(self) -> float:
        """Size of the database."""
        return (self.folder / "evidence.db").stat().st_size / (1 << 20)


def _median(act: Callable[[], float], times: int) -> float:
    return statistics.median(act() for _ in range(times))


def _times(count: int) -> int:
    return min(rounds(), 3) if count > 10_000 else rounds()


def _sizes(most: int) -> list[int]:
    return [n for n in (1_000, 10_000, 100_000, 1_000_000) if n <= most]


def p7(folder: Path) -> None:
    """Witnesses of what is new, with ever more entries behind it: it must not cost more."""
    print(f"\nP7  witnesses of {NEW} new entries at sign-in  ({load()})   goal: within 2x")
    first = 0.0
    for count in _sizes(sized("BENCH_GROWTH", 100_000)):
        taken = _median(Grown(folder / str(count), count).witnesses, _times(count))
        first = first or taken
        print(f"  {count:>9,} entries {taken / NEW * 1e6:8.0f} us an entry {taken / first:8.2f} x")


def growth(folder: Path) -> None:
    """Opening, witnesses, memory and disk from a thousand entries to BENCH_GROWTH."""
    most = sized("BENCH_GROWTH", 100_000)
    print(
        f"\ngrowth  a store of sealed entries ({load()}; x hash: a bare hashlib loop of the lines)"
    )
    print("  memory: goal <= 200 bytes for each entry beyond the smallest vault's; / its database")
    print("    entries   open s  us/entry   x hash  100 new ms  database MiB  memory MiB"
          "  / database  bytes/entry")  # fmt: skip
    least: tuple[int, float] | None = None
    for count in _sizes(most):
        grown = Grown(folder / str(count), count)
        pairs = [(grown.open(), grown.bare()) for _ in range(_times(count))]
        taken = statistics.median(a for a, _ in pairs)
        ratio = statistics.median(a / b for a, b in pairs)
        new = _median(grown.witnesses, 1 if count > 100_000 else 3)
        memory = _median(grown.memory, 3)
        more = ""
        if least is None:
            least = (count, memory)
        else:
            more = f"{(memory - least[1]) * (1 << 20) / (count - least[0]):.0f}"
        print(
            f"  {count:>9,} {taken:>8.3f} {taken / count * 1e6:>9.1f} {ratio:>8.1f} "
            f"{new * 1000:>11.1f} {grown.mib:>13.1f} {memory:>11.1f} {memory / grown.mib:>11.2f} "
            f"{more:>12}"
        )
    if most < 1_000_000:
        print(f"  up to {most:,}; a million with BENCH_GROWTH=1000000")
