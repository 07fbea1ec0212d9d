"""Correcting words: choose which, write them as they should read, say why. The old ones stay.

Rule: nothing typed is lost on the way: from the reason one goes back to the words, and a refusal
leads back to them, too. What may be corrected the desk says and decides.
"""

from __future__ import annotations

from esafety_tui.guide.ports import EditableText
from esafety_tui.guide.review_step import WHICH_WORDS, quote_wording, report_correction
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import call_in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.widgets.choices import Choice

KEPT = (
    "What was sealed stays as it is. Both wordings, your reason and the time are shown. "
    "Answers are corrected by going to their question."
)
NEW = "How it should read"
WHY = ("Why is it corrected?", "The old words are kept, with your reason beside them.")
CELLS = 66


def _make_wording_choice(number: int, wording: EditableText) -> Choice:
    words = " ".join(quote_wording(wording).split())
    short = words if len(words) <= CELLS else f"{words[: CELLS - 1]}…"
    return Choice(str(number), wording.label, short)


async def correct_wordings(incident: ScreenIncident, seq: int | None = None) -> None:
    """Let two officers correct words, those of the record ``seq`` where one was marked."""
    known = incident.case.wordings
    offered = [w for w in known if w.seq == seq] or list(known)
    lines = [_make_wording_choice(n, w) for n, w in enumerate(offered)]
    where = incident.case.reference
    picked = await incident.shell.ask_screen(ChooseScreen(where, WHICH_WORDS, lines, after=KEPT))
    if picked is not None:
        await _correct_wording(incident, offered[int(picked)])


async def _correct_wording(incident: ScreenIncident, wording: EditableText) -> None:
    place = f"correction {wording.seq} {wording.name}"
    while True:
        words = await incident.ask_words((NEW, wording.label), place, wording.words, "Go on")
        if words is None:
            return
        why = await incident.ask_words(WHY, f"{place} why")
        if why is None:
            continue
        try:
            receipt = await call_in_thread(
                incident.shell.desk.correct,
                incident.incident_id,
                wording.seq,
                wording.name,
                words,
                why,
            )
        except EvidenceError as error:
            await incident.shell.show_trouble(error)
            continue
        for done in (place, f"{place} why"):
            incident.shell.unsent.drop_draft(incident.incident_id, done)
        await incident.refresh_case()
        incident.said = report_correction(f", #{receipt.seq}")
        return
