"""The frame every screen stands in, and the little of the application that a screen may use.

Rule: STOP, whom to call, help and the PRACTICE banner are on every screen and dialog, in the same
place. A screen returns a value through ``dismiss``; what comes next is not its decision. A screen
that is covered (by the lock, STOP or help) leaves only when it is in view again, so that it can
never take another screen off by mistake.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, ParamSpec, TypeVar, cast

from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Button, Footer
from textual.worker import Worker

from esafety_tui.kernel.errors import EvidenceError, Refused
from esafety_tui.kernel.visible import show_invisible
from esafety_tui.screens.widgets.badge import OfficerBadge
from esafety_tui.screens.widgets.chain_strip import ChainStrip
from esafety_tui.screens.widgets.plain_text import Plain, show_notice
from esafety_tui.screens.widgets.stop_button import StopButton

if TYPE_CHECKING:
    from esafety_tui.guide.draft_store import UnsentDrafts
    from esafety_tui.guide.ports import DeskPort, DeskState, Receipt, StopResult, UnsentText
    from esafety_tui.kernel.clock import Clock

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

SHEETS: list[Path] = [
    *sorted(
        Path(__file__).parents[1].glob("*.tcss"),
        key=lambda path: (path.stem != "frame", path.name),
    )
]
"""Every style sheet, the frame's first. The others are read while the first screen is read, all at
once: one that came with its screen would have all of them read again, and STOP is not to wait."""

PRACTICE = "PRACTICE · nothing here is real, nothing here is evidence"


async def call_in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking desk call in a thread and return its result; its errors come through."""
    return await asyncio.to_thread(call, *args, **kwargs)


class NamedPeople(NamedTuple):
    """Officer ids that were ticked as named in a new incident, and the other names as words."""

    officers: tuple[str, ...]
    others: str


class ScreenHost(App[None]):
    """What a screen may ask of the application.

    Attributes:
        inc: the incident on screen, which STOP freezes; None when there is none.
        stopping: STOP is on screen; long work gives up at its next progress report.
        resume: the incident to go to next instead of the register, "" for none.
        unsent: what was typed and is not sealed. named: who was said to be named in an incident
            that is not open yet, picked: who was to open it; both in memory alone.
    """

    practice: bool
    hint: str
    clock: Clock
    unsent: UnsentDrafts
    inc: str | None = None
    stopping: bool = False
    resume: str = ""
    named: NamedPeople | None = None
    picked: tuple[str, ...] = ()
    maybe_desk: DeskPort | None
    note_screen: Callable[[str], None] | None = None

    @property
    def desk(self) -> DeskPort:
        """The desk. Raises Refused where the application runs without one."""
        if self.maybe_desk is None:
            raise Refused("There is no vault here.", "Start the program with: esafety")
        return self.maybe_desk

    @abstractmethod
    async def ask_screen(self, screen: Screen[T]) -> T | None:
        """Show ``screen`` when nothing covers the work, and return its value (workers only)."""

    @abstractmethod
    async def ask_on_top(self, screen: Screen[T]) -> T | None:
        """Show ``screen`` over whatever is in view, and return its value (workers only)."""

    @abstractmethod
    async def show_lock_screen(self, state: DeskState) -> None:
        """Show the lock over a session the desk has locked, until it is left (workers only)."""

    @abstractmethod
    def action_urgent(self) -> None:
        """Show whom to call."""

    @abstractmethod
    def resume_after_late_stop(self, stopped: StopResult) -> None:
        """Take note that STOP is written down after its screen was left."""

    @abstractmethod
    async def save_drafts(self) -> bool:
        """Have the desk keep what was typed and is not sealed. False: some of it could not be."""

    @abstractmethod
    async def draft_status(self) -> str:
        """Return what is to be said of drafts before they leave, "" where there are none."""

    @abstractmethod
    async def fetch_drafts(self, inc: str) -> None:
        """Take up from the desk what was typed in an incident and is not sealed."""

    @abstractmethod
    def forget_typed_text(self) -> None:
        """Forget what was typed: nobody is signed in any more."""

    @abstractmethod
    async def show_trouble(self, error: EvidenceError) -> None:
        """Show what happened and what to do next, and wait until it was read (workers only)."""


