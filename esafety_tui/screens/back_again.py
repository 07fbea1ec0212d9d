"""Words that were typed and not sealed, given back: at their place, or as words where it is gone.

Rule: nothing comes back into a record by itself. Where the place is still there it is shown again,
filled in; what was being written when STOP came, and what one officer typed alone, is shown as
words alone, to be added as a note or put away. Until one of the two is done it stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.flows import engine
from esafety_tui.flows.model import Mark
from esafety_tui.kernel.unsent import NOTE, REASON, Unsent, texts
from esafety_tui.screens.case_frame import Turn
from esafety_tui.screens.choose import ChooseScreen
from esafety_tui.screens.confirm import Confirm
from esafety_tui.screens.walk import Walk
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.statement import marked

BACK = "What you had typed is back. It is not sealed yet."
STOPPED = "What you were writing when you stopped"
ALONE = "What {names} typed alone, and did not seal"
HOW = "It is a draft: kept, and not sealed. Nothing of it is in the record."
WAYS = (
    Choice("note", "Add these words as a note"),
    Choice("later", "Keep them for later"),
    Choice("away", "Put them away for good"),
)
AWAY = (
    "Put these words away for good?",
    "They are in no record. Nobody can read them afterwards.",
    "Put them away",
    "Keep them",
)
SHOWN = 9
"""Lines of a draft that are shown; all of them go into the note."""

_NOT_WORDS = frozenset({"option", "options", "confirmed", "done", "known"})
_LABELS = {"urls": "Address", "paths": "File"}
"""Of lists, which no field of a step is called by."""


async def resume(walk: Walk) -> Turn | None:
    """Go to where they were writing. A Turn: what to begin with there."""
    words = walk.shell.unsent.of(walk.inc)
    lost = [one for one in words if not _has_place(walk, one)]
    if lost:
        await _offer(walk, lost)
    last = words[-1] if words else None
    if last is None or last in lost or walk.shell.unsent.get(walk.inc, last.place) is None:
        return None
    if last.place == NOTE:
        return Turn("note")
    walk.goto(last.step)
    walk.said = BACK
    given = walk.drafts.get(last.step)
    return Turn("go", given) if last.place.startswith(REASON) and given else None


def _has_place(walk: Walk, one: Unsent) -> bool:
    """Whether the words can be shown where they were typed."""
    if one.place == NOTE:
        return True
    if one.step not in engine.path(walk.procedure, walk.state):
        return False
    return not (walk.case.frozen and walk.procedure.step(one.step).captures)


async def _offer(walk: Walk, lost: Sequence[Unsent]) -> None:
    """Show words whose place is gone until they are a note, put away or kept for later."""
    lines = [row for one in lost for row in _rows(walk, one)]
    more = [f"… and {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else []
    text = "\n".join([_title(walk, lost), "", *lines[:SHOWN], *more])
    done = not lines  # nothing but ticks and choices: no words
    while not done:
        screen = ChooseScreen(walk.case.reference, HOW, WAYS, intro=text)
        chosen = await walk.shell.ask(screen)
        if chosen in (None, "later"):
            return
        if chosen == "note":
            done = await walk.note(marked("\n".join(lines), Mark.TOLD))
        else:
            done = await walk.shell.ask(Confirm(*AWAY)) is True
    for one in lost:
        walk.shell.unsent.drop(walk.inc, one.place)


def _title(walk: Walk, lost: Sequence[Unsent]) -> str:
    """Say whose words these are, where they are not of the people here."""
    here = len(walk.case.officers)
    alone = [walk.names.get(one.by[0], "an officer") for one in lost if 0 < len(one.by) < here]
    return ALONE.format(names=" and ".join(sorted(set(alone)))) if alone else STOPPED


def bare_words(words: Sequence[Unsent]) -> str:
    """Return words without what was asked, each line marked; for who cannot read the incident."""
    given = (texts([v]) for one in words for n, v in one.values.items() if n not in _NOT_WORDS)
    rows = [row for found in given for text in found for row in text.split("\n") if row.strip()]
    return marked("\n".join(rows), Mark.TOLD) if rows else ""


def _rows(walk: Walk, one: Unsent) -> list[str]:
    """Return the words with what was asked, line by line; choices and ticks are no words."""
    step = walk.procedure.step(one.step) if one.step in walk.procedure else None
    found: list[str] = []
    for name, value in one.values.items():
        field = step.field(name) if step is not None else None
        label = field.label if field is not None else _LABELS.get(name, "")
        for text in () if name in _NOT_WORDS else texts([value]):
            rows = [row for row in text.split("\n") if row.strip()]
            said = any(row.split(":")[0] in set(Mark) for row in rows)
            found += [row if said or not label else f"{label}: {row}" for row in rows]
    return found
