"""Comparing the clock: at the door, at the end, and whenever two like.

Rule: it never stands in the way. Esc writes down that the clock was not compared, and why not is
as quickly said as the time. It sets no clock; what the difference is, the desk says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.guide.clock_check import (
    LEFT_OUT,
    place_at_leaving,
    record_comparison,
    record_no_comparison,
)
from esafety_tui.guide.ports import Act, ActResult
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.screens.acts.act_form import ToldScreen
from esafety_tui.screens.acts.form_line import FormLine, FormLineRow
from esafety_tui.screens.base.frame import (
    Frame,
    ScreenHost,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.widgets.plain_text import Plain

NOWHERE: Mapping[str, str] = {}
"""No incident: the vault's own entries."""
LINES = (
    FormLine("source", "Which clock"),
    FormLine("trusted", "It shows now (UK time)"),
    FormLine("reason", "Or: not compared, because"),
)
HOW = (
    "For example the speaking clock, or a clock set by radio. Type the time a few seconds ahead, "
    "like 14:07:30, and press Enter when the clock shows it."
)


class ClockScreen(Frame[ActResult]):
    """Ask what a trusted clock shows. Returns what was told; None: nothing could be written.

    ``must`` False: Esc goes back and writes nothing, as inside Keep. ``place``: values that name
    the incident it belongs to. ``compared``: a time was given, so that there is something to read.
    """

    CONFIRMS_LEAVING = True
    AUTO_FOCUS = "Field"
    HELP = (
        "The difference is written down with how exactly it could be read. No clock is set. "
        "Somebody may ask in years whether this computer's clock was right: this is the answer."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "go", "Write it down", key_display="F8", priority=True),
        Binding("escape", "skip", "Skip", key_display="Esc"),
    ]

    def __init__(self, where: str, *, must: bool, place: Mapping[str, str] = NOWHERE) -> None:
        super().__init__()
        self._place = place
        self._where = where
        self._must = must
        self.compared = False
        self._busy = False

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the question and the three lines."""
        yield Plain("What does a trusted clock show now?", classes="title")
        yield Plain(HOW, classes="quiet told")
        for line in LINES:
            yield FormLineRow(line)

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        words = "Not compared" if self._must else "Back"
        yield make_button_row(
            make_command_button("Write it down  F8", "go", first=True),
            make_command_button(words, "skip"),
        )

    @on(Input.Submitted)
    def _focus_next_field(self) -> None:
        """Enter goes from the clock's name to its time, and on from there."""
        if self.focused is self.query_one("#f-source"):
            self.query_one("#f-trusted").focus()
        else:
            self.action_go()

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Write down the time, or why it was not compared."""
        given = {row.line.name: row.entered_value for row in self.query(FormLineRow)}
        if given["reason"] and not given["trusted"]:
            self._record_comparison(record_no_comparison(given["reason"], self._place))
        elif not (given["source"] and given["trusted"]):
            self.show_problem_line("Say which clock and what it shows, or why it is not compared.")
            self.query_one("#f-trusted" if given["source"] else "#f-source").focus()
        else:
            self._record_comparison(
                record_comparison(given["source"], given["trusted"], self._place)
            )

    @on(Button.Pressed, "#skip")
    def action_skip(self) -> None:
        """Esc: at the door it is written down that it was left out; inside Keep it is back."""
        if self._busy:
            return
        if not self._must:
            self.dismiss(None)
        else:
            self._record_comparison(record_no_comparison(LEFT_OUT, self._place))

    def _record_comparison(self, act: Act) -> None:
        if not self._busy:
            self._busy = True
            self.show_problem_line("")
            self._perform_act(act)

    @work(group="desk", exclusive=True)
    async def _perform_act(self, act: Act) -> None:
        try:
            told = await call_in_thread(self.screen_host.desk.act, act, lambda *_: None)
        except EvidenceError as error:
            self._busy = False
            if act.values.get("reason") == LEFT_OUT:
                # Nobody is held up by a line that could not be written: it is said, and on we go.
                await self.screen_host.show_trouble(error)
                self.dismiss(None)
            else:
                self.show_desk_error(error)
        else:
            self.compared = act.name == "clock"
            self.dismiss(told)


async def ask_clock_comparison(shell: ScreenHost, where: str, inc: str = "") -> None:
    """Ask once at the door or at the end, and show what a comparison came to.

    ``inc``: the incident that is left, if one is at work.
    """
    await _ask_and_show_result(
        shell, where, ClockScreen(where, must=True, place=place_at_leaving(inc))
    )


async def compare_clock(shell: ScreenHost) -> None:
    """Compare the clock when the officers like to."""
    where = "Keep · the clock"
    await _ask_and_show_result(shell, where, ClockScreen(where, must=False))


async def compare_incident_clock(shell: ScreenHost, inc: str, reference: str) -> None:
    """Compare the clock for an incident: what comes of it is written there."""
    where = f"{reference} · the clock"
    await _ask_and_show_result(shell, where, ClockScreen(where, must=False, place={"inc": inc}))


async def _ask_and_show_result(shell: ScreenHost, where: str, screen: ClockScreen) -> None:
    told = await shell.ask_screen(screen)
    if told is not None and screen.compared:
        await shell.ask_screen(ToldScreen(where, "Written down.", told))
