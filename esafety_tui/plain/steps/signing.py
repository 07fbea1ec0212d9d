"""The signing step: the form drawn, two signatures, the PDF.

Rule: "Signed by both" is said only where the desk has checked it. Signing can be
left for another day.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.guide.ports import OfficerCard, Readiness
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import ask_step, field_input, orientation, readiness, reauthenticate
from esafety_tui.plain.terminal.prompts import Shell, documents
from esafety_tui.plain.terminal.terminal_port import Back

PDF = "The PDF is not encrypted: whoever has it can read it. Print it, then put it away."
CODE = "Write the check code on paper. With it anybody can check the form and the pack."


def run(shell: Shell) -> None:
    """Draw and sign until they go on."""
    orientation.announce(shell)
    while True:
        try:
            if _once(shell):
                return
        except EvidenceError as error:
            shell.trouble(error)
            shell.at.refresh_case()


def _once(shell: Shell) -> bool:
    """Say how it stands, ask what is wanted, do it. True: the step is answered or left."""
    case = shell.at.case
    ready = shell.call(shell.desk.readiness, case.inc)
    shell.say("", meter(ready), *_facts(shell), *filter(None, [case.held]))
    missing = _missing(shell)
    ways = [
        ("draw", "Draw a new form; the earlier one is kept" if case.rendered else "Draw the form")
    ]
    if case.rendered:
        ways = [(f"sign {o.id}", f"{o.name}, {o.position}, signs") for o in missing] + ways
        ways.append(("save", "Save the form as a PDF, to print it"))
    go = "Go on" if case.rendered and not missing else "Leave it for another day, with a reason"
    ways.append(("go", go))
    what, _, target = ways[shell.number("What do you want?", [w[1] for w in ways])][0].partition(
        " "
    )
    try:
        if what == "go":
            return _done(shell, ready=case.rendered and not missing)
        if what == "draw":
            return readiness.draw(shell, ready)
        if what == "save":
            _save(shell)
        else:
            _sign(shell, next(o for o in missing if o.id == target))
    except Back:
        shell.say("Nothing was done.")
    return False


def meter(ready: Readiness) -> str:
    """Return how ready it is, in words."""
    if ready.complete:
        return f"All {ready.asked} things the police would ask for are there."
    return f"{ready.done} of {ready.asked} things the police would ask for are there."


def _missing(shell: Shell) -> list[OfficerCard]:
    case = shell.at.case
    return [o for o in case.officers if o.name not in case.signed_by]


def _facts(shell: Shell) -> list[str]:
    case = shell.at.case
    if not case.rendered:
        return ["There is no form yet. Draw it first; nothing is signed."]
    lines = [f"Signed by {name}." for name in case.signed_by]
    lines += [f"Not signed by {o.name}." for o in _missing(shell)]
    if not _missing(shell):
        lines.append("Signed by both, and the signatures were checked and found sound.")
    if not case.form_current:
        lines.append("Something was written down since. Draw a new form to include it.")
    return [*lines, f"Check code: {case.check_code}", CODE]


def _done(shell: Shell, *, ready: bool) -> bool:
    if ready:
        ask_step.record(shell, {"done": "yes"})
    else:
        ask_step.record(shell, {"done": "none", "why_none": ask_step.why_left(shell)})
    return True


def _sign(shell: Shell, officer: OfficerCard) -> None:
    """Ask one officer for the passphrase again, and sign the form as it is drawn."""
    incident = shell.at
    shell.say("", f"{officer.name} signs the form with check code {incident.case.check_code}.")
    with reauthenticate.asked(shell, (officer,)) as words:
        signed = shell.call(shell.desk.sign, incident.inc, officer.id, words[officer.id])
    incident.refresh_case()
    shell.say(f"Signed by {officer.name}: {signed.receipt.at}, #{signed.receipt.seq}.")


def _save(shell: Shell) -> None:
    target = folder(shell, f"{PDF} Where shall the PDF go?")
    path = shell.call(shell.desk.save_form, shell.at.inc, target)
    shell.at.refresh_case()
    shell.say(f"Saved and read back: {path.name}")


def folder(shell: Shell, question: str) -> Path:
    """Ask for the whole path of a folder. Raises Back."""
    offered = documents()
    while True:
        typed = field_input.line(shell, question, offered, path=True).strip()
        path = Path(typed).expanduser()
        if path.is_absolute():
            return path
        shell.say("Write the whole path of a folder, for example /media/stick.")
