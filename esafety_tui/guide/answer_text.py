"""An answer in the words of its step, and the two answers of a step that is done or left."""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.flows.procedure.built_in_fields import WHY_NONE
from esafety_tui.flows.procedure.model import Answer, Step
from esafety_tui.kernel.views import Values

DONE: Values = {"done": "yes"}


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """An answer in words: labels of options and fields, not their keys.

    Attributes:
        none_because: why nothing was given, "" where something was.
        confirmed: how many statements of a gate were confirmed.
        fields: label and words of each field that was filled in.
    """

    none_because: str = ""
    option: str = ""
    ticked: tuple[str, ...] = ()
    confirmed: int = 0
    fields: tuple[tuple[str, str], ...] = ()


def put_in_words(step: Step, answer: Answer) -> AnswerWords:
    """Return an answer in the words of its step."""
    if answer.single_value("done") == "none":
        return AnswerWords(answer.single_value(WHY_NONE))
    option = step.find_option(answer.single_value("option"))
    return AnswerWords(
        option=option.label if option is not None else "",
        ticked=tuple(o.label for o in step.options if o.key in answer.list_values("options")),
        confirmed=len(step.statements) if answer.list_values("confirmed") else 0,
        fields=tuple(
            (f.label, answer.single_value(f.name))
            for f in step.fields
            if answer.single_value(f.name)
        ),
    )


def answer_none(reason: str) -> Values:
    """Return the answer that nothing is given, or that it is left for later, and why."""
    return {"done": "none", WHY_NONE: reason}
