"""Before the form is drawn: what the police would still ask for, and whether opinions go along.

Rule: nothing is hidden and nothing is forced. Something may be missing with a stated reason; lines
marked "think" leave the school only when they are chosen.
"""

from __future__ import annotations

from esafety_tui.guide import readiness_step
from esafety_tui.guide.ports import Readiness
from esafety_tui.kernel.unsent import REASON
from esafety_tui.screens.acts.clock_check import compare_incident_clock
from esafety_tui.screens.base.case_frame import StepRequest
from esafety_tui.screens.base.frame import call_in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.widgets.choices import Choice

QUESTION = "The police would still ask for this. Enter on a line goes there."
NOTHING_LEFT = "Nothing of this can be made up now. It is printed on the form with your reason."
CORRECTED = ("provenance", "concern")
"""What is missing in words that are sealed: it is corrected under "So far", with C."""
WHY = (
    "Why is it sealed although something is missing?",
    "The reason and what is missing are printed on the form.",
)


def describe_readiness(ready: Readiness) -> str:
    """Return how ready it is, in words."""
    return f"{'✓' if ready.is_complete else '⚠'} {readiness_step.measure_readiness(ready)}"


async def ask_readiness(incident: ScreenIncident) -> str | StepRequest | None:
    """Return the reason to go on ("" where nothing is missing), where to go, or None for back."""
    while True:
        ready = await call_in_thread(incident.shell.desk.readiness, incident.incident_id)
        if ready.is_complete:
            return ""
        gaps = readiness_step.split_missing(ready)
        rows = [Choice(m.step_id or m.key, m.what) for m in gaps.open]
        intro = "\n".join((describe_readiness(ready), *(f"✗ {m.what}." for m in gaps.late)))
        question = QUESTION if rows else NOTHING_LEFT
        screen = ChooseScreen(
            incident.case.reference, question, [*rows, readiness_step.DRAW_ANYWAY], intro=intro
        )
        chosen = await incident.shell.ask_screen(screen)
        if chosen is None:
            return None
        if chosen == readiness_step.DRAW_ANYWAY.id:
            return await incident.ask_words(WHY, REASON + incident.current_step.id)
        if chosen not in readiness_step.CLOCK:
            return _locate_missing(chosen, ready)
        await compare_incident_clock(incident.shell, incident.incident_id, incident.case.reference)
        await incident.refresh_case()


def _locate_missing(chosen: str, ready: Readiness) -> StepRequest:
    """Return where something missing can be given: its step, the corrections, or a note."""
    if any(m.step_id == chosen for m in ready.missing):
        return StepRequest("goto", target=chosen)
    return StepRequest("look" if chosen in CORRECTED else "note")


async def ask_opinions(incident: ScreenIncident) -> bool | None:
    """Return whether opinions are printed and leave with the pack; None for back."""
    if not readiness_step.has_opinions(incident):
        return False
    chosen = await incident.shell.ask_screen(
        ChooseScreen(
            incident.case.reference,
            readiness_step.OPINIONS,
            (readiness_step.LEAVE_OUT, readiness_step.PRINT_THEM),
        )
    )
    return None if chosen is None else chosen == readiness_step.PRINT_THEM.id
