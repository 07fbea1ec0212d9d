"""The screens of the two steps that take things in: addresses, and screenshots and files.

Rule: Enter goes through the fields and seals from the last one; F8 says that these are all. What
is sealed stands in a list above. Several pasted lines are several records, none dropped silently.
A path is checked by its text and its presence only: the screen never reads a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import ClassVar, Literal

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.flows.procedure.built_in_fields import WHY_NONE, why_none_field
from esafety_tui.flows.procedure.model import Problem, Step
from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.capture_step import (
    find_address_problem,
    find_file_problem,
    list_items,
)
from esafety_tui.guide.folder_input import split_paths
from esafety_tui.guide.ports import ExhibitView
from esafety_tui.guide.shared_text import short_hash
from esafety_tui.kernel.text import warn_about_address
from esafety_tui.kernel.views import Values
from esafety_tui.screens.base.case_frame import CaseContext, StepFrame, StepRequest
from esafety_tui.screens.base.frame import make_command_button
from esafety_tui.screens.steps.step import PolicyHelp, list_step_help, list_step_reasons
from esafety_tui.screens.widgets.entry import Entry
from esafety_tui.screens.widgets.field import Field as Line
from esafety_tui.screens.widgets.plain_text import Plain

CELLS = 74
"""Width of a line in the list, in cells."""


def format_size(size: int) -> str:
    """Return a size in the unit that suits it: 512 bytes, 12 kB, 3.4 MB."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def format_item(item: ExhibitView) -> str:
    """Return one sealed item, lines indented under its first; warnings about an address below."""
    marks = f"  ({item.corrected})" if item.corrected else ""
    marks += f"  {item.disclosure_bar}" if item.disclosure_bar else ""
    if item.kind == "url":
        notes = [_hang_indent(f"  ⚠ {note}") for note in warn_about_address(item.label)]
        return "\n".join((_hang_indent(f"#{item.seq}  {item.label}  {item.detail}{marks}"), *notes))
    facts = f"{format_size(item.size)}  {short_hash(item.sha256)}"
    return _hang_indent(f"{item.label}  {item.kind}  {facts}  {item.detail}{marks}")


def _hang_indent(text: str) -> str:
    """Return ``text`` in lines of the list's width, all but the first indented."""
    return "\n".join(wrap(text, CELLS, subsequent_indent="    ", break_on_hyphens=False))


