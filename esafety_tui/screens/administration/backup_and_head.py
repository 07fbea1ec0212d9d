"""The second copy, a printed head, and the question before leaving.

Rule: leaving is never blocked: without a copy is always one of the answers. Nothing is copied
here; the desk copies and reads back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, TypeAlias

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.guide.ports import DeskState
from esafety_tui.screens.acts.act_form import perform_planned_act
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.acts.clock_check import ask_clock_comparison
from esafety_tui.screens.base.frame import (
    Dialog,
    ScreenHost,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.widgets.plain_text import Plain

Answer: TypeAlias = Literal["copy", "leave", "stay"]


async def make_backup(shell: ScreenHost) -> bool:
    """Make a second copy. True: it was made."""
    return await perform_planned_act(shell, "Keep · second copy", plan_act("backup")) is not None


async def compare_printed_head(shell: ScreenHost) -> None:
    """Compare a printed head with the vault."""
    await perform_planned_act(shell, "Keep · a printed head", plan_act("head"))


class LeaveDialog(Dialog[Answer]):
    """Offer a second copy before leaving. Esc stays."""

    CONFIRMS_LEAVING = True
    AUTO_FOCUS = "#copy"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stay", "Back", key_display="Esc"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, sentence: str, without: str, draft: str = "") -> None:
        super().__init__()
        self._words = (sentence, without, draft)

    def compose_body(self) -> Iterable[Widget]:
        """Yield the question and how the copy stands."""
        yield Plain("Make a second copy first?", classes="title")
        yield Plain(self._words[0])
        kept = "A copy takes a minute or two. Everything sealed is kept here in any case."
        yield Plain(f"{kept}{self._words[2]}")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the three answers."""
        yield make_button_row(
            make_command_button("Make a copy first", "copy", first=True),
            make_command_button(self._words[1], "leave"),
            make_command_button("Stay", "stay"),
        )

    def action_stay(self) -> None:
        """Esc is the safe answer."""
        self.dismiss("stay")

    @on(Button.Pressed)
    def _return_answer(self, event: Button.Pressed) -> None:
        answers: dict[str | None, Answer] = {"copy": "copy", "leave": "leave"}
        if event.button.id != "stop":
            self.dismiss(answers.get(event.button.id, "stay"))


async def _ask_before_leaving(shell: ScreenHost, state: DeskState, without: str) -> Answer | None:
    answer = await shell.ask_screen(
        LeaveDialog(state.second_copy, without, await shell.draft_status())
    )
    return answer


async def confirm_leaving(shell: ScreenHost, state: DeskState, without: str) -> bool:
    """Ask what is to be asked at the end: a copy where one is due, the clock. False: they stay.

    Args:
        without: label of the answer that leaves without a copy.
    """
    answer: Answer | None = "leave"
    if state.copy_due:
        answer = await _ask_before_leaving(shell, state, without)
    if answer in ("copy", "leave") and state.compare_clock:
        # Before the copy, so that the copy holds what the clock showed.
        await ask_clock_comparison(shell, "Before you leave", shell.inc or "")
    while answer == "copy" and not await make_backup(shell):
        answer = await _ask_before_leaving(shell, state, without)
    return answer in ("copy", "leave")


async def sign_out_officers(shell: ScreenHost, state: DeskState) -> None:
    """End the session, unless they stay for a copy after all."""
    if await confirm_leaving(shell, state, "Sign out without"):
        await shell.save_drafts()
        await call_in_thread(shell.desk.sign_out)
