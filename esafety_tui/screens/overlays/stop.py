"""STOP: shown at once, written down after. Works before, during and after signing in.

Rule: the steps are on screen before anything is asked of the desk. What is written down is said
with its time; while it is not, the screen says so in words and how to try again. Each step done
is sealed by itself. This screen freezes nothing: the desk does, below every screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.flows.procedure.urgent_steps import STOP_STEPS
from esafety_tui.guide import stop_text
from esafety_tui.guide.ports import StopResult, UnsentText
from esafety_tui.guide.shared_text import short_hash
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.unsent import TICK
from esafety_tui.screens.base.frame import (
    Dialog,
    Frame,
    call_in_thread,
    make_button_row,
    make_command_button,
)
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.field import Field
from esafety_tui.screens.widgets.plain_text import Plain

STEPS = (
    *(Choice(step.key, step.text, step.more) for step in STOP_STEPS),
    Choice("here", "The computer it was seen on is this one, here.", "Choose this only if it is."),
)
LABELS = {"reference": "Police reference, if you have one", "told": stop_text.WHO_WAS_TOLD}
ASKED = {step.key: LABELS.get(step.field, step.field) for step in STOP_STEPS if step.field}


class TickNote(Dialog[str]):
    """Ask for the one word that goes with a tick; Enter writes it down, Esc goes back."""

    AUTO_FOCUS = "Field"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", key_display="Esc")]

    def __init__(self, label: str, inc: str, place: str, before: str = "") -> None:
        super().__init__()
        self._label = label
        self.belongs, self._place, self._before = inc, place, before

    def compose_body(self) -> Iterable[Widget]:
        """Yield label and field."""
        yield Plain(self._label, classes="title")
        yield Field(self._before)

    def list_unsent_text(self) -> Iterable[UnsentText]:
        """Yield the line, once there is something new in it."""
        text = self.query_one(Field).exact_text
        if text != self._before:
            yield UnsentText(self._place, {"text": text}, "text")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the two ways on."""
        yield make_button_row(
            make_command_button("Write it down", "write", first=True),
            make_command_button("Back", "back"),
        )

    def action_back(self) -> None:
        """Leave; nothing is written."""
        self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _submit_note(self) -> None:
        self.dismiss(self.query_one(Field).value.strip())

    @on(Button.Pressed, "#back")
    def _return_back(self) -> None:
        self.dismiss(None)


