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
from esafety_tui.plain.terminal.line_format import rows
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back, Ended, GoTo, ToList

NOT_HERE = "There is no incident open here, so there is nothing to say. Go on at the prompt."


def do(shell: Shell, word: str) -> None:
    """Do one of the words. Raises Back, ToList, GoTo, Restart or Ended."""
    DOING[word](shell)


def call(shell: Shell) -> None:
    """Whom to call: the built-in lines, then the school's numbers while the vault is open."""
    for line in URGENT_LINES:
        head = "" if line.kind == "heading" else "  "
        shell.say(*([""] if line.kind == "heading" else []), *rows(line.text, head, head))
    try:
        known = shell.call(shell.desk.contacts)
    except EvidenceError:
        known = ()  # the sentence about the call sheet stays: it is the answer to this failure
    shell.say("", *(f"{role}: {number}" for role, number in known))
    if not known:
        shell.say(SCHOOL_NUMBERS)


def back(_shell: Shell) -> None:
    """Leave this question for the one before."""
    raise Back


def far(shell: Shell) -> None:
    """Say everything so far; a number goes to that answer."""
    if shell.incident is None:
        shell.say(NOT_HERE)
        return
    step_id = review.look(shell)
    if step_id:
        raise GoTo(step_id)


def to_list(shell: Shell) -> None:
    """Leave the incident; what is sealed stays."""
    if shell.incident is None and not shell.signed_in:
        shell.say("The list of incidents is there when two officers have opened the vault.")
        return
    raise ToList


def help_(shell: Shell) -> None:
    """Say the words and how to type."""
    shell.say("", "These words work at every prompt:")
    for word, what in EVERYWHERE:
        shell.say(*rows(f"{word}: {what}", "  ", "      "))
    shell.say("", *HELP_TAIL)
    if shell.hint:
        shell.say(f"Practice: everybody's passphrase is: {shell.hint}")
        shell.say(f"Practice: harmless sample files are in: {shell.samples}")


def quit_(shell: Shell) -> None:
    """Leave the program; while a session is open, ask first."""
    if shell.signed_in and not shell.locked and not lock.leaving(shell, "Leave esafety?"):
        return
    raise Ended(0)


DOING: dict[str, Callable[[Shell], None]] = {
    "stop": stop.stop,
    "call": call,
    "back": back,
    "note": notes.note,
    "far": far,
    "why": orientation.why,
    "map": orientation.map_,
    "lock": lock.lock,
    "list": to_list,
    "help": help_,
    "quit": quit_,
}
