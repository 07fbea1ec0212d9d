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
from esafety_tui.plain.terminal.line_format import rows
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

NONE = "None of these, with a reason"
REASONS = {
    CHANGED: "Why is this answer changed? The old one is kept, with your reason beside it.",
    MOVED: "Why does the work go on at this computer? It began at another one. Both of you "
             "confirm this step again here; the reason is kept.",
}  # fmt: skip
KEEP = ("Keep it and go on", "Change it; the old answer is kept")
GATE_NO = "Each line has to be so before you go on. Type back, note or list if it is not."


def answer_lines(step: Step, answer: Answer) -> list[str]:
    """Return an answer in lines to be said."""
    words = put_in_words(step, answer)
    if words.none_because:
        return rows(f"None, because: {words.none_because}", "  ", "    ")
    said = [*([words.option] if words.option else []), *words.ticked]
    said += [f"All {words.confirmed} lines confirmed"] if words.confirmed else []
    said += [f"{label}: {given}" for label, given in words.fields]
    return [row for line in said for row in rows(line, "  ", "    ")]


def run(shell: Shell) -> None:
    """Ask the step at work and record its answer."""
    incident = shell.at
    step = incident.step
    orientation.announce(shell)
    before = incident.state.answer_to_step(step.id)
    again = step.id in incident.case.gates_again
    if before is not None and not again and step.id not in incident.drafts:
        shell.say("Answered before:", *answer_lines(step, before))
        if shell.number("What do you want?", KEEP) == 0:
            record(shell, before.to_json_values())
            return
    if again:
        shell.say("This has to be confirmed again, by the two of you, at this computer.")
    drafts = incident.drafts.setdefault(step.id, dict(incident.state.last_given_values(step.id)))
    while not _done(shell, step, drafts):
        pass


def _done(shell: Shell, step: Step, drafts: dict[str, Any]) -> bool:
    """Ask, read back and record. False: ask again, with what was given as a draft."""
    values = _asked(shell, step, drafts)
    problem = shell.at.find_problem(values)
    if problem is not None:
        shell.say(problem.text)
        return False
    try:
        if not _right(shell, step, values):
            return False
    except Back:
        return False
    record(shell, values)
    return True


def record(shell: Shell, values: Values) -> None:
    """Have the answer sealed, with a reason where one is needed, and go where the way goes."""
    try:
        shell.at.seal_answer(values, lambda kind: reason(shell, REASONS[kind]))
    except Back:  # out of the question why: the step is asked again
        shell.say("Not changed.")


def reason(shell: Shell, question: str) -> str:
    """Return the words that answer ``question``; asked until there are some."""
    field = StepField("reason", question)
    return field_input.one(shell, field, {})


def why_left(shell: Shell) -> str:
    """Return why a form is not signed now, or no pack written."""
    step = shell.at.step
    shell.say("", ask_why_unfinished(step)[1])
    return field_input.one(shell, why_none_field(step), {})


def _asked(shell: Shell, step: Step, drafts: dict[str, Any]) -> dict[str, Any]:
    """Return the values given for a step. Raises Back out of the first thing asked."""
    while True:
        values = _chosen(shell, step)
        try:
            if values is None:
                drafts[WHY_NONE] = field_input.one(shell, why_none_field(step), drafts)
                return dict(answer_none(drafts[WHY_NONE]))
            field_input.fields(shell, step.fields, drafts)
        except Back:
            if values == {}:  # nothing was chosen before the first field
                raise
            continue
        return values | {f.name: drafts[f.name] for f in step.fields if drafts.get(f.name)}


def _chosen(shell: Shell, step: Step) -> dict[str, Any] | None:
    """Return what is chosen, ticked or confirmed; None for "none of these"."""
    name, choices = name_choice(step), list_choices(step)
    if name == "confirmed":
        _confirmed(shell, step)
        return build_choice(step, [one.id for one in choices])
    if name == "options":
        return _ticked(shell, step, choices)
    none = [Choice("", NONE)] if step.may_skip else []
    if name:
        key = shell.choose("The answers:", [*choices, *none])
        return build_choice(step, [key]) if key else None
    if none and shell.choose("What do you want?", [Choice("answer", "Answer it"), *none]) == "":
        return None
    return {}


def _ticked(shell: Shell, step: Step, choices: list[Choice]) -> dict[str, Any] | None:
    """Return the ticks; none at all is an answer only where the step may be skipped."""
    while True:
        keys = shell.choose_several("Which of these are done?", choices)
        if keys:
            return build_choice(step, keys)
        if step.may_skip:
            return None
        shell.say("At least one of these is needed here. Type back or note if none is done.")


def _confirmed(shell: Shell, step: Step) -> None:
    """Ask for each line of a gate."""
    for number, line in enumerate(step.statements, 1):
        question = f"{number} of {len(step.statements)}: {line.text}"
        while not shell.yes(question, "Yes, this is so", "No, not yet"):
            shell.say(GATE_NO)


def _right(shell: Shell, step: Step, values: Values) -> bool:
    """Read the answer back as it will be recorded, and ask whether it is right."""
    checked = check_answer_values(step, values)
    assert not isinstance(checked, Problem)  # noqa: S101 - the engine has judged it
    answer = Answer(step.id, checked)
    option = step.find_option(answer.single_value("option"))
    detail = f"  ({option.detail})" if option is not None and option.detail else ""
    shell.say("", "Your answer:", *answer_lines(step, answer))
    shell.say(*([detail] if detail else []))
    shell.say(*(orientation.notify_line(shell.at, option.tell) if option is not None else []))
    return shell.yes(IS_RIGHT, "Yes, write it down", "No, change it")
