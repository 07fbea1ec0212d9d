"""A list of choices: arrows or number keys move, Enter chooses, words carry the meaning.

Rule: a number key only moves the mark, so that a slip of the finger decides nothing.
With ``many`` the space bar ticks several. It does not know what a choice means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive

from esafety_tui.guide.choice import Choice as Choice
from esafety_tui.screens.widgets.plain_text import Plain


class ChoiceLine(Plain):
    """One choice; clicking it moves the mark (and ticks it, where several may be ticked)."""

    def __init__(self, number: int, choice: Choice) -> None:
        super().__init__("", classes="choice")
        self.number = number
        self.choice = choice

    def draw_choice(self, marked: bool, ticked: bool | None) -> None:
        """Show the line; ``ticked`` is None where only one can be chosen."""
        number = self.number if self.number < 10 else " "
        mark = "▸" if marked else " "
        box = "" if ticked is None else ("[x] " if ticked else "[ ] ")
        indent = 5 + len(box)
        width = max(20, (self.size.width or 70) - indent)
        words, more = self.choice.words, self.choice.more
        if more and cell_len(words) + cell_len(more) + 3 <= width:
            words, more = f"{words}{' ' * (width - cell_len(words) - cell_len(more))}{more}", ""
        lines = wrap(words, width, drop_whitespace=False) or [""]
        lines += wrap(more, width)
        lines[0] = f"{mark} {number}  {box}{lines[0]}"
        self.show_text(f"\n{' ' * indent}".join(lines))
        self.set_class(marked, "-marked")

    def on_click(self) -> None:
        """Move the mark here."""
        if isinstance(self.parent, Choices):
            self.parent.move_mark_to(self.number - 1, tick=True)


class Choices(Vertical, can_focus=True):
    """A focusable list; the first nine lines have a number key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Choose", show=False),
        Binding("down", "move(1)", "Choose", show=False),
        Binding("space", "tick", "Tick", key_display="Space"),
        Binding("enter", "choose", "Go on", key_display="Enter"),
    ]

    at = reactive(0)

    @dataclass
    class Chosen(Message):
        """Enter was pressed on ``choice``; ``ticked`` are the ids ticked (with ``many``)."""

        choices: Choices
        choice: Choice
        ticked: tuple[str, ...]

        @property
        def control(self) -> Choices:
            """The list, so that ``@on`` can select it."""
            return self.choices

    @dataclass
    class Marked(Message):
        """The mark is on ``choice``."""

        choices: Choices
        choice: Choice

        @property
        def control(self) -> Choices:
            """The list, so that ``@on`` can select it."""
            return self.choices

    def __init__(
        self,
        choices: Sequence[Choice],
        *,
        many: bool = False,
        ticked: Sequence[str] = (),
        at: int = 0,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.choices = tuple(choices)
        self.many = many
        self.ticked = set(ticked)
        self._first = (at, frozenset(ticked))
        self.set_reactive(Choices.at, at)

    @property
    def is_changed(self) -> bool:
        """Whether something else is marked or ticked than at first."""
        return (self.at, frozenset(self.ticked)) != self._first

    def compose(self) -> ComposeResult:
        for number, choice in enumerate(self.choices, 1):
            yield ChoiceLine(number, choice)

    async def show_choices(self, choices: Sequence[Choice]) -> None:
        """Replace the list; the mark goes to its top."""
        self.choices = tuple(choices)
        self.set_reactive(Choices.at, 0)
        await self.recompose()
        self._draw_choices()

    def on_mount(self) -> None:
        """Draw the mark once the lines exist."""
        self._draw_choices()
        self._announce_mark()

    def _announce_mark(self) -> None:
        if self.choices:
            self.post_message(self.Marked(self, self.choices[self.at]))

    def on_resize(self) -> None:
        """Wrap the lines anew."""
        self._draw_choices()

    def watch_at(self) -> None:
        """Redraw and keep the mark in view."""
        self._draw_choices()
        self._announce_mark()

    def _draw_choices(self) -> None:
        for index, line in enumerate(self.query(ChoiceLine)):
            ticked = line.choice.id in self.ticked if self.many else None
            line.draw_choice(index == self.at, ticked)
            if index == self.at:
                line.scroll_visible(animate=False)

    def move_mark_to(self, index: int, *, tick: bool = False) -> None:
        """Move the mark to ``index`` (from 0); outside the list nothing happens."""
        if 0 <= index < len(self.choices):
            self.at = index
            if tick:
                self.action_tick()

    def on_key(self, event: events.Key) -> None:
        """Number keys move the mark."""
        if event.character is not None and event.character in "123456789":
            self.move_mark_to(int(event.character) - 1)
            event.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the space bar only where several may be ticked."""
        del parameters
        return action != "tick" or self.many

    def action_move(self, by: int) -> None:
        """Move the mark up or down; it stops at the ends."""
        self.move_mark_to(self.at + by)

    def action_tick(self) -> None:
        """Tick or clear the marked line, where several may be ticked."""
        if self.many:
            self.ticked ^= {self.choices[self.at].id}
            self._draw_choices()

    def action_choose(self) -> None:
        """Say that the marked line is chosen."""
        order = tuple(c.id for c in self.choices if c.id in self.ticked)
        if self.choices:
            self.post_message(self.Chosen(self, self.choices[self.at], order))
