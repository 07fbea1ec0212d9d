"""The lock, coming back from it one by one, and leaving. Signing in again needs two.

Rule: nothing of the work is said while it is locked. A passphrase goes to the desk alone. Whoever
carries on alone gets nothing of what two had begun; what was typed is kept, sealed, for both.
"""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.guide.door_text import WHO_LEAVES, report_alone
from esafety_tui.guide.ports import DeskState, OfficerCard, SignInResult
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import clock_check, draft_saving
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back, Restart

LOCKED = (
    "Locked. Either of you comes back alone; both of you, and it goes on where it was. One of you: "
    "write down words, STOP, who was told. Both: everything as before. The lines above stay in "
    "this window."
)
LOCKED_ALONE = "Locked. Your passphrase reopens it. The lines above stay in this window."
OUT = "Sign out: two officers have to open the vault again"
ALONE = "Carry on alone: words, STOP, who was told"
AWAY = "Not now"
COPY_HOW = "A second copy is made on the command line: esafety backup DIR --keys DIR2"


def lock(shell: Shell) -> None:
    """Lock the session and wait until it is reopened by all. Raises Restart after anything else."""
    if not shell.signed_in:
        shell.say("Nobody is signed in, so there is nothing to lock.")
        return
    draft_saving.keep(shell)
    shell.call(shell.desk.lock)
    state = shell.call(shell.desk.state)
    if state.session == "closed":  # two paper keys: nobody comes back with a passphrase
        raise Restart
    shell.locked = True
    try:
        told = _reopened(shell, state)
    finally:
        shell.locked = False
    if not told:
        shell.call(shell.desk.sign_out)
        raise Restart
    if told[-1].away:
        draft_saving.forget(shell)  # of two: it is on the disk, for two
    back(shell, told)
    if told[-1].away:
        shell.resume = shell.resume or shell.inc or ""
        raise Restart
    if shell.resume:
        raise Restart
    shell.say("Open again.")


def _reopened(shell: Shell, state: DeskState) -> list[SignInResult]:
    """Ask until everybody is back, or one carries on alone. Returns nothing to sign out."""
    people = tuple(dict.fromkeys((*state.present, *state.away)))
    shell.say("", LOCKED if len(people) > 1 else LOCKED_ALONE)
    told: list[SignInResult] = []
    while True:
        ways = (ALONE, OUT) if told else (OUT,)
        chosen = shell.number("Who reopens it?", (*labels(people), *ways))
        if chosen >= len(people):
            return told if ways[chosen - len(people)] == ALONE else []
        found = passed(shell, people[chosen])
        if found is None:
            continue
        told.append(found)
        people = found.away
        if not people:
            return told
        shell.say(f"{found.present[0].name} is back. The other passphrase brings back the rest.")


def labels(people: Sequence[OfficerCard]) -> list[str]:
    """Return officers in one line each."""
    return [", ".join(part for part in (p.name, p.position) if part) for p in people]


def passed(shell: Shell, person: OfficerCard) -> SignInResult | None:
    """Ask for the passphrase and let them in again; None where it is refused, which is said."""
    words = shell.secret(f"{person.name}, {person.asked}, not shown")
    try:
        return shell.call(shell.desk.reopen, person.id, words)
    except EvidenceError as error:
        shell.trouble(error)
        return None


def back(shell: Shell, told: Sequence[SignInResult]) -> None:
    """Say what the checks found and what was kept for both; a STOP written leads to its place."""
    for one in told:
        shell.say(*one.warnings, *one.kept)
        if one.stopped is not None:
            shell.say(f"STOP is written down: {one.stopped.reference}.")
            shell.resume, shell.stop_waits = one.stopped.inc, False


def second(shell: Shell, state: DeskState) -> bool:
    """Let the second officer of a locked session come back. True: both are here."""
    chosen = shell.number("Who is here?", (*labels(state.away), AWAY))
    if chosen == len(state.away):
        return False
    told = passed(shell, state.away[chosen])
    if told is None:
        return False
    back(shell, [told])
    shell.resume = shell.resume or state.place
    return not told.away


def one_leaves(shell: Shell, state: DeskState) -> None:
    """Ask which of two leaves, and let them."""
    chosen = shell.number(WHO_LEAVES, (*labels(state.present), AWAY))
    if chosen < len(state.present):
        told = shell.call(shell.desk.leave, state.present[chosen].id)
        back(shell, [told])
        shell.say(report_alone(told.present[0].name))


def leaving(shell: Shell, question: str, yes: str = "Leave") -> bool:
    """Ask whether they leave, and for the clock where it is to be compared. False: they stay."""
    state = shell.call(shell.desk.state)
    said = ["Everything sealed is kept, and you carry on at the same step next time."]
    draft_saving.keep(shell)
    said += [draft_saving.KEPT] if shell.kept else []
    if state.copy_due:
        said += [state.second_copy, COPY_HOW]
    try:
        if not shell.yes("\n".join((*said, question)), yes, "Stay here"):
            return False
    except Back:
        return False
    if state.compare_clock:
        clock_check.ask(shell, "Before you leave.", shell.inc or "")
    return True
