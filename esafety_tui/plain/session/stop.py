"""STOP: frozen at once, the steps said at once, written down behind them. Before, during and after.

Rule: the desk's freeze is asked for first and runs while the steps are said. What is written down
is said with its time; while it is not, that is said in words. Each step done is sealed by itself.
This module freezes nothing: the desk does.
"""

from __future__ import annotations

from esafety_tui.flows.procedure.urgent_steps import STOP_STEPS
from esafety_tui.guide import stop_text
from esafety_tui.guide.ports import StopResult
from esafety_tui.guide.shared_text import short_hash
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import draft_saving
from esafety_tui.plain.terminal.desk_calls import Job
from esafety_tui.plain.terminal.line_format import numbered
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back, Restart, ToList

ASKED = {"reference": "Police reference, if you have one; Enter alone for none",
         "told": stop_text.WHO_WAS_TOLD}  # fmt: skip
OWN_INCIDENT = (
    "A new incident was opened for it, frozen from its start. To freeze an earlier one, open it "
    "and type stop there."
)
HERE = "It was seen on this very computer, here. Choose this only if it was"
HERE_SURE = (
    "Was it seen on this very computer? One record is written, then the program locks. Leave the "
    "computer as it is, and carry on with the printed paper form."
)
AGAIN = "Try again to write it down"


def stop(shell: Shell) -> None:
    """Freeze, say the steps, tick them. Comes back only where nothing could be written."""
    if shell.stopping:
        shell.say("STOP is on.", *_steps())
        return
    shell.stopping = True
    try:
        stopped = _steps_done(shell)
    finally:
        shell.stopping = False
    shell.stop_waits = stopped is None
    if stopped is not None:
        shell.resume = stopped.inc
        raise Restart


def _steps() -> list[str]:
    said = ["", "STOPPED. Do this now, in this order."]
    return said + numbered(f"{step.text} {step.more}".strip() for step in STOP_STEPS)


def _steps_done(shell: Shell) -> StopResult | None:
    inc = shell.inc
    job = Job(lambda _report: shell.desk.stop(inc))
    try:
        shell.say(*_steps())
    finally:  # a window that goes at this moment must not take the freeze along
        _over(job)
    draft_saving.keep(shell)
    stopped = _written(shell, job, new=inc is None)
    done: dict[int, str] = {}
    while True:
        try:
            stopped, stay = _menu(shell, stopped, done)
            if not stay:
                return stopped
        except (Back, ToList):
            if stopped is not None or shell.yes(
                f"{stop_text.UNWRITTEN} {stop_text.BY_HAND}", "Leave", "Stay here"
            ):
                return stopped


def _written(shell: Shell, job: Job[StopResult], *, new: bool) -> StopResult | None:
    """Wait until it is written down, and say so; None where it could not be."""
    _over(job)
    try:
        stopped = job.outcome()
    except EvidenceError as error:
        shell.say("", "NOT WRITTEN DOWN YET.", error.what, error.do, stop_text.BY_HAND)
        return None
    seal = stopped.receipt
    head = short_hash(seal.head8)
    shell.say("", f"{stopped.reference}: STOP is written down, {seal.at}, #{seal.seq}, {head}.")
    shell.say(OWN_INCIDENT if new else stop_text.FROZEN, *stopped.copies)
    return stopped


def _over(job: Job[StopResult]) -> None:
    """Wait until the freeze is written or failed, also where the talk ends meanwhile."""
    try:
        job.ended.wait()
    except BaseException:
        job.ended.wait()
        raise


def _menu(
    shell: Shell, stopped: StopResult | None, done: dict[int, str]
) -> tuple[StopResult | None, bool]:
    """Ask what is done. Returns what is on the disk, and whether the steps stay."""
    if stopped is None:
        if shell.number("What do you want?", (AGAIN, stop_text.LEAVE_STEPS)) == 0:
            job = Job(lambda _report: shell.desk.stop(shell.inc))
            return _written(shell, job, new=shell.inc is None), True
        left = shell.yes(f"{stop_text.UNWRITTEN} {stop_text.BY_HAND}", "Leave", "Stay here")
        return None, not left
    ways = [
        f"Step {step.key}, {done[n]}" if n in done else f"Write down step {step.key}: {step.text}"
        for n, step in enumerate(STOP_STEPS)
    ]
    chosen = shell.number("What is done?", (*ways, HERE, stop_text.LEAVE_STEPS))
    if chosen < len(STOP_STEPS):
        at = _tick(shell, stopped.inc, chosen)
        done |= {chosen: f"written down {at}"} if at else {}
        return stopped, True
    if chosen == len(STOP_STEPS):
        return stopped, not _this_computer(shell, stopped.inc)
    return stopped, False


def _tick(shell: Shell, inc: str, place: int) -> str:
    """Seal that a step is done. Returns the time, "" where it could not be written down."""
    step = STOP_STEPS[place]
    words = shell.ask(ASKED[step.field]).strip() if step.field else ""
    try:
        receipt = shell.call(shell.desk.tick, inc, int(step.key), words)
    except EvidenceError as error:
        shell.say("This step is not written down yet.", error.what, error.do)
        return ""
    shell.say(f"Step {step.key} is written down: {receipt.at}, #{receipt.seq}.")
    return receipt.at


def _this_computer(shell: Shell, inc: str) -> bool:
    """Seal that it is this computer. True: sealed, and the desk is locked."""
    if not shell.yes(HERE_SURE, stop_text.SEEN_HERE, stop_text.SEEN_ELSEWHERE):
        return False
    try:
        shell.call(shell.desk.this_computer, inc)
    except EvidenceError as error:
        shell.say("This is not written down yet.", error.what, error.do)
        return False
    return True
