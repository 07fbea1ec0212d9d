"""One screen for any step that asks: questions, gates, records, ticks. Knows no procedure.

Rule: it draws what stands in the step and gives back what was typed, checked by the ``judge`` it
is given. A problem is shown in words, the focus goes to the field meant, nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from esafety_tui.flows.engine.fit import SanctionAdvice
from esafety_tui.flows.procedure.built_in_fields import WHY_NONE, why_none_field
from esafety_tui.flows.procedure.model import (
    ONE_OPTION_KINDS,
    Problem,
    SourceStatus,
    Step,
    StepField,
    StepKind,
)
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.guide import question_step
from esafety_tui.guide.step_text import ASK, list_prohibitions, name_contacts, state_advice
from esafety_tui.kernel.views import Values
from esafety_tui.screens.base.case_frame import CaseContext, StepFrame, StepRequest
from esafety_tui.screens.widgets.choices import Choices
from esafety_tui.screens.widgets.entry import Entry
from esafety_tui.screens.widgets.field import Field as Line
from esafety_tui.screens.widgets.plain_text import Plain
from esafety_tui.screens.widgets.words_box import WordsBox

Judge = Callable[[Values], Problem | None]


@dataclass(frozen=True, slots=True)
class PolicyHelp:
    """What the school's policy adds to a step.

    Attributes:
        profile: for what it calls people. numbers: label of a contact to its number.
        confirmed: who confirmed this very instruction and when, or "".
        advice: what the matrix says for the row that was chosen, or None.
    """

    profile: Profile
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    confirmed: str = ""
    advice: SanctionAdvice | None = None


def format_source(step: Step, confirmed: str = "") -> str:
    """Return where the instruction comes from and whether the school has confirmed it."""
    if step.status is SourceStatus.SOURCED:
        return f"Source: {step.source}"
    sure = f"confirmed by {confirmed}" if confirmed else ASK
    return f"Source: {step.source} ({sure})"


def list_forbidden_acts(step: Step) -> str:
    """Return what nobody does from here on, "" where nothing is forbidden."""
    words = ", ".join(list_prohibitions(step))
    return f"From here on do not: {words}." if words else ""


def list_step_help(step: Step) -> str:
    """Return what F1 says about a step."""
    return f"{step.question}\n\n{step.why}\n{format_source(step)}"


def name_notified_contacts(kinds: Iterable[str], help: PolicyHelp) -> str:
    """Return who must be told, with the numbers that are known; "" for nobody."""
    return name_contacts(kinds, help.profile, help.numbers, " · ")


def list_step_reasons(step: Step, help: PolicyHelp) -> str:
    """Return why a step is asked, with what nobody does from here on and who must be told.

    For screens that have no room of their own for these: what is sealed has been shown.
    """
    said = (step.why, list_forbidden_acts(step), name_notified_contacts(step.tell, help))
    return "\n".join(part for part in said if part)


class StepScreen(StepFrame):
    """Draw ``step`` filled with ``draft``; return a Turn whose values ``judge`` has accepted."""

    AUTO_FOCUS = ""
    FIRST = "Choices, .entry Field, .entry WordsBox, .entry Pick"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Next", key_display="Enter"),
    ]

    def __init__(
        self,
        step: Step,
        draft: Values,
        judge: Judge,
        bearings: CaseContext,
        help: PolicyHelp,
    ) -> None:
        super().__init__(bearings)
        self._step = step
        self.step_id = step.id
        self._draft = draft
        self._judge = judge
        self._help = help
        self.set_class(step.kind is StepKind.RECORD and len(step.fields) < 4, "-roomy")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter makes a new line where words are written: no Next is promised for it there."""
        del parameters
        return action != "forward" or not isinstance(self.focused, WordsBox)

    def list_help_lines(self) -> str:
        """Return question, why and source."""
        return list_step_help(self._step)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield question, why, choices, fields, source and who must be told."""
        step = self._step
        yield Plain(step.question, classes="title")
        yield Plain(step.why, classes="why")
        if self._help.advice is not None:
            yield Plain("\n".join(state_advice(self._help.advice)), classes="asks")
        choices = self._make_choices()
        if choices is not None:
            yield choices
        for asked in self._make_fields():
            yield Entry(asked, str(self._draft.get(asked.name, "")))
        yield Plain(format_source(step, self._help.confirmed), classes="quiet gap")
        if step.forbids:
            yield Plain(list_forbidden_acts(step), classes="asks")
        yield Plain(name_notified_contacts(step.tell, self._help), id="tell")

    def _make_choices(self) -> Choices | None:
        rows, name = question_step.list_choices(self._step), question_step.name_choice(self._step)
        if name == "option":
            keys = [row.id for row in rows]
            chosen = self._draft.get(name)
            return Choices(rows, at=keys.index(str(chosen)) if chosen in keys else 0)
        return Choices(rows, many=True, ticked=self._list_drafted_ticks(name)) if name else None

    def _list_drafted_ticks(self, name: str) -> tuple[str, ...]:
        ticked = self._draft.get(name, ())
        return () if isinstance(ticked, str) else tuple(ticked)

    def _make_fields(self) -> tuple[StepField, ...]:
        extra = (why_none_field(self._step, required=False),) if self._step.may_skip else ()
        return (*self._step.fields, *extra)

    def typed_values(self) -> Values:
        """Return the values as the engine takes them."""
        values: dict[str, str | tuple[str, ...]] = {
            entry.field.name: entry.entered_value
            for entry in self.query(Entry)
            if entry.entered_value
        }
        for choices in self.query(Choices):
            ticked = [c.id for c in choices.choices if c.id in choices.ticked]
            keys = ticked if choices.many else [choices.choices[choices.at].id]
            values |= question_step.build_choice(self._step, keys)
        if WHY_NONE in values:
            values["done"] = "none"
        return values

    def action_go(self) -> None:
        """Go on if the answer will do, else say what is missing."""
        values = self.typed_values()
        problem = question_step.find_contradiction(values) or self._judge(values)
        if problem is None:
            self.dismiss(StepRequest("go", values))
        else:
            self.show_problem(problem.text, self._find_control(problem.field))

    def _find_control(self, name: str) -> Widget | None:
        """Return the control that a problem is about."""
        if name in question_step.CHOSEN:
            return self.query_one(Choices)
        return next((e.focus_control for e in self.query(Entry) if e.field.name == name), None)

    @on(Choices.Marked)
    def _show_marked_contacts(self, event: Choices.Marked) -> None:
        """Say who must be told when the marked option is chosen."""
        option = self._step.find_option(event.choice.id)
        more = option.tell if option is not None and self._step.kind in ONE_OPTION_KINDS else ()
        self.query_one("#tell", Plain).show_text(
            name_notified_contacts((*self._step.tell, *more), self._help)
        )

    @on(Choices.Chosen)
    @on(Input.Submitted)
    def action_forward(self) -> None:
        """Enter goes to the next control, and on from the last."""
        order: list[Widget] = [*self.query(Choices), *(e.focus_control for e in self.query(Entry))]
        at = order.index(self.focused) if self.focused in order else len(order)
        if at + 1 < len(order):
            order[at + 1].focus()
        else:
            self.action_go()

    @on(Line.Offered)
    def _insert_pasted_lines(self, event: Line.Offered) -> None:
        self.show_problem_line(
            f"Only the first line was taken; {len(event.lines)} more were left out."
        )