class CaptureScreen(StepFrame):
    """What both steps share: the list, the fields, sealing one by one."""

    AUTO_FOCUS = "Entry Field"
    GO = "No more"
    MANY = ""
    """Name of the value that may hold several lines, and of the first field."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Seal", key_display="Enter"),
    ]

    def __init__(
        self,
        step: Step,
        draft: Values,
        bearings: CaseContext,
        help: PolicyHelp,
        items: Sequence[ExhibitView],
    ) -> None:
        super().__init__(bearings)
        self._why = list_step_reasons(step, help)
        self._step = step
        self._none = why_none_field(step, required=False)
        self.step_id = step.id
        self._draft = draft
        self._items = list_items(step, items)
        given = draft.get(self.MANY, ())
        self._waiting = [given] if isinstance(given, str) else list(given)

    def list_help_lines(self) -> str:
        """Return question, why and source."""
        return list_step_help(self._step)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the question, what is sealed, and the fields of the next one."""
        yield Plain(self._step.question, classes="title")
        yield Plain(self._why, classes="why")
        sealed = "\n".join(format_item(item) for item in self._items)
        yield Plain(sealed or "Nothing sealed here yet.", id="sealed", classes="gap")
        first, *others = self._step.fields
        yield Entry(first, self._waiting.pop(0) if self._waiting else "")
        yield Plain(self._format_waiting_count(), id="waiting")
        for field in others:
            yield Entry(field, str(self._draft.get(field.name, "")))
        if not self._items:
            yield Entry(self._none, str(self._draft.get(WHY_NONE, "")))

    def compose_buttons(self) -> Iterable[Button]:
        """Yield sealing first: it is what Enter does."""
        yield make_command_button("Seal", "add", first=True)
        yield make_command_button(f"{self.GO} F8", "go")
        yield make_command_button("Back", "back")
        yield make_command_button("Note F6", "note")
        yield make_command_button("So far F7", "look")

    def _format_waiting_count(self) -> str:
        return f"+ {len(self._waiting)} more pasted with it" if self._waiting else ""

    def on_mount(self) -> None:
        """An empty line takes no room."""
        self._show_waiting_count()

    def _show_waiting_count(self) -> None:
        line = self.query_one("#waiting", Plain)
        line.show_text(self._format_waiting_count())
        line.display = bool(self._waiting)

    def find_entry(self, name: str) -> Entry | None:
        """Return the entry of that field, if it is on the screen."""
        return next((e for e in self.query(Entry) if e.field.name == name), None)

    def entered_value(self, name: str) -> str:
        """Return what stands in the field."""
        found = self.find_entry(name)
        return found.entered_value if found is not None else ""

    def list_pasted_values(self) -> tuple[str, ...]:
        """Return the first field's text and what was pasted with it."""
        first = self.entered_value(self._step.fields[0].name)
        return (first, *self._waiting) if first else tuple(self._waiting)

    def typed_values(self) -> Values:
        """Return what is not sealed yet."""
        rest = {f.name: self.entered_value(f.name) for f in self._step.fields[1:]}
        return {
            self.MANY: self.list_pasted_values(),
            **rest,
            WHY_NONE: self.entered_value(WHY_NONE),
        }

    def find_entry_problem(self) -> Problem | None:
        """Return what keeps this from being sealed, with the field meant, or None."""
        raise NotImplementedError

    def action_forward(self) -> None:
        """Enter goes to the next field, and seals from the last."""
        order = [e.focus_control for e in self.query(Entry) if e.field is not self._none]
        at = order.index(self.focused) if self.focused in order else len(order)
        if self.focused is not None and self.focused.id == f"f-{WHY_NONE}":
            self.action_go()
        elif at + 1 < len(order):
            order[at + 1].focus()
        else:
            self.action_add()

    def action_add(self) -> None:
        """Seal what stands in the fields."""
        self._dismiss_with("add")

    def _dismiss_with(self, what: Literal["add", "all"]) -> None:
        """Leave with what stands in the fields, unless something keeps it from being sealed."""
        wrong = self.find_entry_problem()
        if wrong is None:
            self.dismiss(StepRequest(what, self.typed_values()))
        else:
            found = self.find_entry(wrong.field)
            self.show_problem(wrong.text, found.focus_control if found is not None else None)

    def action_go(self) -> None:
        """These are all: nothing half typed is left behind."""
        if self.list_pasted_values():
            self.show_problem("This is not sealed yet. Seal it, or clear the line first.", None)
        elif self._items:
            self.dismiss(StepRequest("go", DONE))
        elif why := self.entered_value(WHY_NONE):
            self.dismiss(StepRequest("go", answer_none(why)))
        else:
            found = self.find_entry(WHY_NONE)
            words = "Nothing is sealed here. Write why there is none, then go on."
            self.show_problem(words, found.focus_control if found is not None else None)

    @on(Button.Pressed, "#add")
    def _seal_entry(self) -> None:
        self.action_add()

    @on(Input.Submitted)
    def _submit_entry(self) -> None:
        self.action_forward()

    @on(Line.Offered)
    def _insert_pasted_lines(self, event: Line.Offered) -> None:
        self._waiting.extend(event.lines)
        self._show_waiting_count()


class AddressCaptureScreen(CaptureScreen):
    """Type or paste addresses; each becomes one record."""

    MANY = "urls"

    def find_entry_problem(self) -> Problem | None:
        """Check every address and the words with it."""
        return find_address_problem(
            self.list_pasted_values(), self.entered_value("concern"), self.entered_value("known")
        )


class FileCaptureScreen(CaptureScreen):
    """Name files by path, by drop or by paste; each is sealed as it is."""

    MANY = "paths"

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the same, and one that seals all files named with the same words."""
        first, *others = super().compose_buttons()
        yield first
        yield make_command_button("All", "all")
        yield from others

    @on(Button.Pressed, "#all")
    def _seal_all_files(self) -> None:
        self._dismiss_with("all")

    def list_pasted_values(self) -> tuple[str, ...]:
        """Return the paths: a dropped line may be several."""
        return tuple(path for line in super().list_pasted_values() for path in split_paths(line))

    def find_entry_problem(self) -> Problem | None:
        """Check that there is a path and words."""
        words = (self.entered_value("description"), self.entered_value("provenance"))
        return find_file_problem(self.list_pasted_values(), *words)
