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
from esafety_tui.guide.engine_input import flows_of
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
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back, GoTo, ToList

AWAY = (
    "The step here takes two: {name} types the second passphrase, and it goes on. Until then you "
    "can add words. stop is STOP, and there you write down who was told."
)
SECOND = Choice("second", "The second officer is here: go on together")
RUNNERS: dict[StepKind, Callable[[Shell], None]] = {
    StepKind.CAPTURE: item_steps.run,
    StepKind.MANY: item_steps.run,
    StepKind.REVIEW: review.run,
    StepKind.SIGN: signing.run,
    StepKind.EXPORT: export.run,
    StepKind.END: incident_end.run,
}


def run(shell: Shell, inc: str) -> None:
    """Lead through the incident. Comes back when it is left; raises Restart and Ended."""
    shell.inc = inc
    try:
        _run(shell, shell.call(shell.desk.case, inc))
    finally:
        draft_saving.keep(shell)
        draft_saving.forget(shell)
        shell.inc = None


def _run(shell: Shell, case: CaseView) -> None:
    shell.say(*case.warnings)
    if not case.readable:
        if draft_saving.fetch(shell, case):
            shell.say("", BACK)
            _add_words(shell, case)
        _words_only(shell, case)
        return
    numbers = dict(shell.call(shell.desk.contacts))
    confirmed = shell.call(shell.desk.policy).confirmed
    procedure, profile = shell.call(flows_of, shell.desk, case.sources)
    shell.incident = LineIncident(
        case, procedure, profile, confirmed, numbers, desk=shell.desk, call=shell.call
    )
    writing = draft_saving.fetch(shell, case)
    if shell.left:
        _offered(shell)
    if writing or (shell.half_note and shell.kept):
        shell.say("", BACK)
        notes.note(shell)
    while _round(shell):
        draft_saving.keep(shell)


def _offered(shell: Shell) -> None:
    """Say what was being written when they stopped; back or list keeps it for later."""
    try:
        draft_saving.offer(shell)
    except (Back, ToList, GoTo):
        shell.say("It is kept for later.")


def _round(shell: Shell) -> bool:
    """Ask one step. False: the incident is left."""
    incident = shell.at
    try:
        incident.repeat_stale_review()
        RUNNERS.get(incident.step.kind, ask_step.run)(shell)
    except ToList:
        return False
    except Back:
        if not incident.show_previous():
            shell.say("This is the first question. Type list to leave the incident.")
    except GoTo as there:
        incident.show_step(there.step_id)
    except Refused as error:
        shell.trouble(error)
        incident.reload_case()
    except EvidenceError as error:
        shell.trouble(error)
    return True


def _words_only(shell: Shell, case: CaseView) -> None:
    """Let a lone officer add words to what they cannot read."""
    state = shell.call(shell.desk.state)
    asked, ways = lone_officer.CANNOT_READ, [lone_officer.ADD_WORDS, lone_officer.TO_LIST]
    if lone_officer.waits_for_second(state, case.inc):
        asked = AWAY.format(name=lone_officer.join_names(state.away))
        ways.append(SECOND)
    while True:
        try:
            chosen = shell.choose(asked, ways, intro=case.reference)
            if chosen == lone_officer.TO_LIST.id or (
                chosen == SECOND.id and lock.second(shell, state)
            ):
                return
            if chosen == lone_officer.ADD_WORDS.id:
                _add_words(shell, case)
        except (Back, ToList):
            return
        except EvidenceError as error:
            shell.trouble(error)


def _add_words(shell: Shell, case: CaseView) -> None:
    """Ask one officer for words and seal them; what is typed and not sealed is kept."""
    try:
        notes.write(shell, case.inc)
    except (Back, ToList):
        shell.say("Not written down. What you typed is kept.")
    except EvidenceError as error:
        shell.trouble(error)
    draft_saving.keep(shell)
