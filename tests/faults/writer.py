"""The writer that is watched, hindered and killed: every verb that writes, one line each.

It says each acknowledgement the moment it is given, as ``ack <seq> <hash of the line>``, through a
function of its caller (a pipe, as a rule). ``frozen <incident>`` follows a STOP, ``shredded
<incident>`` the end of one. What is said has to be there afterwards, whatever happened;
tests/faults/aftermath.py compares.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.backup import backup
from esafety_tui.casework.destruction import shredding
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import (
    capture,
    capture_files,
    opening,
    restriction,
    retention,
    stop,
)
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.signin.create_vault import Founder
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import BadInput, EvidenceError
from esafety_tui.kernel.records import EntryReceipt, OpenRecord
from esafety_tui.kernel.views import OriginalFile
from tests.casework.support import PNG, TO_CAPTURE, Practice

SENTINEL = b"a clear line that must never lie in the vault"
SMALL, LARGE = "small.png", "large.bin"
STICK, KEYS = "stick", "keys"
Say = Callable[[str], None]


def lay_out(practice: Practice) -> None:
    """Put two originals beside the vault, one sealed in memory, one by threads; and two sticks."""
    for name in (STICK, KEYS):
        (practice.home / name).mkdir(exist_ok=True)
    (practice.home / SMALL).write_bytes(PNG + SENTINEL + bytes(32))
    (practice.home / LARGE).write_bytes(PNG + SENTINEL * 100_000 + bytes(32))


def begin(practice: Practice) -> str:
    """Bring an incident to its capture steps, with one file in it, and return its id."""
    work = Work(practice, lambda _line: None)
    small(work)
    practice.close()
    return work.case.inc


def quiet(_what: str, _done: int, _total: int) -> None:
    """Hear of progress and carry on."""


@dataclass(slots=True)
class Work:
    """What a verb works on."""

    practice: Practice
    say: Say
    inc: str = ""
    _session: OpenSession | None = None
    _case: CaseFile | None = None

    @property
    def entered(self) -> OpenSession | None:
        """The session, None before the first use."""
        return self._session

    @property
    def session(self) -> OpenSession:
        """The session, signed in at the first use."""
        if self._session is None:
            self._session = self.practice.sign_in()
        return self._session

    @property
    def case(self) -> CaseFile:
        """An incident at the capture steps: ``inc`` where it still goes on, else a new one."""
        if self._case is None:
            store = self.session.store
            if self.inc and self.inc not in store.shredded | store.holds.frozen:
                self._case = opening.reopen_incident(self.session, self.inc)
            else:
                self._case = self._begun()
        return self._case

    def _begun(self) -> CaseFile:
        case = opening.open_new_incident(self.session)
        for step, values in TO_CAPTURE:
            self.told(case.record_answer(step, values))
        self.say(f"case {case.inc}")
        return case

    @property
    def passphrases(self) -> dict[str, str]:
        """What the two officers type when both are asked again, by officer id."""
        return {self.practice.ids[i]: self.practice.words[i] for i in ("AB", "CD")}

    @property
    def consent(self) -> officer_changes.PairConsent:
        """What they give to an act that binds the school."""
        return officer_changes.PairConsent(self.passphrases, "it is time")

    def over(self) -> None:
        """The incident takes no more; the next verb begins another one."""
        self._case, self.inc = None, ""

    def told(self, result: EntryReceipt | OpenRecord | None) -> None:
        """Say what a verb acknowledged."""
        if result is not None:
            self.say(f"ack {result.seq} {sha256_hex(self.session.store.raw[result.seq])}")


def enter(work: Work) -> None:
    """Signing in and opening the incident, where that has not been done."""
    work.told(work.case.records[-1])


def note(work: Work) -> None:
    """Words."""
    work.told(capture.record_note(work.case, f"told: {SENTINEL.decode()}"))


def address(work: Work) -> None:
    """An address."""
    work.told(capture.capture_address(work.case, "https://x.example/1", "insults", "saw it"))


def _fresh(work: Work, name: str) -> Path:
    """Return a file; other bytes at its end where STOP closed those of an earlier incident."""
    path = work.practice.home / name
    if not work.case.session.store.holds.frozen:
        return path
    with path.open("r+b") as file:
        file.seek(-32, os.SEEK_END)
        file.write(secrets.token_hex(16).encode())
        file.flush()
        os.fsync(file.fileno())
    return path


def small(work: Work) -> None:
    """A file sealed in memory."""
    work.told(capture.capture_file(work.case, _fresh(work, SMALL), "a picture", "here"))


def large(work: Work) -> None:
    """A file sealed on threads."""
    work.told(capture.capture_file(work.case, _fresh(work, LARGE), "a file", "here"))


def several(work: Work) -> None:
    """Files that share a transaction, each acknowledged after its commit; one is not there."""
    names = (_fresh(work, SMALL), work.practice.home / "none", _fresh(work, LARGE))
    originals = [OriginalFile(path, "one of several", "here") for path in names]
    lost: list[EvidenceError] = []
    for one in capture_files.acquire_files(work.case, originals):
        work.told(one.record)
        lost += [one.error] if one.error and not isinstance(one.error, BadInput) else []
    if lost:  # of the disk: said as any other verb says it
        raise lost[0]


def form(work: Work) -> None:
    """The form, drawn and frozen."""
    work.told(signed_form.render_form(work.case, reason="not all is known yet").receipt)


def pack(work: Work) -> None:
    """The form if there is none, and an encrypted pack on a stick."""
    if not any(record.type == "form.rendered" for record in work.case.records):
        form(work)
    target = work.practice.home / STICK / f"pack-{work.session.store.chain.size}"
    with translate_os_errors("make a folder on the stick"):  # what a person does, not the program
        target.mkdir()
        platform.sync_folder(target.parent)
    passphrases = tuple(work.passphrases.items())
    order = pack_source.PackOrder(target, "The police", "a concern", passphrases)
    work.told(evidence_pack.export_pack(work.case, order, quiet).receipt)


def freeze(work: Work) -> None:
    """STOP and its first step; the next verb begins a new incident."""
    case = work.case
    work.told(stop.record_stop(case))
    work.say(f"frozen {case.inc}")
    work.over()
    work.told(stop.record_stop_tick(case, 1, "done"))


def remember(work: Work) -> None:
    """The officers' memory of the head, beside the key and in the state folder."""
    work.session.pin_current_head()
    work.say("remembered")


