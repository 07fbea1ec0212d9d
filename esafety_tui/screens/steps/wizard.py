"""The only flow runner: leads through one incident and returns when it is left.

Rule: it knows the kinds of steps and no procedure. A step's screen returns what the officers
want; the engine says what comes next; an answer counts once the desk has sealed it. What the desk
refuses is said, the case is read again, and the way goes on where the record says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from esafety_tui.flows.procedure.model import StepKind
from esafety_tui.guide import lone_officer
from esafety_tui.guide.draft_text import bare_words
from esafety_tui.guide.engine_input import flows_of
from esafety_tui.guide.ports import CaseView, DeskState
from esafety_tui.kernel.errors import EvidenceError, Refused, SessionLocked
from esafety_tui.kernel.unsent import NOTE as PLACE
from esafety_tui.screens.base.case_frame import Turn
from esafety_tui.screens.base.frame import Shell, in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.note_dialog import NOTE, AskWords
from esafety_tui.screens.dialogs.text_page import ReadScreen
from esafety_tui.screens.overlays.lock import second
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


async def run_case(shell: Shell, inc: str) -> None:
    """Lead through the incident ``inc`` from where its record stands until it is left."""
    case = await in_thread(shell.desk.case, inc)
    await shell.fetch_drafts(inc)
    if not case.readable:
        await _told(shell, case)
        if await _words_only(shell, case, await in_thread(shell.desk.state)):
            await run_case(shell, inc)
        return
    contacts = dict(await in_thread(shell.desk.contacts))
    procedure, profile = await in_thread(flows_of, shell.desk, case.sources)
    policy = await in_thread(shell.desk.policy)
    incident = ScreenIncident(case, procedure, profile, policy.confirmed, contacts, shell=shell)
    incident.names = {o.id: o.name for o in (await in_thread(shell.desk.state)).officers}
    await _told(shell, case)
    turn = await resume_draft.resume(incident)
    while True:
        try:
            turn = turn or await _show(incident)
            given, turn = turn, None
            if given is None or not await _take(incident, given):
                return
        except SessionLocked:  # between two calls: nothing went wrong
            await shell.hidden(await in_thread(shell.desk.state))
            await incident.reload_case()
        except Refused as error:
            await shell.trouble(error)
            await incident.reload_case()
        except EvidenceError as error:
            await shell.trouble(error)


async def _told(shell: Shell, case: CaseView) -> None:
    """Say what opening the incident found."""
    if case.warnings:
        title = "Please read this about the incident first."
        await shell.ask(ReadScreen(case.reference, title, case.warnings))


async def _ask(incident: ScreenIncident) -> Turn | None:
    """Show a step that asks."""
    screen = StepScreen(
        incident.step, incident.draft(), incident.find_problem, incident.bearings(), incident.help()
    )
    return await incident.shell.ask(screen)


Runner = Callable[[ScreenIncident], Awaitable[Turn | None]]
RUNNERS: dict[StepKind, Runner] = {
    StepKind.CAPTURE: capture.run,
    StepKind.MANY: record_list.run,
    StepKind.REVIEW: review.run,
    StepKind.SIGN: signing.run,
    StepKind.EXPORT: export.run,
    StepKind.END: incident_end.run,
}


async def _show(incident: ScreenIncident) -> Turn | None:
    incident.repeat_stale_review()
    return await RUNNERS.get(incident.step.kind, _ask)(incident)


async def _take(incident: ScreenIncident, turn: Turn) -> bool:
    """Do what the officers want. Return False to leave the incident."""
    if turn.what == "go":
        await incident.seal_answer(turn.values)
        return True
    if turn.values:
        incident.drafts[incident.step.id] = turn.values
    if turn.what == "back":
        return incident.show_previous()
    if turn.what == "note":
        await incident.note()
    elif turn.what == "look":
        found = await review.look(incident)
        return found is None or await _take(incident, found)
    elif turn.what == "map":
        await progress_map.show(incident)
    elif turn.what == "source":
        await instruction_source.show(incident)
    elif turn.what == "goto":
        incident.show_step(turn.target)
    return turn.what != "list"


async def _words_only(shell: Shell, case: CaseView, state: DeskState) -> bool:
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
        kept.see(inc, case.last.seq)
    if kept.of(inc):  # typed and not sealed: it is shown at once
        await _add_words(shell, inc)
    while (what := await shell.ask(ChooseScreen(case.reference, question, ways))) is not None:
        if what == "second" and await second(shell, state):
            shell.resume = ""
            return True
        if what == "list":
            break
        if what == "note":
            await _add_words(shell, inc)
    return False


async def _add_words(shell: Shell, inc: str) -> None:
    """Ask one officer for words, beginning with those they typed before, and seal them."""
    kept = shell.unsent
    dialog = AskWords(NOTE, bare_words(kept.of(inc)), statement=True, place=PLACE)
    words = await shell.ask(dialog)
    for one in kept.of(inc):
        kept.drop(inc, one.place)
    kept.put(inc, PLACE, {"text": dialog.draft if words is None else words}, "text")
    if words is None:
        return
    try:
        receipt = await in_thread(shell.desk.note, inc, words)
    except EvidenceError as error:
        await shell.trouble(error)
        return
    kept.drop(inc, PLACE)
    kept.see(inc, receipt.seq)
    shell.notify(f"Written down, #{receipt.seq}.", markup=False)
