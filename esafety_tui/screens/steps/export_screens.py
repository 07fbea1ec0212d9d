"""The screens around an export: what it is and what was done before, and the result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.guide import export_step
from esafety_tui.guide.ports import ExportResult
from esafety_tui.guide.result_text import describe_result
from esafety_tui.screens.base.case_frame import CaseContext, CaseFrame, StepFrame, StepRequest
from esafety_tui.screens.base.frame import make_command_button
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain

WAYS = (export_step.WRITE, Choice("go", "Go on without another one"))
CODE = f"Check code. {export_step.CODE_NOTE}"


class ExportScreen(StepFrame):
    """Write a pack, or go on. "item": write one."""

    AUTO_FOCUS = "Choices"

    def __init__(
        self,
        bearings: CaseContext,
        question: str,
        why: str,
        exported: Sequence[str],
        left: str = "",
    ) -> None:
        super().__init__(bearings)
        self._words = (question, why)
        self._exported = tuple(exported)
        self._left = left

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the question, earlier packs and the two ways."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1], classes="why")
        done = [f"✓ exported and read back {when}" for when in self._exported]
        yield Plain("\n".join(done) or "No pack is written yet.", classes="gap")
        if self._left:
            yield Plain(self._left, classes="gap")
        yield Choices(WAYS)

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        if event.choice.id == "go":
            self.action_go()
        else:
            self.dismiss(StepRequest("item", target="write"))


class ExportedScreen(CaseFrame[str]):
    """What was written and read back. "sheet": save the passphrase sheet; None: go on."""

    AUTO_FOCUS = "#go"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "go", "Go on", key_display="Esc"),
    ]

    def __init__(self, bearings: CaseContext, done: ExportResult, saved: str) -> None:
        super().__init__(bearings)
        self._done = done
        self._saved = saved

    def compose_middle(self) -> Iterable[Widget]:
        """Yield path, size, code and passphrase."""
        done = self._done
        megabytes = f"{done.bytes / 1_000_000:.1f} MB"
        yield Plain(f"✓ {export_step.EXPORTED}", classes="title")
        how = export_step.explain_read_back(done.read_back)
        yield Plain(f"{done.path}\n{done.files} files · {megabytes} · {how}")
        for sentence in done.lacks:
            yield Plain(f"⚠ {sentence}", classes="bad")
        yield Plain(done.check_code, classes="code")
        yield Plain(CODE, classes="quiet")
        if done.passphrase:
            yield Plain(export_step.SHOWN_ONCE, classes="label")
            yield Plain(done.passphrase, id="container-passphrase", classes="title")
            yield Plain("Write it down or save the sheet. Tell it by telephone.", classes="quiet")
        if self._saved:
            yield Plain(f"✓ Sheet saved: {self._saved}", classes="gap")

    def list_text_for_pair(self) -> str:
        """The passphrase stands only here."""
        return describe_result("The pack", self._done)

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the sheet and the way on."""
        yield make_command_button("Go on", "go", first=True)
        if self._done.passphrase:
            yield make_command_button("Save the passphrase sheet", "sheet")

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Go on; the passphrase is not shown again."""
        self.dismiss(None)

    @on(Button.Pressed, "#sheet")
    def _request_sheet(self) -> None:
        self.dismiss("sheet")
