"""One question with a list of answers: the plainest screen of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.screens.base.frame import Frame, make_button_row, make_command_button
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain


class ChooseScreen(Frame[str]):
    """Ask ``question``; return the id of the choice, or None for back."""

    AUTO_FOCUS = "Choices"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def __init__(
        self,
        where: str,
        question: str,
        choices: Sequence[Choice],
        *,
        intro: str = "",
        after: str = "",
    ) -> None:
        super().__init__()
        self._where = where
        self._question = question
        self._choices = tuple(choices)
        self._intro = intro
        self._after = after

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the words before, the question, the choices and the words after."""
        if self._intro:
            yield Plain(self._intro, classes="intro")
        yield Plain(self._question, classes="title")
        yield Choices(self._choices)
        if self._after:
            yield Plain(self._after, classes="after quiet")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the buttons for the mouse and for Tab."""
        yield make_button_row(
            make_command_button("Go on", "go", first=True), make_command_button("Back", "back")
        )

    def action_back(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        self.dismiss(event.choice.id)

    @on(Button.Pressed, "#go")
    def _return_marked_choice(self) -> None:
        self.query_one(Choices).action_choose()

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(None)
