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
from esafety_tui.screens.base.frame import Frame, Shell, command, commands, in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import ReadScreen
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
class End:
    """How the lock was left: everybody back, one alone, or signed out; and what the desk said."""

    how: Literal["both", "alone", "out"]
    told: tuple[SignInResult, ...] = field(default=(), repr=False)


def choices(people: Iterable[OfficerCard]) -> tuple[Choice, ...]:
    """Return officers to pick from."""
    return tuple(Choice(o.id, o.name, o.position) for o in people)


class PassScreen(Frame[End]):
    """Pick an officer of the session and type the passphrase. Subclasses say what follows."""

    AUTO_FOCUS = "SecretInput"

    def __init__(self, state: DeskState) -> None:
        super().__init__()
        self.state = state
        self._busy = False

    def people(self) -> tuple[OfficerCard, ...]:
        """Return who may come back."""
        return self.state.away

    def asks(self) -> Iterable[Widget]:
        """Yield pick and passphrase."""
        yield Pick(choices(self.people()), id="who", at=0 if self.people() else None)
        yield Plain("passphrase", classes="label quiet")
        yield SecretInput(id="who-pass")
        yield Plain("", id="busy", classes="after quiet")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _try(self) -> None:
        who = self.query_one("#who", Pick).picked
        if who is None or self._busy:
            return
        words = self.query_one(SecretInput).take()
        if not words:
            self.problem("Type your passphrase first.")
            return
        self._busy = True
        self.problem("")
        self.query_one("#busy", Plain).say(OPENING)
        self._reopen(who, words)

    @work(group="desk", exclusive=True)
    async def _reopen(self, who: str, passphrase: str) -> None:
        try:
            told = await in_thread(self.shell.desk.reopen, who, passphrase)
        except EvidenceError as error:
            self._ready()
            self.trouble(error)
        else:
            self._ready()
            await self.came(told)

    def _ready(self) -> None:
        self._busy = False
        self.query_one("#busy", Plain).say("")

    async def came(self, told: SignInResult) -> None:
        """Go on after somebody has come back."""
        raise NotImplementedError


class LockScreen(PassScreen):
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
    def half_open(self) -> bool:
        """Whether one officer is back and the other is still asked for."""
        return bool(self._told)

    def strip(self) -> tuple[str, str]:
        """Show the school only: nothing of the work."""
        return f"esafety · {self.state.school} · locked", ""

    def people(self) -> tuple[OfficerCard, ...]:
        """Return who may come back: who was signed in, and who was awaited already."""
        return tuple(dict.fromkeys((*self.state.present, *self.state.away)))

    def body(self) -> Iterable[Widget]:
        """Yield who is needed for what, and who may come back."""
        pair = len(self.people()) > 1
        yield Plain(LOCKED if pair else LOCKED_ALONE, classes="title")
        yield Plain(RIGHTS if pair else "", id="rights", classes="quiet")
        yield from self.asks()

    def foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        alone = command("Carry on alone", "alone")
        alone.display = False
        yield commands(command("Reopen", "go", first=True), alone, command("Sign out", "out"))

    async def came(self, told: SignInResult) -> None:
        """Ask for the second passphrase, or let one carry on alone."""
        self._told = (*self._told, told)
        if not told.away:
            self.dismiss(End("both", self._told))
            return
        self.offer(told.away, ONE_IN.format(name=told.present[0].name), alone=True)

    def shut_again(self) -> None:
        """Ask for either of them again: nobody came for some minutes."""
        self._told = ()
        self.offer(self.people(), LOCKED, alone=False)

    def offer(self, people: Iterable[OfficerCard], title: str, *, alone: bool) -> None:
        """Ask for the passphrase of one of ``people``."""
        self.query_one("#who", Pick).offer(choices(people))
        self.query_one(".title", Plain).say(title)
        self.query_one("#alone").display = alone
        self.query_one(SecretInput).take()
        self.query_one(SecretInput).focus()

    @on(Button.Pressed, "#alone")
    def _alone(self) -> None:
        if not self._busy:
            self.dismiss(End("alone", self._told))

    @on(Button.Pressed, "#out")
    def _out(self) -> None:
        if not self._busy:
            self.dismiss(End("out"))


class SecondScreen(PassScreen):
    """The second officer of a locked session comes back beside the first. None: not now."""

    HELP = "What one of you has written meanwhile is kept; both go on where it was locked."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def strip(self) -> tuple[str, str]:
        """Show school and time."""
        return f"esafety · {self.state.school}", format_uk_time(self.shell.clock.read_clock().wall)

    def body(self) -> Iterable[Widget]:
        """Yield who is missing."""
        yield Plain(SECOND, classes="title")
        yield Plain(RIGHTS, id="rights", classes="quiet")
        yield from self.asks()

    def foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield commands(command("Go on together", "go", first=True), command("Back", "back"))

    async def came(self, told: SignInResult) -> None:
        """Both are here."""
        self.dismiss(End("both", (told,)))

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Not now; while it is being opened there is no way back."""
        if not self._busy:
            self.dismiss(None)


async def second(shell: Shell, state: DeskState) -> bool:
    """Ask for the second officer of a locked session. True: both are here."""
    end = await shell.ask(SecondScreen(state))
    if end is None:
        return False
    await say_back(shell, end.told)
    shell.resume = shell.resume or state.place
    return True


async def say_back(
    shell: Shell, told: Iterable[SignInResult], title: str = "While it was locked"
) -> None:
    """Say what the checks found, and what was kept for both."""
    for one in told:
        lines = (*one.warnings, *one.kept)
        if lines:
            read = "Please read this before you go on."
            await shell.ask(ReadScreen(title, read, lines))


async def leave(shell: Shell, state: DeskState) -> None:
    """Ask which of the two leaves, and let them."""
    if state.words_only or len(state.present) < 2:
        shell.notify("Only one of you is signed in: sign out instead.", markup=False)
        return
    who = await shell.ask(ChooseScreen("One of you leaves", WHO_LEAVES, choices(state.present)))
    if who is not None:
        told = await in_thread(shell.desk.leave, who)
        await say_back(shell, (told,), "One of you has left")
        shell.notify(report_alone(told.present[0].name), markup=False)
