"""A field for several lines of words that grows as it is filled, up to five lines.

Rule: Enter makes a new line and Tab leaves. Pasted text keeps its lines and is shown through
``show``; ``exact`` gives back what was really pasted, because records keep the exact text. It
does not judge what is typed.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from esafety_tui.kernel.visible import show_invisible


class WordsBox(TextArea):
    """A TextArea without borders, line numbers and colours of code."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Next", key_display="Tab"),
    ]

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        shown = show_invisible(value, lines=True)
        super().__init__(shown, soft_wrap=True, tab_behavior="focus", compact=True, id=id)
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.match_cursor_bracket = False
        self._pasted: list[tuple[str, str]] = [(shown, value)]

    def on_mount(self) -> None:
        """Stand at the end of what is there already: that is where one carries on."""
        self.move_cursor(self.document.end)

    @property
    def exact_text(self) -> str:
        """The text as it was typed or pasted, hidden characters and all."""
        text = self.text
        for shown, raw in self._pasted:
            if shown and shown != raw:
                text = text.replace(shown, raw, 1)
        return text

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert the pasted lines, hidden characters made visible."""
        event.stop()
        event.prevent_default()
        raw = event.text.replace("\r\n", "\n").replace("\r", "\n")
        shown = show_invisible(raw, lines=True)
        self._pasted.append((shown, raw))
        self.replace(shown, *self.selection, maintain_selection_offset=False)
        self.move_cursor(self.selection.end)
