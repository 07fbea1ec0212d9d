"""From the door to a case and back: which screen follows which, outside the procedures.

Rule: every round begins by asking the desk how things stand, so that a lock, STOP, a crash or a
restart leads back to the right screen. It knows no procedure; the wizard runs those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import Named, Shell, in_thread

if TYPE_CHECKING:
    from esafety_tui.guide.ports import DeskState, SignInResult

ABOUT = "What is it about?"


async def travel(shell: Shell) -> None:
    """Lead from screen to screen until the application ends."""
    while True:
        try:
            await _round(shell)
        except EvidenceError as error:
            await shell.trouble(error)


async def _round(shell: Shell) -> None:
    shell.inc = None
    state = await in_thread(shell.desk.state)
    if not state.has_vault:
        from esafety_tui.screens.entry.set_up import set_up

        await set_up(shell)
    elif state.session == "open":
        await _home(shell, state)
    elif state.session == "locked":
        await shell.hidden(state)
    else:
        shell.forget_words()
        await _door(shell, state)


async def _door(shell: Shell, state: DeskState) -> None:
    """Ask what they want, then who opens. Back from there is back to what was asked before."""
    from esafety_tui.screens.entry.door import LockedScreen

    door = await shell.ask(LockedScreen(state))
    if door == "paper":
        from esafety_tui.screens.acts.paper_keys import recover

        await _let_in(shell, await recover(shell, state))
    elif door == "new":
        await _name_and_open(shell, state, alone=False)
    elif door == "words":
        await _alone(shell, state)
    elif door is not None:
        await _unlock(shell, state, Named((), ""), alone=False)


async def _alone(shell: Shell, state: DeskState) -> None:
    """One officer: something new in words, or words to something written down earlier."""
    from esafety_tui.guide.door_text import CARRY_ON, START_NEW
    from esafety_tui.screens.dialogs.list_question import ChooseScreen

    done = False
    while not done:
        door = await shell.ask(ChooseScreen("On your own", ABOUT, (START_NEW, CARRY_ON)))
        if door == "new":
            done = await _name_and_open(shell, state, alone=True)
        else:
            done = door is None or await _unlock(shell, state, Named((), ""), alone=True)


async def _name_and_open(shell: Shell, state: DeskState, *, alone: bool) -> bool:
    """Ask who is named, then who opens; what was ticked and typed stays until it is open."""
    from esafety_tui.screens.entry.named_people import NamedScreen

    while (asked := await shell.ask(NamedScreen(state.officers, shell.named))) is not None:
        shell.named = asked
        if await _unlock(shell, state, asked, alone=alone):
            await _open_new(shell, asked, words_only=alone)
            return True
    return False


async def _unlock(shell: Shell, state: DeskState, named: Named, *, alone: bool) -> bool:
    from esafety_tui.screens.entry.unlock import UnlockScreen

    unlocked: SignInResult | None = await shell.ask(
        UnlockScreen(state, named.officers, alone=alone)
    )
    return await _let_in(shell, unlocked)


async def _let_in(shell: Shell, unlocked: SignInResult | None) -> bool:
    """Show what the checks at the door found, and ask for the time; False: the door is shut."""
    from esafety_tui.screens.acts.clock_check import ask_clock
    from esafety_tui.screens.dialogs.text_page import ReadScreen

    if unlocked is None:
        return False
    if unlocked.warnings:
        title = "The vault is open. Please read this first."
        await shell.ask(ReadScreen("Checks at the door", title, unlocked.warnings))
    state = await in_thread(shell.desk.state)
    if state.compare_clock:
        await ask_clock(shell, "At the door")
    return True


async def _open_new(shell: Shell, named: Named, *, words_only: bool) -> None:
    """Open the incident and go straight to its first step."""
    from esafety_tui.guide.procedure_choice import FIRST
    from esafety_tui.screens.entry.named_people import PLACE
    from esafety_tui.screens.entry.procedure_choice import what_about

    procedure = FIRST if words_only else await what_about(shell)
    if procedure is None:
        return
    desk = shell.desk
    handle = await in_thread(
        desk.open_incident, named.officers, named.others, words_only, procedure
    )
    shell.named = None
    shell.unsent.drop("", PLACE)
    await _case(shell, handle.inc)


async def _case(shell: Shell, inc: str) -> None:
    from esafety_tui.screens.steps.wizard import run_case

    shell.inc = inc
    try:
        await run_case(shell, inc)
        await shell.keep_drafts()
    finally:
        shell.inc = None


async def _home(shell: Shell, state: DeskState) -> None:
    """Show the register and do what was wished there."""
    from esafety_tui.screens.administration.backup_and_head import sign_out
    from esafety_tui.screens.administration.vault_overview import keep
    from esafety_tui.screens.entry.incident_list import HomeScreen
    from esafety_tui.screens.overlays.lock import leave, second

    if shell.resume:
        inc, shell.resume = shell.resume, ""
        await _case(shell, inc)
        return
    incidents = await in_thread(shell.desk.incidents)
    wish = await shell.ask(HomeScreen(state, incidents))
    if wish is None:
        return
    if wish.what == "open":
        await _case(shell, wish.inc)
    elif wish.what == "new":
        await _new(shell, state)
    elif wish.what == "keep":
        await keep(shell)
    elif wish.what == "second":
        await second(shell, state)
    elif wish.what == "leave":
        await leave(shell, state)
    else:
        await sign_out(shell, state)


async def _new(shell: Shell, state: DeskState) -> None:
    """Ask who is named; if one of those present is, other officers have to open it."""
    from esafety_tui.guide.door_text import refuse_named_officer
    from esafety_tui.screens.entry.named_people import NamedScreen

    named = await shell.ask(NamedScreen(state.officers, shell.named))
    if named is None:
        return
    shell.named = named
    present = {o.id for o in state.present}
    if present & set(named.officers):
        await in_thread(shell.desk.sign_out)
        await shell.trouble(refuse_named_officer())
        state = await in_thread(shell.desk.state)
        if not await _unlock(shell, state, named, alone=state.words_only):
            return
    await _open_new(shell, named, words_only=state.words_only)
