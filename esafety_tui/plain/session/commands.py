"""What the words do that work at every prompt.

Rule: each either comes back to the prompt it was typed at, or raises what leads elsewhere. Behind
the lock nothing of the work is said. It asks the desk only for what it shows.
"""

from __future__ import annotations

from collections.abc import Callable

from esafety_tui.flows.procedure.urgent_steps import URGENT_LINES
from esafety_tui.guide.shared_text import SCHOOL_NUMBERS
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.session import lock, stop
from esafety_tui.plain.steps import notes, orientation, review
from esafety_tui.plain.terminal.command_words import EVERYWHERE, HELP_TAIL
from esafety_tui.plain.terminal.line_format import wrap_text
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack, GoToList, GoToStep, SessionEnded

NOT_HERE = "There is no incident open here, so there is nothing to say. Go on at the prompt."


def run_command(shell: PromptShell, word: str) -> None:
    """Do one of the words. Raises Back, ToList, GoTo, Restart or Ended."""
    DOING[word](shell)


def show_urgent_contacts(shell: PromptShell) -> None:
    """Whom to call: the built-in lines, then the school's numbers while the vault is open."""
    for line in URGENT_LINES:
        head = "" if line.kind == "heading" else "  "
        shell.say_texts(
            *([""] if line.kind == "heading" else []), *wrap_text(line.text, head, head)
        )
    try:
        known = shell.run_short_verb(shell.desk.contacts)
    except EvidenceError:
        known = ()  # the sentence about the call sheet stays: it is the answer to this failure
    shell.say_texts("", *(f"{role}: {number}" for role, number in known))
    if not known:
        shell.say_texts(SCHOOL_NUMBERS)


def return_to_previous(_shell: PromptShell) -> None:
    """Leave this question for the one before."""
    raise GoBack


def review_answers(shell: PromptShell) -> None:
    """Say everything so far; a number goes to that answer."""
    if shell.incident is None:
        shell.say_texts(NOT_HERE)
        return
    step_id = review.review_case(shell)
    if step_id:
        raise GoToStep(step_id)


def return_to_list(shell: PromptShell) -> None:
    """Leave the incident; what is sealed stays."""
    if shell.incident is None and not shell.signed_in:
        shell.say_texts("The list of incidents is there when two officers have opened the vault.")
        return
    raise GoToList


def show_help(shell: PromptShell) -> None:
    """Say the words and how to type."""
    shell.say_texts("", "These words work at every prompt:")
    for word, what in EVERYWHERE:
        shell.say_texts(*wrap_text(f"{word}: {what}", "  ", "      "))
    shell.say_texts("", *HELP_TAIL)
    if shell.hint:
        shell.say_texts(f"Practice: everybody's passphrase is: {shell.hint}")
        shell.say_texts(f"Practice: harmless sample files are in: {shell.samples}")


def quit_program(shell: PromptShell) -> None:
    """Leave the program; while a session is open, ask first."""
    if shell.signed_in and not shell.locked and not lock.confirm_leaving(shell, "Leave esafety?"):
        return
    raise SessionEnded(0)


DOING: dict[str, Callable[[PromptShell], None]] = {
    "stop": stop.stop_incident,
    "call": show_urgent_contacts,
    "back": return_to_previous,
    "note": notes.take_note,
    "far": review_answers,
    "why": orientation.explain_step,
    "map": orientation.show_progress_map,
    "lock": lock.lock_session,
    "list": return_to_list,
    "help": show_help,
    "quit": quit_program,
}
