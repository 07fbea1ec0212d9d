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
from esafety_tui.plain.terminal.desk_calls import DeskCall
from esafety_tui.plain.terminal.line_format import number_labels
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack, GoToList, RestartSession

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


def stop_incident(shell: PromptShell) -> None:
    """Freeze, say the steps, tick them. Comes back only where nothing could be written."""
    if shell.stopping:
        shell.say_texts("STOP is on.", *_format_stop_steps())
        return
    shell.stopping = True
    try:
        stopped = _tick_stop_steps(shell)
    finally:
        shell.stopping = False
    shell.stop_waits = stopped is None
    if stopped is not None:
        shell.resume = stopped.inc
        raise RestartSession


def _format_stop_steps() -> list[str]:
    said = ["", "STOPPED. Do this now, in this order."]
    return said + number_labels(f"{step.text} {step.more}".strip() for step in STOP_STEPS)


def _tick_stop_steps(shell: PromptShell) -> StopResult | None:
    inc = shell.inc
    job = DeskCall(lambda _report: shell.desk.stop(inc))
    try:
        shell.say_texts(*_format_stop_steps())
    finally:  # a window that goes at this moment must not take the freeze along
        _await_job_end(job)
    draft_saving.save_drafts(shell)
    stopped = _await_stop_record(shell, job, new=inc is None)
    done: dict[int, str] = {}
    while True:
        try:
            stopped, stay = _ask_completed_step(shell, stopped, done)
            if not stay:
                return stopped
        except (GoBack, GoToList):
            if stopped is not None or shell.ask_yes_or_no(
                f"{stop_text.UNWRITTEN} {stop_text.BY_HAND}", "Leave", "Stay here"
            ):
                return stopped


def _await_stop_record(
    shell: PromptShell, job: DeskCall[StopResult], *, new: bool
) -> StopResult | None:
    """Wait until it is written down, and say so; None where it could not be."""
    _await_job_end(job)
    try:
        stopped = job.take_result()
    except EvidenceError as error:
        shell.say_texts("", "NOT WRITTEN DOWN YET.", error.what, error.do, stop_text.BY_HAND)
        return None
    seal = stopped.receipt
    head = short_hash(seal.head8)
    shell.say_texts(
        "", f"{stopped.reference}: STOP is written down, {seal.at}, #{seal.seq}, {head}."
    )
    shell.say_texts(OWN_INCIDENT if new else stop_text.FROZEN, *stopped.copies)
    return stopped


def _await_job_end(job: DeskCall[StopResult]) -> None:
    """Wait until the freeze is written or failed, also where the talk ends meanwhile."""
    try:
        job.ended.wait()
    except BaseException:
        job.ended.wait()
        raise


def _ask_completed_step(
    shell: PromptShell, stopped: StopResult | None, done: dict[int, str]
) -> tuple[StopResult | None, bool]:
    """Ask what is done. Returns what is on the disk, and whether the steps stay."""
    if stopped is None:
        if shell.ask_number("What do you want?", (AGAIN, stop_text.LEAVE_STEPS)) == 0:
            job = DeskCall(lambda _report: shell.desk.stop(shell.inc))
            return _await_stop_record(shell, job, new=shell.inc is None), True
        left = shell.ask_yes_or_no(
            f"{stop_text.UNWRITTEN} {stop_text.BY_HAND}", "Leave", "Stay here"
        )
        return None, not left
    ways = [
        f"Step {step.key}, {done[n]}" if n in done else f"Write down step {step.key}: {step.text}"
        for n, step in enumerate(STOP_STEPS)
    ]
    chosen = shell.ask_number("What is done?", (*ways, HERE, stop_text.LEAVE_STEPS))
    if chosen < len(STOP_STEPS):
        at = _seal_tick(shell, stopped.inc, chosen)
        done |= {chosen: f"written down {at}"} if at else {}
        return stopped, True
    if chosen == len(STOP_STEPS):
        return stopped, not _freeze_this_computer(shell, stopped.inc)
    return stopped, False


def _seal_tick(shell: PromptShell, inc: str, place: int) -> str:
    """Seal that a step is done. Returns the time, "" where it could not be written down."""
    step = STOP_STEPS[place]
    words = shell.ask_line(ASKED[step.field]).strip() if step.field else ""
    try:
        receipt = shell.run_short_verb(shell.desk.tick, inc, int(step.key), words)
    except EvidenceError as error:
        shell.say_texts("This step is not written down yet.", error.what, error.do)
        return ""
    shell.say_texts(f"Step {step.key} is written down: {receipt.at}, #{receipt.seq}.")
    return receipt.at


def _freeze_this_computer(shell: PromptShell, inc: str) -> bool:
    """Seal that it is this computer. True: sealed, and the desk is locked."""
    if not shell.ask_yes_or_no(HERE_SURE, stop_text.SEEN_HERE, stop_text.SEEN_ELSEWHERE):
        return False
    try:
        shell.run_short_verb(shell.desk.this_computer, inc)
    except EvidenceError as error:
        shell.say_texts("This is not written down yet.", error.what, error.do)
        return False
    return True
