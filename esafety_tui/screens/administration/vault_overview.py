"""Keeping the vault: what can be done, and how each of it stands.

Rule: one officer alone sees only what one may do. What is asked for stands above the list. It
only leads there and back; the screens of each area do the asking and the desk decides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.guide.ports import DeskState, Receipt
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.keeping import VaultOverview
from esafety_tui.screens.acts import clock_check
from esafety_tui.screens.administration import (
    backup_and_head,
    contacts_and_keys,
    officers_and_keys,
    retention_reviews,
    school_policy,
)
from esafety_tui.screens.base.frame import (
    Frame,
    ScreenHost,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.widgets.badge import format_identity
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain

ALONE = ("copy", "head", "clock", "passphrase", "move")
"""What one officer alone may do."""


def _count_of(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def shorten_backup_status(sentence: str) -> str:
    """Return the first sentence about the second copy, shorter; the rest is said elsewhere."""
    first = sentence.partition(". ")[0].rstrip(".")
    return first.removeprefix("Second copy: ")


def list_vault_tasks(view: VaultOverview, *, alone: bool) -> tuple[Choice, ...]:
    """Return what can be done and how it stands, for two officers or for one ``alone``."""
    officers = sum(p.present and p.kind == "officer" for p in view.people)
    unknown = sum(not value for _, _, value in view.contacts)
    over, held = sum(row.over for row in view.due), sum(row.held for row in view.due)
    here_too = "this one is" if view.designated else "this one is not"
    rows = (
        Choice("copy", "Make a second copy", shorten_backup_status(view.second_copy)),
        Choice("people", "Officers and keys", _count_of(officers, "officer")),
        Choice("rehearse", "Rehearse the paper keys", "due" if view.rehearsal_due else "not due"),
        Choice("contacts", "Whom to call", f"{unknown} not known" if unknown else "all known"),
        Choice("machines", "Computers", f"{len(view.machines)} designated, {here_too}"),
        Choice("reviews", "Reviews: keep or destroy", f"{over} due, {held} held"),
        Choice("head", "Compare a printed head", "is the history still the same?"),
        Choice("clock", "Compare the clock", "with one you trust"),
        Choice("passphrase", "My passphrase", "change it"),
        Choice("move", "My key file", "move it to a stick"),
        Choice("policy", "Your policy", "confirm it, or adopt another"),
    )
    return tuple(row for row in rows if not alone or row.id in ALONE)


class KeepScreen(Frame[str]):
    """Choose what to do to keep the vault. Returns its id, None for back."""

    AUTO_FOCUS = "Choices"
    HELP = (
        "Keep the vault so that it still opens in thirty years: a second copy, keys that are "
        "tried once a term, people who join and leave, and what is kept or destroyed.\n"
        "One officer alone can copy it, compare, and look after their own key."
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def __init__(self, state: DeskState, view: VaultOverview, at: int = 0) -> None:
        super().__init__()
        self._state = state
        self._view = view
        self._at = at

    def strip_texts(self) -> tuple[str, str]:
        """Show officers and computer."""
        state = self._state
        return format_identity("", state.present, state.machine, state.machine_ok), ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield what is asked for and the list."""
        yield Plain("Keeping the vault", classes="title")
        _, _, gap = self._view.second_copy.partition(". ")
        for note in (*self._view.notes, gap):
            if note:
                yield Plain(f"⚠ {note}", classes="asks")
        yield Choices(list_vault_tasks(self._view, alone=self._state.words_only), at=self._at)

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the way back."""
        yield make_button_row(make_command_button("Back to the incidents", "back"))

    def last_receipt(self) -> tuple[Receipt | None, str] | None:
        """Show the last sealed record."""
        return self._state.last, ""

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Leave for the list of incidents."""
        self.dismiss(None)

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        self.dismiss(event.choice.id)


Area = Callable[[ScreenHost], Awaitable[object]]
AREAS: dict[str, Area] = {
    "copy": backup_and_head.make_backup,
    "people": officers_and_keys.manage_officers,
    "rehearse": officers_and_keys.rehearse_paper_keys,
    "contacts": contacts_and_keys.change_contacts,
    "policy": school_policy.manage_policy,
    "machines": contacts_and_keys.manage_computers,
    "reviews": retention_reviews.manage_reviews,
    "head": backup_and_head.compare_printed_head,
    "clock": clock_check.compare_clock,
    "passphrase": contacts_and_keys.change_passphrase,
    "move": contacts_and_keys.move_key_file,
}


async def maintain_vault(shell: ScreenHost) -> None:
    """Lead through keeping the vault until it is left for the list of incidents."""
    at = 0
    while True:
        state = await call_in_thread(shell.desk.state)
        if state.session == "closed":  # what was done there ended it
            return
        view = await call_in_thread(shell.desk.keeping)
        rows = [row.id for row in list_vault_tasks(view, alone=state.words_only)]
        what = await shell.ask_screen(KeepScreen(state, view, at))
        if what is None:
            return
        at = rows.index(what)
        try:
            await AREAS[what](shell)
        except EvidenceError as error:
            await shell.show_trouble(error)
