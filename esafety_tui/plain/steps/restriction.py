"""Closing an incident to an officer who turns out to be involved in it.

Rule: the officer it is about is not asked. Where they are signed in, the session ends before
anything else is asked; two others close it. What old copies still open is said when it is done.
"""

from __future__ import annotations

from esafety_tui.guide.ports import Act, ActResult, OfficerCard
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.involved import ASIDE, END, HAPPENS, HERE, WHO
from esafety_tui.plain.steps import ask_step
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Restart

WHY = "Why? It is written down in this incident alone."


def run(shell: Shell) -> None:
    """Ask who is involved and close the incident to them. Raises Back, Restart, EvidenceError."""
    incident = shell.at
    state = shell.call(shell.desk.state)
    shell.say("", ASIDE)
    names = [f"{o.name}, {o.position}" for o in state.officers]
    who = state.officers[shell.number(WHO, names)]
    if who.id in {o.id for o in state.present}:
        _end(shell, who)
        return
    shell.say("", *HAPPENS)
    why = ask_step.reason(shell, WHY)
    with shell.ask_passphrases(state.present) as words:
        told = _act(shell, who, why, words)
    incident.refresh_case()
    shell.say("", *told.sentences, *told.warnings)


def _end(shell: Shell, who: OfficerCard) -> None:
    if not shell.yes(HERE.format(name=who.name), END, "No, go back"):
        return
    try:
        _act(shell, who, "", {})
    except EvidenceError as error:
        shell.trouble(error)
    if shell.call(shell.desk.state).session == "closed":
        raise Restart


def _act(shell: Shell, who: OfficerCard, why: str, words: dict[str, str]) -> ActResult:
    act = Act("restrict", {"inc": shell.at.inc, "who": who.id, "reason": why}, words)
    return shell.work("Closing it", lambda report: shell.desk.act(act, report))
