"""Reviews: what is kept until when, what may not be destroyed, and how something is destroyed.

Rule: nothing is destroyed by itself and nothing on this screen alone: the reference is typed, a
reason is given, both agree, and one more question is asked. Why not, the desk says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from esafety_tui.guide.folder_input import suggest_folder
from esafety_tui.guide.ports import OfficerCard
from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.keeping import ReviewRow
from esafety_tui.screens.acts import restriction
from esafety_tui.screens.acts.act_form import perform_planned_act
from esafety_tui.screens.acts.act_plan import ActPlan, plan_act
from esafety_tui.screens.administration.contacts_and_keys import (
    fetch_vault_overview,
    present_officers,
)
from esafety_tui.screens.base.frame import ScreenHost
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.widgets.choices import Choice

WHERE = "Keep · reviews"
REVIEW_ACTS: Mapping[str, ActName] = {
    "hold": "hold", "lift": "lift", "review": "review", "outcome": "outcome", "shred": "shred",
}  # fmt: skip
EMPTY = ("No incident is kept here yet.", "When there is one, its review date stands here.")
ABOUT = (
    "On the review date two of you look whether it is still needed. Nothing is ever destroyed by "
    "itself."
)


def format_review_row(due: ReviewRow) -> Choice:
    """Return one line of the list of reviews."""
    mark = "held" if due.held else ("DUE" if due.over else "")
    name = due.reference or "not readable"
    return Choice(due.inc, f"{name:<15} {due.day or 'no date yet':<12} {mark:<5}", due.why)


async def manage_reviews(shell: ScreenHost) -> None:
    """Show the list of reviews, and do what is wanted with one, until it is left."""
    while True:
        _, view = await fetch_vault_overview(shell)
        rows = [*map(format_uncertified_row, view.uncertified), *map(format_review_row, view.due)]
        if not rows:
            await shell.ask_screen(TextPageScreen(WHERE, "Reviews", EMPTY, "Back to keeping"))
            return
        question = "Reviews: reference, review date, why"
        chosen = await shell.ask_screen(ChooseScreen(WHERE, question, rows, after=ABOUT))
        if chosen is None:
            return
        due = next((due for due in view.due if due.inc == chosen), None)
        await (_review_incident(shell, due) if due else _make_certificate(shell, chosen))


def format_uncertified_row(entry: int) -> Choice:
    """Return the line of a destruction whose certificate could not be made at the time."""
    return Choice(str(entry), f"Entry {entry} destroyed something", "make its certificate")


async def _make_certificate(shell: ScreenHost, entry: str) -> None:
    """Make a certificate that is still missing."""
    plan = plan_act(
        "certificate", values={"entry": entry}, offered={"folder": suggest_folder()},
        present=await present_officers(shell),
    )  # fmt: skip
    await perform_planned_act(shell, WHERE, plan)


async def _review_incident(shell: ScreenHost, due: ReviewRow) -> None:
    """Ask what is to be done with one incident, and do it."""
    hold = Choice("hold", "Hold it: nothing of it may be destroyed", "one officer is enough")
    lift = Choice("lift", "Lift the hold", "two officers")
    rows = (
        *((hold, lift) if due.held else (hold,)),
        Choice("review", "Another review date", "two officers"),
        Choice("outcome", "Record what became of it", "police, LADO, court"),
        Choice("shred", "Destroy it for good", "two officers"),
        Choice("restrict", "Close it to an officer", "who turns out to be involved"),
    )
    held = " · held: may not be destroyed" if due.held else ""
    title = f"{due.reference} · review {due.day or 'without a date'}{held}"
    chosen = await shell.ask_screen(ChooseScreen(WHERE, title, rows, after=f"Why: {due.why}"))
    if chosen is None:
        return
    if chosen == "restrict":
        await restriction.restrict_incident(
            shell, f"{WHERE} · {due.reference}", due.inc, due.reference
        )
        return
    plan = plan_review(REVIEW_ACTS[chosen], due, await present_officers(shell))
    await perform_planned_act(shell, f"{WHERE} · {due.reference}", plan)


def plan_review(name: ActName, due: ReviewRow, present: Sequence[OfficerCard]) -> ActPlan:
    """Return the form of one act on the incident ``due``."""
    return plan_act(
        name, {"reference": due.reference, "day": due.day or "without a date"},
        values={"inc": due.inc}, offered={"folder": suggest_folder()}, present=present,
    )  # fmt: skip
