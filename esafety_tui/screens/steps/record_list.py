"""Runner of the step that writes down one thing after another, each a record of its own.

Rule: words only; nothing is taken in here. What is sealed stands in a list; what is typed and not
sealed yet is kept as a draft whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input

from esafety_tui.flows.engine.answers import check_field_values
from esafety_tui.flows.procedure.built_in_fields import WHY_NONE, why_none_field
from esafety_tui.flows.procedure.model import Problem, Step
from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.capture_step import list_records
from esafety_tui.guide.ports import DescribedRecord
from esafety_tui.kernel.views import Values
from esafety_tui.screens.base.case_frame import CaseContext, StepFrame, StepRequest
from esafety_tui.screens.base.frame import call_in_thread, make_command_button
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.steps.step import (
    PolicyHelp,
    format_source,
    list_forbidden_acts,
    list_step_help,
    name_notified_contacts,
)
from esafety_tui.screens.widgets.entry import Entry
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.words_box import WordsBox

CELLS = 74


class RecordListScreen(StepFrame):
    """The fields of one record, again and again. "add": seal it; "go": these are all."""

    AUTO_FOCUS = ".entry Field, .entry WordsBox, .entry Pick"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Seal", key_display="Enter"),
    ]

    def __init__(
        self,
        step: Step,
        draft: Values,
        bearings: CaseContext,
        help: PolicyHelp,
        sealed: Sequence[DescribedRecord],
    ) -> None:
        super().__init__(bearings)
        self._step, self._draft, self._help = step, draft, help
        self._none = why_none_field(step, required=False)
        self.step_id = step.id
        self._sealed = tuple(sealed)
        self._any = any(not one.alone for one in sealed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter makes a new line where words are written."""
        del parameters
        return action != "forward" or not isinstance(self.focused, WordsBox)

    def list_help_lines(self) -> str:
        """Return question, why and source."""
        return list_step_help(self._step)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the question, what is sealed, and the fields of the next one."""
        step = self._step
        yield Plain(step.question, classes="title")
        yield Plain(step.why, classes="why")
        rows = [_hang_indent(f"#{d.seq}  {d.shown_text}") for d in self._sealed]
        yield Plain("\n".join(rows) or "Nothing sealed here yet.", id="sealed", classes="gap")
        for asked in step.fields:
            yield Entry(asked, str(self._draft.get(asked.name, "")))
        if not self._any:
            yield Entry(self._none, str(self._draft.get(WHY_NONE, "")))
        yield Plain(format_source(step, self._help.confirmed), classes="quiet gap")
        if step.forbids:
            yield Plain(list_forbidden_acts(step), classes="asks")
        yield Plain(name_notified_contacts(step.tell, self._help), id="tell")

    def compose_buttons(self) -> Iterable[Button]:
        """Yield sealing first: it is what Enter does."""
        yield make_command_button("Seal", "add", first=True)
        yield make_command_button("No more F8", "go")
        yield make_command_button("Back", "back")
        yield make_command_button("Note F6", "note")
        yield make_command_button("So far F7", "look")

    def typed_values(self) -> Values:
        """Return what is not sealed yet."""
        return {e.field.name: e.entered_value for e in self.query(Entry) if e.entered_value}

    def _collect_values(self) -> Values:
        return {k: v for k, v in self.typed_values().items() if k != WHY_NONE}

    def action_add(self) -> None:
        """Seal what stands in the fields."""
        checked = check_field_values(self._step.fields, self._collect_values())
        if isinstance(checked, Problem):
            found = [e.focus_control for e in self.query(Entry) if e.field.name == checked.field]
            self.show_problem(checked.text, found[0] if found else None)
        else:
            self.dismiss(StepRequest("add", self._collect_values()))

    def action_go(self) -> None:
        """These are all: nothing half typed is left behind."""
        why = str(self.typed_values().get(WHY_NONE, ""))
        if self._collect_values():
            self.show_problem("This is not sealed yet. Seal it, or clear the fields first.", None)
        elif self._any:
            self.dismiss(StepRequest("go", DONE))
        elif why:
            self.dismiss(StepRequest("go", answer_none(why)))
        else:
            self.show_problem("Nothing is sealed here. Write why, then go on.", None)

    @on(Input.Submitted)
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

    @on(Button.Pressed, "#add")
    def _seal_record(self) -> None:
        self.action_add()


def _hang_indent(text: str) -> str:
    rows = [wrap(row, CELLS, subsequent_indent="    ") for row in text.split("\n")]
    return "\n".join("\n".join(row) for row in rows)


async def run_record_step(incident: ScreenIncident) -> StepRequest | None:
    """Seal one record after another until the officers go on or leave."""
    while True:
        step = incident.current_step
        sealed = list_records(step, incident.case)
        screen = RecordListScreen(
            step, incident.draft_values(), incident.build_context(), incident.policy_help(), sealed
        )
        turn = await incident.shell.ask_screen(screen)
        if turn is None or turn.what != "add":
            return turn
        incident.drafts[step.id] = turn.values
        receipt = await call_in_thread(
            incident.shell.desk.describe, incident.incident_id, step.id, turn.values
        )
        incident.drafts.pop(step.id, None)
        await incident.refresh_case()
        incident.said = f"Sealed, #{receipt.seq}."
