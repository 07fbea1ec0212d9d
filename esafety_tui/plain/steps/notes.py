"""Words of one's own: line after line, each marked with how its writer knows it; then sealed.

Rule: what is typed and not sealed yet is kept until it is, whatever came between.
"""

from __future__ import annotations

from esafety_tui.flows.engine.marked_statement import check_statement
from esafety_tui.flows.procedure.model import KnowledgeMark, Problem
from esafety_tui.guide.shared_text import IS_RIGHT
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import draft_saving, field_input
from esafety_tui.plain.terminal.line_format import wrap_text
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

NOTE = (
    "Write down words. They are sealed with the time. Words are always possible, also when frozen. "
    "An address you already know may stand here; it is never opened."
)
NO_INCIDENT = "A note belongs to an incident. Open one first, or start a new one."


def take_note(shell: PromptShell) -> None:
    """Take words down and seal them in the incident at work; comes back to the prompt."""
    if shell.incident is None:
        shell.say_texts(NO_INCIDENT)
        return
    try:
        if write_note(shell, shell.incident.incident_id):
            shell.incident.refresh_case()
    except EvidenceError as error:
        shell.report_trouble(error)
    except GoBack:
        shell.say_texts("Not written down. What you typed is kept for the next note.")


def write_note(shell: PromptShell, inc: str) -> bool:
    """Ask for words and seal them. Raises Back; EvidenceError where the desk refuses."""
    shell.say_texts("", NOTE)
    kept = shell.half_note
    words = field_input.ask_statement_lines(shell, KnowledgeMark.TOLD, kept)
    checked = check_statement(words)
    if isinstance(checked, Problem):
        shell.say_texts(checked.text)
        return False
    shell.say_texts("", "You wrote:", *wrap_text(checked, "  ", "  "))
    if not shell.ask_yes_or_no(IS_RIGHT, "Yes, write it down", "No, leave it out"):
        kept.clear()
        draft_saving.save_drafts(shell)
        return False
    receipt = shell.run_short_verb(shell.desk.note, inc, checked)
    kept.clear()
    draft_saving.save_drafts(shell)
    shell.say_texts(f"Written down: {receipt.at}, #{receipt.seq}.")
    return True
