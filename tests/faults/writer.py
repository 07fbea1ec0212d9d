"""The writer that is watched, hindered and killed: every verb that writes, one line each.

It says each acknowledgement the moment it is given, as ``ack <seq> <hash of the line>``, through a
function of its caller (a pipe, as a rule). ``frozen <incident>`` follows a STOP. What is said has
to be there afterwards, whatever happened; tests/faults/aftermath.py compares.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from esafety_tui.casework import capture, formwork, opening, stop
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.session import Session
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.records import OpenRecord, Receipt
from tests.casework.support import PNG, TO_CAPTURE, Practice

SENTINEL = b"a clear line that must never lie in the vault"
SMALL, LARGE = "small.png", "large.bin"
Say = Callable[[str], None]


def lay_out(practice: Practice) -> None:
    """Put the two originals beside the vault: one taken in memory, one by threads."""
    (practice.home / SMALL).write_bytes(PNG + SENTINEL)
    (practice.home / LARGE).write_bytes(PNG + SENTINEL * 100_000)


def begin(practice: Practice) -> str:
    """Bring an incident to its capture steps, with one file in it, and return its id."""
    work = Work(practice, lambda _line: None)
    small(work)
    practice.close()
    return work.case.inc


@dataclass(slots=True)
class Work:
    """What a verb works on."""

    practice: Practice
    say: Say
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    inc: str = ""
    _session: Session | None = None
    _case: CaseFile | None = None

    @property
    def session(self) -> Session:
        """The session, signed in at the first use."""
        if self._session is None:
            self._session = self.practice.sign_in()
        return self._session

    @property
    def case(self) -> CaseFile:
        """An incident at the capture steps: ``inc`` at first, a new one after a STOP."""
        if self._case is None and self.inc:
            self._case = opening.reopen(self.session, self.inc)
        if self._case is None:
            self._case = opening.open_new(self.session)
            for step, values in TO_CAPTURE:
                self.told(self._case.answer(step, values))
        return self._case

    def told(self, result: Receipt | OpenRecord | None) -> None:
        """Say what a verb acknowledged."""
        if result is not None:
            self.say(f"ack {result.seq} {sha256_hex(self.session.store.raw[result.seq])}")


def enter(work: Work) -> None:
    """Signing in and opening the incident, where that has not been done."""
    work.told(work.case.records[-1])


def note(work: Work) -> None:
    """Words."""
    work.told(capture.note(work.case, SENTINEL.decode()))


def address(work: Work) -> None:
    """An address."""
    work.told(capture.add_url(work.case, "https://x.example/1", "insults", "saw it"))


def small(work: Work) -> None:
    """A file sealed in memory."""
    work.told(capture.take_file(work.case, work.practice.home / SMALL, "a picture", "here"))


def large(work: Work) -> None:
    """A file sealed on threads."""
    work.told(capture.take_file(work.case, work.practice.home / LARGE, "a file", "here"))


def form(work: Work) -> None:
    """The form, drawn and frozen."""
    work.told(formwork.render(work.case).receipt)


def freeze(work: Work) -> None:
    """STOP and its first step; the next verb begins a new incident."""
    case = work.case
    work.told(stop.stop(case))
    work.say(f"frozen {case.inc}")
    work.told(stop.tick(case, 1, "done"))
    work._case = None


def remember(work: Work) -> None:
    """The officers' memory of the head, beside the key and in the state folder."""
    work.session.remember()
    work.say("remembered")


VERBS: dict[str, Callable[[Work], None]] = {
    "enter": enter,
    "note": note,
    "address": address,
    "small": small,
    "large": large,
    "form": form,
    "remember": remember,
    "freeze": freeze,
}
"""One line a verb; a new one here is killed, hindered and traced with the others."""


def for_ever(work: Work) -> Iterator[str]:
    """Run verbs in an order of the seed's own, each at least once in a round; yield their names."""
    while True:
        for name in work.rng.sample(sorted(VERBS), len(VERBS)):
            VERBS[name](work)
            yield name


def run(work: Work, names: Iterable[str]) -> None:
    """Run verbs in this order. One that is refused by the disk is said, and the next one begins."""
    for name in names:
        try:
            VERBS[name](work)
        except EvidenceError as err:
            work.say(f"error {type(err).__name__} {name}: {err.what} | {err.do}")
        work.say(f"done {name}")
