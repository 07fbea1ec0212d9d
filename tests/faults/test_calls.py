"""Each system call of the writer fails once, in turn: a sentence or success, and nothing is lost.

strace makes the call fail inside the child, so the product, Python and SQLite all see the real
thing. A run without failure is counted first. pytest takes a few; ESAFETY_FAULTS=all takes
every one of them (``make slow``).
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from esafety_tui.kernel.errors import EvidenceError
from tests.casework.support import Practice, copy_of
from tests.faults import aftermath, strace, writer

ERRORS = {
    "openat": ("ENOSPC", "EIO", "EACCES", "EROFS"), "mkdir": ("ENOSPC", "EIO", "EACCES", "EROFS"),
    "rename": ("ENOSPC", "EIO", "EACCES", "EROFS"), "unlink": ("EIO", "EACCES", "EROFS"),
    "write": ("ENOSPC", "EIO"), "pwrite64": ("ENOSPC", "EIO"), "fsync": ("ENOSPC", "EIO"),
    "fdatasync": ("ENOSPC", "EIO"), "ftruncate": ("EIO",), "chmod": ("EIO", "EACCES"),
    "fchown": ("EIO",), "read": ("EIO",), "pread64": ("EIO",), "lseek": ("EIO",),
    "newfstatat": ("EIO", "EACCES"), "fstat": ("EIO",), "getdents64": ("EIO",), "close": ("EIO",),
    "fcntl": ("EIO",), "flock": ("EIO",),
}  # fmt: skip
"""What each call may plausibly answer."""

SAMPLE = os.environ.get("ESAFETY_FAULTS", "20")
"""How many calls fail, ``all`` for each of them once; ``writes`` for each that changes the disk
once and a tenth of the others."""
PART = os.environ.get("ESAFETY_FAULTS_PART", "1/1")
"""Which part of them this process takes, for two processes at once: ``1/2`` and ``2/2``."""
CHANGES = {
    "openat", "mkdir", "rename", "unlink", "write", "pwrite64", "fsync", "fdatasync", "ftruncate",
    "chmod", "fchown",
}  # fmt: skip
FEW = ("enter", "several", "pack", "copy", "rotate", "shred", "freeze")
"""The verbs of which a sample is taken; between them they make every call that any verb makes."""
NOT_HERE = {"fstat", "flock"}
"""Calls that another C library or build of SQLite may make instead of one of the others."""
LAST = "note"
"""Runs after the verb that fails: one failure must not spoil what follows."""


@dataclass(frozen=True, slots=True)
class Case:
    """The ``n``-th ``call`` of a thread answers ``error`` while ``verb`` runs.

    Each call fails once; the errors it may answer take turns.
    """

    verb: str
    call: str
    error: str
    n: int


@dataclass(slots=True)
class Bench:
    """A vault with an incident at its capture steps, put back before every run."""

    begun: Practice
    inc: str
    home: Path

    def fresh(self) -> Practice:
        """Return the vault as it was."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        os.environ["XDG_STATE_HOME"] = str(self.home / ".home" / "state")
        found = copy_of(self.begun, self.home)
        writer.lay_out(found)
        return found

    def run(self, practice: Practice, verb: str, *options: str) -> strace.Run:
        """Run a verb and the one after it under strace."""
        names = [verb, LAST] if verb == "enter" else ["enter", verb, LAST]
        log = self.home.parent / "trace"
        return strace.run(
            lambda say: writer.run(writer.Work(practice, say, inc=self.inc), names), log, *options
        )

    def warm(self) -> None:
        """Import all that is imported late: files of Python are not the vault's."""
        practice = self.fresh()
        writer.run(writer.Work(practice, lambda _line: None, inc=self.inc), writer.VERBS)
        practice.close()

    def counted(self, verb: str) -> list[Case]:
        """Return every case of a verb, from a run in which nothing fails."""
        done = self.run(self.fresh(), verb, "-y", "-e", f"trace=execve,{','.join(ERRORS)}")
        assert done.said[-1] == "end", done.said[-1]
        seen: Counter[tuple[str, str]] = Counter()
        found: dict[Case, None] = {}
        others: set[str] = set()  # other programs, which check a pack afresh
        at = ""
        for call in strace.calls(done.trace):
            if call.name == "execve":
                others.add(call.thread)
            if call.thread in others or call.name not in ERRORS:
                continue
            seen[call.thread, call.name] += 1
            word = strace.spoken(call)
            if word is not None:
                begins = strace.BEGIN if verb == "enter" else "done enter"
                at = verb if word == begins else at
                at = "" if word == f"done {verb}" else at
            elif at:
                n, errors = seen[call.thread, call.name], ERRORS[call.name]
                found[Case(verb, call.name, errors[n % len(errors)], n)] = None
        assert found, f"no call of {verb} was seen: strace came too late"
        return list(found)


