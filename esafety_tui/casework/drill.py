"""The whole job without a screen: set-up, one incident, signed form, pack, fresh verification.

Runs the same verbs as the screens, on a practice vault with invented people and generated, harmless
evidence. One :class:`Step` a step; an error ends it, because a drill that hides one is worthless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from esafety_tui.casework import capture, formwork, packwork, samples, stop
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.doorplate import doorplate
from esafety_tui.casework.founding import PaperKey, School, found
from esafety_tui.casework.opening import open_new, reopen
from esafety_tui.casework.session import Session
from esafety_tui.casework.unlock import Login, unlock
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock, locked
from esafety_tui.flows.engine import current
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, OutputFailed, Refused

Scenario: TypeAlias = Literal["other", "illegal"]
Report: TypeAlias = Callable[[str, str], None]

_START: tuple[tuple[str, dict[str, Json]], ...] = (
    ("reported", {"by": "Gwen Example", "when": "20 Nov 2026 15:40", "group": "9X",
                  "words": "told: There are nasty messages about me on a message board."}),
    ("danger", {"option": "2"}),
)  # fmt: skip
_OTHER: tuple[tuple[str, dict[str, Json]], ...] = (
    ("triage", {"option": "4"}),
    ("told-c", {"options": ["dsl", "head"]}),
    ("staff", {"option": "2"}),
    ("two-seniors", {"confirmed": ["two", "stay", "unnamed"]}),
    ("designated", {"confirmed": ["pupils", "police", "same"], "computer": "PRACTICE-PC",
                    "location": "practice room"}),
    ("watched", {"confirmed": ["access", "recorded"]}),
    ("isolated", {"confirmed": ["apart", "as-is"], "device": "There is none"}),
)  # fmt: skip
_FINDINGS: tuple[tuple[str, dict[str, Json]], ...] = (
    ("findings", {"saw": "saw: Three invented pages with unkind sentences."}),
    ("substance", {"option": "1"}),
    ("action", {"options": ["internal"], "by": "Ada Bellweather",
                "conclusion": "The school deals with it under its behaviour policy."}),
    ("informed", {"options": ["parents", "head"]}),
    ("review", {"done": "yes"}),
)  # fmt: skip
_ILLEGAL: tuple[tuple[str, dict[str, Json]], ...] = (
    ("triage", {"option": "1"}),
    ("told-a", {"options": ["police", "dsl"], "reference": "PRACTICE-1"}),
    ("secure", {"device": "PRACTICE-PC-9, practice room", "power": "on",
                "keeper": "Effie Finchley"}),
    ("seen", {"people": "Nobody we know of"}),
    ("account", {"account": "told: Somebody said that a picture was passed round.",
                 "known": "was told"}),
    ("answer", {"option": "1", "said": "They collect the computer."}),
    ("review", {"done": "yes"}),
)  # fmt: skip


_REASON = "This is a drill: no clock is compared, and nobody takes a call."


@dataclass(slots=True)
class Drill:
    """One run. ``out`` gets ``vault``, ``form.pdf``, ``pack/`` and the container."""

    out: Path
    scenario: Scenario
    report: Report
    school: School = field(init=False, repr=False)
    paper: tuple[PaperKey, ...] = field(init=False, default=(), repr=False)

    def run(self) -> dict[str, Json]:
        """Run to the verified pack. Returns what a tester needs, practice secrets included.

        Raises any EvidenceError of the verbs, BadInput when ``out`` is not empty.
        """
        if self.out.exists() and any(self.out.iterdir()):
            raise BadInput("The drill's folder is not empty.", "Name a new folder with --out.")
        self.out.mkdir(parents=True, exist_ok=True)
        self.school = samples.practice_school()
        self.paper = found(self.out / "vault", self.school, SystemClock(), FLOOR)
        self.report("set-up", f"{len(self.school.founders)} officers, {len(self.paper)} paper keys")
        with locked(self.out / "vault" / "lock"):
            session = self._sign_in()
            try:
                return self._incident(session)
            finally:
                session.close()

    def _sign_in(self) -> Session:
        folder = self.out / "vault"
        plate = doorplate(folder)
        assert plate is not None  # noqa: S101 - found() has just read it back
        logins = [
            Login(officer_id, founder.passphrase)
            for (officer_id, _), founder in zip(
                plate.officers[:2], self.school.founders, strict=False
            )
        ]
        session = unlock(folder, logins, SystemClock())
        self.report("unlock", f"{session.store.chain.size} entries and their witnesses checked")
        return session

    def _incident(self, session: Session) -> dict[str, Json]:
        case = open_new(session, others="Invented Pupil")
        self.report("incident", case.card.reference)
        self._answers(case, _START)
        if self.scenario == "other":
            self._other(case)
        else:
            self._illegal(case)
        self._sign(case)
        case.answer("sign", {"done": "yes"})
        packs = self._export(case)
        case.answer("export", {"done": "yes"})
        session.close()
        again = self._sign_in()
        try:
            resumed = reopen(again, case.inc)
            self.report(
                "reopened", f"resumes at: {current(resumed.procedure, resumed.state).title}"
            )
        finally:
            again.close()
        return {**packs, **self._secrets(), "incident": case.inc}

    def _answers(self, case: CaseFile, rows: tuple[tuple[str, dict[str, Json]], ...]) -> None:
        for step, values in rows:
            receipt = case.answer(step, values)
            if receipt is None:
                raise Refused(f"The answer to {step} was not recorded.", "Report this as a fault.")
            self.report(step, f"#{receipt.seq} {receipt.short}")

    def _other(self, case: CaseFile) -> None:
        self._answers(case, _OTHER)
        for url, concern in samples.URLS:
            receipt = capture.add_url(case, url, concern, "saw it")
            self.report("url", f"#{receipt.seq} {receipt.short}")
        case.answer("urls", {"done": "yes"})
        for path in samples.write_samples(self.out / "samples"):
            record = capture.take_file(case, path, "Practice material", "taken on this computer")
            self.report(record.type, f"{record.text('exhibit')} {record.text('size')} bytes")
        case.answer("files", {"done": "yes"})
        self._answers(case, _FINDINGS)

    def _illegal(self, case: CaseFile) -> None:
        self._answers(case, _ILLEGAL[:2])
        self._must_refuse("url", lambda: capture.add_url(case, "https://x.example", "x", "saw it"))
        picture = samples.write_samples(self.out / "samples")[0]
        self._must_refuse("file", lambda: capture.take_file(case, picture, "x", "x"))
        for path in (self.out / "samples").iterdir():
            path.unlink()
        (self.out / "samples").rmdir()
        receipt = stop.stop(case)
        self.report("STOP", f"#{receipt.seq} {receipt.short}")
        stop.tick(case, 2, "PRACTICE-1")
        self._answers(case, _ILLEGAL[2:])

    def _must_refuse(self, what: str, act: Callable[[], object]) -> None:
        try:
            act()
        except Refused as err:
            self.report(f"{what} refused", err.what)
            return
        raise OutputFailed(f"A {what} was taken in class A.", "Do not use this version.")

    def _sign(self, case: CaseFile) -> None:
        rendered = formwork.render(case, reason=_REASON)
        self.report("form", f"frozen, check code {rendered.code}")
        words = self._words(case)
        for person in case.session.people:
            signing = formwork.sign(case, person.id, words[person.id])
            self.report("signed", f"by {person.initials}, {len(signing.waiting)} still to sign")
        (self.out / "form.pdf").write_bytes(formwork.printed(case))

    def _words(self, case: CaseFile) -> Mapping[str, str]:
        by_name = {f.name: f.passphrase for f in self.school.founders}
        return {p.id: by_name[p.name] for p in case.session.people}

    def _export(self, case: CaseFile) -> dict[str, Json]:
        passphrases = tuple(self._words(case).items())
        (self.out / "pack").mkdir()
        plain = packwork.Order(
            self.out / "pack",
            "practice police",
            "drill",
            passphrases,
            True,
            "drill: to be inspected",
        )
        first = packwork.export(case, plain, _quiet)
        self.report("exported", f"plain folder, {first.files} files, {first.size} bytes, read back")
        boxed = packwork.Order(self.out, "practice police", "drill", passphrases)
        second = packwork.export(case, boxed, _quiet)
        self.report("exported", f"container, {second.files} files, {second.size} bytes, read back")
        return {
            "reference": case.card.reference, "check_code": first.code, "pack": str(first.path),
            "container": str(second.path), "container_passphrase": second.passphrase,
            "vault": str(self.out / "vault"), "form": str(self.out / "form.pdf"),
        }  # fmt: skip

    def _secrets(self) -> dict[str, Json]:
        """Secrets of invented people in a throw-away vault, for whoever tests the result."""
        return {
            "practice_passphrases": {f.initials: f.passphrase for f in self.school.founders},
            "practice_paper_keys": [
                {"name": k.name, "identity": k.identity, "signing": k.signing} for k in self.paper
            ],
        }


def _quiet(_what: str, _done: int, _total: int) -> None:
    """A drill has no progress bar."""
