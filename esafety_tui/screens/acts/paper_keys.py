"""The door, opened with paper keys: two sheets, or one sheet and an officer.

Rule: what is typed from a sheet is shown as dots and leaves its field only to the desk; the
fields are emptied whatever comes of it. It makes no key and changes none.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import on, work
from textual.widget import Widget
from textual.widgets import Input

from esafety_tui.guide.ports import DeskState, SignInResult
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.acts.form_line import FormLine, FormLineRow, LinesFrame
from esafety_tui.screens.base.frame import (
    ScreenHost,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.widgets.choices import Choice
from esafety_tui.screens.widgets.pick import Pick
from esafety_tui.screens.widgets.plain_text import Plain

WHERE = "Paper keys"
WAYS = (
    Choice("two", "Both sheets", "nobody's passphrase"),
    Choice("one", "One sheet and an officer", "the officer's passphrase"),
)
ABOUT = (
    "The sheets are in the two sealed envelopes. Write on each envelope when and why it was "
    "opened. Afterwards make new paper keys: Keep, Officers and keys."
)
TYPE = "Type each line from the sheet, or read its square code with a scanner."


def list_sheet_lines(count: int) -> tuple[FormLine, ...]:
    """Return the lines of ``count`` sheets, named as the sheets name them."""
    return plan_act("rehearse").lines[: 2 * count]


class PaperScreen(LinesFrame[SignInResult]):
    """Type the sheets' lines and open. ``officers`` are those to pick from; () for two sheets."""

    AUTO_FOCUS = "SecretInput"
    HELP = (
        "Each sheet has two keys: Identity opens, the signing key signs. Capitals and small "
        "letters count in the signing key. What is typed is shown as dots."
    )

    def __init__(self, officers: tuple[Choice, ...]) -> None:
        super().__init__()
        self._officers = officers

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return WHERE, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the lines of the sheets, and officer and passphrase where one signs in."""
        yield Plain("Open the vault with the paper keys.", classes="title")
        yield Plain(TYPE, classes="quiet told")
        for line in list_sheet_lines(1 if self._officers else 2):
            yield FormLineRow(line)
        if self._officers:
            yield FormLineRow(FormLine("officer", "Officer", "pick", choices=self._officers))
            yield FormLineRow(FormLine("words", "Their passphrase", "pass"))
        yield Plain("", id="busy", classes="quiet")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield make_button_row(
            make_command_button("Unlock", "go", first=True), make_command_button("Back", "back")
        )

    @on(Input.Changed)
    def _show_line_length(self, event: Input.Changed) -> None:
        """Say how long the line is: dots alone show no slip."""
        row = event.input.parent
        if isinstance(row, FormLineRow) and row.line.sort == "paper" and not self.busy:
            length = len(event.value)
            text = f"{row.line.label}: {length} characters" if length else ""
            self.query_one("#busy", Plain).show_text(text)

    def action_go(self) -> None:
        """Open, if every line is filled in; else say which is not."""
        if self.busy or not self.check_every_line():
            return
        self.busy = True
        self.query_one("#busy", Plain).show_text(
            "Opening and checking every record … a few seconds."
        )
        officer = next((p.picked_id or "" for p in self.query(Pick)), "")
        self._unlock_with_sheets(
            {r.line.name: r.take_secret() for r in self.query(FormLineRow)}, officer
        )

    @work(group="desk", exclusive=True)
    async def _unlock_with_sheets(self, given: dict[str, str], officer: str) -> None:
        secrets = {n: text for n, text in given.items() if n not in ("officer", "words")}
        words = given.get("words", "")
        given.clear()
        try:
            unlocked = await call_in_thread(
                self.screen_host.desk.unlock_paper, secrets, officer, words
            )
        except EvidenceError as error:
            await self.show_refusal(error)
        else:
            self.dismiss(unlocked)
        finally:
            secrets.clear()


async def recover_with_paper_keys(shell: ScreenHost, state: DeskState) -> SignInResult | None:
    """Ask which sheets there are and open the vault with them; None: back."""
    what = await shell.ask_screen(ChooseScreen(WHERE, "What do you have?", WAYS, after=ABOUT))
    if what is None:
        return None
    officers = tuple(Choice(o.id, o.name, o.position) for o in state.officers)
    return await shell.ask_screen(PaperScreen(officers if what == "one" else ()))
