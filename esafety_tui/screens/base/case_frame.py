"""What every screen of an incident shows and returns.

Rule: reference, officers and computer at the top, the step below it, the last sealed record above
the footer, the way on and the way back always in the same place. It says what the officers want
and what they typed; it decides nothing and loses nothing: also leaving returns what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.guide.ports import CaseView, Receipt, UnsentText
from esafety_tui.kernel.unsent import STEP
from esafety_tui.kernel.views import Values
from esafety_tui.screens.base.frame import Frame, make_button_row, make_command_button
from esafety_tui.screens.widgets.badge import format_identity
from esafety_tui.screens.widgets.choices import Choices
from esafety_tui.screens.widgets.entry import Entry
from esafety_tui.screens.widgets.plain_text import Plain

What: TypeAlias = Literal[
    "go", "back", "note", "look", "list", "add", "all", "goto", "item", "correct", "map", "source",
    "involved",
]  # fmt: skip
STRIP = 62
LINE = 75

SIDEWAYS: dict[str, What] = {"back": "back", "note": "note", "look": "look", "list": "list"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StepRequest:
    """What the officers want next, and what stood on the screen.

    Attributes:
        what: "go" on, "back", "note" (write words down), "look" (everything so far), "list"
            (leave the incident), "add" (seal one item), "all" (seal several), "goto" (a step),
            "item", "correct",
            "map" (the flowchart), "source" (where the instruction comes from), "involved" (an
            officer is).
        target: the step or item meant by "goto", "item" and, if one was marked, "correct".
    """

    what: What
    values: Values = field(default_factory=dict, repr=False)
    target: str = ""


@dataclass(frozen=True, slots=True)
class CaseContext:
    """Where we are: the strip, the step line, the last sealed record, what was just done.

    ``notice``: what the policy leaves open at this step (:func:`flows.notices.notice`), or "".
    ``at``: the field that was written in last, where a draft is back, else "".
    """

    strip: str
    line: str
    last: Receipt | None
    said: str = ""
    notice: str = ""
    at: str = ""


def build_case_context(case: CaseView, line: str, said: str = "", notice: str = "") -> CaseContext:
    """Return the bearings of ``case``; initials stand for names where the strip is too short."""
    shut = " · FROZEN" if case.frozen else " · HELD" if case.awaiting_police else ""
    reference = f"{case.reference}{shut}"
    left = format_identity(reference, case.officers, case.machine, case.machine_ok)
    if len(left) > STRIP:
        people = " + ".join(o.initials for o in case.officers)
        left = " · ".join(
            (reference, people, format_identity("", (), case.machine, case.machine_ok))
        )
    return CaseContext(left, line, case.last, said, notice)


class CaseFrame(Frame[T], Generic[T]):
    """A screen of an incident. Subclasses yield ``middle()`` and ``buttons()``.

    ``FIRST`` selects what has the focus at first, where ``AUTO_FOCUS`` is "": without scrolling.
    """

    FIRST: ClassVar[str] = ""

    KEYS: ClassVar[str] = ""

    def __init__(self, bearings: CaseContext) -> None:
        super().__init__()
        self._bearings = bearings

    def on_mount(self) -> None:
        """Give the first control the focus, also where it is composed later than the screen."""
        self.call_after_refresh(self._focus_first_control)

    def _focus_first_control(self) -> None:
        # Textual looks for AUTO_FOCUS once; on a busy computer nested fields are not there yet.
        wanted = self.AUTO_FOCUS or self.FIRST
        back = self.query(f"#f-{self._bearings.at}") if self._bearings.at else ()
        if back:
            self.set_focus(back.first())
        elif self.focused is None and wanted:
            first = next((w for w in self.query(wanted) if w.focusable), None)
            # The question stays in view above a long list of answers.
            self.set_focus(first, scroll_visible=bool(self.AUTO_FOCUS))

    def strip_texts(self) -> tuple[str, str]:
        """Show reference, officers and computer."""
        return self._bearings.strip, ""

    def last_receipt(self) -> tuple[Receipt | None, str] | None:
        """Show the last sealed record."""
        return self._bearings.last, ""

    def compose_body(self) -> Iterable[Widget]:
        """Yield the step line, on a step what the policy leaves open there, and the middle."""
        line, keys = self._bearings.line, self.KEYS
        room = LINE - len(line) - len(keys)
        notice = self._bearings.notice if keys else ""
        where = "quiet step-line -noted" if notice else "quiet step-line"
        yield Plain(line + " " * room + keys if room > 0 else line, classes=where)
        if notice:
            # In the row that is blank elsewhere: no step gets longer by it.
            yield Plain(notice, classes="quiet")
        if self._bearings.said:
            yield Plain(f"✓ {self._bearings.said}", classes="said")
        yield from self.compose_middle()

    def compose_foot(self) -> Iterable[Widget]:
        """Yield the ways on."""
        yield make_button_row(*self.compose_buttons())

    def compose_middle(self) -> Iterable[Widget]:
        """Yield what is particular to the screen."""
        return ()

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the buttons of the last row."""
        return ()


