"""A field for passphrases.

Rule: what is typed here is shown as dots and cannot be copied, cut or selected out of the field.
It does not judge strength. The value leaves only through ``take()``, which empties the field.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input


class SecretInput(Input):
    """An Input that shows dots and gives nothing to any clipboard."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,super+c,ctrl+insert", "copy", show=False),
        Binding("ctrl+x,shift+delete", "cut", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(password=True, compact=True, id=id, classes=classes)
        self.cursor_blink = False

    def action_copy(self) -> None:
        """Give nothing away."""

    def action_cut(self) -> None:
        """Give nothing away; keep the value."""

    def _on_paste(self, event: events.Paste) -> None:
        """Take the first line that holds anything, without the spaces around it."""
        event.stop()
        event.prevent_default()
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if lines:
            self.replace(lines[0], *self.selection)

    def take_secret(self) -> str:
        """Return the passphrase and empty the field."""
        value = self.value
        self.value = ""
        return value
