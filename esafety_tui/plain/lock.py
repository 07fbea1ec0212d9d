"""The lock, and leaving. Either officer of the session reopens; signing in again needs two.

Rule: nothing of the work is said while it is locked. A passphrase goes to the desk alone.
"""

from __future__ import annotations

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain import clock
from esafety_tui.plain.shell import Shell
from esafety_tui.plain.talk import Back, Restart

LOCKED = "Locked. Either of you reopens it where it was. The lines above stay in this window."
OUT = "Sign out: two officers have to open the vault again"
COPY_HOW = "A second copy is made on the command line: esafety backup DIR --keys DIR2"


def lock(shell: Shell) -> None:
    """Lock the session and wait until it is reopened. Raises Restart after signing out."""
    if not shell.signed_in:
        shell.say("Nobody is signed in, so there is nothing to lock.")
        return
    shell.call(shell.desk.lock)
    shell.locked = True
    try:
        again = _reopened(shell)
    finally:
        shell.locked = False
    if not again:
        shell.call(shell.desk.sign_out)
        raise Restart


def _reopened(shell: Shell) -> bool:
    """Ask until somebody of the session gives the passphrase. False: sign out."""
    shell.say("", LOCKED)
    people = shell.call(shell.desk.state).present
    labels = [", ".join(part for part in (p.name, p.position) if part) for p in people]
    while True:
        chosen = shell.number("Who reopens it?", (*labels, OUT))
        if chosen == len(people):
            return False
        person = people[chosen]
        words = shell.secret(f"{person.name}, {person.asked}, not shown")
        try:
            shell.call(shell.desk.reopen, person.id, words)
        except EvidenceError as error:
            shell.trouble(error)
        else:
            shell.say("Open again.")
            return True


def leaving(shell: Shell, question: str, yes: str = "Leave") -> bool:
    """Ask whether they leave, and for the clock where it is to be compared. False: they stay."""
    state = shell.call(shell.desk.state)
    said = ["Everything sealed is kept, and you carry on at the same step next time."]
    if state.copy_due:
        said += [state.second_copy, COPY_HOW]
    try:
        if not shell.yes("\n".join((*said, question)), yes, "Stay here"):
            return False
    except Back:
        return False
    if state.compare_clock:
        clock.ask(shell, "Before you leave.")
    return True
