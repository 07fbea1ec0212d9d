"""The only flow runner: leads through one incident and returns when it is left.

Rule: it knows the kinds of steps and no procedure. A step's screen returns what the officers
want; the engine says what comes next; an answer counts once the desk has sealed it. What the desk
refuses is said, the case is read again, and the way goes on where the record says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from esafety_tui.flows.procedure.model import StepKind
from esafety_tui.guide import lone_officer
from esafety_tui.guide.draft_text import quote_draft_words
from esafety_tui.guide.engine_input import load_incident_flows
from esafety_tui.guide.ports import CaseView, DeskState
from esafety_tui.kernel.errors import EvidenceError, Refused, SessionLocked
from esafety_tui.kernel.unsent import NOTE as PLACE
from esafety_tui.screens.base.case_frame import StepRequest
from esafety_tui.screens.base.frame import ScreenHost, call_in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.note_dialog import NOTE, AskWords
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.overlays.lock import ask_second_officer
from esafety_tui.screens.steps import (
    capture,
    export,
    incident_end,
    instruction_source,
    progress_map,
    record_list,
    resume_draft,
    review,
    signing,
)
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.steps.step import StepScreen
from esafety_tui.screens.widgets.choices import Choice

AWAY = (
    "The step here takes two: {name} types the second passphrase, and it goes on. Until then you "
    "can add words. F10 is STOP, and there you write down who was told."
)


async def run_incident(shell: ScreenHost, inc: str) -> None:
    """Lead through the incident ``inc`` from where its record stands until it is left."""
    case = await call_in_thread(shell.desk.case, inc)
    await shell.fetch_drafts(inc)
    if not case.readable:
        await _report_opening(shell, case)
        if await _run_words_only(shell, case, await call_in_thread(shell.desk.state)):
            await run_incident(shell, inc)
        return
    contacts = dict(await call_in_thread(shell.desk.contacts))
    procedure, profile = await call_in_thread(load_incident_flows, shell.desk, case.sources)
    policy = await call_in_thread(shell.desk.policy)
    incident = ScreenIncident(case, procedure, profile, policy.confirmed, contacts, shell=shell)
    incident.names = {o.id: o.name for o in (await call_in_thread(shell.desk.state)).officers}
    await _report_opening(shell, case)
    turn = await resume_draft.resume_draft(incident)
    while True:
        try:
            turn = turn or await _show_current_step(incident)
            given, turn = turn, None
            if given is None or not await _handle_request(incident, given):
                return
        except SessionLocked:  # between two calls: nothing went wrong
            await shell.show_lock_screen(await call_in_thread(shell.desk.state))
            await incident.reload_case()
        except Refused as error:
            await shell.show_trouble(error)
            await incident.reload_case()
        except EvidenceError as error:
            await shell.show_trouble(error)


async def _report_opening(shell: ScreenHost, case: CaseView) -> None:
    """Say what opening the incident found."""
    if case.warnings:
        title = "Please read this about the incident first."
        await shell.ask_screen(TextPageScreen(case.reference, title, case.warnings))


async def _ask_step(incident: ScreenIncident) -> StepRequest | None:
    """Show a step that asks."""
    screen = StepScreen(
        incident.current_step,
        incident.draft_values(),
        incident.find_problem,
        incident.build_context(),
        incident.policy_help(),
    )
    return await incident.shell.ask_screen(screen)


Runner = Callable[[ScreenIncident], Awaitable[StepRequest | None]]
RUNNERS: dict[StepKind, Runner] = {
    StepKind.CAPTURE: capture.run_capture_step,
    StepKind.MANY: record_list.run_record_step,
    StepKind.REVIEW: review.run_review_step,
    StepKind.SIGN: signing.run_signing_step,
    StepKind.EXPORT: export.run_export_step,
    StepKind.END: incident_end.run_incident_end,
}


async def _show_current_step(incident: ScreenIncident) -> StepRequest | None:
    incident.repeat_stale_review()
    return await RUNNERS.get(incident.current_step.kind, _ask_step)(incident)


async def _handle_request(incident: ScreenIncident, turn: StepRequest) -> bool:
    """Do what the officers want. Return False to leave the incident."""
    if turn.what == "go":
        await incident.seal_answer(turn.values)
        return True
    if turn.values:
        incident.drafts[incident.current_step.id] = turn.values
    if turn.what == "back":
        return incident.show_previous()
    if turn.what == "note":
        await incident.seal_note()
    elif turn.what == "look":
        found = await review.review_case(incident)
        return found is None or await _handle_request(incident, found)
    elif turn.what == "map":
        await progress_map.show_progress_map(incident)
    elif turn.what == "source":
        await instruction_source.show_instruction_source(incident)
    elif turn.what == "goto":
        incident.show_step(turn.target)
    return turn.what != "list"


async def _run_words_only(shell: ScreenHost, case: CaseView, state: DeskState) -> bool:
    """Let a lone officer add words to what they cannot read, or let the second come back.

    Returns whether both are here.
    """
    inc, kept = case.inc, shell.unsent
    names = lone_officer.join_names(state.away)
    question, ways = lone_officer.CANNOT_READ, [lone_officer.ADD_WORDS, lone_officer.TO_LIST]
    if lone_officer.waits_for_second(state, inc):
        question = AWAY.format(name=names)
        ways.insert(0, Choice("second", f"{names} is here: go on together"))
    if case.last is not None:
        kept.note_last_entry(inc, case.last.seq)
    if kept.list_drafts_of(inc):  # typed and not sealed: it is shown at once
        await _add_lone_words(shell, inc)
    while (
        what := await shell.ask_screen(ChooseScreen(case.reference, question, ways))
    ) is not None:
        if what == "second" and await ask_second_officer(shell, state):
            shell.resume = ""
            return True
        if what == "list":
            break
        if what == "note":
            await _add_lone_words(shell, inc)
    return False


async def _add_lone_words(shell: ScreenHost, inc: str) -> None:
    """Ask one officer for words, beginning with those they typed before, and seal them."""
    kept = shell.unsent
    dialog = AskWords(
        NOTE, quote_draft_words(kept.list_drafts_of(inc)), statement=True, place=PLACE
    )
    words = await shell.ask_screen(dialog)
    for one in kept.list_drafts_of(inc):
        kept.drop_draft(inc, one.place)
    kept.put_draft(inc, PLACE, {"text": dialog.draft if words is None else words}, "text")
    if words is None:
        return
    try:
        receipt = await call_in_thread(shell.desk.note, inc, words)
    except EvidenceError as error:
        await shell.show_trouble(error)
        return
    kept.drop_draft(inc, PLACE)
    kept.note_last_entry(inc, receipt.seq)
    shell.notify(f"Written down, #{receipt.seq}.", markup=False)