@pytest.fixture
def bench(practice: Practice, tmp_path: Path) -> Bench:
    writer.lay_out(practice)
    made = Bench(practice, writer.begin(practice), tmp_path / "work")
    made.warm()
    return made


def sample(every: list[Case]) -> list[Case]:
    """Return a fixed choice with each kind of call and each verb in it, or every case."""
    part, parts = (int(n) for n in PART.split("/"))
    if SAMPLE == "all":
        return every[part - 1 :: parts]
    if SAMPLE == "writes":
        others = [case for case in every if case.call not in CHANGES]
        chosen = [case for case in every if case.call in CHANGES] + others[::10]
        return chosen[part - 1 :: parts]
    rng = random.Random(20261121)
    some = [rng.choice([c for c in every if c.call == call]) for call in {c.call: 0 for c in every}]
    left = {case.verb for case in every} - {case.verb for case in some}
    some += [rng.choice([c for c in every if c.verb == verb]) for verb in sorted(left)]
    heavy = {"openat", "pwrite64", "fdatasync", "fsync", "rename", "unlink"}
    weights = [3 if case.call in heavy else 1 for case in every]
    return some + rng.choices(every, weights, k=max(0, int(SAMPLE) - len(some)))


def test_each_call_fails_once(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    verbs = writer.VERBS if SAMPLE in ("all", "writes") else FEW
    every = [case for verb in verbs for case in bench.counted(verb)]
    assert set(ERRORS) - {case.call for case in every} <= NOT_HERE
    cases = sample(every)
    told: Counter[str] = Counter()
    trouble: list[str] = []
    for case in cases:
        practice = bench.fresh()
        only = ("-e", f"trace={case.call}")
        fail = ("-e", f"inject={case.call}:error={case.error}:when={case.n}")
        done = bench.run(practice, case.verb, *only, *fail)
        try:
            told[after(practice, done)] += 1
        except (AssertionError, EvidenceError, OSError) as err:
            practice.close()
            failed = [x for x in done.trace.splitlines() if "INJECTED" in x]
            trouble.append(f"{case}: {failed}: {done.said[-9:]}: {err}")
    took = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 - the figure is the result
            f"\nfailing calls: {len(cases)} of {len(every)} (verb, call, error) in {took:.0f} s, "
            f"{dict(told)}, {len(trouble)} with trouble"
        )
    assert not trouble, "\n".join([f"{len(trouble)} cases", *trouble[:40]])
    assert set(told) == {"a sentence", "no harm"}


def after(practice: Practice, done: strace.Run) -> str:
    """Check what one failure did. Returns in words how the program took it."""
    assert (done.said[-1], done.status) == ("end", 0)
    errors = [line for line in done.said if line.startswith("error")]
    for line in errors:
        aftermath.sentence(line)
    failed = done.trace.count("(INJECTED)")
    assert failed >= 1, "nothing failed"
    assert len(errors) <= failed, "one failure was followed by others"
    aftermath.sound(practice, done.said)
    return "a sentence" if errors else "no harm"
