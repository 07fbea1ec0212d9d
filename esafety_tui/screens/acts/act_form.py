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
from esafety_tui.screens.acts.act_plan import Plan
from esafety_tui.screens.acts.form_line import SECRET, LineRow, LinesFrame
from esafety_tui.screens.base.frame import Shell, command, commands, in_thread
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.dialogs.folder_question import as_path
from esafety_tui.screens.dialogs.progress import WorkingScreen
from esafety_tui.screens.dialogs.text_page import ReadScreen
from esafety_tui.screens.widgets.chain_strip import in_words
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.words_box import WordsBox

BUSY = "Working … this can take a few seconds."


def filled_in(plan: Plan, rows: Iterable[LineRow]) -> Act:
    """Return what was filled in; the secret fields are empty afterwards."""
    values, secrets, passphrases = dict(plan.values), dict(plan.secrets), dict[str, str]()
    paths = {"folder": "", "second": ""}
    for row in rows:
        line = row.line
        if line.sort == "pass":
            passphrases[line.name] = row.take()
        elif line.sort in SECRET:
            secrets[line.name] = row.take()
        elif line.sort in paths:
            paths[line.sort] = row.value
        else:
            values[line.name] = row.value
    folder, second = (as_path(text) if text else None for text in paths.values())
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

    def __init__(self, where: str, plan: Plan) -> None:
        super().__init__()
        self._where = where
        self._plan = plan

    def on_mount(self) -> None:
        """The title stays in view above a long list of lines."""
        self.call_after_refresh(self.query_one("#body").scroll_home, animate=False)

    def strip(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def body(self) -> Iterable[Widget]:
        """Yield title, what will happen, and the lines."""
        yield Plain(self._plan.title, classes="title")
        for sentence in self._plan.happens:
            with Horizontal(classes="happens"):
                yield Plain("·", classes="dot")
                yield Plain(sentence)
        with Vertical(id="lines"):
            for line in self._plan.lines:
                yield LineRow(line)
        yield Plain("", id="busy", classes="quiet")

    def foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        go = command(f"{self._plan.go}  F8", "go", first=True)
        yield commands(go, command("Back", "back"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter makes a new line where words are written: no Next is promised for it there."""
        del parameters
        return action != "forward" or not isinstance(self.focused, WordsBox)

    @on(Field.Offered)
    def _offered(self, event: Field.Offered) -> None:
        self.problem(f"Only the first line was taken; {len(event.lines)} more were left out.")

    def action_go(self) -> None:
        """Do it, if every line will do; else say which will not."""
        if not self.busy and self.ready():
            self.busy = True
            self._do()

    @work(group="desk", exclusive=True)
    async def _do(self) -> None:
        plan = self._plan
        if plan.sure and not await self.shell.ask(Confirm(*plan.sure, plan.go, "No, go back")):
            self.busy = False
            return
        act = filled_in(plan, self.query(LineRow))
        try:
            told = await (self._long(act) if plan.long else self._short(act))
        except EvidenceError as error:
            await self.refused(error)
        else:
            self.dismiss(told)

    async def _short(self, act: Act) -> ActResult:
        self.query_one("#busy", Plain).say(BUSY)
        return await in_thread(self.shell.desk.act, act, self._progress)

    async def _long(self, act: Act) -> ActResult:
        desk, plan = self.shell.desk, self._plan
        screen: WorkingScreen[ActResult] = WorkingScreen(
            self._where, plan.title, lambda report: desk.act(act, report), can_stop=True,
            note=plan.long,
        )  # fmt: skip
        outcome = await self.shell.ask(screen)
        if outcome is None or outcome.result is None:
            error = outcome.error if outcome is not None else None
            raise error or EvidenceError(WAS_STOPPED, NOTHING_DONE)
        return outcome.result

    def _progress(self, what: str, _done: int, _total: int) -> None:
        """Take a report (from the thread) and hand it to the screen."""
        self.call_later(self._show, f"{what} …")

    def _show(self, text: str) -> None:
        if self.is_attached and self.busy:
            self.query_one("#busy", Plain).say(text)


class ToldScreen(ReadScreen):
    """What was done and checked: sentences, what asks for something, and the receipt."""

    def __init__(self, where: str, title: str, told: ActResult) -> None:
        super().__init__(where, f"✓ {title}", told.sentences, "I have read this")
        self._told = told

    def body(self) -> Iterable[Widget]:
        """Yield title, warnings, sentences and receipt."""
        yield Plain(self._title_line, classes="title")
        for warning in self._told.warnings:
            yield Plain(f"⚠ {warning}", classes="bad")
        for sentence in self._told.sentences:
            yield Plain(sentence, classes="told")
        if self._told.receipt is not None:
            yield Plain(in_words(self._told.receipt), classes="quiet told")


async def done(shell: Shell, where: str, plan: Plan) -> ActResult | None:
    """Have ``plan`` filled in and done, and show what was told. None: they went back."""
    told = await shell.ask(ActScreen(where, plan))
    if told is not None:
        await shell.ask(ToldScreen(where, plan.done, told))
    return told
