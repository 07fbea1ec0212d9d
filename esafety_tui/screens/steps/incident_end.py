"""Runner of the end: what can still be done with an incident that is written down."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.guide.incident_end import LINKED, SHEET_NOTE, WHERE_SHEET, list_end_choices
from esafety_tui.guide.shared_text import report_saved
from esafety_tui.screens.base.case_frame import CaseContext, StepFrame, StepRequest
from esafety_tui.screens.base.frame import call_in_thread, make_command_button
from esafety_tui.screens.dialogs.folder_question import ask_folder
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain

LINK = {
    "misuse": LINKED,
    "nudes": f"{LINKED}: nudes and semi-nudes",
    "allegation": f"{LINKED}: an allegation against staff",
    "staff-victim": f"{LINKED}: a colleague is harmed",
    "harassment": f"{LINKED}: review of internet sites",
    "breach": f"{LINKED}: personal-data breach",
    "lost-media": f"{LINKED}: lost device or media",
}


class IncidentEndScreen(StepFrame):
    """What next? "item": what was chosen."""

    AUTO_FOCUS = "Choices"
    GO = "To the list"

    def __init__(
        self, bearings: CaseContext, question: str, why: str, ways: Iterable[Choice]
    ) -> None:
        super().__init__(bearings)
        self._words = (question, why)
        self._ways = tuple(ways)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the sentence and the ways."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1], classes="why")
        yield Choices(self._ways)

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the way out first."""
        yield make_command_button(f"{self.GO} F8", "go", first=True)
        yield make_command_button("Back", "back")
        yield make_command_button("Note F6", "note")
        yield make_command_button("So far F7", "look")

    def action_go(self) -> None:
        """Leave the incident."""
        self.dismiss(StepRequest("list"))

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        if event.choice.id == "list":
            self.action_go()
        else:
            self.dismiss(StepRequest("item", target=event.choice.id))


def _name_linked(name: str) -> str:
    return LINK.get(name, f"{LINKED}: {name}")


async def run_incident_end(incident: ScreenIncident) -> StepRequest | None:
    """Offer what can still be done until the officers leave or go to a step."""
    while True:
        step = incident.current_step
        ways = list_end_choices(incident, _name_linked)
        screen = IncidentEndScreen(incident.build_context(), step.question, step.why, ways)
        turn = await incident.shell.ask_screen(screen)
        if turn is None or turn.what != "item":
            return turn
        if turn.target == "referral":
            await _save_referral_sheet(incident)
        elif turn.target.startswith("link "):
            name = turn.target.partition(" ")[2]
            handle = await call_in_thread(
                incident.shell.desk.link_incident, incident.incident_id, name
            )
            incident.shell.resume = handle.inc
            return StepRequest("list")
        else:
            return StepRequest("goto", target=turn.target.partition(" ")[2])


async def _save_referral_sheet(incident: ScreenIncident) -> None:
    """Save the lone officer's own words as a PDF."""
    folder = await ask_folder(incident.shell, incident.case.reference, WHERE_SHEET, SHEET_NOTE)
    if folder is not None:
        path = await call_in_thread(
            incident.shell.desk.referral_sheet, incident.incident_id, folder
        )
        await incident.refresh_case()
        incident.said = report_saved(path)
