"""The lock, and coming back: one officer alone, then the second; and one of two leaving.

Rule: nothing of the work is said while it is locked. A passphrase goes to the desk alone, and a
wrong one clears nothing but itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.guide.door_text import WHO_LEAVES, report_alone
from esafety_tui.guide.ports import DeskState, OfficerCard, SignInResult
from esafety_tui.kernel.clock import format_uk_time
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import (
    Frame,
    ScreenHost,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.pick import Pick
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.secret import SecretInput

LOCKED = "Locked. Either of you comes back alone; both of you, and it goes on."
LOCKED_ALONE = "Locked. Your passphrase reopens it."
RIGHTS = "One of you: write words, STOP, who was told. Both: everything as before."
OPENING = "Opening and checking every record … a few seconds."
ONE_IN = "{name} is back. The other passphrase brings everything back where it was."
SECOND = "The second passphrase brings everything back where it was."


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """How the lock was left: everybody back, one alone, or signed out; and what the desk said."""

    how: Literal["both", "alone", "out"]
    told: tuple[SignInResult, ...] = field(default=(), repr=False)


def list_officer_choices(people: Iterable[OfficerCard]) -> tuple[Choice, ...]:
    """Return officers to pick from."""
    return tuple(Choice(o.id, o.name, o.position) for o in people)


class PassphraseScreen(Frame[LockOutcome]):
    """Pick an officer of the session and type the passphrase. Subclasses say what follows."""

    AUTO_FOCUS = "SecretInput"

    def __init__(self, state: DeskState) -> None:
        super().__init__()
        self.state = state
        self._busy = False

    def list_returning_officers(self) -> tuple[OfficerCard, ...]:
        """Return who may come back."""
        return self.state.away

    def compose_passphrase_fields(self) -> Iterable[Widget]:
        """Yield pick and passphrase."""
        yield Pick(
            list_officer_choices(self.list_returning_officers()),
            id="who",
            at=0 if self.list_returning_officers() else None,
        )
        yield Plain("passphrase", classes="label quiet")
        yield SecretInput(id="who-pass")
        yield Plain("", id="busy", classes="after quiet")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _submit_passphrase(self) -> None:
        who = self.query_one("#who", Pick).picked_id
        if who is None or self._busy:
            return
        words = self.query_one(SecretInput).take_secret()
        if not words:
            self.show_problem_line("Type your passphrase first.")
            return
        self._busy = True
        self.show_problem_line("")
        self.query_one("#busy", Plain).show_text(OPENING)
        self._reopen_session(who, words)

    @work(group="desk", exclusive=True)
    async def _reopen_session(self, who: str, passphrase: str) -> None:
        try:
            told = await call_in_thread(self.screen_host.desk.reopen, who, passphrase)
        except EvidenceError as error:
            self._enable_passphrase_field()
            self.show_desk_error(error)
        else:
            self._enable_passphrase_field()
            await self.admit_officer(told)

    def _enable_passphrase_field(self) -> None:
        self._busy = False
        self.query_one("#busy", Plain).show_text("")

    async def admit_officer(self, told: SignInResult) -> None:
        """Go on after somebody has come back."""
        raise NotImplementedError


class LockScreen(PassphraseScreen):
    """The session is locked, its keys are gone. Returns how it was left."""

    HELP = (
        "The lock drops the keys. One passphrase brings back that officer alone: they can write "
        "down words, press STOP and say who was told. The second passphrase brings back the "
        "incident where it was. Signing out needs two officers afterwards."
    )

    def __init__(self, state: DeskState) -> None:
        super().__init__(state)
        self._told: tuple[SignInResult, ...] = ()

    @property
    def is_half_reopened(self) -> bool:
        """Whether one officer is back and the other is still asked for."""
        return bool(self._told)

    def strip_texts(self) -> tuple[str, str]:
        """Show the school only: nothing of the work."""
        return f"esafety · {self.state.school} · locked", ""

    def list_returning_officers(self) -> tuple[OfficerCard, ...]:
        """Return who may come back: who was signed in, and who was awaited already."""
        return tuple(dict.fromkeys((*self.state.present, *self.state.away)))

    def compose_body(self) -> Iterable[Widget]:
        """Yield who is needed for what, and who may come back."""
        pair = len(self.list_returning_officers()) > 1
        yield Plain(LOCKED if pair else LOCKED_ALONE, classes="title")
        yield Plain(RIGHTS if pair else "", id="rights", classes="quiet")
        yield from self.compose_passphrase_fields()

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        alone = make_command_button("Carry on alone", "alone")
        alone.display = False
        yield make_button_row(
            make_command_button("Reopen", "go", first=True),
            alone,
            make_command_button("Sign out", "out"),
        )

    async def admit_officer(self, told: SignInResult) -> None:
        """Ask for the second passphrase, or let one carry on alone."""
        self._told = (*self._told, told)
        if not told.away:
            self.dismiss(LockOutcome("both", self._told))
            return
        self.offer_officers(told.away, ONE_IN.format(name=told.present[0].name), alone=True)

    def relock_session(self) -> None:
        """Ask for either of them again: nobody came for some minutes."""
        self._told = ()
        self.offer_officers(self.list_returning_officers(), LOCKED, alone=False)

    def offer_officers(self, people: Iterable[OfficerCard], title: str, *, alone: bool) -> None:
        """Ask for the passphrase of one of ``people``."""
        self.query_one("#who", Pick).offer_choices(list_officer_choices(people))
        self.query_one(".title", Plain).show_text(title)
        self.query_one("#alone").display = alone
        self.query_one(SecretInput).take_secret()
        self.query_one(SecretInput).focus()

    @on(Button.Pressed, "#alone")
    def _continue_alone(self) -> None:
        if not self._busy:
            self.dismiss(LockOutcome("alone", self._told))

    @on(Button.Pressed, "#out")
    def _sign_out_session(self) -> None:
        if not self._busy:
            self.dismiss(LockOutcome("out"))


class SecondOfficerScreen(PassphraseScreen):
    """The second officer of a locked session comes back beside the first. None: not now."""

    HELP = "What one of you has written meanwhile is kept; both go on where it was locked."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def strip_texts(self) -> tuple[str, str]:
        """Show school and time."""
        return f"esafety · {self.state.school}", format_uk_time(
            self.screen_host.clock.read_clock().wall
        )

    def compose_body(self) -> Iterable[Widget]:
        """Yield who is missing."""
        yield Plain(SECOND, classes="title")
        yield Plain(RIGHTS, id="rights", classes="quiet")
        yield from self.compose_passphrase_fields()

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield make_button_row(
            make_command_button("Go on together", "go", first=True),
            make_command_button("Back", "back"),
        )

    async def admit_officer(self, told: SignInResult) -> None:
        """Both are here."""
        self.dismiss(LockOutcome("both", (told,)))

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Not now; while it is being opened there is no way back."""
        if not self._busy:
            self.dismiss(None)


async def ask_second_officer(shell: ScreenHost, state: DeskState) -> bool:
    """Ask for the second officer of a locked session. True: both are here."""
    end = await shell.ask_screen(SecondOfficerScreen(state))
    if end is None:
        return False
    await report_return(shell, end.told)
    shell.resume = shell.resume or state.place
    return True


async def report_return(
    shell: ScreenHost, told: Iterable[SignInResult], title: str = "While it was locked"
) -> None:
    """Say what the checks found, and what was kept for both."""
    for one in told:
        lines = (*one.warnings, *one.kept)
        if lines:
            read = "Please read this before you go on."
            await shell.ask_screen(TextPageScreen(title, read, lines))


async def ask_who_leaves(shell: ScreenHost, state: DeskState) -> None:
    """Ask which of the two leaves, and let them."""
    if state.words_only or len(state.present) < 2:
        shell.notify("Only one of you is signed in: sign out instead.", markup=False)
        return
    who = await shell.ask_screen(
        ChooseScreen("One of you leaves", WHO_LEAVES, list_officer_choices(state.present))
    )
    if who is not None:
        told = await call_in_thread(shell.desk.leave, who)
        await report_return(shell, (told,), "One of you has left")
        shell.notify(report_alone(told.present[0].name), markup=False)
