"""One act of keeping the vault on one screen, and what was told when it is done.

Rule: what will happen stands above the passphrases of those who agree to it. Secrets are emptied
before the desk is called, whatever comes of it; everything else stays where it was typed. The
desk decides; what it refuses is shown as it says it. Nothing is done before "go".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from esafety_tui.guide.ports import Act, ActResult
from esafety_tui.guide.shared_text import NOTHING_DONE, WAS_STOPPED
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.acts.act_plan import ActPlan
from esafety_tui.screens.acts.form_line import SECRET, FormLineRow, LinesFrame
from esafety_tui.screens.base.frame import (
    ScreenHost,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.dialogs.folder_question import expand_path
from esafety_tui.screens.dialogs.progress import WorkingScreen
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.widgets.chain_strip import format_last_entry
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.words_box import WordsBox

BUSY = "Working … this can take a few seconds."


def complete_act(plan: ActPlan, rows: Iterable[FormLineRow]) -> Act:
    """Return what was filled in; the secret fields are empty afterwards."""
    values, secrets, passphrases = dict(plan.values), dict(plan.secrets), dict[str, str]()
    paths = {"folder": "", "second": ""}
    for row in rows:
        line = row.line
        if line.sort == "pass":
            passphrases[line.name] = row.take_secret()
        elif line.sort in SECRET:
            secrets[line.name] = row.take_secret()
        elif line.sort in paths:
            paths[line.sort] = row.entered_value
        else:
            values[line.name] = row.entered_value
    folder, second = (expand_path(text) if text else None for text in paths.values())
    return Act(plan.name, values, passphrases, secrets, folder, second)


class ActScreen(LinesFrame[ActResult]):
    """Fill ``plan`` in and do it. Returns what was told, None for back."""

    AUTO_FOCUS = "Field, Pick, WordsBox, SecretInput"
    HELP = (
        "Read what will happen, fill in the lines, and go on with F8 or with Enter on the last "
        "line. Each officer types their own passphrase; it is shown as dots."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "go", "Do it", key_display="F8", priority=True),
    ]

    def __init__(self, where: str, plan: ActPlan) -> None:
        super().__init__()
        self._where = where
        self._plan = plan

    def on_mount(self) -> None:
        """The title stays in view above a long list of lines."""
        self.call_after_refresh(self.query_one("#body").scroll_home, animate=False)

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield title, what will happen, and the lines."""
        yield Plain(self._plan.title, classes="title")
        for sentence in self._plan.happens:
            with Horizontal(classes="happens"):
                yield Plain("·", classes="dot")
                yield Plain(sentence)
        with Vertical(id="lines"):
            for line in self._plan.lines:
                yield FormLineRow(line)
        yield Plain("", id="busy", classes="quiet")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        go = make_command_button(f"{self._plan.go}  F8", "go", first=True)
        yield make_button_row(go, make_command_button("Back", "back"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter makes a new line where words are written: no Next is promised for it there."""
        del parameters
        return action != "forward" or not isinstance(self.focused, WordsBox)

    @on(Field.Offered)
    def _insert_pasted_lines(self, event: Field.Offered) -> None:
        self.show_problem_line(
            f"Only the first line was taken; {len(event.lines)} more were left out."
        )

    def action_go(self) -> None:
        """Do it, if every line will do; else say which will not."""
        if not self.busy and self.check_every_line():
            self.busy = True
            self._submit_act()

    @work(group="desk", exclusive=True)
    async def _submit_act(self) -> None:
        plan = self._plan
        if plan.sure and not await self.screen_host.ask_screen(
            Confirm(*plan.sure, plan.go, "No, go back")
        ):
            self.busy = False
            return
        act = complete_act(plan, self.query(FormLineRow))
        try:
            told = await (
                self._perform_long_act(act) if plan.long else self._perform_short_act(act)
            )
        except EvidenceError as error:
            await self.show_refusal(error)
        else:
            self.dismiss(told)

    async def _perform_short_act(self, act: Act) -> ActResult:
        self.query_one("#busy", Plain).show_text(BUSY)
        return await call_in_thread(self.screen_host.desk.act, act, self._report_progress)

    async def _perform_long_act(self, act: Act) -> ActResult:
        desk, plan = self.screen_host.desk, self._plan
        screen: WorkingScreen[ActResult] = WorkingScreen(
            self._where, plan.title, lambda report: desk.act(act, report), can_stop=True,
            note=plan.long,
        )  # fmt: skip
        outcome = await self.screen_host.ask_screen(screen)
        if outcome is None or outcome.result is None:
            error = outcome.error if outcome is not None else None
            raise error or EvidenceError(WAS_STOPPED, NOTHING_DONE)
        return outcome.result

    def _report_progress(self, what: str, _done: int, _total: int) -> None:
        """Take a report (from the thread) and hand it to the screen."""
        self.call_later(self._show_progress, f"{what} …")

    def _show_progress(self, text: str) -> None:
        if self.is_attached and self.busy:
            self.query_one("#busy", Plain).show_text(text)


class ToldScreen(TextPageScreen):
    """What was done and checked: sentences, what asks for something, and the receipt."""

    def __init__(self, where: str, title: str, told: ActResult) -> None:
        super().__init__(where, f"✓ {title}", told.sentences, "I have read this")
        self._told = told

    def compose_body(self) -> Iterable[Widget]:
        """Yield title, warnings, sentences and receipt."""
        yield Plain(self._title_line, classes="title")
        for warning in self._told.warnings:
            yield Plain(f"⚠ {warning}", classes="bad")
        for sentence in self._told.sentences:
            yield Plain(sentence, classes="told")
        if self._told.receipt is not None:
            yield Plain(format_last_entry(self._told.receipt), classes="quiet told")


async def perform_planned_act(shell: ScreenHost, where: str, plan: ActPlan) -> ActResult | None:
    """Have ``plan`` filled in and done, and show what was told. None: they went back."""
    told = await shell.ask_screen(ActScreen(where, plan))
    if told is not None:
        await shell.ask_screen(ToldScreen(where, plan.done, told))
    return told
