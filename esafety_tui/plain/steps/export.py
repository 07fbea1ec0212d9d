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
from esafety_tui.plain.steps.signing import folder
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

WHY = f"{export_step.WHY_PLAIN} {export_step.PLAIN_READABLE}"


def run(shell: Shell) -> None:
    """Offer to write a pack until they go on."""
    orientation.announce(shell)
    while True:
        case = shell.at.case
        before = (f"Exported and read back: {when}" for when in case.exported)
        shell.say("", *before, *filter(None, [case.withheld_sentences]))
        go = Choice("go", "Go on" if case.exported else "Write no pack, with a reason")
        chosen = shell.choose("What do you want?", (export_step.WRITE, go))
        try:
            if chosen == go.id:
                done = DONE if case.exported else answer_none(ask_step.why_left(shell))
                ask_step.record(shell, done)
                return
            _export(shell)
        except EvidenceError as error:
            shell.trouble(error)
            shell.at.refresh_case()
        except Back:
            shell.say("Nothing was written.")


def _export(shell: Shell) -> None:
    incident = shell.at
    if not incident.case.rendered:
        shell.say("There is no form yet, and every pack holds it. Type back and draw it first.")
        return
    order = _ask_order(shell)
    with shell.ask_passphrases(incident.case.officers) as words:
        shell.say(export_step.NOT_YET)
        try:
            done = shell.work(
                order.title,
                lambda report: order.write_pack(shell.desk, incident.inc, words, report),
            )
        except EvidenceError as error:
            shell.say("", export_step.FAILED)
            raise error
    incident.refresh_case()
    _told(shell, done)


def _ask_order(shell: Shell) -> export_step.PackOrder:
    target = folder(shell, "Where does the pack go? A folder, for example on a stick.")
    recipient = field_input.line(shell, "Who gets it: an office or a role")
    purpose = field_input.line(shell, "What for")
    plain = (
        shell.choose(export_step.HOW_WRITTEN, (export_step.CONTAINER, export_step.PLAIN))
        == export_step.PLAIN.id
    )
    reason = ask_step.reason(shell, WHY) if plain else ""
    shell.say("", "The pack:", f"  to {target}", f"  for {recipient}", f"  purpose: {purpose}")
    if not shell.yes(IS_RIGHT, "Yes, both of us sign it", "No, change it"):
        raise Back
    return export_step.PackOrder(target, recipient, purpose, reason)


def _told(shell: Shell, done: ExportResult) -> None:
    """Say what was written; offer the passphrase sheet until it is on paper."""
    how = export_step.explain_read_back(done.read_back)
    shell.say("", export_step.EXPORTED, str(done.path),
              f"{done.files} files, {done.bytes / 1e6:.1f} MB, {how}.",
              *(f"Note: {sentence}" for sentence in done.lacks),
              f"Check code: {done.check_code}", export_step.CODE_NOTE)  # fmt: skip
    while done.passphrase:
        shell.say("", export_step.SHOWN_ONCE, done.passphrase, export_step.NOT_KEPT)
        ways = ("It is on paper; go on", "Save a sheet with it, to print", "Say it again")
        try:
            chosen = shell.number("Is it written down? Tell it by telephone.", ways)
            if chosen == 0:
                return
            if chosen == 1:
                _sheet(shell, done)
        except EvidenceError as error:
            shell.trouble(error)
        except Back:
            continue  # it would be lost: it is not kept anywhere


def _sheet(shell: Shell, done: ExportResult) -> None:
    target = folder(shell, f"{export_step.SHEET_NOTE} Where shall the sheet go?")
    export_step.refuse_pack_folder(target, done)
    path = shell.call(shell.desk.passphrase_sheet, shell.at.inc, done.passphrase, target)
    shell.say(f"Saved: {path}")
