"""The desk's disclosure: form, signatures, pack and sheets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from esafety_tui.casework.access import summaries
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.disclosure import (
    evidence_pack,
    pack_source,
    readiness,
    sheets,
    signed_form,
)
from esafety_tui.casework.incident import chronology
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.freeze_guard import FreezeGuard
from esafety_tui.data.pagecache import DROPPED, NOT_DROPPED
from esafety_tui.kernel.clock import format_uk_time
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.guidance import Readiness
from esafety_tui.kernel.views import ExportResult, FormReady, Progress, SignatureResult

READ_BACK = {
    DROPPED: "read back from the target itself",
    NOT_DROPPED: "read back; unplug the stick, plug it in and verify it once more to be sure",
}


class DisclosureService:
    """Form, signatures, pack and sheets."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    def readiness(self, inc: str) -> Readiness:
        """Return what the police would still ask for, in order."""
        context = self._context
        with context.mutex:
            return readiness.judge_readiness(context.load_case(inc))

    def prepare_form(
        self, inc: str, images: tuple[int, ...], progress: Progress, *,
        thoughts: bool = False, reason: str = "",
    ) -> FormReady:  # fmt: skip
        """Freeze the form's content; ``images`` are the items chosen one by one to be shown.

        ``thoughts``: opinion is printed and leaves with the pack. Raises Refused where something
        is missing and no ``reason`` is given.
        """
        context = self._context
        with context.mutex:
            progress("drawing the form", 0, 1)
            case = context.load_case(inc)
            done = signed_form.render_form(case, images, thoughts=thoughts, reason=reason)
            progress("drawing the form", 1, 1)
            lines = tuple(f"{e.what}: {e.detail}" for e in done.view.chronology)
            return FormReady(lines, done.sha256, done.code, summaries.show_receipt(done.receipt))

    def sign(self, inc: str, officer_id: str, passphrase: str) -> SignatureResult:
        """Sign the frozen form as one officer, passphrase asked again."""
        context = self._context
        with context.mutex:
            case = context.load_case(inc)
            done = signed_form.sign_form(case, officer_id, passphrase)
            directory = context.session.keyring.directory
            names = tuple(directory.find_person(i).name for i in done.waiting)
            code = signed_form.latest_rendering(case)[0].field_text("check_code")
            return SignatureResult(summaries.show_receipt(done.receipt), names, code, done.verified)

    def save_form(self, inc: str, target: Path) -> Path:
        """Save the newest form as a PDF into the folder ``target``, read back; an entry is first.

        Raises Frozen (also for a STOP that comes meanwhile), OutputFailed; no file stays then.
        """
        context = self._context
        with context.mutex:
            case = context.load_case(inc)
            blob = signed_form.newest_form_record(case).field_text("blob")
            watch = FreezeGuard(case, [blob] if blob else [])
            path = sheets.find_free_name(target, f"{case.card.reference}-form")
            pdf = signed_form.release_form_for_paper(case)
            try:
                watch.require_unfrozen()
                sheets.save_sheet_bytes(path, pdf)
            except EvidenceError as err:
                watch.record_withdrawal(f"A copy of the form: not saved after all. {err.what}")
                raise
            with watch.guard_new_file(path, "A copy of the form"):
                return path

    def export(
        self, inc: str, target: Path, recipient: str, purpose: str,
        passphrases: Mapping[str, str], plain: bool, reason: str, progress: Progress,
    ) -> ExportResult:  # fmt: skip
        """Write the pack into ``target`` and read it back from there. Passphrases by officer id."""
        context = self._context
        with context.mutex:
            case = context.load_case(inc)
            order = pack_source.PackOrder(
                target, recipient, purpose, tuple(passphrases.items()), plain, reason
            )
            done = evidence_pack.export_pack(case, order, progress)
            return ExportResult(
                done.path, done.code, done.files, done.size, READ_BACK[done.read_back],
                summaries.show_receipt(done.receipt), done.passphrase, done.lacks,
            )  # fmt: skip

    def passphrase_sheet(self, inc: str, passphrase: str, target: Path) -> Path:
        """Save the sheet with a container's passphrase, to travel apart from the pack."""
        context = self._context
        from esafety_tui.output.form.sheets import write_passphrase_sheet

        with context.mutex:
            case = context.load_case(inc)
            directory = context.session.keyring.directory
            path = sheets.find_free_name(target, f"{case.card.reference}-passphrase")
            return sheets.save_sheet(
                path,
                lambda out: write_passphrase_sheet(
                    out, school=directory.school, reference=case.card.reference,
                    passphrase=passphrase, practice=directory.is_practice,
                ),
            )  # fmt: skip

    def referral_sheet(self, inc: str, target: Path) -> Path:
        """Save a lone officer's own words, as typed in this session, as a PDF."""
        context = self._context
        from esafety_tui.output.form.sheets import write_referral_sheet

        with context.mutex:
            case = context.load_case(inc)
            person, directory = context.session.people[0], context.session.keyring.directory
            path = sheets.find_free_name(target, f"{case.card.reference}-referral")
            when = format_uk_time(context.clock.read_clock().wall)
            words = _words(case)
            case.record_printing("referral sheet")
            return sheets.save_sheet(
                path,
                lambda out: write_referral_sheet(
                    out, school=directory.school, officer=person.name, position=person.position,
                    when=when, words=words, practice=directory.is_practice,
                ),
            )  # fmt: skip


def _words(case: CaseFile) -> list[tuple[str, str]]:
    return [(event.what, event.detail) for event in chronology.list_acts(case)]
