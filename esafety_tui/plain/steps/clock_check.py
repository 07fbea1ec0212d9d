"""Comparing the clock at the door and at the end. It never stands in the way and sets no clock."""

from __future__ import annotations

from esafety_tui.guide.clock_check import (
    LEFT_OUT,
    place_at_leaving,
    record_comparison,
    record_no_comparison,
)
from esafety_tui.guide.ports import Act
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

HOW = (
    "What does a trusted clock show now? For example the speaking clock, or a clock set by radio. "
    "Type the time a few seconds ahead, like 14:07:30, and press Enter when the clock shows it."
)
WAYS = ("Compare it", "It is not compared, and I say why", "Leave it out this time")


def ask_clock_comparison(shell: PromptShell, where: str, inc: str = "") -> None:
    """Ask once; whatever comes of it, people go on. ``inc``: the incident that is left, if any."""
    place = place_at_leaving(inc)
    try:
        chosen = shell.ask_number("Compare this computer's clock with a trusted one?", WAYS,
                              intro=where)  # fmt: skip
        if chosen == 0:
            _compare_clock(shell, place)
        else:
            reason = shell.ask_line("Why not").strip() if chosen == 1 else ""
            _record_comparison(shell, record_no_comparison(reason, place))
    except GoBack:
        _record_comparison(shell, record_no_comparison(LEFT_OUT, place))


def compare_incident_clock(shell: PromptShell, inc: str) -> None:
    """Compare the clock for an incident: what comes of it is written there. Raises Back."""
    _compare_clock(shell, {"inc": inc})


def _compare_clock(shell: PromptShell, place: dict[str, str]) -> None:
    while True:
        source = shell.ask_line("Which clock").strip()
        shell.say_texts(HOW)
        trusted = shell.ask_line("It shows, UK time").strip()
        if not (source and trusted):
            shell.say_texts("Say which clock and what it shows, or type back to leave it out.")
        elif _record_comparison(shell, record_comparison(source, trusted, place)):
            return


def _record_comparison(shell: PromptShell, act: Act) -> bool:
    """Do the act and say what it came to. False: it was refused."""
    try:
        told = shell.run_long_verb("Writing it down", lambda report: shell.desk.act(act, report))
    except EvidenceError as error:
        shell.report_trouble(error)
        return False
    shell.say_texts(*told.sentences, *told.warnings)
    return True
