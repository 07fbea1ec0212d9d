"""One incident from where its record stands until it is left: which module asks which kind of step.

Rule: it knows the kinds of steps and no procedure. What the desk refuses is said, the case is read
again, and the way goes on where the record says.
"""

from __future__ import annotations

from collections.abc import Callable

from esafety_tui.flows.procedure.model import StepKind
from esafety_tui.guide import lone_officer
from esafety_tui.guide.choice import Choice
from esafety_tui.guide.draft_text import BACK
from esafety_tui.guide.engine_input import load_incident_flows
from esafety_tui.guide.ports import CaseView
from esafety_tui.kernel.errors import EvidenceError, Refused
from esafety_tui.plain.session import lock
from esafety_tui.plain.steps import (
    ask_step,
    draft_saving,
    export,
    incident_end,
    item_steps,
    notes,
    review,
    signing,
)
from esafety_tui.plain.terminal.line_incident import LineIncident
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack, GoToList, GoToStep

AWAY = (
    "The step here takes two: {name} types the second passphrase, and it goes on. Until then you "
    "can add words. stop is STOP, and there you write down who was told."
)
SECOND = Choice("second", "The second officer is here: go on together")
RUNNERS: dict[StepKind, Callable[[PromptShell], None]] = {
    StepKind.CAPTURE: item_steps.run_capture_step,
    StepKind.MANY: item_steps.run_capture_step,
    StepKind.REVIEW: review.run_review_step,
    StepKind.SIGN: signing.run_signing_step,
    StepKind.EXPORT: export.run_export_step,
    StepKind.END: incident_end.run_incident_end,
}


def run_incident(shell: PromptShell, inc: str) -> None:
    """Lead through the incident. Comes back when it is left; raises Restart and Ended."""
    shell.inc = inc
    try:
        _run_case(shell, shell.run_short_verb(shell.desk.case, inc))
    finally:
        draft_saving.save_drafts(shell)
        draft_saving.forget_typed_text(shell)
        shell.inc = None


def _run_case(shell: PromptShell, case: CaseView) -> None:
    shell.say_texts(*case.warnings)
    if not case.readable:
        if draft_saving.fetch_drafts(shell, case):
            shell.say_texts("", BACK)
            _add_lone_words(shell, case)
        _run_words_only(shell, case)
        return
    numbers = dict(shell.run_short_verb(shell.desk.contacts))
    confirmed = shell.run_short_verb(shell.desk.policy).confirmed
    procedure, profile = shell.run_short_verb(load_incident_flows, shell.desk, case.sources)
    shell.incident = LineIncident(
        case, procedure, profile, confirmed, numbers, desk=shell.desk, call=shell.run_short_verb
    )
    writing = draft_saving.fetch_drafts(shell, case)
    if shell.left:
        _offer_drafts(shell)
    if writing or (shell.half_note and shell.kept):
        shell.say_texts("", BACK)
        notes.take_note(shell)
    while _ask_next_step(shell):
        draft_saving.save_drafts(shell)


def _offer_drafts(shell: PromptShell) -> None:
    """Say what was being written when they stopped; back or list keeps it for later."""
    try:
        draft_saving.offer_lost_drafts(shell)
    except (GoBack, GoToList, GoToStep):
        shell.say_texts("It is kept for later.")


def _ask_next_step(shell: PromptShell) -> bool:
    """Ask one step. False: the incident is left."""
    incident = shell.current_incident
    try:
        incident.repeat_stale_review()
        RUNNERS.get(incident.current_step.kind, ask_step.run_question_step)(shell)
    except GoToList:
        return False
    except GoBack:
        if not incident.show_previous():
            shell.say_texts("This is the first question. Type list to leave the incident.")
    except GoToStep as there:
        incident.show_step(there.step_id)
    except Refused as error:
        shell.report_trouble(error)
        incident.reload_case()
    except EvidenceError as error:
        shell.report_trouble(error)
    return True


def _run_words_only(shell: PromptShell, case: CaseView) -> None:
    """Let a lone officer add words to what they cannot read."""
    state = shell.run_short_verb(shell.desk.state)
    asked, ways = lone_officer.CANNOT_READ, [lone_officer.ADD_WORDS, lone_officer.TO_LIST]
    if lone_officer.waits_for_second(state, case.inc):
        asked = AWAY.format(name=lone_officer.join_names(state.away))
        ways.append(SECOND)
    while True:
        try:
            chosen = shell.choose_one(asked, ways, intro=case.reference)
            if chosen == lone_officer.TO_LIST.id or (
                chosen == SECOND.id and lock.readmit_second_officer(shell, state)
            ):
                return
            if chosen == lone_officer.ADD_WORDS.id:
                _add_lone_words(shell, case)
        except (GoBack, GoToList):
            return
        except EvidenceError as error:
            shell.report_trouble(error)


def _add_lone_words(shell: PromptShell, case: CaseView) -> None:
    """Ask one officer for words and seal them; what is typed and not sealed is kept."""
    try:
        notes.write_note(shell, case.inc)
    except (GoBack, GoToList):
        shell.say_texts("Not written down. What you typed is kept.")
    except EvidenceError as error:
        shell.report_trouble(error)
    draft_saving.save_drafts(shell)
