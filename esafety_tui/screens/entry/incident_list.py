"""The register: what is due next, incidents newest first, and the way to a new one.

Rule: what is due comes from the desk's register cards, so that looking here reads no incident. It
is asked for behind the screen and appears above the list, which keeps the focus.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import shorten
from typing import ClassVar, Literal

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import DescendantFocus
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.guide.engine_input import load_profile
from esafety_tui.guide.instruction_source import HOLIDAYS, state_overdue_review
from esafety_tui.guide.lone_officer import join_names
from esafety_tui.guide.ports import DeskState, IncidentSummary, NextDeadline, Receipt
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import (
    Frame,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.widgets.badge import format_identity
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.plain_text import Plain

DUE, LINES = 68, 4
"""Width of a line of what is due, in cells, and how many of them are shown."""


@dataclass(frozen=True, slots=True)
class HomeRequest:
    """What the officers want next; ``inc`` is set for "open"."""

    what: Literal["open", "new", "keep", "out", "second", "leave"]
    inc: str = ""


def format_incident_row(card: IncidentSummary) -> str:
    """Return one register line, columns by words: reference, state, day, category."""
    restricted = "  restricted" if card.restricted else ""
    return f"{card.reference:<15} {card.state:<12} {card.opened:<12} {card.category}{restricted}"


def format_deadline_row(one: NextDeadline) -> str:
    """Return one line of what is due: time, incident, what, how long; what is long is cut short."""
    before, room = f"{one.by:<15} {one.reference} ", DUE - len(one.left) - 1
    what = shorten(one.what, max(room - len(before), 8), placeholder="…")
    return f"{before}{what}".ljust(room) + f" {one.left}"


def describe_lone_session(state: DeskState) -> str:
    """Return what one officer can do, and whose passphrase brings the pair back."""
    if not state.away:
        return "One of you is signed in: words only. For more, sign out, then two sign in."
    names = join_names(state.away)
    return f"One alone can write words. With {names}'s passphrase both are back."


class HomeScreen(Frame[HomeRequest]):
    """Choose an incident, start a new one, or sign out."""

    AUTO_FOCUS = "#incidents, #new"
    HELP = (
        "Enter opens the marked incident where it was left. N starts a new one. / searches.\n"
        f"D goes to what is due next. {HOLIDAYS}\n"
        "K keeps the vault: second copy, officers and keys, reviews. Ctrl+L locks."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New", key_display="N"),
        Binding("k", "keep", "Keep", key_display="K"),
        Binding("slash", "search", "Search", show=False),
        Binding("d", "due", "Due next", show=False),
        Binding("escape", "leave_search", "Back", show=False),
    ]

    def __init__(self, state: DeskState, incidents: tuple[IncidentSummary, ...]) -> None:
        super().__init__()
        self._state = state
        self._incidents = incidents
        self._due: tuple[NextDeadline, ...] = ()

    def strip_texts(self) -> tuple[str, str]:
        """Show officers and computer."""
        state = self._state
        return format_identity("", state.present, state.machine, state.machine_ok), ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the register."""
        yield Plain(f"{self._state.school} · incidents", classes="title")
        if self._state.words_only:
            yield Plain(describe_lone_session(self._state), classes="quiet")
        if not self._incidents:
            yield Plain("None yet. N starts one; so does the button below.", id="none")
        yield Plain("", id="due-title", classes="quiet")
        yield Choices([], id="due")
        search = Field(id="search")
        search.display = False
        yield search
        register = Choices(
            [Choice(c.inc, format_incident_row(c)) for c in self._incidents], id="incidents"
        )
        register.display = bool(self._incidents)
        yield register

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the buttons."""
        yield Plain(self._state.second_copy, id="standing", classes="quiet")
        yield Plain("", id="stale", classes="quiet")
        yield Plain("", id="notes", classes="asks")
        yield make_button_row(
            make_command_button("New incident", "new", first=True),
            make_command_button("Keep", "keep"),
            make_command_button("Lock", "lock"),
            make_command_button("Sign out", "out"),
            *self._compose_officer_choices(),
        )

    def _compose_officer_choices(self) -> Iterable[Button]:
        """Yield how the second officer comes back, or one of two leaves."""
        if self._state.away:
            yield make_command_button("Second officer", "second")
        elif not self._state.words_only:
            yield make_command_button("One leaves", "leave")

    def last_receipt(self) -> tuple[Receipt | None, str] | None:
        """Show the last sealed record."""
        return self._state.last, ""

    def on_mount(self) -> None:
        """Ask what is due, where two can be told, and whether the policy is out of date."""
        self._fetch_policy_notice()
        if not self._state.words_only:
            self._fetch_deadlines()
            self._fetch_waiting_notes()

    @work(group="due", exclusive=True)
    async def _fetch_deadlines(self) -> None:
        try:
            found = await call_in_thread(self.screen_host.desk.due_next)
        except EvidenceError:
            return  # a lock or STOP came between
        if not self.is_attached or not found:
            return
        self._due = found
        self._show_deadline_text()
        await self.query_one("#due", Choices).show_choices(
            [Choice(one.inc, format_deadline_row(one)) for one in found[:LINES]]
        )
        self.set_class(True, "-due")

    @work(group="policy", exclusive=True)
    async def _fetch_policy_notice(self) -> None:
        desk = self.screen_host.desk
        try:
            policy = await call_in_thread(desk.policy)
            profile = await call_in_thread(load_profile, desk, policy.profile)
        except EvidenceError:
            return  # locked meanwhile; a damaged policy is said at the door
        today = self.screen_host.clock.read_clock().wall.astimezone(LONDON).date()
        if self.is_attached:
            self.query_one("#stale", Plain).show_text(state_overdue_review(profile, today))

    @work(group="notes", exclusive=True)
    async def _fetch_waiting_notes(self) -> None:
        try:
            view = await call_in_thread(self.screen_host.desk.keeping)
        except EvidenceError:
            return  # a lock or STOP came between; the list of incidents needs no notes
        if self.is_attached and view.notes:
            # The first sentence only: the whole of it, and the others, stand behind K.
            first, more = view.notes[0].partition(". ")[0].rstrip("."), len(view.notes) - 1
            key = f"(K: {more} more)" if more else "(K)"
            self.query_one("#notes", Plain).show_text(f"⚠ {first}. {key}")

    def action_due(self) -> None:
        """Go to what is due next, if anything is."""
        if self.has_class("-due"):
            self.query_one("#due").focus()

    @on(DescendantFocus, "#due")
    @on(Choices.Marked, "#due")
    def _show_deadline_text(self) -> None:
        """Say how many there are, and the whole of the marked line, which may be cut short."""
        due, many = self.query_one("#due", Choices), len(self._due)
        title = "Due next (D)" + (f", {many - LINES} more" if many > LINES else "")
        whole = f": {self._due[due.at].what}" if due.has_focus and self._due else ""
        self.query_one("#due-title", Plain).show_text(title + whole)

    def action_search(self) -> None:
        """Open the search field."""
        field = self.query_one("#search", Field)
        field.display = True
        field.focus()

    def action_leave_search(self) -> None:
        """Close the search field and show everything."""
        field = self.query_one("#search", Field)
        field.value = ""
        field.display = False
        self.query_one("#incidents").focus()

    @on(Input.Changed, "#search")
    async def _filter_incidents(self, event: Input.Changed) -> None:
        wanted = event.value.casefold()
        found = [
            Choice(c.inc, format_incident_row(c))
            for c in self._incidents
            if wanted in format_incident_row(c).casefold()
        ]
        await self.query_one("#incidents", Choices).show_choices(found)

    @on(Input.Submitted, "#search")
    def _focus_found_incidents(self) -> None:
        self.query_one("#incidents").focus()

    @on(Choices.Chosen)
    def _open_incident(self, event: Choices.Chosen) -> None:
        self.dismiss(HomeRequest("open", event.choice.id))

    @on(Button.Pressed, "#new")
    def action_new(self) -> None:
        """Start a new incident."""
        self.dismiss(HomeRequest("new"))

    @on(Button.Pressed, "#keep")
    def action_keep(self) -> None:
        """Keep the vault."""
        self.dismiss(HomeRequest("keep"))

    @on(Button.Pressed, "#lock")
    def _lock_session(self) -> None:
        self.app.action_lock()  # type: ignore[attr-defined]

    @on(Button.Pressed, "#second")
    def _request_second_officer(self) -> None:
        self.dismiss(HomeRequest("second"))

    @on(Button.Pressed, "#leave")
    def _request_leaving(self) -> None:
        self.dismiss(HomeRequest("leave"))

    @on(Button.Pressed, "#out")
    def _request_sign_out(self) -> None:
        self.dismiss(HomeRequest("out"))
