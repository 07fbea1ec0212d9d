"""Checks that the values given to a step answer it. Pure: returns them, or a Problem.

What each kind of step expects:

* ``question``, ``decision``, ``wait``: ``option`` = one key, and the step's fields.
* ``action``, ``referral``: ``options`` = list of at least one key, and the step's fields.
* ``gate``: ``confirmed`` = list with every statement's key, and the step's fields.
* ``record``: the step's fields.
* ``many``, ``capture``: ``done`` = "yes", or "none" with ``why_none``; the items are records of
  their own and are checked one by one with :func:`check_field_values`.
* ``review``, ``sign``, ``export``: ``done`` = "yes", and the step's fields.

Where ``may_skip`` is set, ``done`` = "none" with ``why_none`` is an answer too.
"""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.flows.engine import checks
from esafety_tui.flows.engine.marked_statement import check_statement
from esafety_tui.flows.procedure.built_in_fields import why_none_field
from esafety_tui.flows.procedure.model import (
    CLOSING_KINDS,
    ITEM_KINDS,
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    AnswerValue,
    FieldCheck,
    GivenValues,
    Problem,
    Step,
    StepField,
    StepKind,
)

_CHECKS = {
    FieldCheck.TEXT: checks.check_text,
    FieldCheck.NAME: checks.check_name,
    FieldCheck.WHEN: checks.check_date_time,
    FieldCheck.URL: checks.check_url,
    FieldCheck.NUMBER: checks.check_number,
    FieldCheck.STATEMENT: check_statement,
}


def check_answer_values(step: Step, given: GivenValues) -> dict[str, AnswerValue] | Problem:
    """Return the values of ``given`` as they will be recorded, or what is wrong with them."""
    names = _allowed_names(step)
    extra = sorted(set(given) - names)
    if extra:
        return Problem(f"This step does not ask for {extra[0]!r}.", extra[0])
    if given.get("done") == "none":
        return _check_skipped(step, given)
    body = _check_kind_values(step, given)
    if isinstance(body, Problem) or step.kind in ITEM_KINDS:
        return body
    fields = check_field_values(step.fields, given)
    return fields if isinstance(fields, Problem) else body | fields


def check_field_values(
    fields: Iterable[StepField], given: GivenValues
) -> dict[str, AnswerValue] | Problem:
    """Return the checked values of ``fields``; an empty optional field is left out."""
    values: dict[str, AnswerValue] = {}
    for field in fields:
        value = check_field_value(field, given.get(field.name, ""))
        if isinstance(value, Problem):
            return value
        if value:
            values[field.name] = value
    return values


def check_field_value(field: StepField, raw: object) -> str | Problem:
    """Return the checked text of one field, "" for an empty optional one, or a Problem."""
    if not isinstance(raw, str):
        return Problem(f"“{field.label}” needs one text.", field.name)
    if not raw.strip():
        needs = Problem(f"“{field.label}” is empty. Please fill it in.", field.name)
        return needs if field.required else ""
    if field.choices:
        if raw in field.choices:
            return raw
        return Problem(f"Choose one of: {', '.join(field.choices)}.", field.name)
    value = _CHECKS[field.check](raw)
    return Problem(value.text, field.name) if isinstance(value, Problem) else value


def _allowed_names(step: Step) -> set[str]:
    """Names a step of this kind may be given."""
    names = set() if step.kind in ITEM_KINDS else {field.name for field in step.fields}
    if step.kind in ONE_OPTION_KINDS:
        names.add("option")
    elif step.kind in TICKED_KINDS:
        names.add("options")
    elif step.kind is StepKind.GATE:
        names.add("confirmed")
    if step.kind in ITEM_KINDS or step.may_skip or step.kind in CLOSING_KINDS:
        names |= {"done", "why_none"}
    return names


def _check_skipped(step: Step, given: GivenValues) -> dict[str, AnswerValue] | Problem:
    if not step.may_skip:
        return Problem("This step cannot be left out.", "done")
    reason = check_field_value(why_none_field(step), given.get("why_none", ""))
    if isinstance(reason, Problem):
        return reason
    return {"done": "none", "why_none": reason}


def _check_kind_values(step: Step, given: GivenValues) -> dict[str, AnswerValue] | Problem:
    """Return the part of the answer that the kind of step asks for."""
    if step.kind is StepKind.END:
        return Problem("This procedure has ended. Nothing more is asked here.")
    if step.kind in ONE_OPTION_KINDS:
        key = given.get("option")
        if isinstance(key, str) and step.find_option(key):
            return {"option": key}
        return Problem("Choose one of the answers.", "option")
    if step.kind in TICKED_KINDS:
        keys = _distinct_texts(given.get("options", ()))
        known = tuple(option.key for option in step.options if option.key in keys)
        if known and len(known) == len(keys):
            return {"options": known}
        return Problem("Tick at least one line.", "options")
    if step.kind is StepKind.GATE:
        confirmed = _distinct_texts(given.get("confirmed", ()))
        needed = tuple(statement.key for statement in step.statements)
        if set(confirmed) == set(needed):
            return {"confirmed": needed}
        return Problem("Each line has to be confirmed before you go on.", "confirmed")
    if step.kind in ITEM_KINDS or step.kind in CLOSING_KINDS:
        if given.get("done") == "yes":
            return {"done": "yes"}
        return Problem("Say that you are done here before you go on.", "done")
    return {}


def _distinct_texts(raw: object) -> tuple[str, ...]:
    """Return the distinct texts of a list value; a single text counts as nothing."""
    if isinstance(raw, str) or not isinstance(raw, Iterable):
        return ()
    return tuple(dict.fromkeys(item for item in raw if isinstance(item, str)))
