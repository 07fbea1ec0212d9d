"""A long piece of work: what is being done, how much of it, how long, and how to stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from esafety_tui.guide.ports import Progress
from esafety_tui.guide.result_text import describe_result
from esafety_tui.guide.shared_text import DOES_NOT_COUNT, WAS_STOPPED
from esafety_tui.kernel.errors import EvidenceError, Refused
from esafety_tui.screens.base.frame import Frame, call_in_thread
from esafety_tui.screens.widgets.plain_text import Plain

R = TypeVar("R")
BAR = 24
BYTES = 100_000
"""A total from here on is bytes: no verb has so many steps."""


@dataclass(frozen=True, slots=True)
class WorkOutcome(Generic[R]):
    """What came of it: exactly one of the two is set."""

    result: R | None = None
    error: EvidenceError | None = None


def format_progress(what: str, done: int, total: int, seconds: float) -> str:
    """Return ``what``, a bar with its percentage where the total is known, and the time."""
    took = f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
    if total <= 0:
        return f"{what}\n{took}"
    full = BAR * min(done, total) // total
    much = f"  {done / 1e6:.1f} of {total / 1e6:.1f} MB" if total >= BYTES else ""
    speed = f"  {done / 1e6 / seconds:.1f} MB/s" if much and seconds >= 1 else ""
    return f"{what}\n{'█' * full}{'░' * (BAR - full)}  {100 * done // total} %{much}{speed}  {took}"


class WorkingScreen(Frame[WorkOutcome[R]], Generic[R]):
    """Run ``call`` in a thread. Esc and STOP make it give up, where ``can_stop``."""

    # "" and not None: nothing has the focus, so that a second Enter never presses STOP.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Cancel", key_display="Esc")
    ]

    def __init__(
        self, where: str, title: str, call: Callable[[Progress], R], *, can_stop: bool, note: str
    ) -> None:
        super().__init__()
        self._where = where
        self._title_line = title
        self._call = call
        self._can_stop = can_stop
        self._note = note
        self._cancelled = False
        self._began = monotonic()

    def strip_texts(self) -> tuple[str, str]:
        """Say where we are."""
        return self._where, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield title, the moving line and what is worth knowing meanwhile."""
        yield Plain(self._title_line, classes="title")
        yield Plain("Starting …", id="line")
        yield Plain(self._note, classes="after quiet")

    def on_mount(self) -> None:
        """Begin."""
        self._run_call()

    def on_unmount(self) -> None:
        """Give up when this screen is taken off or the program ends: nobody waits for it."""
        self._cancelled = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Esc only where the work can be given up."""
        del parameters
        return action != "give_up" or self._can_stop

    def action_give_up(self) -> None:
        """Ask the work to give up at its next report."""
        self._cancelled = True
        self.query_one("#line", Plain).show_text("Stopping …")

    def _report_progress(self, what: str, done: int, total: int) -> None:
        """Take a report (from the thread) and hand it to the screen."""
        if self._can_stop and (self._cancelled or self.screen_host.stopping):
            raise Refused(WAS_STOPPED, DOES_NOT_COUNT)
        text = format_progress(what, done, total, monotonic() - self._began)
        self.call_later(self._show_progress, text)

    def _show_progress(self, text: str) -> None:
        if self.is_attached:
            self.query_one("#line", Plain).show_text(text)

    def list_text_for_pair(self) -> str:
        """Return what the work came to: it ends before anybody can come back."""
        outcome = self._leaving[0] if self._leaving else None
        if outcome is None:
            return ""
        if outcome.error is not None:
            return f"{self._title_line}. {outcome.error.what} {outcome.error.do}"
        return describe_result(self._title_line, outcome.result)

    @work(group="work")
    async def _run_call(self) -> None:
        try:
            result = await call_in_thread(self._call, self._report_progress)
        except EvidenceError as error:
            self.dismiss(WorkOutcome(error=error))
        else:
            self.dismiss(WorkOutcome(result=result))
