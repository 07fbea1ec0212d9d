"""Steps that ask: question, decision, wait, gate, action, referral, record. Knows no procedure.

Rule: what will be written down is read back and confirmed before it is sealed. An answer given
before is kept, or changed with a reason. The engine and the desk judge; nothing is decided here.
"""

from __future__ import annotations

from typing import Any

from esafety_tui.flows.engine.answers import check_answer_values
from esafety_tui.flows.procedure.built_in_fields import WHY_NONE, ask_why_unfinished, why_none_field
from esafety_tui.flows.procedure.model import Answer, Problem, Step, StepField
from esafety_tui.guide.answer_text import answer_none, put_in_words
from esafety_tui.guide.case_state import CHANGED, MOVED
from esafety_tui.guide.choice import Choice
from esafety_tui.guide.question_step import build_choice, list_choices, name_choice
from esafety_tui.guide.shared_text import IS_RIGHT
from esafety_tui.kernel.views import Values
from esafety_tui.plain.steps import field_input, orientation
from esafety_tui.plain.terminal.line_format import wrap_text
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

NONE = "None of these, with a reason"
REASONS = {
    CHANGED: "Why is this answer changed? The old one is kept, with your reason beside it.",
    MOVED: "Why does the work go on at this computer? It began at another one. Both of you "
             "confirm this step again here; the reason is kept.",
}  # fmt: skip
KEEP = ("Keep it and go on", "Change it; the old answer is kept")
GATE_NO = "Each line has to be so before you go on. Type back, note or list if it is not."


def format_answer(step: Step, answer: Answer) -> list[str]:
    """Return an answer in lines to be said."""
    words = put_in_words(step, answer)
    if words.none_because:
        return wrap_text(f"None, because: {words.none_because}", "  ", "    ")
    said = [*([words.option] if words.option else []), *words.ticked]
    said += [f"All {words.confirmed} lines confirmed"] if words.confirmed else []
    said += [f"{label}: {given}" for label, given in words.fields]
    return [row for line in said for row in wrap_text(line, "  ", "    ")]


def run_question_step(shell: PromptShell) -> None:
    """Ask the step at work and record its answer."""
    incident = shell.current_incident
    step = incident.current_step
    orientation.announce_step(shell)
    before = incident.state.answer_to_step(step.id)
    again = step.id in incident.case.gates_again
    if before is not None and not again and step.id not in incident.drafts:
        shell.say_texts("Answered before:", *format_answer(step, before))
        if shell.ask_number("What do you want?", KEEP) == 0:
            record_answer(shell, before.to_json_values())
            return
    if again:
        shell.say_texts("This has to be confirmed again, by the two of you, at this computer.")
    drafts = incident.drafts.setdefault(step.id, dict(incident.state.last_given_values(step.id)))
    while not _answer_step(shell, step, drafts):
        pass


def _answer_step(shell: PromptShell, step: Step, drafts: dict[str, Any]) -> bool:
    """Ask, read back and record. False: ask again, with what was given as a draft."""
    values = _ask_values(shell, step, drafts)
    problem = shell.current_incident.find_problem(values)
    if problem is not None:
        shell.say_texts(problem.text)
        return False
    try:
        if not _confirm_answer(shell, step, values):
            return False
    except GoBack:
        return False
    record_answer(shell, values)
    return True


def record_answer(shell: PromptShell, values: Values) -> None:
    """Have the answer sealed, with a reason where one is needed, and go where the way goes."""
    try:
        shell.current_incident.seal_answer(values, lambda kind: ask_reason(shell, REASONS[kind]))
    except GoBack:  # out of the question why: the step is asked again
        shell.say_texts("Not changed.")


def ask_reason(shell: PromptShell, question: str) -> str:
    """Return the words that answer ``question``; asked until there are some."""
    field = StepField("reason", question)
    return field_input.ask_field(shell, field, {})


def ask_reason_left(shell: PromptShell) -> str:
    """Return why a form is not signed now, or no pack written."""
    step = shell.current_incident.current_step
    shell.say_texts("", ask_why_unfinished(step)[1])
    return field_input.ask_field(shell, why_none_field(step), {})


def _ask_values(shell: PromptShell, step: Step, drafts: dict[str, Any]) -> dict[str, Any]:
    """Return the values given for a step. Raises Back out of the first thing asked."""
    while True:
        values = _ask_choice(shell, step)
        try:
            if values is None:
                drafts[WHY_NONE] = field_input.ask_field(shell, why_none_field(step), drafts)
                return dict(answer_none(drafts[WHY_NONE]))
            field_input.ask_fields(shell, step.fields, drafts)
        except GoBack:
            if values == {}:  # nothing was chosen before the first field
                raise
            continue
        return values | {f.name: drafts[f.name] for f in step.fields if drafts.get(f.name)}


def _ask_choice(shell: PromptShell, step: Step) -> dict[str, Any] | None:
    """Return what is chosen, ticked or confirmed; None for "none of these"."""
    name, choices = name_choice(step), list_choices(step)
    if name == "confirmed":
        _ask_confirmations(shell, step)
        return build_choice(step, [one.id for one in choices])
    if name == "options":
        return _ask_ticks(shell, step, choices)
    none = [Choice("", NONE)] if step.may_skip else []
    if name:
        key = shell.choose_one("The answers:", [*choices, *none])
        return build_choice(step, [key]) if key else None
    if none and shell.choose_one("What do you want?", [Choice("answer", "Answer it"), *none]) == "":
        return None
    return {}


def _ask_ticks(shell: PromptShell, step: Step, choices: list[Choice]) -> dict[str, Any] | None:
    """Return the ticks; none at all is an answer only where the step may be skipped."""
    while True:
        keys = shell.choose_several("Which of these are done?", choices)
        if keys:
            return build_choice(step, keys)
        if step.may_skip:
            return None
        shell.say_texts("At least one of these is needed here. Type back or note if none is done.")


def _ask_confirmations(shell: PromptShell, step: Step) -> None:
    """Ask for each line of a gate."""
    for number, line in enumerate(step.statements, 1):
        question = f"{number} of {len(step.statements)}: {line.text}"
        while not shell.ask_yes_or_no(question, "Yes, this is so", "No, not yet"):
            shell.say_texts(GATE_NO)


def _confirm_answer(shell: PromptShell, step: Step, values: Values) -> bool:
    """Read the answer back as it will be recorded, and ask whether it is right."""
    checked = check_answer_values(step, values)
    assert not isinstance(checked, Problem)  # noqa: S101 - the engine has judged it
    answer = Answer(step.id, checked)
    option = step.find_option(answer.single_value("option"))
    detail = f"  ({option.detail})" if option is not None and option.detail else ""
    shell.say_texts("", "Your answer:", *format_answer(step, answer))
    shell.say_texts(*([detail] if detail else []))
    shell.say_texts(
        *(
            orientation.name_notified_contacts(shell.current_incident, option.tell)
            if option is not None
            else []
        )
    )
    return shell.ask_yes_or_no(IS_RIGHT, "Yes, write it down", "No, change it")
