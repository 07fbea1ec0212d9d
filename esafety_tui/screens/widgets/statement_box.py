"""A box for a statement: every line begins with how its writer knows it.

Rule: Enter begins a new line with the same mark, F4 changes the mark of the line, and whoever types
``think:`` by hand gets the same. Pasted lines take the mark of the line they are pasted into. It
judges nothing.
"""

from __future__ import annotations

import re
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from esafety_tui.flows.engine.marked_statement import mark_unmarked_lines, parse_statement
from esafety_tui.flows.procedure.model import KnowledgeMark
from esafety_tui.screens.widgets.words_box import WordsBox

LEGEND = "Each line: saw · told (exact words) · did · think. F4 changes it."
_MARK = re.compile(rf"({'|'.join(KnowledgeMark)}): ?", re.IGNORECASE)


class StatementBox(WordsBox):
    """A WordsBox whose lines carry marks; ``exact`` is "" while no line has words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "mark", "saw/told/did/think", key_display="F4"),
    ]

    def __init__(
        self, value: str = "", mark: str = KnowledgeMark.SAW, *, id: str | None = None
    ) -> None:
        super().__init__(value or f"{mark}: ", id=id)
        self._first_mark = str(mark)

    @property
    def exact_text(self) -> str:
        """The statement as typed, "" where there is nothing but marks."""
        text = super().exact_text
        return "" if parse_statement(text) == () else text

    def _find_line_mark(self, row: int) -> str:
        for number in range(row, -1, -1):
            found = _MARK.match(self.document.get_line(number))
            if found:
                return found[1].lower()
        return self._first_mark

    def action_mark(self) -> None:
        """Give the line the next mark: saw, told, did, think, and round again."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        found = _MARK.match(line)
        marks = [str(mark) for mark in KnowledgeMark]
        now = marks.index(self._find_line_mark(row)) if found else -1
        new = f"{marks[(now + 1) % len(marks)]}: "
        old = found.end() if found else 0
        self.replace(new, (row, 0), (row, old))
        self.move_cursor((row, max(column - old, 0) + len(new)))

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            row, _ = self.cursor_location
            self.replace(f"\n{self._find_line_mark(row)}: ", *self.selection)
            self.move_cursor(self.selection.end)
            return
        await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert the pasted lines; each after the first gets the mark of this line."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        raw = event.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        first, *rest = raw.split("\n")
        mark = self._find_line_mark(row)
        own = _MARK.match(first)
        if own and _MARK.fullmatch(before):
            first = first[own.end() :]
            self.replace(f"{own[1].lower()}: ", (row, 0), (row, len(before)))
            self.move_cursor((row, len(f"{own[1]}: ")))
        pieces = [first, *(mark_unmarked_lines(line, mark) for line in rest if line.strip())]
        await super()._on_paste(events.Paste("\n".join(pieces)))
        event.stop()
        event.prevent_default()
