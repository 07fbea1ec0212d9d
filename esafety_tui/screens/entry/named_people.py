"""Who is named in it? Asked before a new incident is opened.

Rule: an officer who is named may not open, see or decide this incident. The screen only asks;
the desk refuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.guide.ports import OfficerCard, UnsentText
from esafety_tui.kernel.text import show_invisible
from esafety_tui.screens.base.frame import Frame, NamedPeople, make_button_row, make_command_button
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.plain_text import Plain

PLACE = "words 0"
"""Where names belong that were typed before an incident was opened."""
UNKEPT = "Nothing here is kept yet: no incident is open."


class NamedScreen(Frame[NamedPeople]):
    """Tick the officers who are named, write the other names as words."""

    AUTO_FOCUS = "Choices"
    HELP = (
        "An officer who is accused, reported, or close to somebody who is, does not review it.\n"
        "If the head is named, the chair of governors is told. If you are unsure, tick the name."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
    ]

    def __init__(
        self, officers: tuple[OfficerCard, ...], before: NamedPeople | None = None
    ) -> None:
        super().__init__()
        self._officers = officers
        self._before = before or NamedPeople((), "")

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return "A new incident · before it is opened", ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the officers and the field for the others."""
        yield Plain("Is one of these officers named in it, or close to somebody who is?",
                    classes="title")  # fmt: skip
        rows = [Choice(o.id, o.name, o.position) for o in self._officers]
        yield Choices(rows, many=True, ticked=self._before.officers)
        yield Plain("Space ticks. No tick means: none of them.", classes="quiet")
        yield Plain("Who else is named?  (names as words; leave empty if not known)",
                    classes="label")  # fmt: skip
        yield Field(self._before.others, id="others")
        yield Plain(UNKEPT, classes="quiet")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield make_button_row(
            make_command_button("Go on", "go", first=True), make_command_button("Back", "back")
        )

    def list_unsent_text(self) -> Iterable[UnsentText]:
        """Yield the names: they go along if STOP opens an incident from here."""
        yield UnsentText(PLACE, {"text": self.query_one("#others", Field).exact_text}, "text")

    def action_back(self) -> None:
        """Leave; no incident is opened, and what stands here stays for the next time."""
        self.screen_host.named = self._entered_people()
        self.dismiss(None)

    def _entered_people(self) -> NamedPeople:
        choices = self.query_one(Choices)
        order = tuple(c.id for c in choices.choices if c.id in choices.ticked)
        return NamedPeople(order, self.query_one("#others", Field).exact_text.strip())

    @on(Choices.Chosen)
    def _focus_other_names(self) -> None:
        self.query_one("#others", Field).focus()

    @on(Field.Offered)
    def _join_pasted_names(self, event: Field.Offered) -> None:
        """Several names on several lines are one list of words here."""
        field = event.field
        field.value = "; ".join((field.value, *map(show_invisible, event.lines)))

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _submit_names(self) -> None:
        self.dismiss(self._entered_people())

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.action_back()
