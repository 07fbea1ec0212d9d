"""Correcting words: choose which, write them as they should read, say why. The old ones stay.

Rule: nothing typed is lost on the way: from the reason one goes back to the words, and a refusal
leads back to them, too. What may be corrected the desk says and decides.
"""

from __future__ import annotations

from esafety_tui.guide.ports import Wording
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.steps.case_state import Walk
from esafety_tui.screens.widgets.choices import Choice

WHICH = "Which words are to be corrected?"
KEPT = (
    "What was sealed stays as it is. Both wordings, your reason and the time are shown. "
    "Answers are corrected by going to their question."
)
NEW = "How it should read"
WHY = ("Why is it corrected?", "The old words are kept, with your reason beside them.")
CELLS = 66


def _choice(number: int, wording: Wording) -> Choice:
    words = " ".join(wording.words.split())
    short = words if len(words) <= CELLS else f"{words[: CELLS - 1]}…"
    return Choice(str(number), wording.label, short or "(nothing was written)")


async def run(walk: Walk, seq: int | None = None) -> None:
    """Let two officers correct words, those of the record ``seq`` where one was marked."""
    known = walk.case.wordings
    offered = [w for w in known if w.seq == seq] or list(known)
    lines = [_choice(n, w) for n, w in enumerate(offered)]
    where = walk.case.reference
    picked = await walk.shell.ask(ChooseScreen(where, WHICH, lines, after=KEPT))
    if picked is not None:
        await _correct(walk, offered[int(picked)])


async def _correct(walk: Walk, wording: Wording) -> None:
    place = f"correction {wording.seq} {wording.name}"
    while True:
        words = await walk.ask_words((NEW, wording.label), place, wording.words, "Go on")
        if words is None:
            return
        why = await walk.ask_words(WHY, f"{place} why")
        if why is None:
            continue
        try:
            receipt = await in_thread(
                walk.shell.desk.correct, walk.inc, wording.seq, wording.name, words, why
            )
        except EvidenceError as error:
            await walk.shell.trouble(error)
            continue
        for done in (place, f"{place} why"):
            walk.shell.unsent.drop(walk.inc, done)
        await walk.refresh()
        walk.said = f"Corrected, #{receipt.seq}. The old words are kept."
        return
