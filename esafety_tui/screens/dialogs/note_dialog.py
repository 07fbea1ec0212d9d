"""Two dialogs for words: a note, and why an answer is changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.flows.engine.checks import check_text
from esafety_tui.flows.engine.marked_statement import check_statement
from esafety_tui.flows.procedure.model import KnowledgeMark, Problem
from esafety_tui.guide.ports import UnsentText
from esafety_tui.screens.base.frame import Dialog, make_button_row, make_command_button
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.statement_box import LEGEND, StatementBox
from esafety_tui.screens.widgets.words_box import WordsBox

NOTE = (
    "Write down words",
    "They are sealed with the time. Words are always possible, also when frozen. An address you "
    "already know may stand here; it is never opened.",
)
REASON = (
    "Why is this answer changed?",
    "The old answer is kept, with your reason beside it.",
)

MOVED = (
    "Why does the work go on at this computer?",
    "It began at another one. Both of you confirm this step again here; the reason is kept.",
)


class AskWords(Dialog[str]):
    """Ask for words; None for back. ``words`` are title and what is good to know.

    ``draft`` is what stood in the box when it was left, for the next time; ``place`` where it
    belongs while it is not sealed, "" where its loss would not matter.
    """

    AUTO_FOCUS = "WordsBox"
    _changed = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
        Binding("f8", "write", "Write it down", key_display="F8", priority=True),
    ]

    def __init__(
        self,
        words: tuple[str, str],
        draft: str = "",
        go: str = "Write it down",
        *,
        statement: bool = False,
        place: str = "",
    ) -> None:
        super().__init__()
        self._place, self._first = place, draft
        self._words = words
        self._go = go
        self._statement = statement
        self.draft = draft
        self.set_class(statement, "-statement")

    def on_mount(self) -> None:
        """Writing carries on at the end of what is there."""
        box = self.query_one(WordsBox)
        box.move_cursor(box.document.end)

    def compose_body(self) -> Iterable[Widget]:
        """Yield title, words and the box."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1], classes="quiet")
        if self._statement:
            yield Plain(LEGEND, classes="quiet")
        yield (
            StatementBox(self.draft, KnowledgeMark.TOLD)
            if self._statement
            else WordsBox(self.draft)
        )

    def list_unsent_text(self) -> Iterable[UnsentText]:
        """Yield what stands in the box, once it is not what was found there."""
        text = self.query_one(WordsBox).exact_text
        if self._place and (text != self._first or self._changed):
            self._changed = True
            yield UnsentText(self._place, {"text": text}, "text")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the two ways on."""
        yield make_button_row(
            make_command_button(f"{self._go}  F8", "write", first=True),
            make_command_button("Back", "back"),
        )

    def action_back(self) -> None:
        """Leave; nothing is written, and what was typed stays in ``draft``."""
        self.draft = self.query_one(WordsBox).exact_text
        self.dismiss(None)

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Return the words if they will do."""
        box = self.query_one(WordsBox)
        checked = (check_statement if self._statement else check_text)(box.exact_text)
        if isinstance(checked, Problem):
            self.show_problem_line(checked.text)
            box.focus()
        else:
            self.dismiss(checked)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.action_back()