class StepFrame(CaseFrame[StepRequest]):
    """A screen of a step: go on, back, note, everything so far, the list."""

    step_id = ""
    """The step whose answer is typed here, "" where nothing is typed."""
    _changed = False
    GO = "Go on"
    KEYS = "F2 map  F3 source"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "go", "Go on", show=False, priority=True),
        Binding("escape", "back", "Back", key_display="Esc"),
        Binding("f6", "leave('note')", "Note", show=False, priority=True),
        Binding("f7", "leave('look')", "So far", show=False, priority=True),
        Binding("f2", "leave('map')", "Map", show=False, priority=True),
        Binding("f3", "leave('source')", "Source", show=False, priority=True),
    ]

    def compose_buttons(self) -> Iterable[Button]:
        """Yield Go on first, then Back and the side ways."""
        yield make_command_button(f"{self.GO} F8", "go", first=True)
        yield make_command_button("Back", "back")
        yield make_command_button("Note F6", "note")
        yield make_command_button("So far F7", "look")
        yield make_command_button("To the list", "list")

    def typed_values(self) -> Values:
        """Return what stands on the screen, complete or not."""
        return {}

    def changed_values(self) -> Values:
        """Return what stands on the screen, nothing where it is as it was found."""
        found = (*self.query(Entry), *self.query(Choices))
        self._changed = self._changed or any(control.is_changed for control in found)
        return self.typed_values() if self._changed else {}

    def list_unsent_text(self) -> Iterable[UnsentText]:
        """Yield what was changed here."""
        if self.step_id and (values := self.changed_values()):
            at = (self.focused.id or "") if self.focused is not None else ""
            yield UnsentText(STEP + self.step_id, values, at.removeprefix("f-"))

    def action_go(self) -> None:
        """Go on with what stands on the screen."""
        self.dismiss(StepRequest("go", self.typed_values()))

    def action_back(self) -> None:
        """Go back; what was typed is kept as a draft."""
        self.dismiss(StepRequest("back", self.changed_values()))

    def action_leave(self, what: What) -> None:
        """Leave to the side; what was typed is kept as a draft."""
        self.dismiss(StepRequest(what, self.changed_values()))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Buttons do what the keys do."""
        if event.button.id == "go":
            self.action_go()
        elif event.button.id in SIDEWAYS:
            self.dismiss(StepRequest(SIDEWAYS[event.button.id], self.changed_values()))

    def show_problem(self, text: str, at: Widget | None) -> None:
        """Say what is wrong under the fields; the focus goes to the one meant."""
        self.show_problem_line(text)
        if at is not None:
            at.focus()
        self.query_one("#body", VerticalScroll).refresh()
