"""A few fields on one screen, checked when the officer goes on, never while typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.screens.base.frame import Frame, make_button_row, make_command_button
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.plain_text import Plain

Check: TypeAlias = Callable[[str], str | None]
"""Return a sentence that says what to do, or None when the text will do."""


def accept_any_text(_text: str) -> str | None:
    """Accept everything."""
    return None


@dataclass(frozen=True, slots=True)
class FormField:
    """One field to fill: ``hint`` stands beside the label."""

    name: str
    label: str
    hint: str = ""
    check: Check = accept_any_text
    value: str = ""


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """What came back: the values by name, or ``other`` when the second way was taken."""

    values: Mapping[str, str]
    other: bool = False


class FormScreen(Frame[FormAnswers]):
    """Ask for up to four lines; None for back. ``other`` names a second way on, if any."""

    AUTO_FOCUS = "Field"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def __init__(
        self,
        where: str,
        title: str,
        blanks: Sequence[FormField],
        *,
        intro: str = "",
        other: str = "",
    ) -> None:
        super().__init__()
        self._where = where
        self._title_line = title
        self._blanks = tuple(blanks)
        self._intro = intro
        self._other = other

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield title, intro, and each label with its field."""
        yield Plain(self._title_line, classes="title")
        if self._intro:
            yield Plain(self._intro)
        for blank in self._blanks:
            hint = f"  ({blank.hint})" if blank.hint else ""
            yield Plain(f"{blank.label}{hint}", classes="label")
            yield Field(blank.value, id=f"f-{blank.name}")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        buttons = [make_command_button("Go on", "go", first=True)]
        if self._other:
            buttons.append(make_command_button(self._other, "other"))
        yield make_button_row(*buttons, make_command_button("Back", "back"))

    def action_back(self) -> None:
        """Leave; nothing is kept."""
        self.dismiss(None)

    @on(Input.Submitted)
    def _focus_next_field(self, event: Input.Submitted) -> None:
        """Enter goes to the next field, and on from the last."""
        fields = list(self.query(Field))
        here = fields.index(event.input) if isinstance(event.input, Field) else len(fields)
        if here + 1 < len(fields):
            fields[here + 1].focus()
        else:
            self._submit_form()

    @on(Field.Offered)
    def _insert_pasted_lines(self, event: Field.Offered) -> None:
        self.show_problem_line(
            f"Only the first line was taken; {len(event.lines)} more were left out."
        )

    @on(Button.Pressed, "#go")
    def _submit_form(self) -> None:
        values: dict[str, str] = {}
        for blank in self._blanks:
            field = self.query_one(f"#f-{blank.name}", Field)
            values[blank.name] = field.value.strip()
            advice = blank.check(values[blank.name])
            if advice is not None:
                self.show_problem_line(f"{blank.label}: {advice}")
                field.focus()
                return
        self.dismiss(FormAnswers(values))

    @on(Button.Pressed, "#other")
    def _choose_other_path(self) -> None:
        self.dismiss(FormAnswers({}, other=True))

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(None)
