"""The signatures of many entries verified by two processes, while the caller checks other things.

What is to be verified is packed at once and waits in memory, 220 bytes an entry; a second process
takes it from the front, and who waits for the result takes it from the back. Nothing counts as
sound that was not verified here or answered for by name: where the second process does not start,
dies or talks nonsense, all of its work is done here.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
import subprocess
import threading
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from esafety_tui.data import signature_worker, witnesses
from esafety_tui.data.ledger import SIGN_PREFIX
from esafety_tui.data.signature_worker import ALL_SOUND
from esafety_tui.data.witnesses import SignedEntry
from esafety_tui.kernel.records import Person

BATCH = 64
"""Entries that are packed together: some 8 ms of work."""
AHEAD = 3
"""Batches that the second process has in hand."""
WORTH = 2000
"""Entries for which starting a process costs less than it saves."""
MOST = 64 << 20
"""Bytes that wait at most; beyond, the caller verifies while it packs."""

Worker: TypeAlias = "subprocess.Popen[bytes]"


class Batch(NamedTuple):
    """Signatures to verify, and the entry of each."""

    entries: array[int]
    data: bytes


class WitnessCheck:
    """Verifies the signatures of entries. Use it as a context: at its end the process is gone.

    Attributes:
        count: entries taken in.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self._known = {p.id: p for p in people}
        self._number = {officer_id: at for at, officer_id in enumerate(self._known)}
        self._spkis = [p.sign_spki for p in self._known.values()]
        self._keys = signature_worker.load_keys(self._spkis)
        self._waiting: deque[Batch] = deque()
        self._bytes = 0
        self._complete = False
        self._bad: list[int] = []
        self._changed = threading.Condition()
        self._worker: Worker | None = None
        self._driver: threading.Thread | None = None
        self.count = 0

    def __enter__(self) -> WitnessCheck:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._complete = True
            self._waiting.clear()
            self._changed.notify_all()
        self._end_worker()

    def _end_worker(self) -> None:
        """End the second process, which gives back what it has not answered for."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
        if self._driver is not None:
            self._driver.join()
        if self._worker is not None:
            for pipe in (self._worker.stdin, self._worker.stdout):
                with contextlib.suppress(OSError):  # of a process that is gone
                    if pipe is not None:
                        pipe.close()

    def take(
        self, entries: Iterable[SignedEntry], start: Callable[[], Worker], expected: int
    ) -> None:
        """Take in entries to verify. ``start`` starts the second process where it is worth it."""
        if expected >= WORTH:
            with contextlib.suppress(OSError):
                self._worker = start()
                self._driver = threading.Thread(target=self._drive, args=(self._worker,))
                self._driver.start()
        jobs, places = list[bytes](), array("Q")
        for line, data, sigs in entries:
            if not self._pack(line.seq, line.by, data, sigs, jobs, places):
                self._bad.append(line.seq)
                break
            self.count += 1
            if self.count % BATCH == 0:
                self._add(Batch(places, b"".join(jobs)))
                jobs, places = [], array("Q")
        self._add(Batch(places, b"".join(jobs)))
        with self._changed:
            self._complete = True
            self._changed.notify_all()

    def _pack(
        self, seq: int, by: tuple[str, ...], data: bytes, sigs: witnesses.Signatures,
        jobs: list[bytes], places: array[int],
    ) -> bool:  # fmt: skip
        """Pack an entry's signatures. Returns whether they are those of everyone it names."""
        if tuple(sorted(sigs)) != by or not witnesses.are_timely(self._known, sigs, seq):
            return False
        digest = hashlib.sha256(SIGN_PREFIX + data).digest()
        try:
            for officer_id, sig in sigs.items():
                jobs.append(signature_worker.pack_job(self._number[officer_id], sig, digest))
                places.append(seq)
        except struct.error:
            return False
        return True

    def _add(self, batch: Batch) -> None:
        with self._changed:
            self._waiting.append(batch)
            self._bytes += len(batch.data)
            self._changed.notify_all()
        while self._bytes > MOST and self._verify_last():
            pass

    def finish(self) -> int:
        """Return how many entries are sound, once all are verified.

        Raises Tampered naming the first that is not.
        """
        while self._verify_last():
            pass
        self._end_worker()  # what it has in hand is a moment's work: it is not waited for
        while self._verify_last():
            pass
        if self._bad:
            raise witnesses.unwitnessed_entry(min(self._bad))
        return self.count

    def _verify_last(self) -> bool:
        """Verify the batch that was taken in last. Returns whether there was one."""
        batch = self._next_batch(last=True)
        if batch is None:
            return False
        self._settle(batch, signature_worker.verify_batch(self._keys, batch.data))
        return True

    def _next_batch(self, *, last: bool, wait: bool = False) -> Batch | None:
        with self._changed:
            while wait and not self._waiting and not self._complete:
                self._changed.wait()
            if not self._waiting:
                return None
            batch = self._waiting.pop() if last else self._waiting.popleft()
            self._bytes -= len(batch.data)
            return batch

    def _settle(self, batch: Batch, first_bad: int) -> None:
        if first_bad != ALL_SOUND:
            self._bad.append(batch.entries[first_bad])

    def _drive(self, worker: Worker) -> None:
        """Hand batches to the second process, some ahead; give back what it does not answer for."""
        ahead: deque[Batch] = deque()
        assert worker.stdin is not None  # noqa: S101 - both are pipes
        assert worker.stdout is not None  # noqa: S101
        try:
            for spki in (*self._spkis, b""):
                signature_worker.write_frame(worker.stdin, spki)
            while True:
                if len(ahead) < AHEAD and (batch := self._next_batch(last=False, wait=not ahead)):
                    ahead.append(batch)
                    signature_worker.write_frame(worker.stdin, batch.data)
                    continue
                if not ahead:
                    break
                first_bad = signature_worker.read_answer(worker.stdout, ahead[0].data)
                self._settle(ahead.popleft(), first_bad)
            worker.stdin.close()
        except (OSError, EOFError, ValueError):
            with self._changed:
                self._waiting.extend(ahead)
