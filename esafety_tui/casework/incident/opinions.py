"""What somebody only thinks is a disclosure of its own in its record, so that it can stay behind.

On recording, the lines of a statement marked "think" go from the field they were written in into
the field ``thought`` = ``{field: [[place, line], ...]}`` of the same record (format.md section 5).
Here they are taken out and put together again. Nothing is ever thrown away, and what a person
typed is judged in flows.statement alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TypeAlias

from esafety_tui.flows.engine import marked_statement
from esafety_tui.flows.procedure.model import FieldCheck, Problem, Step
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import OpenRecord

THOUGHT = "thought"
Shown: TypeAlias = Callable[[OpenRecord, str], str]
"""How the words of one field of a record are shown."""


def check_statement(raw: str) -> str:
    """Return a statement as it is recorded. Raises BadInput with the sentence that says why."""
    words = marked_statement.check_statement(raw)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was saved.")
    return words


def statement_fields(step: Step) -> tuple[str, ...]:
    """Return the names of a step's fields that are statements."""
    return tuple(field.name for field in step.fields if field.check is FieldCheck.STATEMENT)


def separate_opinions(
    values: Mapping[str, Json], names: Collection[str]
) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return ``values`` without what was only thought, and the field that holds it.

    ``names`` are those of the statements. The second is ``{"thought": {...}}``, or {} for nothing.
    """
    kept, thought = dict(values), dict[str, Json]()
    for name in names:
        text = values.get(name)
        if isinstance(text, str):
            kept[name], lines = marked_statement.split_opinions(text)
            if lines:
                thought[name] = [[place, line] for place, line in lines]
    return kept, ({THOUGHT: thought} if thought else {})


def opinion_lines(record: OpenRecord, name: str) -> tuple[tuple[int, str], ...]:
    """Return what was only thought in a field, with its place; none where it was left out.

    A row that is none counts for nothing: one officer alone may have written the record.
    """
    thought = record.fields.get(THOUGHT, {})
    rows = thought.get(name, ()) if isinstance(thought, Mapping) else ()
    return (
        tuple(sorted(_opinion_rows(rows), key=itemgetter(0))) if isinstance(rows, Sequence) else ()
    )


def _opinion_rows(rows: Iterable[object]) -> Iterable[tuple[int, str]]:
    for row in rows:
        pair = list(row) if isinstance(row, list | tuple) else []
        if len(pair) == 2 and type(pair[0]) is int and pair[0] >= 0 and isinstance(pair[1], str):
            yield pair[0], pair[1]


def text_without_opinion(record: OpenRecord, name: str) -> str:
    """Return the words of a field, of ``values`` where the record has them, without thoughts."""
    values = record.fields.get("values")
    value = values.get(name, "") if isinstance(values, Mapping) else record.fields.get(name, "")
    return value if isinstance(value, str) else str(value)


def text_as_typed(record: OpenRecord, name: str) -> str:
    """Return the words of a field as they were typed, thoughts at their places."""
    return marked_statement.restore_opinions(
        text_without_opinion(record, name), opinion_lines(record, name)
    )


def values_with(record: OpenRecord, show: Shown = text_as_typed) -> dict[str, Json]:
    """Return the ``values`` of a record; words that hold thoughts are shown by ``show``."""
    found = record.fields.get("values", {})
    given = dict(found) if isinstance(found, Mapping) else {}
    return {**given, **{name: show(record, name) for name in given if opinion_lines(record, name)}}


def print_as_opinion(record: OpenRecord, name: str) -> str:
    """Return a field's words as a form prints them that opinion was chosen for: marked as such."""
    marked = [(place, f"[opinion] {line}") for place, line in opinion_lines(record, name)]
    return marked_statement.restore_opinions(text_without_opinion(record, name), marked)


def print_without_opinion(record: OpenRecord, name: str) -> str:
    """Return a field's words as any other form prints them: how much is left out is said."""
    number = len(opinion_lines(record, name))
    told = f"[{describe_count(number)} left out]" if number else ""
    return "\n".join(part for part in (text_without_opinion(record, name), told) if part)


def describe_count(number: int) -> str:
    """Return ``1 line of opinion``."""
    return f"{number} line{'' if number == 1 else 's'} of opinion"


def count_opinions(records: Iterable[OpenRecord]) -> int:
    """Return how many lines were only thought, corrections of them included."""
    found = 0
    for record in records:
        thought = record.fields.get(THOUGHT, {})
        names = thought if isinstance(thought, Mapping) else {}
        found += sum(len(opinion_lines(record, name)) for name in names)
    return found
