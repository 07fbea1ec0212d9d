"""A one-line field that loses nothing on paste.

Rule: pasted text is shown line by line through ``show``; the first line goes into the field and
the others are offered in :class:`Field.Offered`, never dropped silently. ``exact`` gives back
what was really pasted, because records keep the exact text. It does not judge what is typed
(that is ``flows.checks``) and never opens a path or an address.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input

from esafety_tui.kernel.visible import show_invisible


class Field(Input):
    """An Input without borders for words, names, addresses and paths."""

    @dataclass
    class Offered(Message):
        """Several lines were pasted: ``lines`` are those after the first, exact."""

        field: Field
        lines: tuple[str, ...]

        @property
        def control(self) -> Field:
            """The field, so that ``@on`` can select it."""
            return self.field

    def __init__(
        self,
        value: str = "",
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        # Selected text is replaced by the next key: a draft that is shown again must not be.
        super().__init__(
            show_invisible(value), compact=True, id=id, classes=classes, select_on_focus=False
        )
        self.cursor_blink = False
        self._pasted: list[tuple[str, str]] = [(show_invisible(value), value)]

    def on_mount(self) -> None:
        """Show the end of what is there already: that is where one carries on."""
        self.call_after_refresh(self._scroll_to_end)

    def _scroll_to_end(self) -> None:
        # The view follows the cursor only when the cursor moves.
        self.cursor_position = 0
        self.cursor_position = len(self.value)

    @property
    def exact_text(self) -> str:
        """The text as it was typed or pasted, hidden characters and all.

        Where a pasted piece was edited afterwards, the visible form of that piece stays.
        """
        text = self.value
        for shown, raw in self._pasted:
            if shown and shown != raw:
                text = text.replace(shown, raw, 1)
        return text

    def _on_paste(self, event: events.Paste) -> None:
        """Insert the first line; offer the rest."""
        event.stop()
        event.prevent_default()
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if not lines:
            return
        shown = show_invisible(lines[0])
        self._pasted.append((shown, lines[0]))
        self.replace(shown, *self.selection)
        if len(lines) > 1:
            self.post_message(self.Offered(self, tuple(lines[1:])))
