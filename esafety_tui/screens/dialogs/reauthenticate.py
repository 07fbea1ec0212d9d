"""Passphrases again: by one officer to sign, by both to export or release.

Rule: the fields show dots, give nothing to any clipboard and are emptied before the desk is
called, whatever comes of it. A wrong passphrase is said; the other text stays. The verb to run is
handed in, so the passphrases never leave this screen by its value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.guide.ports import OfficerCard, UnsentText
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.base.case_frame import CaseContext, CaseFrame
from esafety_tui.screens.base.frame import make_command_button
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.secret import SecretInput

Call = Callable[[str, Mapping[str, str]], Awaitable[None]]
BUSY = "Checking the passphrase … a few seconds."


class ReauthenticateScreen(CaseFrame[bool]):
    """Ask each of ``officers`` for the passphrase, run ``call``. True: done. None: back.

    ``field`` names a line to fill before, for example the police reference; ``place`` where it
    belongs while it is not sealed, ``before`` what stood there when it was left.
    """

    AUTO_FOCUS = "Field, SecretInput"
    HELP = "What is typed is shown as dots and cannot be copied out of the field."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
    ]

    def __init__(
        self,
        bearings: CaseContext,
        officers: Sequence[OfficerCard],
        title: str,
        note: str,
        call: Call,
        *,
        field: str = "",
        place: str = "",
        before: str = "",
    ) -> None:
        super().__init__(bearings)
        self._place, self._before = place, before
        self._officers = tuple(officers)
        self._words = (title, note)
        self._call = call
        self._field = field
        self._busy = False

    def compose_middle(self) -> Iterable[Widget]:
        """Yield title, note, the line and a passphrase for each officer."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1], classes="why")
        if self._field:
            yield Plain(self._field, classes="label")
            yield Field(self._before, id="line")
        for number, officer in enumerate(self._officers):
            yield Plain(f"{officer.name} · {officer.position} · {officer.asked}", classes="label")
            yield SecretInput(id=f"pass-{number}")
        yield Plain("", id="busy", classes="quiet gap")

    def list_unsent_text(self) -> Iterable[UnsentText]:
        """Yield the line, once there is something new in it; never a passphrase."""
        text = self.query_one("#line", Field).exact_text if self._field else ""
        if self._place and text != self._before:
            yield UnsentText(self._place, {"text": text}, "text")

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the ways on."""
        yield make_command_button("Go on", "go", first=True)
        yield make_command_button("Back", "back")

    def action_back(self) -> None:
        """Leave; nothing is done."""
        if not self._busy:
            self.dismiss(None)

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.action_back()

    @on(Input.Submitted)
    def _focus_next_field(self, event: Input.Submitted) -> None:
        """Enter goes to the next line, and on from the last."""
        order = list(self.query(Input))
        at = order.index(event.input)
        if at + 1 < len(order):
            order[at + 1].focus()
        else:
            self._submit_passphrases()

    @on(Button.Pressed, "#go")
    def _submit_passphrases(self) -> None:
        if self._busy:
            return
        line = self.query_one("#line", Field).exact_text.strip() if self._field else ""
        if self._field and not line:
            self.show_problem_line(f"{self._field}: please fill it in.")
            self.query_one("#line").focus()
            return
        fields = list(self.query(SecretInput))
        empty = next((field for field in fields if not field.value), None)
        if empty is not None:
            self.show_problem_line("Each fills in their own line.")
            empty.focus()
            return
        self._busy = True
        self.show_problem_line("")
        self.query_one("#busy", Plain).show_text(BUSY)
        ids = [officer.id for officer in self._officers]
        self._call_desk(
            line, dict(zip(ids, [field.take_secret() for field in fields], strict=True))
        )

    @work(group="desk", exclusive=True)
    async def _call_desk(self, line: str, passphrases: dict[str, str]) -> None:
        try:
            await self._call(line, passphrases)
        except EvidenceError as error:
            self._busy = False
            self.query_one("#busy", Plain).show_text("")
            self.show_desk_error(error)
            self.query_one("#pass-0").focus()
        else:
            self.dismiss(True)
        finally:
            passphrases.clear()
