"""What is it about? Asked before a new incident is opened."""

from __future__ import annotations

from esafety_tui.guide.procedure_choice import list_procedures
from esafety_tui.screens.base.frame import ScreenHost, call_in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen

WHERE = "A new incident · before it is opened"
QUESTION = "What is it about?"
AFTER = "If you are not sure, take the first line. You can go over to another one later."


async def choose_procedure(shell: ScreenHost) -> str | None:
    """Ask which procedure fits; None for back."""
    choices = await call_in_thread(list_procedures, shell.desk)
    return await shell.ask_screen(ChooseScreen(WHERE, QUESTION, choices, after=AFTER))
