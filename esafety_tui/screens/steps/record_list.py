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
from esafety_tui.screens.base.case_frame import Bearings, StepFrame, Turn
from esafety_tui.screens.base.frame import command, in_thread
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.steps.step import Help, about, never_line, source_line, tell_line
from esafety_tui.screens.widgets.entry import Entry
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.words_box import WordsBox

CELLS = 74


class ManyScreen(StepFrame):
    """The fields of one record, again and again. "add": seal it; "go": these are all."""

    AUTO_FOCUS = ".entry Field, .entry WordsBox, .entry Pick"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Seal", key_display="Enter"),
    ]

    def __init__(
        self,
        step: Step,
        draft: Values,
        bearings: Bearings,
        help: Help,
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

    def about(self) -> str:
        """Return question, why and source."""
        return about(self._step)

    def middle(self) -> Iterable[Widget]:
        """Yield the question, what is sealed, and the fields of the next one."""
        step = self._step
        yield Plain(step.question, classes="title")
        yield Plain(step.why, classes="why")
        rows = [_hung(f"#{d.seq}  {d.shown_text}") for d in self._sealed]
        yield Plain("\n".join(rows) or "Nothing sealed here yet.", id="sealed", classes="gap")
        for asked in step.fields:
            yield Entry(asked, str(self._draft.get(asked.name, "")))
        if not self._any:
            yield Entry(self._none, str(self._draft.get(WHY_NONE, "")))
        yield Plain(source_line(step, self._help.confirmed), classes="quiet gap")
        if step.forbids:
            yield Plain(never_line(step), classes="asks")
        yield Plain(tell_line(step.tell, self._help), id="tell")

    def buttons(self) -> Iterable[Button]:
        """Yield sealing first: it is what Enter does."""
        yield command("Seal", "add", first=True)
        yield command("No more F8", "go")
        yield command("Back", "back")
        yield command("Note F6", "note")
        yield command("So far F7", "look")

    def typed(self) -> Values:
        """Return what is not sealed yet."""
        return {e.field.name: e.value for e in self.query(Entry) if e.value}

    def _given(self) -> Values:
        return {k: v for k, v in self.typed().items() if k != WHY_NONE}

    def action_add(self) -> None:
        """Seal what stands in the fields."""
        checked = check_field_values(self._step.fields, self._given())
        if isinstance(checked, Problem):
            found = [e.control for e in self.query(Entry) if e.field.name == checked.field]
            self.show_problem(checked.text, found[0] if found else None)
        else:
            self.dismiss(Turn("add", self._given()))

    def action_go(self) -> None:
        """These are all: nothing half typed is left behind."""
        why = str(self.typed().get(WHY_NONE, ""))
        if self._given():
            self.show_problem("This is not sealed yet. Seal it, or clear the fields first.", None)
        elif self._any:
            self.dismiss(Turn("go", DONE))
        elif why:
            self.dismiss(Turn("go", answer_none(why)))
        else:
            self.show_problem("Nothing is sealed here. Write why, then go on.", None)

    @on(Input.Submitted)
    def action_forward(self) -> None:
        """Enter goes to the next field, and seals from the last."""
        order = [e.control for e in self.query(Entry) if e.field is not self._none]
        at = order.index(self.focused) if self.focused in order else len(order)
        if self.focused is not None and self.focused.id == f"f-{WHY_NONE}":
            self.action_go()
        elif at + 1 < len(order):
            order[at + 1].focus()
        else:
            self.action_add()

    @on(Button.Pressed, "#add")
    def _add(self) -> None:
        self.action_add()


def _hung(text: str) -> str:
    rows = [wrap(row, CELLS, subsequent_indent="    ") for row in text.split("\n")]
    return "\n".join("\n".join(row) for row in rows)


async def run(incident: ScreenIncident) -> Turn | None:
    """Seal one record after another until the officers go on or leave."""
    while True:
        step = incident.step
        sealed = list_records(step, incident.case)
        screen = ManyScreen(step, incident.draft(), incident.bearings(), incident.help(), sealed)
        turn = await incident.shell.ask(screen)
        if turn is None or turn.what != "add":
            return turn
        incident.drafts[step.id] = turn.values
        receipt = await in_thread(incident.shell.desk.describe, incident.inc, step.id, turn.values)
        incident.drafts.pop(step.id, None)
        await incident.refresh_case()
        incident.said = f"Sealed, #{receipt.seq}."
