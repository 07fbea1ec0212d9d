"""One line on which to pick one of a few: ``◂ A. Bell · Deputy Head ▸``.

Arrows or number keys change it, a click goes on to the next. Nothing is picked at first, so
that nobody signs as somebody else by pressing Enter too early.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.plain_text import neutralise_text


class Pick(Widget, can_focus=True):
    """A one-line chooser; ``picked`` is the id, or None."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "turn(-1)", "Choose", key_display="↑↓"),
        Binding("right,down", "turn(1)", "Choose", show=False),
    ]

    at: reactive[int | None] = reactive(None)

    def __init__(
        self, choices: tuple[Choice, ...], *, at: int | None = None, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.choices = choices
        self.set_reactive(Pick.at, at)

    @property
    def picked_id(self) -> str | None:
        """The id of what is picked, or None."""
        return None if self.at is None else self.choices[self.at].id

    def offer_choices(self, choices: tuple[Choice, ...]) -> None:
        """Offer other choices, the first of them picked."""
        self.choices = choices
        self.at = 0 if choices else None
        self.refresh()

    def render(self) -> Content:
        """Show the pick, or how to pick."""
        if self.at is None:
            return Content(f"▸ choose with ↑↓ or 1-{len(self.choices)}")
        chosen = self.choices[self.at]
        words = " · ".join(w for w in (chosen.words, chosen.more) if w)
        return Content(f"◂ {neutralise_text(words)} ▸")

    def action_turn(self, by: int) -> None:
        """Go ``by`` places on, round the end."""
        if self.choices:
            start = self.at if self.at is not None else (-1 if by > 0 else 0)
            self.at = (start + by) % len(self.choices)

    def on_key(self, event: events.Key) -> None:
        """Number keys pick."""
        if event.character is not None and event.character in "123456789":
            if int(event.character) <= len(self.choices):
                self.at = int(event.character) - 1
            event.stop()

    def on_click(self) -> None:
        """Go on to the next."""
        self.action_turn(1)
