"""The door: what do you want to do.

It is the first screen of a vault, so it imports no more than it shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from esafety_tui.kernel.clock import format_uk_time
from esafety_tui.screens.base.frame import Frame
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain

if TYPE_CHECKING:
    from esafety_tui.guide.ports import DeskState, Receipt

DOORS = (
    Choice("new", "Something has happened: start a new incident", "two officers"),
    Choice("open", "Open the vault: carry on, look up, sign, export", "two officers"),
    Choice("words", "Write down what happened, in words, on my own", "one officer"),
    Choice("urgent", "Whom to call right now", "nobody has to sign in"),
    Choice("paper", "Paper keys: recover the vault", "sealed envelopes"),
)


class LockedScreen(Frame[str]):
    """The vault is locked: choose a door. Returns its id."""

    STYLED_BY_FRAME = True
    AUTO_FOCUS = "Choices"
    HELP = (
        "Two officers open the vault. One officer alone can write down what happened, "
        "in words, and can always see whom to call (F9). Ctrl+Q leaves the program."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "words", "Words on my own", show=False),
    ]

    def __init__(self, state: DeskState) -> None:
        super().__init__()
        self._state = state

    def strip_texts(self) -> tuple[str, str]:
        """Show school and time."""
        return f"esafety · {self._state.school}", format_uk_time(
            self.screen_host.clock.read_clock().wall
        )

    def compose_body(self) -> Iterable[Widget]:
        """Yield the doors."""
        yield Plain("The evidence vault is locked. What do you want to do?", classes="title")
        yield Choices(DOORS)
        yield Plain("Ctrl+Q leaves the program.", classes="after quiet")

    def last_receipt(self) -> tuple[Receipt | None, str] | None:
        """Show the last sealed record."""
        return self._state.last, self._state.second_copy

    def action_words(self) -> None:
        """W: one officer writes words."""
        self.dismiss("words")

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        if event.choice.id == "urgent":
            self.screen_host.action_urgent()
        else:
            self.dismiss(event.choice.id)
