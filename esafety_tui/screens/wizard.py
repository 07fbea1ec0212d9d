"""The only flow runner: leads through one incident and returns when it is left.

Rule: it knows the kinds of steps and no procedure. A step's screen returns what the officers
want; the engine says what comes next; an answer counts once the desk has sealed it. What the desk
refuses is said, the case is read again, and the way goes on where the record says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from esafety_tui.flows import engine
from esafety_tui.flows.model import Kind
from esafety_tui.kernel.errors import EvidenceError, Locked, Refused
from esafety_tui.screens import capture, ending, export, many, map, review, signing, source
from esafety_tui.screens.case_frame import Turn
from esafety_tui.screens.choose import ChooseScreen
from esafety_tui.screens.frame import Shell, in_thread
from esafety_tui.screens.lock import second
from esafety_tui.screens.ports import CaseView, DeskState
from esafety_tui.screens.read import ReadScreen
from esafety_tui.screens.sources import flows_of
from esafety_tui.screens.step import StepScreen
from esafety_tui.screens.walk import Walk
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.words_dialogs import NOTE, AskWords

LONE = (
    "This was written down earlier. One officer alone cannot read it again; you can add words, and "
    "two officers together carry on with the questions."
)
AGAIN = "Something was added since you read everything. Please read it again."
AWAY = (
    "The step here takes two: {name} types the second passphrase, and it goes on. Until then you "
    "can add words. F10 is STOP, and there you write down who was told."
)
LONE_WAYS = (Choice("note", "Add words to it"), Choice("list", "To the list"))


async def run_case(shell: Shell, inc: str, half: str = "") -> None:
    """Lead through the incident ``inc`` from where its record stands until it is left.

    ``half``: a note that was begun and is not written down.
    """
    case = await in_thread(shell.desk.case, inc)
    if not case.readable:
        await _told(shell, case)
        begun = await _words_only(shell, case, await in_thread(shell.desk.state))
        if begun is not None:
            await run_case(shell, inc, begun)
        return
    contacts = dict(await in_thread(shell.desk.contacts))
    procedure, profile = await in_thread(flows_of, shell.desk, case.sources)
    policy = await in_thread(shell.desk.policy)
    walk = Walk(shell, case, contacts, procedure, profile, policy.confirmed)
    walk.half_note = half
    await _told(shell, case)
    while True:
        try:
            turn = await _show(walk)
            if turn is None or not await _take(walk, turn):
                return
        except Locked:  # between two calls: nothing went wrong
            await shell.hidden(await in_thread(shell.desk.state))
            await walk.reload()
        except Refused as error:
            await shell.trouble(error)
            await walk.reload()
        except EvidenceError as error:
            await shell.trouble(error)


async def _told(shell: Shell, case: CaseView) -> None:
    """Say what opening the incident found."""
    if case.warnings:
        title = "Please read this about the incident first."
        await shell.ask(ReadScreen(case.reference, title, case.warnings))


async def _ask(walk: Walk) -> Turn | None:
    """Show a step that asks."""
    screen = StepScreen(walk.step, walk.draft(), walk.judge, walk.bearings(), walk.help())
    return await walk.shell.ask(screen)


Runner = Callable[[Walk], Awaitable[Turn | None]]
RUNNERS: dict[Kind, Runner] = {
    Kind.CAPTURE: capture.run,
    Kind.MANY: many.run,
    Kind.REVIEW: review.run,
    Kind.SIGN: signing.run,
    Kind.EXPORT: export.run,
    Kind.END: ending.run,
}


async def _show(walk: Walk) -> Turn | None:
    if walk.case.review_stale and walk.step.kind in (Kind.SIGN, Kind.EXPORT):
        way = engine.path(walk.procedure, walk.state)
        read = [s for s in way if walk.procedure.step(s).kind is Kind.REVIEW]
        if read:
            walk.goto(read[-1])
            walk.said = AGAIN
    return await RUNNERS.get(walk.step.kind, _ask)(walk)


async def _take(walk: Walk, turn: Turn) -> bool:
    """Do what the officers want. Return False to leave the incident."""
    if turn.what == "go":
        jumped = walk.step.id in {a.step for a in walk.state.answers}
        if await walk.answer(turn.values) and jumped:
            walk.goto(engine.path(walk.procedure, walk.state)[-1])
        return True
    if turn.values:
        walk.drafts[walk.step.id] = turn.values
    if turn.what == "back":
        before = walk.step.id
        walk.state = engine.back(walk.procedure, walk.state)
        return walk.step.id != before
    if turn.what == "note":
        await walk.note()
    elif turn.what == "look":
        found = await review.look(walk)
        return found is None or await _take(walk, found)
    elif turn.what == "map":
        await map.show(walk)
    elif turn.what == "source":
        await source.show(walk)
    elif turn.what == "goto":
        walk.goto(turn.target)
    return turn.what != "list"


async def _words_only(shell: Shell, case: CaseView, state: DeskState) -> str | None:
    """Let a lone officer add words to what they cannot read, or let the second come back.

    Returns the note begun when both are here, else None.
    """
    half = ""
    names = " and ".join(officer.name for officer in state.away)
    question, ways = LONE, list(LONE_WAYS)
    if state.away and state.place == case.inc:
        question = AWAY.format(name=names)
        ways.insert(0, Choice("second", f"{names} is here: go on together"))
    while (what := await shell.ask(ChooseScreen(case.reference, question, ways))) is not None:
        if what == "second" and await second(shell, state):
            shell.resume = ""
            return half
        if what == "list":
            break
        if what != "note":
            continue
        dialog = AskWords(NOTE, half, statement=True)
        words = await shell.ask(dialog)
        half = dialog.draft if words is None else words
        if words is None:
            continue
        try:
            receipt = await in_thread(shell.desk.note, case.inc, words)
            half = ""
            shell.notify(f"Written down, #{receipt.seq}.", markup=False)
        except EvidenceError as error:
            await shell.trouble(error)
    return None
