"""The export step: to where, for whom, both passphrases, written and read back.

Rule: "exported" is said after the desk has read the pack back from its target, never before. The
encrypted container is the usual way; a plain folder needs a reason. The container's passphrase is
shown once here and travels apart from the pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from esafety_tui.guide.ports import Exported
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import ask_step, field_input, orientation, reauthenticate
from esafety_tui.plain.steps.signing import folder
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

PLAIN = (
    "Why is a plain folder needed? Whoever finds the stick can read everything in it. Both "
    "officers answer for this."
)
SHAPES = (
    "Encrypted, with its own passphrase (the usual way)",
    "A plain folder that anybody who finds it can read (needs a reason)",
)
NOT_YET = (
    "Not exported yet. It counts as exported when the pack itself has been read back in a fresh "
    "check, and every file, record and signature was found sound."
)
CODE = "It stands on the signed form; tell it, never send it with the pack."
SHEET = "Not on the stick with the pack: sheet and pack travel apart. Print it, then delete it."
ON_PAPER = "It is not kept and cannot be shown again. Without it nobody can open the pack."
READ_BACK = {
    "cache dropped": "read from the medium itself",
    "cache not dropped": "perhaps read from memory: check the stick again later",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written: where, for whom, what for; ``reason`` for a plain folder or ""."""

    target: Path
    recipient: str
    purpose: str
    reason: str = ""


def run(shell: Shell) -> None:
    """Offer to write a pack until they go on."""
    orientation.announce(shell)
    while True:
        case = shell.at.case
        done = (f"Exported and read back: {when}" for when in case.exported)
        shell.say("", *done, *filter(None, [case.left]))
        go = "Go on" if case.exported else "Write no pack, with a reason"
        chosen = shell.number("What do you want?", ("Write a pack", go))
        try:
            if chosen == 1:
                none = None if case.exported else ask_step.why_left(shell)
                ask_step.record(
                    shell, {"done": "none", "why_none": none} if none else {"done": "yes"}
                )
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
    wanted = _wanted(shell)
    with reauthenticate.asked(shell, incident.case.officers) as words:
        shell.say(NOT_YET)
        try:
            done = shell.work(
                f"Writing the pack to {wanted.target}",
                lambda report: shell.desk.export(
                    incident.inc, wanted.target, wanted.recipient, wanted.purpose, words,
                    bool(wanted.reason), wanted.reason, report,
                ),
            )  # fmt: skip
        except EvidenceError as error:
            shell.say("", "NOT EXPORTED.")
            raise error
    incident.refresh_case()
    _told(shell, done)


def _wanted(shell: Shell) -> Wanted:
    target = folder(shell, "Where does the pack go? A folder, for example on a stick.")
    recipient = field_input.line(shell, "Who gets it: an office or a role")
    purpose = field_input.line(shell, "What for")
    reason = ask_step.reason(shell, PLAIN) if shell.number("How is it written?", SHAPES) else ""
    shell.say("", "The pack:", f"  to {target}", f"  for {recipient}", f"  purpose: {purpose}")
    if not shell.yes("Is this right?", "Yes, both of us sign it", "No, change it"):
        raise Back
    return Wanted(target, recipient, purpose, reason)


def _told(shell: Shell, done: Exported) -> None:
    """Say what was written; offer the passphrase sheet until it is on paper."""
    how = READ_BACK.get(done.read_back, done.read_back)
    shell.say("", "Exported: written, read back and found sound.", str(done.path),
              f"{done.files} files, {done.bytes / 1e6:.1f} MB, {how}.",
              *(f"Note: {sentence}" for sentence in done.lacks),
              f"Check code: {done.check_code}", CODE)  # fmt: skip
    while done.passphrase:
        shell.say("", "Passphrase of the pack, shown only here:", done.passphrase, ON_PAPER)
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


def _sheet(shell: Shell, done: Exported) -> None:
    target = folder(shell, f"{SHEET} Where shall the sheet go?")
    if target.resolve() == done.path.parent.resolve():
        what = "That is the folder of the pack itself."
        raise EvidenceError(what, "Choose another one: sheet and pack travel apart.")
    path = shell.call(shell.desk.passphrase_sheet, shell.at.inc, done.passphrase, target)
    shell.say(f"Saved: {path}")
