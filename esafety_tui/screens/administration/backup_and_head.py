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
from esafety_tui.screens.acts.act_form import done
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.acts.clock_check import ask_clock
from esafety_tui.screens.base.frame import Dialog, Shell, command, commands, in_thread
from esafety_tui.screens.widgets.plain_text import Plain

Answer: TypeAlias = Literal["copy", "leave", "stay"]


async def copy(shell: Shell) -> bool:
    """Make a second copy. True: it was made."""
    return await done(shell, "Keep · second copy", plan_act("backup")) is not None


async def head(shell: Shell) -> None:
    """Compare a printed head with the vault."""
    await done(shell, "Keep · a printed head", plan_act("head"))


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

    def body(self) -> Iterable[Widget]:
        """Yield the question and how the copy stands."""
        yield Plain("Make a second copy first?", classes="title")
        yield Plain(self._words[0])
        kept = "A copy takes a minute or two. Everything sealed is kept here in any case."
        yield Plain(f"{kept}{self._words[2]}")

    def foot(self) -> Iterable[Widget]:
        """Yield the three answers."""
        yield commands(
            command("Make a copy first", "copy", first=True),
            command(self._words[1], "leave"),
            command("Stay", "stay"),
        )

    def action_stay(self) -> None:
        """Esc is the safe answer."""
        self.dismiss("stay")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        answers: dict[str | None, Answer] = {"copy": "copy", "leave": "leave"}
        if event.button.id != "stop":
            self.dismiss(answers.get(event.button.id, "stay"))


async def _ask(shell: Shell, state: DeskState, without: str) -> Answer | None:
    answer = await shell.ask(LeaveDialog(state.second_copy, without, await shell.draft_line()))
    return answer


async def leaving(shell: Shell, state: DeskState, without: str) -> bool:
    """Ask what is to be asked at the end: a copy where one is due, the clock. False: they stay.

    Args:
        without: label of the answer that leaves without a copy.
    """
    answer: Answer | None = "leave"
    if state.copy_due:
        answer = await _ask(shell, state, without)
    if answer in ("copy", "leave") and state.compare_clock:
        # Before the copy, so that the copy holds what the clock showed.
        await ask_clock(shell, "Before you leave", shell.inc or "")
    while answer == "copy" and not await copy(shell):
        answer = await _ask(shell, state, without)
    return answer in ("copy", "leave")


async def sign_out(shell: Shell, state: DeskState) -> None:
    """End the session, unless they stay for a copy after all."""
    if await leaving(shell, state, "Sign out without"):
        await shell.keep_drafts()
        await in_thread(shell.desk.sign_out)
