"""The door: what they want, who opens, what the checks found. Passphrases go to the desk alone."""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.guide.door_text import ALARM, NOT_FOR_NAMED, say_who_opens
from esafety_tui.guide.ports import DeskState, OfficerCard, SignInResult
from esafety_tui.kernel.errors import EvidenceError, Shortened
from esafety_tui.plain.steps import ask_step, clock_check
from esafety_tui.plain.terminal.prompts import PromptShell

DOORS = (
    "Something has happened: start a new incident (two officers)",
    "Open the vault: carry on, look up, sign, export (two officers)",
    "Write down what happened, in words, on my own (one officer)",
    "Whom to call right now (nobody has to sign in)",
    "Leave the program",
)
NO_VAULT = (
    "There is no vault on this computer yet. Set-up is not done in this plain mode: run esafety on "
    "an ordinary terminal, two officers present. Keys, second copies and reviews have verbs of "
    "their own: esafety --help lists them."
)
NAMED = (
    "Is one of these officers named in it, or close to somebody who is? If you are unsure, give "
    "the number. An officer who is named does not open, see or decide this incident."
)
OTHERS = "Who else is named? Names as words; Enter alone if not known."
ACCEPT = (
    "Only if this copy was put back on purpose: why do you both accept that entries are missing? "
    "The vault is asked for again afterwards, with both passphrases."
)


@dataclass(frozen=True, slots=True)
class NamedAnswer:
    """Officer ids that were given, and the other names as words."""

    officers: tuple[str, ...] = ()
    others: str = ""


def format_officer(officer: OfficerCard) -> str:
    """Return an officer in one line; the position is sealed before anybody signed in."""
    return ", ".join(part for part in (officer.name, officer.position) if part)


def ask_named_people(shell: PromptShell, officers: tuple[OfficerCard, ...]) -> NamedAnswer:
    """Ask who is named in a new incident."""
    places = shell.ask_numbers(NAMED, [format_officer(o) for o in officers])
    shell.say_texts("", OTHERS)
    others = shell.ask_line("Names", OTHERS).strip()
    return NamedAnswer(tuple(officers[place].id for place in places), others)


def admit_officers(
    shell: PromptShell, state: DeskState, away: tuple[str, ...], *, alone: bool
) -> None:
    """Have the vault opened, say what the checks found, ask for the clock. Raises Back."""
    accept = ""
    while not shell.signed_in:
        try:
            unlocked = _unlock_vault(shell, state, away, accept, alone=alone)
        except Shortened as error:
            shell.say_texts("", ALARM)
            shell.report_trouble(error)
            accept = ask_step.ask_reason(shell, ACCEPT)
        except EvidenceError as error:
            shell.report_trouble(error)
            accept = ""
        else:
            shell.signed_in = True
            checked = f" {unlocked.checked} entries were checked." if unlocked.checked else ""
            shell.say_texts(f"The vault is open.{checked}")
            if unlocked.warnings:
                shell.say_texts("", "Please read this first.", *unlocked.warnings)
    if shell.stop_waits:
        shell.say_texts(
            "", "STOP was asked for before anybody signed in. It is written down first."
        )
        shell.run_command("stop")
    if shell.run_short_verb(shell.desk.state).compare_clock:
        clock_check.ask_clock_comparison(shell, "At the door.")


def _unlock_vault(
    shell: PromptShell, state: DeskState, away: tuple[str, ...], accept: str, *, alone: bool
) -> SignInResult:
    """Ask who, and for each passphrase, and open. The passphrases are forgotten here."""
    left = list(state.officers)
    shell.say_texts("", say_who_opens(alone=alone))
    shell.say_texts(*([NOT_FOR_NAMED] if away else []))
    ids: list[str] = []
    words: list[str] = []
    try:
        for which in ("Who are you?",) if alone else ("Who is the first?", "Who is the second?"):
            officer = left.pop(shell.ask_number(which, [format_officer(o) for o in left]))
            ids.append(officer.id)
            words.append(shell.ask_secret(f"{officer.name}, {officer.asked}, not shown"))
        second = (None, None) if alone else (ids[1], words[1])
        return shell.run_short_verb(shell.desk.unlock, ids[0], words[0], *second, away, accept)
    finally:
        words.clear()
