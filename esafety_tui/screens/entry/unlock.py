"""Who opens the vault.

Two officers open the vault; one alone can write words. Passphrases leave their fields only to
the desk. Where it says which of two was wrong, only that one is to be typed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.guide.door_text import ALARM, NOT_FOR_NAMED, say_who_opens
from esafety_tui.kernel.clock import format_uk_time
from esafety_tui.kernel.door import DeskState, SignInResult
from esafety_tui.kernel.errors import EvidenceError, RolledBack, Shortened, WrongPassphrase
from esafety_tui.screens.base.frame import (
    Frame,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.pick import Pick
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.secret import SecretInput

ACCEPT = (
    "Only if this copy was put back on purpose: why do you both accept that entries are missing? "
    "Type the reason, and both passphrases again."
)
PICK = "Pick who you are first, with the arrows or a number; then press Enter."


class UnlockScreen(Frame[SignInResult]):
    """Pick the officers, type the passphrases, open. ``alone`` asks for one officer only."""

    AUTO_FOCUS = "#first"
    HELP = (
        "Pick yourself with the arrows, Tab to your passphrase, then the second officer. "
        "What is typed is shown as dots and cannot be copied out of the field."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Next", key_display="Enter"),
        Binding("escape", "back", "Back", key_display="Esc"),
    ]

    def __init__(
        self, state: DeskState, named: tuple[str, ...] = (), *, alone: bool = False
    ) -> None:
        super().__init__()
        self._state = state
        self._named = named
        self._alone = alone
        self._busy = False

    def strip_texts(self) -> tuple[str, str]:
        """Show school and time."""
        return f"esafety · {self._state.school}", format_uk_time(
            self.screen_host.clock.read_clock().wall
        )

    def compose_body(self) -> Iterable[Widget]:
        """Yield a pick and a passphrase for each officer."""
        who = say_who_opens(alone=self._alone)
        yield Plain(who, classes="title")
        if self._named:
            yield Plain(NOT_FOR_NAMED, classes="quiet")
        yield from self._make_officer_fields("first", "You" if self._alone else "First officer")
        if not self._alone:
            yield from self._make_officer_fields("second", "Second officer")
        reason = Field(id="accept")
        label = Plain(ACCEPT, id="accept-label", classes="label")
        label.display = reason.display = False  # asked only after the alarm it answers
        yield label
        yield reason

    def _make_officer_fields(self, id: str, label: str) -> Iterable[Widget]:
        cards = tuple(
            Choice(o.id, o.name, "named in this incident" if o.id in self._named else o.position)
            for o in self._state.officers
        )
        before = self.screen_host.picked[id == "second" :][:1]
        at = next((n for n, card in enumerate(cards) if card.id in before), None)
        yield Plain(label, classes="label")
        yield Pick(cards, id=id, at=at)
        yield Plain("passphrase", classes="quiet")
        yield SecretInput(id=f"{id}-pass")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield make_button_row(
            make_command_button("Unlock", "go", first=True), make_command_button("Back", "back")
        )

    def action_back(self) -> None:
        """Leave the door shut; while it is being opened there is no way back."""
        if not self._busy:
            self.screen_host.picked = tuple(pick.picked_id or "" for pick in self.query(Pick))
            self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.action_back()

    @on(Input.Submitted)
    def action_forward(self) -> None:
        """Enter goes to the next field, and on from the last."""
        order = ["#first", "#first-pass"] + ([] if self._alone else ["#second", "#second-pass"])
        order += ["#accept"] if self.query_one("#accept").display else []
        ids = [f"#{self.focused.id}"] if self.focused is not None else []
        at = order.index(ids[0]) if ids and ids[0] in order else len(order)
        if isinstance(self.focused, Pick) and self.focused.picked_id is None:
            self.show_problem_line(PICK)
        elif at + 1 < len(order):
            self.show_problem_line("")
            self.query_one(order[at + 1]).focus()
        else:
            self._submit_passphrases()

    @on(Button.Pressed, "#go")
    def _submit_passphrases(self) -> None:
        if self._busy:
            return
        first = self.query_one("#first", Pick).picked_id
        second = None if self._alone else self.query_one("#second", Pick).picked_id
        if first is None or (second is None and not self._alone):
            self.show_problem_line(PICK)
            self.query_one("#first" if first is None else "#second").focus()
            return
        if first == second:
            self.show_problem_line(
                "These are the same officer. The second has to be somebody else."
            )
            self.query_one("#second").focus()
            return
        fields = list(self.query(SecretInput))
        empty = next((field for field in fields if not field.value), None)
        if empty is not None:
            self.show_problem_line("Each types their own passphrase.")
            empty.focus()
            return
        passes = [field.take_secret() for field in fields]
        self._busy = True
        self.show_problem_line("")
        self.query_one(".title", Plain).show_text(
            "Opening and checking every record … a few seconds."
        )
        self._unlock_vault(
            first, second, passes, self.query_one("#accept", Field).exact_text.strip()
        )

    @work(group="desk", exclusive=True)
    async def _unlock_vault(
        self, first: str, second: str | None, passes: list[str], accept: str
    ) -> None:
        second_pass = passes[1] if second is not None else None
        try:
            unlocked = await call_in_thread(
                self.screen_host.desk.unlock, first, passes[0], second, second_pass, self._named,
                accept,
            )  # fmt: skip
        except EvidenceError as error:
            self._busy = False
            self.query_one(".title", Plain).show_text("The vault is still locked.")
            self._ask_to_accept(isinstance(error, Shortened))
            if isinstance(error, RolledBack):  # an alarm is longer than the line for problems
                self.show_problem_line(ALARM)
                await self.screen_host.show_trouble(error)
            else:
                self.show_desk_error(error)
            self._clear_wrong_passphrase(passes, error)
        else:
            self.screen_host.picked = ()
            self.dismiss(unlocked)

    def _clear_wrong_passphrase(self, passes: list[str], error: EvidenceError) -> None:
        """Only a passphrase that was wrong is to be typed again, where the desk knows which."""
        wrong = error.which if isinstance(error, WrongPassphrase) else 0
        fields = list(self.query(SecretInput))
        for number, (field, typed) in enumerate(zip(fields, passes, strict=True), 1):
            field.value = typed if wrong and number != wrong else ""
        fields[max(wrong, 1) - 1].focus()

    def _ask_to_accept(self, asked: bool) -> None:
        """Show the line for the reason after the alarm that two officers may accept."""
        for name in ("#accept-label", "#accept"):
            self.query_one(name).display = asked