def rotate(work: Work) -> None:
    """New keys for everything."""
    work.told(officer_changes.rotate_keys(work.session, work.consent))


def people(work: Work) -> None:
    """Somebody joins; the next time they leave again."""
    officers = work.session.keyring.directory.officers_present
    if len(officers) > len(work.practice.ids):
        leaver = max(officers, key=lambda p: p.since).id
        work.told(officer_changes.remove_officer(work.session, leaver, work.consent))
        return
    some = "".join(chr(65 + int(c, 16)) for c in sha256_hex(work.session.store.raw[-1])[:4])
    new = Founder(f"Robin {some.title()}", "Teacher", some, "practice words of a newcomer")
    work.told(officer_changes.enrol_officer(work.session, new, work.consent, FLOOR)[1])


def shred(work: Work) -> None:
    """The incident's time is over: two officers say so and destroy it."""
    case = work.case
    day = retention.today_in_uk(work.session).isoformat()
    work.told(retention.set_review_date(case, day, "They are grown up.", work.passphrases))
    work.over()
    typed = {case.inc: case.card.reference}
    done = shredding.destroy_incidents(
        work.session, [case.inc], typed, work.passphrases, "The time is over."
    )
    work.told(done.receipt)
    work.say(f"shredded {case.inc}")


def restrict(work: Work) -> None:
    """A third officer turns out to be involved; the next time in another incident."""
    if work.case.card.restricted:
        work.over()
    named = [work.practice.ids["EF"]]
    done = restriction.restrict_incident(work.case, named, "a parent named them", work.passphrases)
    work.told(done.receipt)


def copy(work: Work) -> None:
    """A second copy on a stick, the keys on another one."""
    home = work.practice.home
    work.told(backup.make(work.session, home / STICK, home / KEYS, "stick 1", quiet).receipt)


VERBS: dict[str, Callable[[Work], None]] = {
    "enter": enter,
    "note": note,
    "address": address,
    "small": small,
    "large": large,
    "several": several,
    "form": form,
    "pack": pack,
    "remember": remember,
    "copy": copy,
    "rotate": rotate,
    "people": people,
    "restrict": restrict,
    "shred": shred,
    "freeze": freeze,
}
"""One line a verb; a new one here is killed, hindered and traced with the others."""


def run(work: Work, names: Iterable[str]) -> None:
    """Run verbs in this order. One that is refused by the disk is said, and the next one begins."""
    for name in names:
        try:
            VERBS[name](work)
        except EvidenceError as err:
            work.say(f"error {type(err).__name__} {name}: {err.what} | {err.do}")
        work.say(f"done {name}")
