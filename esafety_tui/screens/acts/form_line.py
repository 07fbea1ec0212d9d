"""One line of a form made from data: its label, and the control that suits it.

It holds and gives back what was typed; secrets are dots and leave it only once, through ``take``.
A paper key's line is long and may be pasted in several rows: they are joined, blanks and all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import Frame
from esafety_tui.screens.dialogs.field_form import Check, accept_any_text
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.pick import Pick
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.secret import SecretInput
from esafety_tui.screens.widgets.words_box import WordsBox

T = TypeVar("T")
Sort: TypeAlias = Literal["text", "folder", "second", "words", "pick", "secret", "paper", "pass"]
"""What a line holds.

``folder`` and ``second`` are paths, ``words`` several rows, ``pick`` one of a few, ``secret`` one
secret, ``paper`` a line of a paper key, ``pass`` the passphrase of the officer it is named after.
"""
SECRET: tuple[Sort, ...] = ("secret", "paper", "pass")
BESIDE = 32
"""Labels up to this many cells stand beside the control, longer ones above it."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a form. ``check`` says what to do where the text will not do."""

    name: str
    label: str
    sort: Sort = "text"
    check: Check = accept_any_text
    value: str = ""
    choices: tuple[Choice, ...] = ()


class PaperInput(SecretInput):
    """A field for one line of a paper key."""

    def _on_paste(self, event: events.Paste) -> None:
        """Take everything: the sheet breaks a long line where its column ends."""
        event.stop()
        event.prevent_default()
        self.replace("".join(event.text.split()), *self.selection)


class FormLineRow(Vertical):
    """A label with its control."""

    def __init__(self, line: FormLine) -> None:
        super().__init__(classes="row")
        self.line = line
        beside = len(line.label) <= BESIDE and line.sort != "words"
        self.set_class(beside, "-beside")
        self.control = self._make_control()

    def _make_control(self) -> Widget:
        line, id = self.line, f"f-{self.line.name}"
        if line.sort == "pick":
            ids = [c.id for c in line.choices]
            at = ids.index(line.value) if line.value in ids else None
            return Pick(line.choices, at=at, id=id)
        if line.sort == "words":
            return WordsBox(line.value, id=id)
        if line.sort == "paper":
            return PaperInput(id=id)
        return SecretInput(id=id) if line.sort in SECRET else Field(line.value, id=id)

    def compose(self) -> ComposeResult:
        yield Plain(self.line.label, classes="row-label")
        yield self.control

    @property
    def entered_value(self) -> str:
        """What was typed or picked; "" for a secret."""
        if isinstance(self.control, Pick):
            return self.control.picked_id or ""
        if isinstance(self.control, Field | WordsBox):
            return self.control.exact_text.strip()
        return ""

    def find_line_problem(self) -> str | None:
        """Return what to do where this line will not do, else None."""
        if isinstance(self.control, SecretInput):
            return None if self.control.value.strip() else "please fill this in."
        if isinstance(self.control, Pick) and not self.entered_value:
            return "choose one, with the arrows or a number."
        return self.line.check(self.entered_value)

    def take_secret(self) -> str:
        """Return the secret and empty the field; "" for a line that holds none."""
        return self.control.take_secret() if isinstance(self.control, SecretInput) else ""


class LinesFrame(Frame[T]):
    """A screen of such lines: Enter leads from line to line, Esc back while nothing is done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Next", key_display="Enter"),
        Binding("escape", "back", "Back", key_display="Esc"),
    ]
    busy = False

    def action_go(self) -> None:
        """Do what the screen is for; Enter on the last line calls it."""
        raise NotImplementedError

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Leave; nothing is done."""
        if not self.busy:
            self.dismiss(None)

    @on(Button.Pressed, "#go")
    def _submit_lines(self) -> None:
        self.action_go()

    @on(Input.Submitted)
    def action_forward(self) -> None:
        """Enter goes to the next line, and on from the last."""
        order = [row.control for row in self.query(FormLineRow)]
        at = order.index(self.focused) if self.focused in order else len(order)
        if isinstance(self.focused, Pick) and self.focused.picked_id is None:
            self.show_problem_line(
                "Choose one first, with the arrows or a number; then press Enter."
            )
        elif at + 1 < len(order):
            self.show_problem_line("")
            order[at + 1].focus()
        else:
            self.action_go()

    def check_every_line(self) -> bool:
        """Whether every line will do; else say which will not, and go there."""
        for row in self.query(FormLineRow):
            advice = row.find_line_problem()
            if advice is not None:
                self.show_problem_line(f"{row.line.label}: {advice}")
                row.control.focus()
                return False
        self.show_problem_line("")
        return True

    async def show_refusal(self, error: EvidenceError) -> None:
        """Let typing go on at the first secret, which is empty, and say why it was refused."""
        self.busy = False
        self.query_one("#busy", Plain).show_text("")
        # Before the dialog, so that the first key after it goes where it is meant to.
        secret = next((r for r in self.query(FormLineRow) if r.line.sort in SECRET), None)
        (secret or self.query(FormLineRow).first()).control.focus()
        await self.screen_host.show_trouble(error)
