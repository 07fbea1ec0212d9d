"""Words of one's own: line after line, each marked with how its writer knows it; then sealed.

Rule: what is typed and not sealed yet is kept until it is, whatever came between.
"""

from __future__ import annotations

from esafety_tui.flows.engine.marked_statement import check_statement
from esafety_tui.flows.procedure.model import KnowledgeMark, Problem
from esafety_tui.guide.shared_text import IS_RIGHT
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import draft_saving, field_input
from esafety_tui.plain.terminal.line_format import rows
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

NOTE = (
    "Write down words. They are sealed with the time. Words are always possible, also when frozen. "
    "An address you already know may stand here; it is never opened."
)
NO_INCIDENT = "A note belongs to an incident. Open one first, or start a new one."


def note(shell: Shell) -> None:
    """Take words down and seal them in the incident at work; comes back to the prompt."""
    if shell.incident is None:
        shell.say(NO_INCIDENT)
        return
    try:
        if write(shell, shell.incident.inc):
            shell.incident.refresh_case()
    except EvidenceError as error:
        shell.trouble(error)
    except Back:
        shell.say("Not written down. What you typed is kept for the next note.")


def write(shell: Shell, inc: str) -> bool:
    """Ask for words and seal them. Raises Back; EvidenceError where the desk refuses."""
    shell.say("", NOTE)
    kept = shell.half_note
    words = field_input.statement_lines(shell, KnowledgeMark.TOLD, kept)
    checked = check_statement(words)
    if isinstance(checked, Problem):
        shell.say(checked.text)
        return False
    shell.say("", "You wrote:", *rows(checked, "  ", "  "))
    if not shell.yes(IS_RIGHT, "Yes, write it down", "No, leave it out"):
        kept.clear()
        draft_saving.keep(shell)
        return False
    receipt = shell.call(shell.desk.note, inc, checked)
    kept.clear()
    draft_saving.keep(shell)
    shell.say(f"Written down: {receipt.at}, #{receipt.seq}.")
    return True
