"""A desk in memory for the screens: keeps what it is told and can be made to fail.

It implements the whole Protocol of ``screens.ports`` and seals nothing.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.guide.ports import (
    CaseHandle,
    CaseView,
    DescribedRecord,
    DeskState,
    ExhibitView,
    ExportResult,
    FormReady,
    GivenAnswer,
    IncidentSummary,
    NextDeadline,
    OfficerCard,
    PolicyView,
    Progress,
    Readiness,
    Receipt,
    SetUpRequest,
    SetUpResult,
    SignatureResult,
    SignInResult,
    StopResult,
    Values,
)
from esafety_tui.kernel.errors import (
    EvidenceError,
    NotEligible,
    Refused,
    StorageFailed,
    WrongPassphrase,
)
from esafety_tui.kernel.views import AddedFile, OriginalFile
from tests.screens.fake_keeping import FakeKeeping
from tests.screens.fake_lock import FakeLock

CODE = "7QK4 M2XD 9RTA 0WZE"
PASSPHRASE = "correct-horse-five-words-long"
OFFICERS = (
    OfficerCard("o1", "Anna Bell", "Deputy Head", "AB"),
    OfficerCard("o2", "Carl Dunne", "Safeguarding Lead", "CD"),
    OfficerCard("o3", "Eve Frost", "Assistant Head", "EF"),
)


class FakeDesk(FakeLock, FakeKeeping):
    """One vault in memory. ``calls`` lists the verbs called, with their arguments."""

    words = PASSPHRASE

    def __init__(
        self,
        *,
        has_vault: bool = True,
        officers: tuple[OfficerCard, ...] = OFFICERS,
        open_with: tuple[OfficerCard, ...] = (),
        school: str = "Hillview School",
    ) -> None:
        self.officers = officers if has_vault else ()
        self.has_vault = has_vault
        self.school = school
        self.present = open_with
        self.locked = False
        self.away: tuple[OfficerCard, ...] = ()
        self.place = ""
        self.kept: list[str] = []
        self.calls: list[tuple[Any, ...]] = []
        self.half_typed = {}
        self.fail: dict[str, EvidenceError] = {}
        self.slow: dict[str, float] = {}
        self.gates: dict[str, threading.Event] = {}
        self.cards: tuple[IncidentSummary, ...] = ()
        self.cases: dict[str, CaseView] = {}
        self.seq = 213
        self.warnings: tuple[str, ...] = ()
        self.named: dict[str, tuple[str, ...]] = {}
        self.numbers: tuple[tuple[str, str], ...] = (("Designated safeguarding lead", "ext. 214"),)
        self.closed = 0
        self.confirmed: dict[str, str] = {}
        self.next: tuple[NextDeadline, ...] = ()
        self.ready = Readiness(9, 9, ())

    def _call(self, verb: str, *args: Any) -> None:
        self.calls.append((verb, *args))
        if verb in self.gates:
            self.gates[verb].wait(10)
        if verb in self.slow:
            time.sleep(self.slow[verb])
        if verb in self.fail:
            raise self.fail[verb]

    def verbs(self) -> list[str]:
        """The names of the verbs called so far."""
        return [call[0] for call in self.calls]

    def _sealed(self) -> Receipt:
        self.seq += 1
        return Receipt(self.seq, f"{self.seq * 7919:08x}"[-8:], "21 Nov 2026 14:07 GMT")

    def state(self) -> DeskState:
        self._call("state")
        session = "locked" if self.locked else ("open" if self.present else "closed")
        return DeskState(
            has_vault=self.has_vault,
            session=session,  # type: ignore[arg-type]
            school=self.school,
            officers=self.officers,
            present=self.present,
            words_only=len(self.present) == 1,
            machine="LIB-PC-02",
            last=Receipt(self.seq, "3fa97c01", "20 Nov 2026 16:41 GMT"),
            second_copy="both key files agree",
            away=self.away,
            place=self.place,
        )

    def machine_name(self) -> str:
        self._call("machine_name")
        return "LIB-PC-02"

    def contacts(self) -> tuple[tuple[str, str], ...]:
        self._call("contacts")
        return self.numbers if self.present else ()

    def generate_passphrase(self) -> str:
        self._call("generate_passphrase")
        return f"maple-river-candle-{len(self.calls):03d}-stone"

    def judge_passphrase(self, text: str) -> str | None:
        self._call("judge_passphrase")
        return None if len(text) > 12 else "This is too easy to guess. Use several words."

    def set_up(self, wanted: SetUpRequest, progress: Progress) -> SetUpResult:
        self._call("set_up", wanted)
        for n in range(4):
            progress("Making the keys of each pair", n, 4)
        self.has_vault = True
        self.school = wanted.school
        self.officers = tuple(
            OfficerCard(f"o{n}", o.name, o.position, o.initials)
            for n, o in enumerate(wanted.officers, 1)
        )
        folder = Path("/srv/vault/sheets")
        return SetUpResult(
            Path("/srv/vault"),
            (
                ("Paper key 1", folder / "paper-key-1.pdf"),
                ("Paper key 2", folder / "paper-key-2.pdf"),
                ("Call sheet", folder / "call-sheet.pdf"),
                ("Blank paper form", folder / "blank-form.pdf"),
            ),
        )

    def _card(self, officer_id: str) -> OfficerCard:
        return next(o for o in self.officers if o.id == officer_id)

    def unlock(
        self,
        first_id: str,
        first_pass: str,
        second_id: str | None,
        second_pass: str | None,
        named: tuple[str, ...],
        accept: str = "",
    ) -> SignInResult:
        self._call("unlock", first_id, second_id, named)
        for officer in (first_id, second_id):
            if officer is not None and officer in named:
                who = self._card(officer).name
                raise NotEligible(
                    f"{who} is named in this incident.", "Another officer has to open it."
                )
        for given in (first_pass, second_pass if second_id is not None else PASSPHRASE):
            if given != PASSPHRASE:
                raise WrongPassphrase("A passphrase is not right.", "Type both again, slowly.")
        people = [self._card(first_id)]
        if second_id is not None:
            people.append(self._card(second_id))
        self.present = tuple(people)
        return SignInResult(self.present, len(people) == 1, self.warnings, 214)

    def sign_out(self) -> None:
        self._call("sign_out")
        self.present = self.away = ()
        self.locked = False

    def close(self) -> None:
        self._call("close")
        self.closed += 1

    def incidents(self) -> tuple[IncidentSummary, ...]:
        self._call("incidents")
        return self.cards

    def policy(self) -> PolicyView:
        self._call("policy")
        return PolicyView(
            load_profile().digest,
            {n: load_procedure(n).digest for n in shipped_procedures()},
            self.confirmed,
        )

    def flow_source(self, digest: str) -> bytes:
        self._call("flow_source", digest)
        for folder in ("procedures", "profiles"):
            for entry in (files("esafety_tui.flows") / folder).iterdir():
                if hashlib.sha256(data := entry.read_bytes()).hexdigest() == digest:
                    return data
        raise Refused("There is no such file.", "Fetch the second copy.")

    def due_next(self) -> tuple[NextDeadline, ...]:
        self._call("due_next")
        return self.next

    def readiness(self, inc: str) -> Readiness:
        self._call("readiness", inc)
        return self.ready

    def describe(self, inc: str, step_id: str, values: Values) -> Receipt:
        self._call("describe", inc, step_id, dict(values))
        words = "; ".join(str(v) for v in values.values())
        row = DescribedRecord(self.seq + 1, step_id, words, "21 Nov 2026 14:07 GMT")
        return self._add(inc, described=(*self.cases[inc].described, row))

    def open_incident(
        self, named: tuple[str, ...], others: str, words_only: bool, procedure: str = "misuse"
    ) -> CaseHandle:
        self._call("open_incident", named, others, words_only, procedure)
        name = "words-only" if words_only else procedure
        n = len(self.cases) + 1
        inc, reference = f"inc{n}", f"HVS-2026-{n:04d}"
        self.cases[inc] = CaseView(
            inc=inc,
            reference=reference,
            procedure=name,
            sources=(load_procedure(name).digest, load_profile().digest),
            officers=self.present,
            words_only=words_only,
            machine="LIB-PC-02",
            machine_ok=True,
            answers=(),
            items=(),
            restricted=bool(named),
        )
        self.cards = (IncidentSummary(inc, reference, "21 Nov 2026", "open"), *self.cards)
        return CaseHandle(inc, reference)

    def case(self, inc: str) -> CaseView:
        self._call("case", inc)
        return self.cases[inc]

    def _add(self, inc: str, **changes: Any) -> Receipt:
        receipt = self._sealed()
        self.cases[inc] = replace(self.cases[inc], last=receipt, **changes)
        return receipt

    def answer(self, inc: str, step_id: str, values: Values, reason: str) -> Receipt:
        self._call("answer", inc, step_id, dict(values), reason)
        given = GivenAnswer(step_id, values, reason)
        return self._add(inc, answers=(*self.cases[inc].answers, given))

    def note(self, inc: str, text: str) -> Receipt:
        self._call("note", inc, text)
        return self._add(inc, notes=(*self.cases[inc].notes, text))

    def correct(self, inc: str, seq: int, field: str, text: str, reason: str) -> Receipt:
        self._call("correct", inc, seq, field, text, reason)
        new = tuple(
            replace(w, words=text) if (w.seq, w.name) == (seq, field) else w
            for w in self.cases[inc].wordings
        )
        return self._add(inc, wordings=new)

    def add_url(self, inc: str, url: str, concern: str, how_known: str) -> Receipt:
        self._call("add_url", inc, url, concern, how_known)
        item = ExhibitView(self.seq + 1, "url", url, concern, "21 Nov 2026 14:07 GMT")
        return self._add(inc, items=(*self.cases[inc].items, item))

    def add_file(
        self, inc: str, path: Path, description: str, provenance: str, progress: Progress
    ) -> ExhibitView:
        self._call("add_file", inc, path, description, provenance)
        progress("Sealing the file", 50, 100)
        n = len(self.cases[inc].items) + 1
        at = "21 Nov 2026 14:07 GMT"
        item = ExhibitView(self.seq + 1, "file", f"AB/{n}", description, at, "00" * 32)
        self._add(inc, items=(*self.cases[inc].items, item))
        return item

    def add_files(
        self, inc: str, originals: Sequence[OriginalFile], progress: Progress
    ) -> tuple[AddedFile, ...]:
        self._call("add_files", inc, *originals)
        given = [(inc, one.path, one.description, one.provenance) for one in originals]
        return tuple(AddedFile(one[1], self.add_file(*one, progress)) for one in given)

    def stop(self, inc: str | None) -> StopResult:
        self._call("stop", inc)
        if not self.present:
            raise Refused("Nobody is signed in.", "Sign in and press F10 again.")
        if inc is None:
            inc = self.open_incident((), "", False).inc
        said = len(self.cases[inc].answers)
        receipt = self._add(inc, frozen=True, stopped_at="21 Nov 2026 14:19 GMT", before_stop=said)
        return StopResult(receipt, inc, self.cases[inc].reference)

    def tick(self, inc: str, n: int, note: str) -> Receipt:
        self._call("tick", inc, n, note)
        return self._add(inc, ticks=(*self.cases[inc].ticks, n))

    def this_computer(self, inc: str) -> Receipt:
        self._call("this_computer", inc)
        receipt = self._add(inc)
        self._lock()
        return receipt

    def release(
        self, inc: str, seq: int, police_reference: str, passphrases: Mapping[str, str]
    ) -> Receipt:
        self._call("release", inc, seq, police_reference, sorted(passphrases))
        return self._add(inc)

    def link_incident(self, inc: str, procedure: str) -> CaseHandle:
        self._call("link_incident", inc, procedure)
        return self.open_incident((), "", False, procedure)

    def prepare_form(
        self,
        inc: str,
        images: tuple[int, ...],
        progress: Progress,
        *,
        thoughts: bool = False,
        reason: str = "",
    ) -> FormReady:
        self._call("prepare_form", inc, images, thoughts, reason)
        progress("Drawing the form", 1, 1)
        receipt = self._add(inc, rendered=True)
        return FormReady(("Record of reviewing",), "00" * 32, CODE, receipt)

    def sign(self, inc: str, officer_id: str, passphrase: str) -> SignatureResult:
        self._call("sign", inc, officer_id)
        if passphrase != PASSPHRASE:
            raise WrongPassphrase("The passphrase is not right.", "Type it again, slowly.")
        signed = (*self.cases[inc].signed_by, officer_id)
        waiting = tuple(o.name for o in self.present if o.id not in signed)
        return SignatureResult(self._add(inc, signed_by=signed), waiting, CODE, not waiting)

    def save_form(self, inc: str, target: Path) -> Path:
        self._call("save_form", inc, target)
        return target / "HVS-2026-0001-form.pdf"

    def export(
        self,
        inc: str,
        target: Path,
        recipient: str,
        purpose: str,
        passphrases: Mapping[str, str],
        plain: bool,
        reason: str,
        progress: Progress,
    ) -> ExportResult:
        self._call("export", inc, target, recipient, purpose, sorted(passphrases), plain, reason)
        for n in range(3):
            progress("Reading back from the stick", n, 3)
        receipt = self._add(inc, exported=(str(target),))
        secret = "" if plain else "five-words-for-the-pack"
        path = target / "HVS-2026-0001.zip"
        return ExportResult(path, CODE, 41, 612_000_000, "re-read past the cache", receipt, secret)

    def passphrase_sheet(self, inc: str, passphrase: str, target: Path) -> Path:
        self._call("passphrase_sheet", inc, target)
        return target / "HVS-2026-0001-passphrase.pdf"

    def referral_sheet(self, inc: str, target: Path) -> Path:
        self._call("referral_sheet", inc, target)
        return target / "HVS-2026-0001-referral.pdf"


DISK_FULL = StorageFailed("The disk is full.", "Make room, then write it down again.")
