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
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack, RestartSession

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


def lock_session(shell: PromptShell) -> None:
    """Lock the session and wait until it is reopened by all. Raises Restart after anything else."""
    if not shell.signed_in:
        shell.say_texts("Nobody is signed in, so there is nothing to lock.")
        return
    draft_saving.save_drafts(shell)
    shell.run_short_verb(shell.desk.lock)
    state = shell.run_short_verb(shell.desk.state)
    if state.session == "closed":  # two paper keys: nobody comes back with a passphrase
        raise RestartSession
    shell.locked = True
    try:
        told = _reopen_session(shell, state)
    finally:
        shell.locked = False
    if not told:
        shell.run_short_verb(shell.desk.sign_out)
        raise RestartSession
    if told[-1].away:
        draft_saving.forget_typed_text(shell)  # of two: it is on the disk, for two
    report_return(shell, told)
    if told[-1].away:
        shell.resume = shell.resume or shell.inc or ""
        raise RestartSession
    if shell.resume:
        raise RestartSession
    shell.say_texts("Open again.")


def _reopen_session(shell: PromptShell, state: DeskState) -> list[SignInResult]:
    """Ask until everybody is back, or one carries on alone. Returns nothing to sign out."""
    people = tuple(dict.fromkeys((*state.present, *state.away)))
    shell.say_texts("", LOCKED if len(people) > 1 else LOCKED_ALONE)
    told: list[SignInResult] = []
    while True:
        ways = (ALONE, OUT) if told else (OUT,)
        chosen = shell.ask_number("Who reopens it?", (*label_officers(people), *ways))
        if chosen >= len(people):
            return told if ways[chosen - len(people)] == ALONE else []
        found = readmit_officer(shell, people[chosen])
        if found is None:
            continue
        told.append(found)
        people = found.away
        if not people:
            return told
        shell.say_texts(
            f"{found.present[0].name} is back. The other passphrase brings back the rest."
        )


def label_officers(people: Sequence[OfficerCard]) -> list[str]:
    """Return officers in one line each."""
    return [", ".join(part for part in (p.name, p.position) if part) for p in people]


def readmit_officer(shell: PromptShell, person: OfficerCard) -> SignInResult | None:
    """Ask for the passphrase and let them in again; None where it is refused, which is said."""
    words = shell.ask_secret(f"{person.name}, {person.asked}, not shown")
    try:
        return shell.run_short_verb(shell.desk.reopen, person.id, words)
    except EvidenceError as error:
        shell.report_trouble(error)
        return None


def report_return(shell: PromptShell, told: Sequence[SignInResult]) -> None:
    """Say what the checks found and what was kept for both; a STOP written leads to its place."""
    for one in told:
        shell.say_texts(*one.warnings, *one.kept)
        if one.stopped is not None:
            shell.say_texts(f"STOP is written down: {one.stopped.reference}.")
            shell.resume, shell.stop_waits = one.stopped.inc, False


def readmit_second_officer(shell: PromptShell, state: DeskState) -> bool:
    """Let the second officer of a locked session come back. True: both are here."""
    chosen = shell.ask_number("Who is here?", (*label_officers(state.away), AWAY))
    if chosen == len(state.away):
        return False
    told = readmit_officer(shell, state.away[chosen])
    if told is None:
        return False
    report_return(shell, [told])
    shell.resume = shell.resume or state.place
    return not told.away


def ask_who_leaves(shell: PromptShell, state: DeskState) -> None:
    """Ask which of two leaves, and let them."""
    chosen = shell.ask_number(WHO_LEAVES, (*label_officers(state.present), AWAY))
    if chosen < len(state.present):
        told = shell.run_short_verb(shell.desk.leave, state.present[chosen].id)
        report_return(shell, [told])
        shell.say_texts(report_alone(told.present[0].name))


def confirm_leaving(shell: PromptShell, question: str, yes: str = "Leave") -> bool:
    """Ask whether they leave, and for the clock where it is to be compared. False: they stay."""
    state = shell.run_short_verb(shell.desk.state)
    said = ["Everything sealed is kept, and you carry on at the same step next time."]
    draft_saving.save_drafts(shell)
    said += [draft_saving.KEPT] if shell.kept else []
    if state.copy_due:
        said += [state.second_copy, COPY_HOW]
    try:
        if not shell.ask_yes_or_no("\n".join((*said, question)), yes, "Stay here"):
            return False
    except GoBack:
        return False
    if state.compare_clock:
        clock_check.ask_clock_comparison(shell, "Before you leave.", shell.inc or "")
    return True
