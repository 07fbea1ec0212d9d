"""Answers that a careful pair would give, to walk procedures with; and small procedures."""

from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.load import parse_procedure
from esafety_tui.flows.procedure.model import (
    CLOSING_KINDS,
    ITEM_KINDS,
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    FieldCheck,
    GivenValues,
    Problem,
    Procedure,
    Step,
    StepField,
    StepKind,
)

TEXTS = {
    FieldCheck.TEXT: "Invented words.",
    FieldCheck.NAME: "Iris Example",
    FieldCheck.WHEN: "21 Nov 2026 14:07",
    FieldCheck.URL: "https://forum.example/t/1",
    FieldCheck.NUMBER: "3",
    FieldCheck.STATEMENT: "told: Invented words.",
}


def text_for(field: StepField) -> str:
    return field.choices[0] if field.choices else TEXTS[field.check]


def good_answer(step: Step, option: str = "") -> GivenValues:
    """Return a full answer to any step; ``option`` where one is chosen."""
    if step.kind in ITEM_KINDS or step.kind in CLOSING_KINDS:
        return {"done": "yes"}
    values: dict[str, str | list[str]] = {field.name: text_for(field) for field in step.fields}
    if step.kind in ONE_OPTION_KINDS:
        values["option"] = option or step.options[0].key
    elif step.kind in TICKED_KINDS:
        values["options"] = [step.options[0].key]
    elif step.kind is StepKind.GATE:
        values["confirmed"] = [statement.key for statement in step.statements]
    return values


def put(
    procedure: Procedure,
    state: engine.FlowState,
    step_id: str,
    values: GivenValues,
    reason: str = "",
) -> engine.FlowState:
    """Answer, and insist that the answer is taken."""
    after = engine.answer_step(procedure, state, step_id, values, reason)
    assert not isinstance(after, Problem), after
    return after


def walk(
    procedure: Procedure,
    choices: dict[str, str],
    until: str = "end",
    state: engine.FlowState | None = None,
) -> engine.FlowState:
    """Answer step after step until ``until`` is shown."""
    state = state or engine.start_procedure(procedure)
    for _ in range(len(procedure.steps) + 1):
        step = engine.current_step(procedure, state)
        if step.id == until:
            return state
        state = put(procedure, state, step.id, good_answer(step, choices.get(step.id, "")))
    raise AssertionError(f"{until} was never shown")


def row(step_id: str, kind: str, more: str = "") -> str:
    """Return one step as it stands in a file."""
    return (
        f'[[step]]\nid = "{step_id}"\nkind = "{kind}"\ntitle = "t"\nquestion = "q"\nwhy = "w"\n'
        f'source = "general practice, to be confirmed"\nstatus = "to be confirmed"\n{more}\n'
    )


def file_of(rows: list[str], name: str = "small", first: str = "s0", after_stop: str = "") -> bytes:
    """Return a procedure file of these steps."""
    head = f'format = "procedure/2"\nname = "{name}"\ntitle = "t"\nversion = "1"\n'
    head += f'first = "{first}"\nafter_stop = "{after_stop or first}"\n'
    return (head + "".join(rows)).encode()


def long_procedure(steps: int) -> Procedure:
    """Return questions one after the other, the last two a review and the end."""
    asks = 'next = "s{}"\noptions = [{{ key = "1", label = "Yes" }}, {{ key = "2", label = "No" }}]'
    rows = [row(f"s{n}", "question", asks.format(n + 1)) for n in range(steps - 2)]
    rows.append(row(f"s{steps - 2}", "review", f'next = "s{steps - 1}"'))
    return parse_procedure(file_of([*rows, row(f"s{steps - 1}", "end")]), "long.toml")
