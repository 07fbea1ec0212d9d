"""The smallest Textual app with a field: the peer of the first screen and of a key press."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input, Static


class Minimal(App[None]):
    """One line of text and one field."""

    def compose(self) -> ComposeResult:
        """Lay out the two widgets."""
        yield Static("First run")
        yield Input()


if __name__ == "__main__":
    Minimal().run()
