"""The signing step: the form drawn, two signatures, the PDF.

Rule: "Signed by both" is said only where the desk has checked it. Signing can be
left for another day.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.choice import Choice
from esafety_tui.guide.folder_input import WHOLE_FOLDER, parse_folder, suggest_folder
from esafety_tui.guide.ports import OfficerCard
from esafety_tui.guide.readiness_step import measure_readiness
from esafety_tui.guide.shared_text import NOTHING_DONE, report_saved
from esafety_tui.guide.signing_step import (
    DRAW,
    DRAW_AGAIN,
    GO_ON,
    LEAVE,
    PDF_NOTE,
    SAVE,
    WHERE_PDF,
    SigningView,
    state_form,
    view_signing,
)
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import ask_step, field_input, orientation, readiness, reauthenticate
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

SIGNS = ("Signed by {name}.", "Not signed by {name}.", "", "")
DRAW_NEW = Choice(DRAW_AGAIN.id, f"{DRAW_AGAIN.words}; {DRAW_AGAIN.more}")
LEAVE_WHY = Choice(LEAVE.id, f"{LEAVE.words}, with a reason")
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
    view, ready = view_signing(case), shell.call(shell.desk.readiness, case.inc)
    code = [f"Check code: {view.code}", CODE] if view.drawn else []
    shell.say("", measure_readiness(ready), *state_form(view, SIGNS), *code)
    shell.say(*filter(None, [case.held]))
    what, _, target = shell.choose("What do you want?", _list_choices(view)).partition(" ")
    try:
        if what == "go":
            _go_on(shell, view)
            return True
        if what == "draw":
            return readiness.draw(shell, ready)
        if what == "save":
            _save(shell)
        else:
            _sign(shell, next(o for o in view.missing if o.id == target))
    except Back:
        shell.say(NOTHING_DONE)
    return False


def _list_choices(view: SigningView) -> list[Choice]:
    if not view.drawn:
        return [DRAW, LEAVE_WHY]
    sign = [Choice(f"sign {o.id}", f"{o.name}, {o.position}, signs") for o in view.missing]
    return [*sign, DRAW_NEW, SAVE, GO_ON if view.complete else LEAVE_WHY]


def _go_on(shell: Shell, view: SigningView) -> None:
    ask_step.record(shell, DONE if view.complete else answer_none(ask_step.why_left(shell)))


def _sign(shell: Shell, officer: OfficerCard) -> None:
    """Ask one officer for the passphrase again, and sign the form as it is drawn."""
    incident = shell.at
    shell.say("", f"{officer.name} signs the form with check code {incident.case.check_code}.")
    with reauthenticate.asked(shell, (officer,)) as words:
        signed = shell.call(shell.desk.sign, incident.inc, officer.id, words[officer.id])
    incident.refresh_case()
    shell.say(f"Signed by {officer.name}: {signed.receipt.at}, #{signed.receipt.seq}.")


def _save(shell: Shell) -> None:
    target = folder(shell, f"{PDF_NOTE} {WHERE_PDF}")
    path = shell.call(shell.desk.save_form, shell.at.inc, target)
    shell.at.refresh_case()
    shell.say(report_saved(path))


def folder(shell: Shell, question: str) -> Path:
    """Ask for the whole path of a folder. Raises Back."""
    offered = suggest_folder()
    while True:
        typed = field_input.line(shell, question, offered, path=True).strip()
        path = parse_folder(typed)
        if path is not None:
            return path
        shell.say(WHOLE_FOLDER)
