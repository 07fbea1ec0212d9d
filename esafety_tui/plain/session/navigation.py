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
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back, Ended, GoTo, Restart, ToList

ABOUT = (
    "What is it about? If you are not sure, take the first one; you can go over to another later."
)


def travel(shell: Shell) -> int:
    """Ask until the program is left; return its exit code."""
    while True:
        try:
            _round(shell)
        except (Restart, Back, GoTo, ToList):
            continue
        except EvidenceError as error:
            shell.trouble(error)
        except Ended as ended:
            return ended.code
        except KeyboardInterrupt:  # between two prompts: the next prompt asks
            continue


def _round(shell: Shell) -> None:
    shell.incident = shell.inc = None
    state = shell.call(shell.desk.state)
    shell.signed_in = state.session != "closed"
    if not state.has_vault:
        shell.say("", unlock.NO_VAULT)
        raise Ended(2)
    if state.session == "locked":
        lock.lock(shell)
    elif state.session == "open":
        _home(shell, state)
    else:
        _door(shell, state)


def _door(shell: Shell, state: DeskState) -> None:
    """Ask what they want, then who opens."""
    intro = f"esafety, {state.school}. The evidence vault is locked."
    shell.say("", *([state.second_copy] if state.second_copy else []))
    chosen = shell.number("What do you want to do?", unlock.DOORS, intro=intro)
    if chosen == 3:
        shell.do("call")
        return
    if chosen == 4:
        raise Ended(0)
    alone = chosen == 2
    new = chosen == 0 or (alone and _starts_new(shell))
    who = unlock.named(shell, state.officers) if chosen == 0 else unlock.Named()
    unlock.let_in(shell, state, who.officers, alone=alone)
    if new:
        _open_new(shell, who, alone=alone)


def _starts_new(shell: Shell) -> bool:
    return shell.choose("On your own. What is it?", (START_NEW, CARRY_ON)) == START_NEW.id


def _home(shell: Shell, state: DeskState) -> None:
    """Say what is due and the list, and do what is wished there."""
    if shell.resume:
        inc, shell.resume = shell.resume, ""
        wizard.run(shell, inc)
        return
    wish = incident_list.ask(shell, state)
    if wish == "new":
        _new(shell, state)
    elif wish == "out":
        if lock.leaving(shell, "Sign out?", "Sign out"):
            shell.call(shell.desk.sign_out)
    elif wish == "second":
        lock.second(shell, state)
    elif wish == "leave":
        lock.one_leaves(shell, state)
    elif wish:
        wizard.run(shell, wish)


def _new(shell: Shell, state: DeskState) -> None:
    """Ask who is named; if one of those present is, other officers have to open it."""
    who = unlock.named(shell, state.officers)
    if {o.id for o in state.present} & set(who.officers):
        shell.call(shell.desk.sign_out)
        shell.signed_in = False
        shell.trouble(refuse_named_officer())
        closed = shell.call(shell.desk.state)
        unlock.let_in(shell, closed, who.officers, alone=state.words_only)
    _open_new(shell, who, alone=state.words_only)


def _open_new(shell: Shell, who: unlock.Named, *, alone: bool) -> None:
    """Ask what it is about, open the incident and go straight to its first question."""
    name = FIRST if alone else shell.choose(ABOUT, shell.call(list_procedures, shell.desk))
    handle = shell.call(shell.desk.open_incident, who.officers, who.others, alone, name)
    shell.say("", f"Incident {handle.reference} is open. Type help at any prompt for the words.")
    wizard.run(shell, handle.inc)