class ReturningScreen(Screen[T], Generic[T]):
    """A screen whose ``dismiss`` waits until it is in view."""

    STYLED_BY_FRAME: ClassVar[bool] = False
    """Whether the frame's style sheet is all that this needs: so the first screen is early."""
    CONFIRMS_LEAVING: ClassVar[bool] = False
    """Whether this asks if they leave: asking again to leave is the answer then."""
    _leaving: tuple[T | None] | None = None
    belongs = ""
    """The incident that what is typed here belongs to, where it is not the one on screen."""

    def list_unsent_text(self) -> Iterable[UnsentText]:
        """Yield what was typed here and is not sealed, where its loss would matter."""
        return ()

    @property
    def screen_host(self) -> ScreenHost:
        """The application, as far as a screen may use it."""
        return cast(ScreenHost, self.app)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Return ``result``; at once if this screen is in view, else when it is again."""
        if self.app.screen is self:
            return super().dismiss(result)
        self._leaving = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """Leave, if that was waiting; note the screen where an event log is kept."""
        if self.screen_host.note_screen is not None:
            self.screen_host.note_screen(type(self).__name__)
        # STOP may have taken this screen off between the event and its handling.
        if self._leaving is not None and self.app.screen is self:
            result = self._leaving[0]
            self._leaving = None
            super().dismiss(result)

    def run_worker(self, work: Any, *args: Any, **kwargs: Any) -> Worker[Any]:
        """Begin work behind this screen; none where it was taken off or the program is ending.

        What was pressed on it may still be on its way then.
        """
        if self.app._exit or self not in self.app.screen_stack:
            kwargs["start"] = False
        return super().run_worker(work, *args, **kwargs)

    def list_text_for_pair(self) -> str:
        """Return what must not be lost with this screen when one officer carries on alone."""
        return ""

    def show_notice(self, text: str) -> None:
        """Show a passing notice."""
        show_notice(self.app, text)

    def show_problem_line(self, text: str) -> None:
        """Show (or with "" clear) the problem line: a sentence with a verb, marked ✗."""
        line = self.query_one("#problem", Plain)
        line.show_text(f"✗ {text}" if text else "")
        line.set_class(bool(text), "-shown")

    def show_desk_error(self, error: EvidenceError) -> None:
        """Show an error of the desk as the problem line."""
        self.show_problem_line(f"{error.what} {error.do}")


class Keys(Footer):
    """Textual's footer, made anew only when it shows something else: that costs most of a key."""

    _shown: list[tuple[str, str, bool]] | None = None

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Show what the keys do, if it is not what stands there already."""
        bindings = [(b, on) for _, b, on, _ in screen.active_bindings.values() if b.show]
        shown = [(self.app.get_key_display(b), b.description, on) for b, on in bindings]
        if shown != self._shown:
            # Textual draws nothing while the terminal is not the one typed into.
            self._shown = shown if self.app.app_focus and screen is self.screen else None
            super().bindings_changed(screen)


def make_command_button(label: str, id: str, *, first: bool = False) -> Button:
    """Return a one-line button; its label is never parsed as mark-up and holds no control."""
    return Button(
        Content(f"[ {show_invisible(label)} ]"),
        id=id,
        compact=True,
        variant="primary" if first else "default",
    )


def make_button_row(*buttons: Button) -> Horizontal:
    """Return the row of buttons at the end of a screen, in reading order."""
    return Horizontal(*buttons, classes="commands")


class Frame(ReturningScreen[T], Generic[T]):
    """A whole screen: strip with STOP, body, problem line, buttons, chain, footer."""

    HELP: ClassVar[str] = ""

    def list_help_lines(self) -> str:
        """Return what F1 says about this screen."""
        return self.HELP

    def compose(self) -> ComposeResult:
        if self.screen_host.practice:
            told = f"PRACTICE · nothing here is real · every passphrase: {self.screen_host.hint}"
            yield Plain(told if self.screen_host.hint else PRACTICE, id="practice")
        with VerticalScroll(id="body", can_focus=False):
            yield from self.compose_body()
        yield Plain("", id="problem")
        yield from self.compose_foot()
        yield from self._make_chain_strip()
        yield OfficerBadge(*self.strip_texts())
        yield Keys(show_command_palette=False)

    def compose_body(self) -> Iterable[Widget]:
        """Yield what stands in the middle."""
        return ()

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the row of buttons, if any."""
        return ()

    def strip_texts(self) -> tuple[str, str]:
        """Return the left and right text of the strip. Never more than 64 cells together."""
        return "esafety", ""

    def last_receipt(self) -> tuple[Receipt | None, str] | None:
        """Return the last receipt and words after it, or None for no chain strip."""
        return None

    def _make_chain_strip(self) -> Iterable[Widget]:
        last = self.last_receipt()
        if last is not None:
            yield ChainStrip(*last)


class Dialog(ReturningScreen[T], ModalScreen[T], Generic[T]):
    """A box over the screen, with STOP in it."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield from self.compose_body()
            yield Plain("", id="problem")
            yield from self.compose_foot()
            with Horizontal(id="box-stop"):
                if self.screen_host.practice:
                    yield Plain("PRACTICE", id="box-practice")
                yield Plain("F9 whom to call", id="box-call")
                yield StopButton()

    def compose_body(self) -> Iterable[Widget]:
        """Yield what stands in the box."""
        return ()

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the row of buttons."""
        return ()
