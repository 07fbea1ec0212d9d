"""Words that were typed and not sealed, given back: at their place, or as words where it is gone.

Rule: nothing comes back into a record by itself. Where the place is still there it is shown again,
filled in; what was being written when STOP came, and what one officer typed alone, is shown as
words alone, to be added as a note or put away. Until one of the two is done it stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from esafety_tui.flows.engine.marked_statement import mark_unmarked_lines
from esafety_tui.flows.procedure.model import KnowledgeMark
from esafety_tui.guide import draft_text
from esafety_tui.kernel.unsent import NOTE, REASON, UnsentText
from esafety_tui.screens.base.case_frame import StepRequest
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.widgets.choices import Choice

CHOICES = tuple(
    Choice(id, words) for id, words in zip(("note", "later", "away"), draft_text.WAYS, strict=True)
)
SHOWN = 9
"""Lines of a draft that are shown; all of them go into the note."""


async def resume_draft(incident: ScreenIncident) -> StepRequest | None:
    """Go to where they were writing. A Turn: what to begin with there."""
    words, frozen = incident.shell.unsent.list_drafts_of(incident.incident_id), incident.case.frozen
    lost = [
        o
        for o in words
        if not draft_text.has_known_place(incident.procedure, incident.state, o, frozen=frozen)
    ]
    if lost:
        await _offer_lost_draft(incident, lost)
    last = words[-1] if words else None
    if (
        last is None
        or last in lost
        or incident.shell.unsent.get_draft(incident.incident_id, last.place) is None
    ):
        return None
    if last.place == NOTE:
        return StepRequest("note")
    incident.show_step(last.step_of_place)
    incident.said = draft_text.BACK
    given = incident.drafts.get(last.step_of_place)
    return StepRequest("go", given) if last.place.startswith(REASON) and given else None


async def _offer_lost_draft(incident: ScreenIncident, lost: Sequence[UnsentText]) -> None:
    """Show words whose place is gone until they are a note, put away or kept for later."""
    lines = [row for one in lost for row in draft_text.format_draft_lines(incident.procedure, one)]
    more = [f"… and {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else []
    whose = draft_text.title_lost_draft(lost, len(incident.case.officers), incident.names)
    text = "\n".join([whose, "", *lines[:SHOWN], *more])
    done = not lines  # nothing but ticks and choices: no words
    while not done:
        screen = ChooseScreen(incident.case.reference, draft_text.HOW, CHOICES, intro=text)
        chosen = await incident.shell.ask_screen(screen)
        if chosen in (None, "later"):
            return
        if chosen == "note":
            done = await incident.seal_note(
                mark_unmarked_lines("\n".join(lines), KnowledgeMark.TOLD)
            )
        else:
            done = await incident.shell.ask_screen(Confirm(*draft_text.AWAY)) is True
    for one in lost:
        incident.shell.unsent.drop_draft(incident.incident_id, one.place)
