"""The export step: to where, for whom, both passphrases, written and read back.

Rule: "exported" is said after the desk has read the pack back from its target, never before. The
encrypted container is the usual way; a plain folder needs a reason. The container's passphrase is
shown once here and travels apart from the pack.
"""

from __future__ import annotations

from esafety_tui.guide import export_step
from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.choice import Choice
from esafety_tui.guide.ports import ExportResult
from esafety_tui.guide.shared_text import IS_RIGHT
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import ask_step, field_input, orientation
from esafety_tui.plain.steps.signing import ask_folder
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

WHY = f"{export_step.WHY_PLAIN} {export_step.PLAIN_READABLE}"


def run_export_step(shell: PromptShell) -> None:
    """Offer to write a pack until they go on."""
    orientation.announce_step(shell)
    while True:
        case = shell.current_incident.case
        before = (f"Exported and read back: {when}" for when in case.exported)
        shell.say_texts("", *before, *filter(None, [case.withheld_sentences]))
        go = Choice("go", "Go on" if case.exported else "Write no pack, with a reason")
        chosen = shell.choose_one("What do you want?", (export_step.WRITE, go))
        try:
            if chosen == go.id:
                done = DONE if case.exported else answer_none(ask_step.ask_reason_left(shell))
                ask_step.record_answer(shell, done)
                return
            _export_pack(shell)
        except EvidenceError as error:
            shell.report_trouble(error)
            shell.current_incident.refresh_case()
        except GoBack:
            shell.say_texts("Nothing was written.")


def _export_pack(shell: PromptShell) -> None:
    incident = shell.current_incident
    if not incident.case.rendered:
        shell.say_texts(
            "There is no form yet, and every pack holds it. Type back and draw it first."
        )
        return
    order = _ask_order(shell)
    with shell.ask_passphrases(incident.case.officers) as words:
        shell.say_texts(export_step.NOT_YET)
        try:
            done = shell.run_long_verb(
                order.progress_title,
                lambda report: order.write_pack(shell.desk, incident.incident_id, words, report),
            )
        except EvidenceError as error:
            shell.say_texts("", export_step.FAILED)
            raise error
    incident.refresh_case()
    _report_pack(shell, done)


def _ask_order(shell: PromptShell) -> export_step.PackRequest:
    target = ask_folder(shell, "Where does the pack go? A folder, for example on a stick.")
    recipient = field_input.ask_line(shell, "Who gets it: an office or a role")
    purpose = field_input.ask_line(shell, "What for")
    plain = (
        shell.choose_one(export_step.HOW_WRITTEN, (export_step.CONTAINER, export_step.PLAIN))
        == export_step.PLAIN.id
    )
    reason = ask_step.ask_reason(shell, WHY) if plain else ""
    shell.say_texts(
        "", "The pack:", f"  to {target}", f"  for {recipient}", f"  purpose: {purpose}"
    )
    if not shell.ask_yes_or_no(IS_RIGHT, "Yes, both of us sign it", "No, change it"):
        raise GoBack
    return export_step.PackRequest(target, recipient, purpose, reason)


def _report_pack(shell: PromptShell, done: ExportResult) -> None:
    """Say what was written; offer the passphrase sheet until it is on paper."""
    how = export_step.explain_read_back(done.read_back)
    shell.say_texts("", export_step.EXPORTED, str(done.path),
              f"{done.files} files, {done.bytes / 1e6:.1f} MB, {how}.",
              *(f"Note: {sentence}" for sentence in done.lacks),
              f"Check code: {done.check_code}", export_step.CODE_NOTE)  # fmt: skip
    while done.passphrase:
        shell.say_texts("", export_step.SHOWN_ONCE, done.passphrase, export_step.NOT_KEPT)
        ways = ("It is on paper; go on", "Save a sheet with it, to print", "Say it again")
        try:
            chosen = shell.ask_number("Is it written down? Tell it by telephone.", ways)
            if chosen == 0:
                return
            if chosen == 1:
                _save_passphrase_sheet(shell, done)
        except EvidenceError as error:
            shell.report_trouble(error)
        except GoBack:
            continue  # it would be lost: it is not kept anywhere


def _save_passphrase_sheet(shell: PromptShell, done: ExportResult) -> None:
    target = ask_folder(shell, f"{export_step.SHEET_NOTE} Where shall the sheet go?")
    export_step.refuse_pack_folder(target, done)
    path = shell.run_short_verb(
        shell.desk.passphrase_sheet, shell.current_incident.incident_id, done.passphrase, target
    )
    shell.say_texts(f"Saved: {path}")
