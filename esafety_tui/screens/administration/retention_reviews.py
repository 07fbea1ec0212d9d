"""Reviews: what is kept until when, what may not be destroyed, and how something is destroyed.

Rule: nothing is destroyed by itself and nothing on this screen alone: the reference is typed, a
reason is given, both agree, and one more question is asked. Why not, the desk says.
"""

from __future__ import annotations

from esafety_tui.guide.folder_input import suggest_folder
from esafety_tui.kernel.keeping import ReviewRow
from esafety_tui.screens.acts import restriction
from esafety_tui.screens.acts.act_form import WHY, Plan, both, done
from esafety_tui.screens.acts.form_line import Line
from esafety_tui.screens.administration.contacts_and_keys import stands
from esafety_tui.screens.base.frame import Shell, in_thread
from esafety_tui.screens.dialogs.folder_question import whole_path
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import ReadScreen
from esafety_tui.screens.dialogs.validators import filled
from esafety_tui.screens.widgets.choices import Choice

WHERE = "Keep · reviews"
FOLDER = Line("folder", "Folder, certificate", "folder", whole_path, suggest_folder())
EMPTY = ("No incident is kept here yet.", "When there is one, its review date stands here.")
ABOUT = (
    "On the review date two of you look whether it is still needed. Nothing is ever destroyed by "
    "itself."
)


def row(due: ReviewRow) -> Choice:
    """Return one line of the list of reviews."""
    mark = "held" if due.held else ("DUE" if due.over else "")
    name = due.reference or "not readable"
    return Choice(due.inc, f"{name:<15} {due.day or 'no date yet':<12} {mark:<5}", due.why)


async def reviews(shell: Shell) -> None:
    """Show the list of reviews, and do what is wanted with one, until it is left."""
    while True:
        _, view = await stands(shell)
        rows = [*map(uncertified, view.uncertified), *map(row, view.due)]
        if not rows:
            await shell.ask(ReadScreen(WHERE, "Reviews", EMPTY, "Back to keeping"))
            return
        question = "Reviews: reference, review date, why"
        chosen = await shell.ask(ChooseScreen(WHERE, question, rows, after=ABOUT))
        if chosen is None:
            return
        due = next((due for due in view.due if due.inc == chosen), None)
        await (_one(shell, due) if due else _certify(shell, chosen))


def uncertified(entry: int) -> Choice:
    """Return the line of a destruction whose certificate could not be made at the time."""
    return Choice(str(entry), f"Entry {entry} destroyed something", "make its certificate")


async def _certify(shell: Shell, entry: str) -> None:
    """Make a certificate that is still missing."""
    state = await in_thread(shell.desk.state)
    await done(shell, WHERE, _certificate(entry).agreed(both(state.present)))


def _certificate(entry: str) -> Plan:
    return Plan(
        "certificate",
        f"The certificate of the destruction, entry {entry}",
        ("It is looked again whether everything is gone; then both of you sign it.",),
        (FOLDER,),
        {"entry": entry},
        go="Make it",
    )


async def _one(shell: Shell, due: ReviewRow) -> None:
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
    chosen = await shell.ask(ChooseScreen(WHERE, title, rows, after=f"Why: {due.why}"))
    if chosen is None:
        return
    if chosen == "restrict":
        await restriction.run(shell, f"{WHERE} · {due.reference}", due.inc, due.reference)
        return
    state = await in_thread(shell.desk.state)
    plan = _plan(chosen, due)
    if chosen != "hold":
        plan = plan.agreed(both(state.present))
    await done(shell, f"{WHERE} · {due.reference}", plan)


def _plan(what: str, due: ReviewRow) -> Plan:
    """Return what is to be done with ``due``, without those who agree to it."""
    plans = {"hold": _hold, "lift": _lift, "review": _review, "outcome": _outcome, "shred": _shred}
    return plans[what](due)


def _hold(due: ReviewRow) -> Plan:
    return Plan(
        "hold",
        f"Hold {due.reference}",
        (
            "Nothing of it can be destroyed until two officers lift the hold.",
            "For example: the police, the LADO or a court may still need it.",
        ),
        (WHY, Line("reference", "Their reference, if any")),
        {"inc": due.inc},
        go="Hold it",
    )


def _lift(due: ReviewRow) -> Plan:
    return Plan(
        "lift",
        f"Lift the hold on {due.reference}",
        (
            "Only when whoever asked for the hold agrees.",
            "Every hold on it is lifted; nothing is destroyed by that.",
        ),
        (WHY,),
        {"inc": due.inc},
        go="Lift it",
    )


def _review(due: ReviewRow) -> Plan:
    return Plan(
        "review",
        f"Another review date for {due.reference}",
        (f"So far: {due.day or 'without a date'}. The day may be earlier or later.",),
        (Line("day", "Day, like 21 Nov 2051", check=filled), WHY),
        {"inc": due.inc},
        go="Record it",
    )


def _outcome(due: ReviewRow) -> Plan:
    return Plan(
        "outcome",
        f"What became of {due.reference}",
        ("What the police, the LADO or a court decided, in a few words.",),
        (
            Line("outcome", "What became of it", check=filled),
            Line("reference", "Their reference, if any"),
        ),
        {"inc": due.inc},
        go="Record it",
    )


def _shred(due: ReviewRow) -> Plan:
    return Plan(
        "shred",
        f"Destroy {due.reference} for good",
        (
            "Its records, files and keys are destroyed. Nobody can bring them back.",
            "The list keeps the reference, the day, and that you two decided it and why.",
            "A certificate that both of you sign is saved in the folder.",
        ),
        (
            Line("typed", "Type its reference", check=filled),
            WHY,
            FOLDER,
        ),
        {"inc": due.inc},
        go="Destroy it",
        sure=(
            f"Destroy {due.reference} for good?",
            "You two decide that nobody will need it again: no pupil, no parent, no court. There "
            "is no way back, for you or for anybody.",
        ),
        done="It is destroyed.",
    )
