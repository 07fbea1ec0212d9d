"""The plain mode from its first line to its last: what the command line calls."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from esafety_tui.guide.ports import Desk
from esafety_tui.plain.session import commands
from esafety_tui.plain.session.navigation import travel
from esafety_tui.plain.terminal.desk_calls import Job
from esafety_tui.plain.terminal.line_terminal import Terminal
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Ended, Talk

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


def plain(desk: Desk, *, practice: bool = False, hint: str = "", samples: str = "") -> int:
    """Talk on this process' terminal until it is left; return the exit code."""
    terminal = Terminal()
    try:
        return talk(desk, terminal, practice=practice, hint=hint, samples=samples)
    finally:
        terminal.close()


def talk(
    desk: Desk, talk: Talk, *, practice: bool = False, hint: str = "", samples: str = ""
) -> int:
    """Talk on any :class:`Talk`. The desk is closed, and with it the session, whatever ends it."""
    shell = Shell(desk, talk, commands.do, hint, samples, practice)
    code = 1
    try:
        talk.say(*([PRACTICE] if practice else []), *WELCOME)
        talk.say(*([f"Everybody's passphrase: {hint}"] if hint else []))
        code = travel(shell)
    except Ended as ended:
        code = ended.code
    except Exception as error:  # a fault: what it says may hold names, so only its place is said
        _bye(talk, FAULT + whereabouts(error))
    finally:
        _closed(desk)
    if code != 1:
        _bye(talk, BYE)
    return code


def _closed(desk: Desk) -> None:
    """Close the desk, undisturbed by a signal that comes meanwhile."""
    job = Job(lambda _report: desk.close())
    while not job.ended.is_set():
        with suppress(Ended, KeyboardInterrupt):
            job.ended.wait()


def whereabouts(error: BaseException) -> str:
    """Return kind of fault and place in the code: no message, no values, no paths."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = "" if trace is None else Path(trace.tb_frame.f_code.co_filename).name
    line = "" if trace is None else f" at {name}:{trace.tb_lineno}"
    return f" (For the maintainers: {type(error).__name__}{line})"


def _bye(talk: Talk, words: str) -> None:
    try:
        talk.say("", words)
    except Ended:
        return  # the window is gone: nobody reads it
