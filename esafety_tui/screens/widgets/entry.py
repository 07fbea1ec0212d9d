"""One field of a step: its label and the control that suits it.

Rule: a name, a time, an address or a number is one line; text may be several, and a statement has
a mark before each; a few fixed texts are picked. It gives back what was typed and judges nothing.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from esafety_tui.flows.procedure.model import FieldCheck, StepField
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.field import Field as Line
from esafety_tui.screens.widgets.pick import Pick
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.statement_box import LEGEND, StatementBox
from esafety_tui.screens.widgets.words_box import WordsBox

BESIDE = 38
"""Labels up to this many cells stand beside a line; longer ones above it."""


class Entry(Vertical):
    """A label and a control; ``value`` is the text, "" where nothing was typed or picked."""

    def __init__(self, field: StepField, value: str = "") -> None:
        super().__init__(classes="entry")
        self.field = field
        self._first = value

    def compose(self) -> ComposeResult:
        words = self.field.label if self.field.required else f"{self.field.label} (optional)"
        control = self._make_control()
        if not isinstance(control, WordsBox) and len(words) <= BESIDE:
            with Horizontal(classes="entry-line"):
                yield Plain(words, classes="entry-beside")
                yield control
        else:
            yield Plain(words, classes="entry-above")
            if isinstance(control, StatementBox):
                yield Plain(LEGEND, classes="quiet")
            yield control

    def _make_control(self) -> Widget:
        id, field = f"f-{self.field.name}", self.field
        if field.choices:
            at = field.choices.index(self._first) if self._first in field.choices else None
            return Pick(tuple(Choice(text, text) for text in field.choices), at=at, id=id)
        if field.check is FieldCheck.STATEMENT:
            return StatementBox(self._first, field.mark, id=id)
        if field.check is FieldCheck.TEXT:
            return WordsBox(self._first, id=id)
        return Line(self._first, id=id)

    @property
    def focus_control(self) -> Widget:
        """What takes the focus."""
        return self.query_one(f"#f-{self.field.name}")

    @property
    def is_changed(self) -> bool:
        """Whether something else stands here than was found; not before it is drawn."""
        return (
            bool(self.query(f"#f-{self.field.name}")) and self.entered_value != self._first.strip()
        )

    @property
    def entered_value(self) -> str:
        """The exact text typed, pasted or picked."""
        control = self.focus_control
        if isinstance(control, Pick):
            return control.picked_id or ""
        if isinstance(control, WordsBox | Line):
            return control.exact_text.strip()
        return ""
