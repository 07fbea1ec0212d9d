"""Closing an incident to an officer who turns out to be involved in it.

Rule: the officer it is about is not asked. Where they are signed in, the session ends before
anything else is asked; two others close it. What old copies still open is said when it is done.
"""

from __future__ import annotations

from esafety_tui.guide.ports import Act, ActResult, OfficerCard
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.involved import ASIDE, END, HAPPENS, HERE, WHO
from esafety_tui.plain.steps import ask_step
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import RestartSession

WHY = "Why? It is written down in this incident alone."


def restrict_incident(shell: PromptShell) -> None:
    """Ask who is involved and close the incident to them. Raises Back, Restart, EvidenceError."""
    incident = shell.current_incident
    state = shell.run_short_verb(shell.desk.state)
    shell.say_texts("", ASIDE)
    names = [f"{o.name}, {o.position}" for o in state.officers]
    who = state.officers[shell.ask_number(WHO, names)]
    if who.id in {o.id for o in state.present}:
        _end_access(shell, who)
        return
    shell.say_texts("", *HAPPENS)
    why = ask_step.ask_reason(shell, WHY)
    with shell.ask_passphrases(state.present) as words:
        told = _perform_restriction(shell, who, why, words)
    incident.refresh_case()
    shell.say_texts("", *told.sentences, *told.warnings)


def _end_access(shell: PromptShell, who: OfficerCard) -> None:
    if not shell.ask_yes_or_no(HERE.format(name=who.name), END, "No, go back"):
        return
    try:
        _perform_restriction(shell, who, "", {})
    except EvidenceError as error:
        shell.report_trouble(error)
    if shell.run_short_verb(shell.desk.state).session == "closed":
        raise RestartSession


def _perform_restriction(
    shell: PromptShell, who: OfficerCard, why: str, words: dict[str, str]
) -> ActResult:
    act = Act(
        "restrict", {"inc": shell.current_incident.incident_id, "who": who.id, "reason": why}, words
    )
    return shell.run_long_verb("Closing it", lambda report: shell.desk.act(act, report))
