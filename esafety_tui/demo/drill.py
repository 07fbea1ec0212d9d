"""The whole job without a screen: set-up, one incident, signed form, pack, fresh verification.

Runs the same verbs as the screens, on a practice vault with invented people and generated, harmless
evidence. :mod:`drill_walk` says what is answered, the engine where that leads. Wherever the way has
no capture, an address and a file are tried and must be refused. An error ends the drill, because
one that hides an error is worthless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, entries, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_new_incident, reopen_incident
from esafety_tui.casework.signin.create_vault import PaperKey, School, create_vault
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock, lock_vault_file
from esafety_tui.demo import drill_report, samples
from esafety_tui.demo.drill_report import DrillReport
from esafety_tui.demo.drill_walk import ScenarioRun
from esafety_tui.flows.engine.engine import current_step, steps_on_path
from esafety_tui.flows.procedure.model import CaptureContent, Step, StepKind
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, OutputFailed, Refused

Report: TypeAlias = Callable[[str, str], None]

_REASON = "This is a drill: no clock is compared, and nobody takes a call."
_STOP_NOTES = ("", "PRACTICE-1", "Cosmo Dunnock")


def report_route(profile: str, scenario: str, report: Report) -> dict[str, Json]:
    """Report a scenario's way through a profile's procedure, with no vault. Raises BadInput."""
    walk = ScenarioRun.from_shipped_names(profile, scenario)
    story = DrillReport(walk, walk.run_to_end(), SystemClock().read_clock().wall)
    report_drill_start(walk, report)
    report("the way alone", "nothing is written down, signed or exported")
    given = {one.step: one for one in story.state.answers}
    for number, step_id in enumerate(story.list_step_ids, 1):
        if step_id in given:
            report(step_id, drill_report.format_step(number, walk.procedure, given[step_id]))
    for heading, words in drill_report.list_report_lines(story):
        report(heading, words)
    return drill_report.convert_to_data(story)


def report_drill_start(walk: ScenarioRun, report: Report) -> None:
    """Report what is drilled, and in which school."""
    report("drill", walk.scenario.title)
    report("school", f"{walk.profile.title}; procedure: {walk.procedure.title}")


@dataclass(slots=True)
class PracticeDrill:
    """One run. ``out`` gets ``vault``, ``form.pdf``, ``pack/`` and the container."""

    out: Path
    scenario: str
    report: Report
    profile: str = "generic"
    walk: ScenarioRun = field(init=False, repr=False)
    school: School = field(init=False, repr=False)
    paper: tuple[PaperKey, ...] = field(init=False, default=(), repr=False)
    _refused: set[tuple[str, str]] = field(init=False, default_factory=set, repr=False)

    def run_drill(self) -> dict[str, Json]:
        """Run to the verified pack. Returns what a tester needs, practice secrets included.

        Raises any EvidenceError of the verbs, BadInput when ``out`` is not empty or there is no
        such scenario or profile.
        """
        self.walk = ScenarioRun.from_shipped_names(self.profile, self.scenario)
        if self.out.exists() and any(self.out.iterdir()):
            raise BadInput("The drill's folder is not empty.", "Name a new folder with --out.")
        self.out.mkdir(parents=True, exist_ok=True)
        report_drill_start(self.walk, self.report)
        self.school = samples.make_practice_school(profile=self.profile)
        self.paper = create_vault(self.out / "vault", self.school, SystemClock(), FLOOR)
        self.report("set-up", f"{len(self.school.founders)} officers, {len(self.paper)} paper keys")
        with lock_vault_file(self.out / "vault" / "lock"):
            session = self._sign_in_officers()
            try:
                return self._run_incident(session)
            finally:
                session.close_session()

    def _sign_in_officers(self) -> OpenSession:
        folder = self.out / "vault"
        plate = read_public_info(folder)
        assert plate is not None  # noqa: S101 - found() has just read it back
        logins = [
            Login(officer_id, founder.passphrase)
            for (officer_id, _), founder in zip(
                plate.officers[:2], self.school.founders, strict=False
            )
        ]
        session = unlock_vault(folder, logins, SystemClock())
        self.report("unlock", f"{session.store.chain.size} entries and their witnesses checked")
        return session

    def _run_incident(self, session: OpenSession) -> dict[str, Json]:
        files = samples.write_samples(self.out / "samples")
        named = "Invented head" if self.walk.scenario.named else "Invented pupil"
        case = open_new_incident(session, others=named, procedure=self.walk.scenario.procedure)
        self.report("incident", case.card.reference)
        packs: dict[str, Json] = {}
        while (step := current_step(case.procedure, case.state)).kind is not StepKind.END:
            if self.walk.presses_stop(case.state):
                self._press_stop(case)
                continue
            self._try_refused_captures(case, files[0])
            packs |= self._perform_step_acts(case, step, files)
            self._answer_step(case, step)
        if not any(record.field_text("exhibit") for record in case.records):
            for left in files:
                left.unlink()
            files[0].parent.rmdir()
        story = DrillReport(self.walk, case.state, session.clock.read_clock().wall)
        for heading, words in drill_report.list_report_lines(story):
            self.report(heading, words)
        session.close_session()
        self._reopen_case(case)
        return {
            **packs,
            **self._list_practice_secrets(),
            "incident": case.inc,
            **drill_report.convert_to_data(story),
        }

    def _reopen_case(self, case: CaseFile) -> None:
        again = self._sign_in_officers()
        try:
            resumed = reopen_incident(again, case.inc)
            at = current_step(resumed.procedure, resumed.state).title
            self.report("reopened", f"resumes at: {at}")
        finally:
            again.close_session()

    def _answer_step(self, case: CaseFile, step: Step) -> None:
        receipt = case.record_answer(step.id, self.walk.choose_answer(case.state, step))
        given = case.state.answer_to_step(step.id)
        if receipt is None or given is None:
            raise Refused(f"The answer to {step.id} was not recorded.", "Report this as a fault.")
        number = steps_on_path(case.procedure, case.state).index(step.id) + 1
        said = drill_report.format_step(number, case.procedure, given)
        self.report(step.id, f"{said}\n   recorded as #{receipt.seq} {receipt.short_head}")

    def _perform_step_acts(
        self, case: CaseFile, step: Step, files: tuple[Path, ...]
    ) -> dict[str, Json]:
        """Do what a step is there for, before it is answered."""
        if step.takes is CaptureContent.ADDRESSES:
            for url, concern in samples.URLS:
                receipt = capture.capture_address(case, url, concern, "saw it")
                self.report("url", f"#{receipt.seq} {receipt.short_head}")
        elif step.takes is CaptureContent.FILES:
            for file in files:
                record = capture.capture_file(
                    case, file, "Practice material", "taken on this computer"
                )
                self.report(
                    record.type, f"{record.field_text('exhibit')} {record.field_text('size')} bytes"
                )
        elif step.kind is StepKind.MANY:
            receipt = entries.record_description(case, step.id, self.walk.invent_field_text(step))
            self.report("described", f"#{receipt.seq} {receipt.short_head}")
        elif step.kind is StepKind.SIGN:
            self._sign_form(case)
        elif step.kind is StepKind.EXPORT:
            return self._export_pack(case)
        return {}

    def _try_refused_captures(self, case: CaseFile, file: Path) -> None:
        """Try an address and a file where the way has come to no step that takes one."""
        way = [
            case.procedure.get_step(step_id)
            for step_id in steps_on_path(case.procedure, case.state)
        ]
        if not case.is_frozen and any(step.is_capture for step in way):
            return
        before = self._count_stored_evidence(case)
        self._require_refusal(
            "url", lambda: capture.capture_address(case, "https://x.example", "x", "saw it")
        )
        self._require_refusal("file", lambda: capture.capture_file(case, file, "x", "x"))
        if self._count_stored_evidence(case) != before:
            raise OutputFailed("A refused capture left something.", "Do not use this version.")

    def _count_stored_evidence(self, case: CaseFile) -> tuple[int, set[str]]:
        """Return how many entries there are, and the names of the sealed files."""
        blobs = {sealed.name for sealed in (self.out / "vault" / "blobs").iterdir()}
        return len(case.session.store.lines), blobs

    def _require_refusal(self, what: str, act: Callable[[], object]) -> None:
        try:
            act()
        except Refused as err:
            why = (what, err.what.split(" Missing: ")[0])
            if why not in self._refused:  # tried again at each step; said once for each reason
                self._refused.add(why)
                self.report(f"{what} refused", why[1])
            return
        raise OutputFailed(f"A {what} was taken where none may be.", "Do not use this version.")

    def _press_stop(self, case: CaseFile) -> None:
        receipt = stop.record_stop(case)
        self.report("STOP", f"pressed, frozen at once. #{receipt.seq} {receipt.short_head}")
        for number, words in zip(stop.STEPS, _STOP_NOTES, strict=True):
            stop.record_stop_tick(case, number, words)
        self.report("STOP", "people moved away; the police told; the safeguarding lead told")

    def _sign_form(self, case: CaseFile) -> None:
        rendered = signed_form.render_form(case, reason=_REASON)
        self.report("form", f"frozen, check code {rendered.code}")
        words = self._collect_passphrases(case)
        for person in case.session.people:
            signing = signed_form.sign_form(case, person.id, words[person.id])
            self.report("signed", f"by {person.initials}, {len(signing.waiting)} still to sign")
        (self.out / "form.pdf").write_bytes(signed_form.release_form_for_paper(case))

    def _collect_passphrases(self, case: CaseFile) -> Mapping[str, str]:
        by_name = {f.name: f.passphrase for f in self.school.founders}
        return {p.id: by_name[p.name] for p in case.session.people}

    def _export_pack(self, case: CaseFile) -> dict[str, Json]:
        passphrases = tuple(self._collect_passphrases(case).items())
        (self.out / "pack").mkdir()
        plain = pack_source.PackOrder(
            self.out / "pack", "practice police", "drill", passphrases, True,
            "drill: to be inspected",
        )  # fmt: skip
        first = evidence_pack.export_pack(case, plain, _ignore_progress)
        self.report("exported", f"plain folder, {first.files} files, {first.size} bytes, read back")
        boxed = pack_source.PackOrder(self.out, "practice police", "drill", passphrases)
        second = evidence_pack.export_pack(case, boxed, _ignore_progress)
        self.report("exported", f"container, {second.files} files, {second.size} bytes, read back")
        return {
            "reference": case.card.reference, "check_code": first.code, "pack": str(first.path),
            "container": str(second.path), "container_passphrase": second.passphrase,
            "vault": str(self.out / "vault"), "form": str(self.out / "form.pdf"),
        }  # fmt: skip

    def _list_practice_secrets(self) -> dict[str, Json]:
        """Secrets of invented people in a throw-away vault, for whoever tests the result."""
        return {
            "practice_passphrases": {f.initials: f.passphrase for f in self.school.founders},
            "practice_paper_keys": [
                {"name": k.name, "identity": k.identity, "signing": k.signing} for k in self.paper
            ],
        }


def _ignore_progress(_what: str, _done: int, _total: int) -> None:
    """A drill has no progress bar."""