class StopScreen(Frame[StopResult]):
    """The steps, the ticks, and whether it is written down. Returns what is on the disk."""

    AUTO_FOCUS = "Choices"
    HELP = (
        "Do the steps first. Choose a step and press Enter when it is done: its time is sealed.\n"
        "Everything taken so far is frozen: no view, no print, no export, no new copy."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", stop_text.LEAVE_STEPS, key_display="Esc"),
    ]

    def __init__(self, inc: str | None) -> None:
        super().__init__()
        self._inc = inc
        self._stopped: StopResult | None = None
        self._done: dict[str, str] = {}
        self._ticking: set[str] = set()
        self._asking: Confirm | None = None

    def strip_texts(self) -> tuple[str, str]:
        """Say that it is stopped, before anything is written."""
        return "STOPPED · nothing more can be captured", ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the steps and the state of the record."""
        yield Plain("Do this now, in this order.", classes="title")
        yield Choices(STEPS)
        yield Plain("When a step is done, choose it and press Enter.", classes="after quiet")
        yield Plain("Writing it down …", id="written", classes="after")

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the retry (only when needed) and the way out."""
        again = make_command_button("Write it down again", "again", first=True)
        again.display = False
        yield make_button_row(again, make_command_button(stop_text.LEAVE_STEPS, "leave"))

    def on_mount(self) -> None:
        """The steps are shown; write it down behind them."""
        self._begin_stop()

    def _begin_stop(self) -> None:
        # The application's worker: what comes of it is told also when these steps were left.
        self.app.run_worker(self._record_stop(), group="stop")

    async def _record_stop(self) -> None:
        try:
            self._stopped = await call_in_thread(self.screen_host.desk.stop, self._inc)
        except EvidenceError as error:
            if self in self.app.screen_stack:
                self._show_write_failure(error)
            return
        if self not in self.app.screen_stack:
            self.screen_host.resume_after_late_stop(self._stopped)
            return
        self._show_stop_recorded(self._stopped)
        if self._asking is not None:
            self._asking.dismiss(False)  # what it asks about is no longer so

    def _show_write_failure(self, error: EvidenceError) -> None:
        """Say that nothing is on the disk, and offer to try again."""
        written = self.query_one("#written", Plain)
        written.add_class("-failed")
        written.show_text(
            f"✗ NOTHING IS WRITTEN DOWN YET. {error.what} {error.do}\n{stop_text.BY_HAND}"
        )
        self.query_one("#again").display = True

    def _show_stop_recorded(self, stopped: StopResult) -> None:
        """Say what is on the disk, and since when."""
        line = stop_text.FROZEN
        if self._inc is None:
            line = (
                "A new incident was opened for it, frozen from its start. To freeze an earlier one,"
                " open it and press F10 there."
            )
        head = short_hash(stopped.receipt.head8)
        when = f"✓ Written down {stopped.receipt.at}  #{stopped.receipt.seq}  {head}"
        written = self.query_one("#written", Plain)
        written.remove_class("-failed")
        written.show_text("\n".join((when, line, *stopped.copies)))
        self.query_one("#badge-left", Plain).show_text(
            f"{stopped.reference} · STOPPED · nothing more can be captured"
        )

    @on(Choices.Chosen)
    def _handle_choice(self, event: Choices.Chosen) -> None:
        if self._stopped is None:
            self.show_problem_line(
                f"Nothing can be ticked before STOP is written down. {stop_text.BY_HAND}"
            )
        elif event.choice.id == "here":
            self._freeze_this_computer(self._stopped.inc)
        else:
            # As for STOP itself: whoever leaves meanwhile has said that the step is done.
            self.app.run_worker(self._tick_step(self._stopped.inc, event.choice.id), group="tick")

    async def _tick_step(self, inc: str, step: str) -> None:
        # A tick under way is never cut off: it is written, and has to be shown. Enter twice is one.
        if step in self._ticking:
            return
        self._ticking.add(step)
        try:
            await self._record_tick(inc, step)
        finally:
            self._ticking.discard(step)

    async def _record_tick(self, inc: str, step: str) -> None:
        note: str | None = ""
        kept, place = self.screen_host.unsent, f"{TICK}{step}"
        if step in ASKED:
            before = kept.get_draft_text(inc, place)
            note = await self.screen_host.ask_on_top(TickNote(ASKED[step], inc, place, before))
        if note is None:
            return
        kept.put_draft(inc, place, {"text": note}, "text")
        try:
            receipt = await call_in_thread(self.screen_host.desk.tick, inc, int(step), note)
        except EvidenceError as error:
            if self in self.app.screen_stack:
                self.show_problem_line(
                    f"This tick is not written down yet. {error.what} {error.do}"
                )
            else:
                await self.screen_host.show_trouble(error)
            return
        kept.drop_draft(inc, place)
        self._done[step] = receipt.at
        if self in self.app.screen_stack:
            self._show_completed_steps()

    def _show_completed_steps(self) -> None:
        """List the steps done with their times."""
        self.show_problem_line("")
        done = "   ".join(f"✓ {step} done {at}" for step, at in sorted(self._done.items()))
        self.query_one(".quiet", Plain).show_text(done)

    @work(group="here", exclusive=True)
    async def _freeze_this_computer(self, inc: str) -> None:
        sure = await self.screen_host.ask_on_top(
            Confirm(
                "Was it seen on this very computer?",
                "One record is written, then the program locks. Leave the computer as it is, "
                "and carry on with the printed paper form.",
                stop_text.SEEN_HERE,
                stop_text.SEEN_ELSEWHERE,
            )
        )
        if not sure:
            return
        try:
            await call_in_thread(self.screen_host.desk.this_computer, inc)
        except EvidenceError as error:
            self.show_problem_line(f"This is not written down yet. {error.what} {error.do}")
            return
        self.dismiss(self._stopped)

    def action_leave(self) -> None:
        """Leave; with nothing written down, ask first."""
        self._leave_stop()

    @work(group="leave", exclusive=True)
    async def _leave_stop(self) -> None:
        sure: bool | None = True
        if self._stopped is None:
            self._asking = Confirm(stop_text.UNWRITTEN, stop_text.BY_HAND, "Leave", "Stay here")
            sure = await self.screen_host.ask_on_top(self._asking)
            self._asking = None
        if sure:
            self.dismiss(self._stopped)

    @on(Button.Pressed, "#again")
    def _retry_recording(self) -> None:
        again = self.query_one("#again", Button)
        if again.display:
            # Away from the button before it goes, so that a second Enter does not press Leave.
            self.query_one(Choices).focus()
            again.display = False
            self.query_one("#written", Plain).show_text("Writing it down …")
            self._begin_stop()

    @on(Button.Pressed, "#leave")
    def _handle_leave_button(self) -> None:
        self._leave_stop()
