"""The signing step: what is still missing, the form drawn, two signatures, the PDF.

Rule: "Signed by both" is said only where the desk has checked it; signing can be left for another
day. Nothing is hidden and nothing is forced: no picture is chosen at first, and lines marked
"think" stay in the vault unless they are chosen.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.guide import readiness_step, signing_step
from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.choice import Choice
from esafety_tui.guide.folder_input import WHOLE_FOLDER, parse_folder, suggest_folder
from esafety_tui.guide.ports import OfficerCard, Readiness
from esafety_tui.guide.shared_text import NOTHING_DONE, report_saved
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import ask_step, clock_check, field_input, orientation
from esafety_tui.plain.terminal.line_format import numbered
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

SIGNS = ("Signed by {name}.", "Not signed by {name}.", "", "")
DRAW_NEW = Choice(
    signing_step.DRAW_AGAIN.id, f"{signing_step.DRAW_AGAIN.words}; {signing_step.DRAW_AGAIN.more}"
)
LEAVE_WHY = Choice(signing_step.LEAVE.id, f"{signing_step.LEAVE.words}, with a reason")
CODE = "Write the check code on paper. With it anybody can check the form and the pack."


WHY = (
    "Why is it sealed although something is missing? The reason and what is missing are printed on "
    "the form."
)
COMPARE = "Compare this computer's clock now"
PICTURES = "Shall a screenshot be shown on the form? Most forms need none: each is listed."


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
    view, ready = signing_step.view_signing(case), shell.call(shell.desk.readiness, case.inc)
    code = [f"Check code: {view.code}", CODE] if view.drawn else []
    shell.say(
        "", readiness_step.measure_readiness(ready), *signing_step.state_form(view, SIGNS), *code
    )
    shell.say(*filter(None, [case.awaiting_police]))
    what, _, target = shell.choose("What do you want?", _list_choices(view)).partition(" ")
    try:
        if what == "go":
            _go_on(shell, view)
            return True
        if what == "draw":
            return _draw(shell, ready)
        if what == "save":
            _save(shell)
        else:
            _sign(shell, next(o for o in view.missing if o.id == target))
    except Back:
        shell.say(NOTHING_DONE)
    return False


def _list_choices(view: signing_step.SigningView) -> list[Choice]:
    if not view.drawn:
        return [signing_step.DRAW, LEAVE_WHY]
    sign = [Choice(f"sign {o.id}", f"{o.name}, {o.position}, signs") for o in view.missing]
    return [*sign, DRAW_NEW, signing_step.SAVE, signing_step.GO_ON if view.complete else LEAVE_WHY]


def _go_on(shell: Shell, view: signing_step.SigningView) -> None:
    ask_step.record(shell, DONE if view.complete else answer_none(ask_step.why_left(shell)))


def _draw(shell: Shell, ready: Readiness) -> bool:
    """Freeze the form's content and draw it. True: they go to what is missing instead."""
    incident = shell.at
    reason = ""
    if not ready.is_complete:
        what = _ask_what_first(shell, ready)
        if what in readiness_step.CLOCK:
            clock_check.compare_in(shell, incident.inc)
            incident.refresh_case()
            return False
        if what:
            incident.show_step(what)
            return True
        reason = ask_step.reason(shell, WHY)
    thoughts = readiness_step.has_opinions(incident) and not shell.yes(
        readiness_step.OPINIONS, readiness_step.LEAVE_OUT.words, readiness_step.PRINT_THEM.words
    )
    pictures = readiness_step.list_pictures(incident.case)
    places = (
        shell.numbers(PICTURES, [f"{i.label}: {i.detail}" for i in pictures]) if pictures else ()
    )
    images = tuple(pictures[place].seq for place in places)
    form = shell.work(readiness_step.DRAWING, lambda report: shell.desk.prepare_form(
        incident.inc, images, report, thoughts=thoughts, reason=reason))  # fmt: skip
    incident.refresh_case()
    shell.say("Drawn. It is frozen as it stands; nothing on it changes afterwards.")
    if shell.yes("Shall the form be read out here?", "Read it out", "Go on"):
        shell.say("", *form.lines)
    return False


def _ask_what_first(shell: Shell, ready: Readiness) -> str:
    """Say what is missing. Returns the step to go to, a key of CLOCK, or "" to draw all the same.

    What cannot be made up is said and not offered.
    """
    gaps = readiness_step.split_missing(ready)
    if gaps.open:
        shell.say(
            "", "The police would still ask for this:", *numbered([m.what for m in gaps.open])
        )
    late = [f"{m.what}." for m in gaps.late]
    shell.say(*(["", "Left out, and it cannot be made up:", *late] if late else []))
    ways = [Choice(m.step_id, f"Go to: {m.what}") for m in gaps.open if m.step_id]
    ways += [Choice(m.key, COMPARE) for m in gaps.open if m.key in readiness_step.CLOCK][:1]
    return shell.choose("What do you want?", [*ways, Choice("", readiness_step.DRAW_ANYWAY.words)])


def _sign(shell: Shell, officer: OfficerCard) -> None:
    """Ask one officer for the passphrase again, and sign the form as it is drawn."""
    incident = shell.at
    shell.say("", f"{officer.name} signs the form with check code {incident.case.check_code}.")
    with shell.ask_passphrases((officer,)) as words:
        signed = shell.call(shell.desk.sign, incident.inc, officer.id, words[officer.id])
    incident.refresh_case()
    shell.say(f"Signed by {officer.name}: {signed.receipt.at}, #{signed.receipt.seq}.")


def _save(shell: Shell) -> None:
    target = folder(shell, f"{signing_step.PDF_NOTE} {signing_step.WHERE_PDF}")
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
