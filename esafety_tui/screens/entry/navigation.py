"""From the door to a case and back: which screen follows which, outside the procedures.

Rule: every round begins by asking the desk how things stand, so that a lock, STOP, a crash or a
restart leads back to the right screen. It knows no procedure; the wizard runs those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import NamedPeople, ScreenHost, call_in_thread

if TYPE_CHECKING:
    from esafety_tui.guide.ports import DeskState, SignInResult

ABOUT = "What is it about?"


async def navigate_screens(shell: ScreenHost) -> None:
    """Lead from screen to screen until the application ends."""
    while True:
        try:
            await _navigate_once(shell)
        except EvidenceError as error:
            await shell.show_trouble(error)


async def _navigate_once(shell: ScreenHost) -> None:
    shell.inc = None
    state = await call_in_thread(shell.desk.state)
    if not state.has_vault:
        from esafety_tui.screens.entry.set_up import set_up_vault

        await set_up_vault(shell)
    elif state.session == "open":
        await _show_incident_list(shell, state)
    elif state.session == "locked":
        await shell.show_lock_screen(state)
    else:
        shell.forget_typed_text()
        await _navigate_door(shell, state)


async def _navigate_door(shell: ScreenHost, state: DeskState) -> None:
    """Ask what they want, then who opens. Back from there is back to what was asked before."""
    from esafety_tui.screens.entry.door import LockedScreen

    door = await shell.ask_screen(LockedScreen(state))
    if door == "paper":
        from esafety_tui.screens.acts.paper_keys import recover_with_paper_keys

        await _admit_officers(shell, await recover_with_paper_keys(shell, state))
    elif door == "new":
        await _name_and_open(shell, state, alone=False)
    elif door == "words":
        await _open_alone(shell, state)
    elif door is not None:
        await _unlock_vault(shell, state, NamedPeople((), ""), alone=False)


async def _open_alone(shell: ScreenHost, state: DeskState) -> None:
    """One officer: something new in words, or words to something written down earlier."""
    from esafety_tui.guide.door_text import CARRY_ON, START_NEW
    from esafety_tui.screens.dialogs.list_question import ChooseScreen

    done = False
    while not done:
        door = await shell.ask_screen(ChooseScreen("On your own", ABOUT, (START_NEW, CARRY_ON)))
        if door == "new":
            done = await _name_and_open(shell, state, alone=True)
        else:
            done = door is None or await _unlock_vault(
                shell, state, NamedPeople((), ""), alone=True
            )


async def _name_and_open(shell: ScreenHost, state: DeskState, *, alone: bool) -> bool:
    """Ask who is named, then who opens; what was ticked and typed stays until it is open."""
    from esafety_tui.screens.entry.named_people import NamedScreen

    while (asked := await shell.ask_screen(NamedScreen(state.officers, shell.named))) is not None:
        shell.named = asked
        if await _unlock_vault(shell, state, asked, alone=alone):
            await _open_new_incident(shell, asked, words_only=alone)
            return True
    return False


async def _unlock_vault(
    shell: ScreenHost, state: DeskState, named: NamedPeople, *, alone: bool
) -> bool:
    from esafety_tui.screens.entry.unlock import UnlockScreen

    unlocked: SignInResult | None = await shell.ask_screen(
        UnlockScreen(state, named.officers, alone=alone)
    )
    return await _admit_officers(shell, unlocked)


async def _admit_officers(shell: ScreenHost, unlocked: SignInResult | None) -> bool:
    """Show what the checks at the door found, and ask for the time; False: the door is shut."""
    from esafety_tui.screens.acts.clock_check import ask_clock_comparison
    from esafety_tui.screens.dialogs.text_page import TextPageScreen

    if unlocked is None:
        return False
    if unlocked.warnings:
        title = "The vault is open. Please read this first."
        await shell.ask_screen(TextPageScreen("Checks at the door", title, unlocked.warnings))
    state = await call_in_thread(shell.desk.state)
    if state.compare_clock:
        await ask_clock_comparison(shell, "At the door")
    return True


async def _open_new_incident(shell: ScreenHost, named: NamedPeople, *, words_only: bool) -> None:
    """Open the incident and go straight to its first step."""
    from esafety_tui.guide.procedure_choice import FIRST
    from esafety_tui.screens.entry.named_people import PLACE
    from esafety_tui.screens.entry.procedure_choice import choose_procedure

    procedure = FIRST if words_only else await choose_procedure(shell)
    if procedure is None:
        return
    desk = shell.desk
    handle = await call_in_thread(
        desk.open_incident, named.officers, named.others, words_only, procedure
    )
    shell.named = None
    shell.unsent.drop_draft("", PLACE)
    await _run_incident(shell, handle.inc)


async def _run_incident(shell: ScreenHost, inc: str) -> None:
    from esafety_tui.screens.steps.wizard import run_incident

    shell.inc = inc
    try:
        await run_incident(shell, inc)
        await shell.save_drafts()
    finally:
        shell.inc = None


async def _show_incident_list(shell: ScreenHost, state: DeskState) -> None:
    """Show the register and do what was wished there."""
    from esafety_tui.screens.administration.backup_and_head import sign_out_officers
    from esafety_tui.screens.administration.vault_overview import maintain_vault
    from esafety_tui.screens.entry.incident_list import HomeScreen
    from esafety_tui.screens.overlays.lock import ask_second_officer, ask_who_leaves

    if shell.resume:
        inc, shell.resume = shell.resume, ""
        await _run_incident(shell, inc)
        return
    incidents = await call_in_thread(shell.desk.incidents)
    wish = await shell.ask_screen(HomeScreen(state, incidents))
    if wish is None:
        return
    if wish.what == "open":
        await _run_incident(shell, wish.inc)
    elif wish.what == "new":
        await _start_new_incident(shell, state)
    elif wish.what == "keep":
        await maintain_vault(shell)
    elif wish.what == "second":
        await ask_second_officer(shell, state)
    elif wish.what == "leave":
        await ask_who_leaves(shell, state)
    else:
        await sign_out_officers(shell, state)


async def _start_new_incident(shell: ScreenHost, state: DeskState) -> None:
    """Ask who is named; if one of those present is, other officers have to open it."""
    from esafety_tui.guide.door_text import refuse_named_officer
    from esafety_tui.screens.entry.named_people import NamedScreen

    named = await shell.ask_screen(NamedScreen(state.officers, shell.named))
    if named is None:
        return
    shell.named = named
    present = {o.id for o in state.present}
    if present & set(named.officers):
        await call_in_thread(shell.desk.sign_out)
        await shell.show_trouble(refuse_named_officer())
        state = await call_in_thread(shell.desk.state)
        if not await _unlock_vault(shell, state, named, alone=state.words_only):
            return
    await _open_new_incident(shell, named, words_only=state.words_only)
