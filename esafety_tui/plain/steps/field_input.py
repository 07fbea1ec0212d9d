"""Fields: one line, several lines, a statement with marks, or one of several words.

Rule: Enter alone keeps what stands there, and ends words of several lines. What was typed so far is
put into ``drafts`` whatever leads away. Nothing is marked silently: a line of a statement without
its mark is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from esafety_tui.flows.engine.answers import check_field_value
from esafety_tui.flows.engine.checks import check_text as check_text
from esafety_tui.flows.engine.marked_statement import MARK_TEXTS, parse_statement
from esafety_tui.flows.procedure.model import FieldCheck, KnowledgeMark, Problem, StepField
from esafety_tui.plain.steps import draft_saving
from esafety_tui.plain.terminal.line_format import wrap_text
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

LINES = "Line by line. Enter alone on a line ends it."
STATEMENT = (
    "Line by line; Enter alone ends it. Begin each line with how you know it: saw: or told: (the "
    "exact words) or did: or think:"
)
GO_ON = "Go on below it; Enter alone ends it."
KEEP = "Enter alone keeps it; what you type takes its place."
EMPTY = "It may be left empty: Enter alone."
CLEAR = "A hyphen alone empties it."
MARKS = tuple(KnowledgeMark)
PROMPT = 50
"""Characters of a label that stands as the prompt itself."""


def ask_fields(
    shell: PromptShell, asked: Sequence[StepField], drafts: MutableMapping[str, Any]
) -> None:
    """Ask each field; checked values stand in ``drafts`` afterwards. Raises Back from the first."""
    place = 0
    while place < len(asked):
        try:
            value = ask_field(shell, asked[place], drafts)
        except GoBack:
            if place == 0:
                raise
            place -= 1
            continue
        drafts[asked[place].name] = value
        shell.begun.discard(asked[place].name)
        draft_saving.save_drafts(shell)
        place += 1


def ask_field(shell: PromptShell, field: StepField, drafts: MutableMapping[str, Any]) -> str:
    """Return the checked value of one field, "" for an empty optional one."""
    while True:
        before = str(drafts.get(field.name, ""))
        raw = _read_raw_value(shell, field, before, drafts)
        value = check_field_value(field, raw)
        if not isinstance(value, Problem):
            return value
        shell.say_texts(value.text)


def _read_raw_value(
    shell: PromptShell, field: StepField, before: str, drafts: MutableMapping[str, Any]
) -> str:
    if field.choices:
        more = () if field.required else ("Leave it empty",)
        chosen = shell.ask_number(f"\n{field.label}", (*field.choices, *more))
        return field.choices[chosen] if chosen < len(field.choices) else ""
    shell.say_texts("", *([] if _fits_as_prompt(field) else [field.label]))
    go_on = (
        before
        and field.name in shell.begun
        and field.check in (FieldCheck.TEXT, FieldCheck.STATEMENT)
    )
    if before:
        shell.say_texts("So far:", *wrap_text(before, "  ", "  "), GO_ON if go_on else KEEP)
    shell.say_texts(*([EMPTY] if not field.required and not before else []))
    shell.say_texts(*([CLEAR] if not field.required and before else []))
    if field.check is FieldCheck.STATEMENT:
        typed = _ask_statement(shell, field, drafts, field.mark, before if go_on else "")
    elif field.check is FieldCheck.TEXT:
        typed = _ask_statement(shell, field, drafts, None, before if go_on else "")
    else:
        typed = shell.ask_line(field.label if _fits_as_prompt(field) else "Type it", field.label)
    if not typed.strip():
        return before
    return "" if typed.strip() == "-" and not field.required and before else typed


def _fits_as_prompt(field: StepField) -> bool:
    """Whether the label is a prompt: one line is asked for, and it fits beside the answer."""
    single = field.check not in (FieldCheck.TEXT, FieldCheck.STATEMENT)
    return single and len(field.label) <= PROMPT


def ask_line(shell: PromptShell, label: str, before: str = "", *, path: bool = False) -> str:
    """Return one line that is not empty, exactly as typed; Enter alone keeps ``before``.

    Control characters are refused, but in a ``path``: file names may hold anything.
    """
    short = len(label) <= PROMPT
    shell.say_texts("", *([] if short else [label]))
    shell.say_texts(*(["So far:", *wrap_text(before, "  ", "  "), KEEP] if before else []))
    while True:
        typed = shell.ask_line(label if short else "Type it", label)
        checked = typed if path and typed.strip() else check_text(typed)
        if not typed.strip() and before:
            return before
        if not isinstance(checked, Problem):
            return typed
        shell.say_texts(checked.text)


def _ask_statement(
    shell: PromptShell,
    field: StepField,
    drafts: MutableMapping[str, Any],
    mark: KnowledgeMark | None,
    begun: str,
) -> str:
    """Return several lines after those ``begun``; each is kept in ``drafts`` as it is finished."""
    typed = begun.split("\n") if begun else []

    def finished() -> None:
        drafts[field.name] = "\n".join(typed)

    return _read_lines(shell, typed, mark, finished)


def ask_text_lines(shell: PromptShell) -> str:
    """Return words of several lines, without marks."""
    return _read_lines(shell, [], None)


def ask_statement_lines(shell: PromptShell, mark: KnowledgeMark, kept: list[str]) -> str:
    """Return a statement's lines; ``kept`` holds those typed before, and all that are typed."""
    if kept:
        shell.say_texts(
            "You had typed:", *(row for line in kept for row in wrap_text(line, "  ", "  "))
        )
    return _read_lines(shell, kept, mark)


def _read_lines(
    shell: PromptShell,
    typed: list[str],
    mark: KnowledgeMark | None,
    finished: Callable[[], None] | None = None,
) -> str:
    how = LINES if mark is None else STATEMENT
    shell.say_texts(how)
    while True:
        line = shell.ask_line(f"Line {len(typed) + 1}", how)
        if not line.strip():
            return "\n".join(typed)
        if mark is not None and line.strip() != "-" and isinstance(parse_statement(line), Problem):
            line = f"{_ask_line_mark(shell, mark)}: {line}"
        typed.append(line)
        if finished is not None:
            finished()
        draft_saving.save_drafts(shell)


def _ask_line_mark(shell: PromptShell, offered: KnowledgeMark) -> KnowledgeMark:
    """Ask how the writer knows a line that does not say so."""
    words = ", ".join(f"{n} {MARK_TEXTS[mark]}" for n, mark in enumerate(MARKS, 1))
    question = f"How do you know it? {words}. Enter alone: {MARK_TEXTS[offered]}."
    shell.say_texts(question)
    while True:
        typed = shell.ask_line("Number 1 to 4", question).strip()
        if not typed:
            return offered
        if typed in ("1", "2", "3", "4"):
            return MARKS[int(typed) - 1]
        shell.report_mismatch("Type a number from 1 to 4.")
