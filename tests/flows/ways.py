"""Answers that a careful pair would give, to walk the shipped procedures with."""

from esafety_tui.flows import engine
from esafety_tui.flows.model import Check, Field, Given, Kind, Problem, Procedure, Step

TEXTS = {
    Check.TEXT: "Invented words.",
    Check.NAME: "Iris Example",
    Check.WHEN: "21 Nov 2026 14:07",
    Check.URL: "https://forum.example/t/1",
    Check.NUMBER: "3",
}


def text_for(field: Field) -> str:
    return field.choices[0] if field.choices else TEXTS[field.check]


def good_answer(step: Step, option: str = "") -> Given:
    """Return a full answer to any step; ``option`` for a question or a wait."""
    if step.captures or step.kind in {Kind.REVIEW, Kind.SIGN, Kind.EXPORT}:
        return {"done": "yes"}
    values: dict[str, str | list[str]] = {field.name: text_for(field) for field in step.fields}
    if step.kind in {Kind.QUESTION, Kind.WAIT}:
        values["option"] = option or step.options[0].key
    elif step.kind is Kind.CHOOSE:
        values["options"] = [step.options[0].key]
    elif step.kind is Kind.GATE:
        values["confirmed"] = [statement.key for statement in step.statements]
    return values


def put(
    procedure: Procedure, state: engine.State, step_id: str, values: Given, reason: str = ""
) -> engine.State:
    """Answer, and insist that the answer is taken."""
    after = engine.answer(procedure, state, step_id, values, reason)
    assert not isinstance(after, Problem), after
    return after


def walk(
    procedure: Procedure,
    choices: dict[str, str],
    until: str = "end",
    state: engine.State | None = None,
) -> engine.State:
    """Answer step after step until ``until`` is shown."""
    state = state or engine.start(procedure)
    for _ in range(len(procedure.steps) + 1):
        step = engine.current(procedure, state)
        if step.id == until:
            return state
        state = put(procedure, state, step.id, good_answer(step, choices.get(step.id, "")))
    raise AssertionError(f"{until} was never shown")
