"""Which screenshots are shown on the form: none at first, chosen one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.guide.ports import ExhibitView
from esafety_tui.screens.base.case_frame import CaseContext, CaseFrame
from esafety_tui.screens.base.frame import make_command_button
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain


class FormPicturesScreen(CaseFrame[tuple[int, ...]]):
    """Tick screenshots; return their entry numbers, or None for back."""

    AUTO_FOCUS = "Choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
        Binding("f8", "go", "Go on", show=False, priority=True),
    ]

    def __init__(self, bearings: CaseContext, pictures: Sequence[ExhibitView]) -> None:
        super().__init__(bearings)
        self._pictures = tuple(pictures)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the question and the pictures."""
        yield Plain("Shall a screenshot be shown on the form?", classes="title")
        why = "Most forms need none: each exhibit is listed with its hash. Space ticks."
        yield Plain(why, classes="why")
        rows = [Choice(str(i.seq), f"{i.label}  {i.detail}") for i in self._pictures]
        yield Choices(rows, many=True)

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the ways on."""
        yield make_command_button("Go on F8", "go", first=True)
        yield make_command_button("Back", "back")

    def action_back(self) -> None:
        """Leave; nothing is drawn."""
        self.dismiss(None)

    @on(Choices.Chosen)
    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Go on with what is ticked."""
        ticked = self.query_one(Choices).ticked
        self.dismiss(tuple(i.seq for i in self._pictures if str(i.seq) in ticked))

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.action_back()
