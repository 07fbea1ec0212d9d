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
from esafety_tui.plain.terminal.line_format import number_labels
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

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


def run_signing_step(shell: PromptShell) -> None:
    """Draw and sign until they go on."""
    orientation.announce_step(shell)
    while True:
        try:
            if _run_signing_once(shell):
                return
        except EvidenceError as error:
            shell.report_trouble(error)
            shell.current_incident.refresh_case()


def _run_signing_once(shell: PromptShell) -> bool:
    """Say how it stands, ask what is wanted, do it. True: the step is answered or left."""
    case = shell.current_incident.case
    view, ready = (
        signing_step.view_signing(case),
        shell.run_short_verb(shell.desk.readiness, case.inc),
    )
    code = [f"Check code: {view.code}", CODE] if view.drawn else []
    shell.say_texts(
        "", readiness_step.measure_readiness(ready), *signing_step.state_form(view, SIGNS), *code
    )
    shell.say_texts(*filter(None, [case.awaiting_police]))
    what, _, target = shell.choose_one("What do you want?", _list_choices(view)).partition(" ")
    try:
        if what == "go":
            _leave_signing_step(shell, view)
            return True
        if what == "draw":
            return _draw_form(shell, ready)
        if what == "save":
            _save_form_copy(shell)
        else:
            _sign_form(shell, next(o for o in view.missing if o.id == target))
    except GoBack:
        shell.say_texts(NOTHING_DONE)
    return False


def _list_choices(view: signing_step.SigningView) -> list[Choice]:
    if not view.drawn:
        return [signing_step.DRAW, LEAVE_WHY]
    sign = [Choice(f"sign {o.id}", f"{o.name}, {o.position}, signs") for o in view.missing]
    return [
        *sign,
        DRAW_NEW,
        signing_step.SAVE,
        signing_step.GO_ON if view.is_fully_signed else LEAVE_WHY,
    ]


def _leave_signing_step(shell: PromptShell, view: signing_step.SigningView) -> None:
    ask_step.record_answer(
        shell, DONE if view.is_fully_signed else answer_none(ask_step.ask_reason_left(shell))
    )


def _draw_form(shell: PromptShell, ready: Readiness) -> bool:
    """Freeze the form's content and draw it. True: they go to what is missing instead."""
    incident = shell.current_incident
    reason = ""
    if not ready.is_complete:
        what = _ask_what_first(shell, ready)
        if what in readiness_step.CLOCK:
            clock_check.compare_incident_clock(shell, incident.incident_id)
            incident.refresh_case()
            return False
        if what:
            incident.show_step(what)
            return True
        reason = ask_step.ask_reason(shell, WHY)
    thoughts = readiness_step.has_opinions(incident) and not shell.ask_yes_or_no(
        readiness_step.OPINIONS, readiness_step.LEAVE_OUT.words, readiness_step.PRINT_THEM.words
    )
    pictures = readiness_step.list_pictures(incident.case)
    places = (
        shell.ask_numbers(PICTURES, [f"{i.label}: {i.detail}" for i in pictures])
        if pictures
        else ()
    )
    images = tuple(pictures[place].seq for place in places)
    form = shell.run_long_verb(readiness_step.DRAWING, lambda report: shell.desk.prepare_form(
        incident.incident_id, images, report, thoughts=thoughts, reason=reason))  # fmt: skip
    incident.refresh_case()
    shell.say_texts("Drawn. It is frozen as it stands; nothing on it changes afterwards.")
    if shell.ask_yes_or_no("Shall the form be read out here?", "Read it out", "Go on"):
        shell.say_texts("", *form.lines)
    return False


def _ask_what_first(shell: PromptShell, ready: Readiness) -> str:
    """Say what is missing. Returns the step to go to, a key of CLOCK, or "" to draw all the same.

    What cannot be made up is said and not offered.
    """
    gaps = readiness_step.split_missing(ready)
    if gaps.open:
        shell.say_texts(
            "", "The police would still ask for this:", *number_labels([m.what for m in gaps.open])
        )
    late = [f"{m.what}." for m in gaps.late]
    shell.say_texts(*(["", "Left out, and it cannot be made up:", *late] if late else []))
    ways = [Choice(m.step_id, f"Go to: {m.what}") for m in gaps.open if m.step_id]
    ways += [Choice(m.key, COMPARE) for m in gaps.open if m.key in readiness_step.CLOCK][:1]
    return shell.choose_one(
        "What do you want?", [*ways, Choice("", readiness_step.DRAW_ANYWAY.words)]
    )


def _sign_form(shell: PromptShell, officer: OfficerCard) -> None:
    """Ask one officer for the passphrase again, and sign the form as it is drawn."""
    incident = shell.current_incident
    shell.say_texts(
        "", f"{officer.name} signs the form with check code {incident.case.check_code}."
    )
    with shell.ask_passphrases((officer,)) as words:
        signed = shell.run_short_verb(
            shell.desk.sign, incident.incident_id, officer.id, words[officer.id]
        )
    incident.refresh_case()
    shell.say_texts(f"Signed by {officer.name}: {signed.receipt.at}, #{signed.receipt.seq}.")


def _save_form_copy(shell: PromptShell) -> None:
    target = ask_folder(shell, f"{signing_step.PDF_NOTE} {signing_step.WHERE_PDF}")
    path = shell.run_short_verb(shell.desk.save_form, shell.current_incident.incident_id, target)
    shell.current_incident.refresh_case()
    shell.say_texts(report_saved(path))


def ask_folder(shell: PromptShell, question: str) -> Path:
    """Ask for the whole path of a folder. Raises Back."""
    offered = suggest_folder()
    while True:
        typed = field_input.ask_line(shell, question, offered, path=True).strip()
        path = parse_folder(typed)
        if path is not None:
            return path
        shell.say_texts(WHOLE_FOLDER)
