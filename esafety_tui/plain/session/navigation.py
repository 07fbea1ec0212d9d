"""From the door to an incident and back, until the program is left.

Rule: every round begins by asking the desk how things stand, so that a lock, STOP or a refusal
leads back to the right question. It knows no procedure.
"""

from __future__ import annotations

from esafety_tui.guide.door_text import CARRY_ON, START_NEW, refuse_named_officer
from esafety_tui.guide.ports import DeskState
from esafety_tui.guide.procedure_choice import FIRST, list_procedures
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.session import incident_list, lock, unlock, wizard
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import (
    GoBack,
    GoToList,
    GoToStep,
    RestartSession,
    SessionEnded,
)

ABOUT = (
    "What is it about? If you are not sure, take the first one; you can go over to another later."
)


def navigate_prompts(shell: PromptShell) -> int:
    """Ask until the program is left; return its exit code."""
    while True:
        try:
            _navigate_once(shell)
        except (RestartSession, GoBack, GoToStep, GoToList):
            continue
        except EvidenceError as error:
            shell.report_trouble(error)
        except SessionEnded as ended:
            return ended.code
        except KeyboardInterrupt:  # between two prompts: the next prompt asks
            continue


def _navigate_once(shell: PromptShell) -> None:
    shell.incident = shell.inc = None
    state = shell.run_short_verb(shell.desk.state)
    shell.signed_in = state.session != "closed"
    if not state.has_vault:
        shell.say_texts("", unlock.NO_VAULT)
        raise SessionEnded(2)
    if state.session == "locked":
        lock.lock_session(shell)
    elif state.session == "open":
        _show_incident_list(shell, state)
    else:
        _navigate_door(shell, state)


def _navigate_door(shell: PromptShell, state: DeskState) -> None:
    """Ask what they want, then who opens."""
    intro = f"esafety, {state.school}. The evidence vault is locked."
    shell.say_texts("", *([state.second_copy] if state.second_copy else []))
    chosen = shell.ask_number("What do you want to do?", unlock.DOORS, intro=intro)
    if chosen == 3:
        shell.run_command("call")
        return
    if chosen == 4:
        raise SessionEnded(0)
    alone = chosen == 2
    new = chosen == 0 or (alone and _wants_new_incident(shell))
    who = unlock.ask_named_people(shell, state.officers) if chosen == 0 else unlock.NamedAnswer()
    unlock.admit_officers(shell, state, who.officers, alone=alone)
    if new:
        _open_new_incident(shell, who, alone=alone)


def _wants_new_incident(shell: PromptShell) -> bool:
    return shell.choose_one("On your own. What is it?", (START_NEW, CARRY_ON)) == START_NEW.id


def _show_incident_list(shell: PromptShell, state: DeskState) -> None:
    """Say what is due and the list, and do what is wished there."""
    if shell.resume:
        inc, shell.resume = shell.resume, ""
        wizard.run_incident(shell, inc)
        return
    wish = incident_list.ask_home_request(shell, state)
    if wish == "new":
        _start_new_incident(shell, state)
    elif wish == "out":
        if lock.confirm_leaving(shell, "Sign out?", "Sign out"):
            shell.run_short_verb(shell.desk.sign_out)
    elif wish == "second":
        lock.readmit_second_officer(shell, state)
    elif wish == "leave":
        lock.ask_who_leaves(shell, state)
    elif wish:
        wizard.run_incident(shell, wish)


def _start_new_incident(shell: PromptShell, state: DeskState) -> None:
    """Ask who is named; if one of those present is, other officers have to open it."""
    who = unlock.ask_named_people(shell, state.officers)
    if {o.id for o in state.present} & set(who.officers):
        shell.run_short_verb(shell.desk.sign_out)
        shell.signed_in = False
        shell.report_trouble(refuse_named_officer())
        closed = shell.run_short_verb(shell.desk.state)
        unlock.admit_officers(shell, closed, who.officers, alone=state.words_only)
    _open_new_incident(shell, who, alone=state.words_only)


def _open_new_incident(shell: PromptShell, who: unlock.NamedAnswer, *, alone: bool) -> None:
    """Ask what it is about, open the incident and go straight to its first question."""
    name = (
        FIRST
        if alone
        else shell.choose_one(ABOUT, shell.run_short_verb(list_procedures, shell.desk))
    )
    handle = shell.run_short_verb(shell.desk.open_incident, who.officers, who.others, alone, name)
    shell.say_texts(
        "", f"Incident {handle.reference} is open. Type help at any prompt for the words."
    )
    wizard.run_incident(shell, handle.inc)
