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
from esafety_tui.screens.base.frame import Frame, Shell, command, commands, in_thread
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

    def strip(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def body(self) -> Iterable[Widget]:
        """Yield the words and the three ways."""
        yield Plain(f"{self._name}: only you should see this screen.", classes="title")
        yield Plain("Your passphrase, five words, one space between two words:")
        yield Plain(self._words, id="words")
        yield Plain("It is shown this once. Nobody can look it up for you.", classes="quiet")
        yield Choices(WAYS)

    def foot(self) -> Iterable[Widget]:
        """Yield the way back."""
        yield commands(command("Back", "back"))

    @on(Choices.Chosen)
    def _chosen(self, event: Choices.Chosen) -> None:
        if event.choice.id == "other":
            self._other()
        else:
            self.dismiss(self._words if event.choice.id == "use" else "")

    @work(group="words", exclusive=True)
    async def _other(self) -> None:
        try:
            self._words = await in_thread(self.shell.desk.generate_passphrase)
        except EvidenceError as error:
            self.trouble(error)
        else:
            self.query_one("#words", Plain).say(self._words)

    def action_back(self) -> None:
        """Leave without a passphrase."""
        self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)


class RetypeScreen(Frame[str]):
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

    def strip(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def body(self) -> Iterable[Widget]:
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

    def foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield commands(command("Go on", "go", first=True), command("Back", "back"))

    @on(Input.Submitted, "#own")
    def _next(self) -> None:
        self.query_one("#again").focus()

    @on(Input.Submitted, "#again")
    @on(Button.Pressed, "#go")
    def _check(self) -> None:
        if self._judging:
            return  # Enter twice: the fields are empty, and what was typed is being judged
        typed = [field.take() for field in self.query(SecretInput)]
        wanted = self._expected or typed[0]
        if typed[-1] != wanted:
            self.problem("That is not the same. Type it once more, slowly.")
            self.query(SecretInput).first().focus()
        elif self._expected:
            self.dismiss(wanted)
        else:
            self._judging = True
            self._judge(wanted)

    @work(group="judge", exclusive=True)
    async def _judge(self, wanted: str) -> None:
        try:
            advice = await in_thread(self.shell.desk.judge_passphrase, wanted)
        except EvidenceError as error:
            self.trouble(error)
            return
        finally:
            self._judging = False
        if advice is None:
            self.dismiss(wanted)
        else:
            self.problem(advice)
            self.query_one("#own").focus()

    def action_back(self) -> None:
        """Leave without a passphrase."""
        self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)


async def choose_passphrase(shell: Shell, where: str, name: str) -> str | None:
    """Ask for a new passphrase until it was typed again; None: back."""
    while True:
        generated = await in_thread(shell.desk.generate_passphrase)
        chosen = await shell.ask(WordsScreen(where, name, generated))
        if chosen is None:
            return None
        typed = await shell.ask(RetypeScreen(where, name, chosen))
        if typed is not None:
            return typed
