"""Text on the screen that is never parsed as mark-up and never reaches the terminal raw.

Rule: whatever a person typed is shown through :func:`esafety_tui.kernel.text.show` and as
``Content``; line breaks are kept. It does not style: classes and TCSS do.
"""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.content import Content
from textual.widgets import Static

from esafety_tui.kernel.visible import show_invisible


def neutralise_text(text: str) -> str:
    """Return ``text`` with each line made harmless, line breaks kept."""
    return show_invisible(text, lines=True)


class Plain(Static):
    """A Static for text from anywhere."""

    ALLOW_SELECT = False

    def __init__(
        self, text: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        self.text = text
        super().__init__(Content(neutralise_text(text)), id=id, classes=classes, markup=False)

    def show_text(self, text: str) -> None:
        """Show ``text`` instead."""
        self.text = text
        self.update(Content(neutralise_text(text)))


def show_notice(app: App[Any], text: str, *, seconds: float = 6.0) -> None:
    """Show ``text`` as a passing notice for ``seconds``."""
    app.notify(neutralise_text(text), markup=False, timeout=seconds)
