"""The last sealed record, always in view: ``Last sealed #14 3fa9 7c01 · 14:07 GMT``.

It shows a receipt it is given; it checks nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esafety_tui.screens.widgets.plain_text import Plain

if TYPE_CHECKING:
    from esafety_tui.guide.ports import Receipt


def format_last_entry(last: Receipt | None) -> str:
    """Return the strip's line: entry number, hash as two groups of four, time if known."""
    if last is None:
        return "Nothing sealed yet"
    head = f" {last.head8[:4]} {last.head8[4:8]}" if last.head8 else ""
    when = f" · {last.at}" if last.at else ""
    return f"Last sealed #{last.seq}{head}{when}"


class ChainStrip(Plain):
    """One line above the footer."""

    def __init__(self, last: Receipt | None = None, after: str = "") -> None:
        super().__init__(self._format_strip(last, after), id="chain")

    @staticmethod
    def _format_strip(last: Receipt | None, after: str) -> str:
        return format_last_entry(last) + (f" · {after}" if after else "")

    def show_sealed_entry(self, last: Receipt | None, after: str = "") -> None:
        """Show ``last`` and a few words after it."""
        self.show_text(self._format_strip(last, after))
