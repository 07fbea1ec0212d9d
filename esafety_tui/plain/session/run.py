"""The plain mode from its first line to its last: what the command line calls."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from esafety_tui.guide.ports import DeskPort
from esafety_tui.plain.session import commands
from esafety_tui.plain.session.navigation import navigate_prompts
from esafety_tui.plain.terminal.desk_calls import DeskCall
from esafety_tui.plain.terminal.line_terminal import LineTerminal
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import SessionEnded, TerminalPort

PRACTICE = "PRACTICE. Nothing here is real, nothing here is evidence."
WELCOME = (
    "esafety, plain line mode. Type a number or words, then Enter. Type help at any prompt for the "
    "words that always work; stop is STOP, quit leaves.",
)
BYE = "The session is ended; nobody is signed in. Everything sealed is kept."
FAULT = (
    "esafety had to close because of a fault in the program. Everything that was sealed is kept. "
    "Whom to call right now: run esafety urgent"
)


def run_plain_session(
    desk: DeskPort, *, practice: bool = False, hint: str = "", samples: str = ""
) -> int:
    """Talk on this process' terminal until it is left; return the exit code."""
    terminal = LineTerminal()
    try:
        return run_terminal_session(desk, terminal, practice=practice, hint=hint, samples=samples)
    finally:
        terminal.restore_signals()


def run_terminal_session(
    desk: DeskPort, talk: TerminalPort, *, practice: bool = False, hint: str = "", samples: str = ""
) -> int:
    """Talk on any :class:`Talk`. The desk is closed, and with it the session, whatever ends it."""
    shell = PromptShell(desk, talk, commands.run_command, hint, samples, practice)
    code = 1
    try:
        talk.print_texts(*([PRACTICE] if practice else []), *WELCOME)
        talk.print_texts(*([f"Everybody's passphrase: {hint}"] if hint else []))
        code = navigate_prompts(shell)
    except SessionEnded as ended:
        code = ended.code
    except Exception as error:  # a fault: what it says may hold names, so only its place is said
        _say_goodbye(talk, FAULT + locate_fault(error))
    finally:
        _closing_desk(desk)
    if code != 1:
        _say_goodbye(talk, BYE)
    return code


def _closing_desk(desk: DeskPort) -> None:
    """Close the desk, undisturbed by a signal that comes meanwhile."""
    job = DeskCall(lambda _report: desk.close())
    while not job.ended.is_set():
        with suppress(SessionEnded, KeyboardInterrupt):
            job.ended.wait()


def locate_fault(error: BaseException) -> str:
    """Return kind of fault and place in the code: no message, no values, no paths."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = "" if trace is None else Path(trace.tb_frame.f_code.co_filename).name
    line = "" if trace is None else f" at {name}:{trace.tb_lineno}"
    return f" (For the maintainers: {type(error).__name__}{line})"


def _say_goodbye(talk: TerminalPort, words: str) -> None:
    try:
        talk.print_texts("", words)
    except SessionEnded:
        return  # the window is gone: nobody reads it
