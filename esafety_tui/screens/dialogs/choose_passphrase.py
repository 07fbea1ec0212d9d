"""Choosing a passphrase: five generated words by default, or one's own if it is strong.

Rule: the generated words are on screen once, are typed again without them, and are kept nowhere
on this side. Copying from these screens is not possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.frame import (
    Frame,
    ScreenHost,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.secret import SecretInput

WAYS = (
    Choice("use", "I have written these words down: use them"),
    Choice("other", "Show me five other words"),
    Choice("own", "I want to choose my own"),
)


class WordsScreen(Frame[str]):
    """Show five words to ``name``. Returns them, "" for an own choice, None for back."""

    AUTO_FOCUS = "Choices"
    HELP = "Write the words on paper, keep the paper where only you get at it, then learn them."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def __init__(self, where: str, name: str, words: str) -> None:
        super().__init__()
        self._where = where
        self._name = name
        self._words = words

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the words and the three ways."""
        yield Plain(f"{self._name}: only you should see this screen.", classes="title")
        yield Plain("Your passphrase, five words, one space between two words:")
        yield Plain(self._words, id="words")
        yield Plain("It is shown this once. Nobody can look it up for you.", classes="quiet")
        yield Choices(WAYS)

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the way back."""
        yield make_button_row(make_command_button("Back", "back"))

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        if event.choice.id == "other":
            self._generate_other_words()
        else:
            self.dismiss(self._words if event.choice.id == "use" else "")

    @work(group="words", exclusive=True)
    async def _generate_other_words(self) -> None:
        try:
            self._words = await call_in_thread(self.screen_host.desk.generate_passphrase)
        except EvidenceError as error:
            self.show_desk_error(error)
        else:
            self.query_one("#words", Plain).show_text(self._words)

    def action_back(self) -> None:
        """Leave without a passphrase."""
        self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(None)


class RetypePassphraseScreen(Frame[str]):
    """Type it again (``expected``), or choose one's own and repeat it (``expected`` is "")."""

    AUTO_FOCUS = "SecretInput"
    HELP = "Your own passphrase has to be strong: several words that do not belong together."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def __init__(self, where: str, name: str, expected: str) -> None:
        super().__init__()
        self._where = where
        self._name = name
        self._expected = expected
        self._judging = False

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield one field, or two for an own choice."""
        if self._expected:
            yield Plain(f"{self._name}: type your five words from the paper.", classes="title")
            yield SecretInput(id="again")
            return
        yield Plain(f"{self._name}: choose your own passphrase.", classes="title")
        yield Plain("Passphrase", classes="label")
        yield SecretInput(id="own")
        yield Plain("The same again", classes="label")
        yield SecretInput(id="again")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield make_button_row(
            make_command_button("Go on", "go", first=True), make_command_button("Back", "back")
        )

    @on(Input.Submitted, "#own")
    def _focus_next_field(self) -> None:
        self.query_one("#again").focus()

    @on(Input.Submitted, "#again")
    @on(Button.Pressed, "#go")
    def _check_passphrase(self) -> None:
        if self._judging:
            return  # Enter twice: the fields are empty, and what was typed is being judged
        typed = [field.take_secret() for field in self.query(SecretInput)]
        wanted = self._expected or typed[0]
        if typed[-1] != wanted:
            self.show_problem_line("That is not the same. Type it once more, slowly.")
            self.query(SecretInput).first().focus()
        elif self._expected:
            self.dismiss(wanted)
        else:
            self._judging = True
            self._judge_passphrase(wanted)

    @work(group="judge", exclusive=True)
    async def _judge_passphrase(self, wanted: str) -> None:
        try:
            advice = await call_in_thread(self.screen_host.desk.judge_passphrase, wanted)
        except EvidenceError as error:
            self.show_desk_error(error)
            return
        finally:
            self._judging = False
        if advice is None:
            self.dismiss(wanted)
        else:
            self.show_problem_line(advice)
            self.query_one("#own").focus()

    def action_back(self) -> None:
        """Leave without a passphrase."""
        self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(None)


async def choose_passphrase(shell: ScreenHost, where: str, name: str) -> str | None:
    """Ask for a new passphrase until it was typed again; None: back."""
    while True:
        generated = await call_in_thread(shell.desk.generate_passphrase)
        chosen = await shell.ask_screen(WordsScreen(where, name, generated))
        if chosen is None:
            return None
        typed = await shell.ask_screen(RetypePassphraseScreen(where, name, chosen))
        if typed is not None:
            return typed
