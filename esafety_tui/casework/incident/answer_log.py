"""Which recorded answers count, and what the engine makes of them. Pure.

An answer of a full incident counts only if two officers witnessed it; one of a words-only incident
if two did, or whoever opened it, until two were there. An answer that does not fit the way is
passed over and said, so that nobody can lock others out of an incident by writing into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from esafety_tui.casework.incident import opinions
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.model import Answer, Problem, Procedure, ProcedureEvent, StopEvent
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import OpenRecord

ANSWERS = frozenset({"answer", "answer.changed", "gate"})


def counted_answers(records: Sequence[OpenRecord], words_only: bool) -> list[OpenRecord]:
    """Return the records of answers that count, in order; one without values is no answer."""
    return [
        r
        for r in records
        if r.type in ANSWERS
        and is_by_right(r, records, words_only)
        and isinstance(r.fields.get("values"), Mapping)
    ]


def is_by_right(record: OpenRecord, records: Sequence[OpenRecord], words_only: bool) -> bool:
    """Whether two sealed a record or, in an incident of words alone, whoever opened it.

    Only until two have been there: whoever was alone before answers nothing for them afterwards.
    """
    if len(record.by) > 1 or not words_only:
        return len(record.by) > 1
    earlier = (r for r in records if r.seq < record.seq)
    return record.by == records[0].by and not any(len(r.by) > 1 for r in earlier)


def engine_events(records: Sequence[OpenRecord], words_only: bool) -> list[ProcedureEvent]:
    """Return answers and STOPs as the engine takes them.

    A gate that another pair confirmed again, in the same words, is one answer to the engine: so
    :func:`replay` takes what changes nothing.
    """
    counting = {r.seq for r in counted_answers(records, words_only)}
    found: list[ProcedureEvent] = []
    for record in records:
        if record.type == "stop":
            found.append(StopEvent())
        elif record.seq in counting:
            found.append(parse_answer(record))
    return found


def replay_answers(
    procedure: Procedure, happened: Iterable[ProcedureEvent]
) -> tuple[engine.FlowState, int]:
    """Return the state, and how many events did not fit the procedure and were passed over."""
    passed = 0
    state = engine.start_procedure(procedure)
    for event in happened:
        if isinstance(event, StopEvent):
            state = engine.stop_procedure(procedure, state)
            continue
        if event.step not in procedure:
            passed += 1
            continue
        after = engine.answer_step(
            procedure, state, event.step, event.to_json_values(), event.reason
        )
        if isinstance(after, Problem):
            passed += 1
        elif len(after.log) > len(state.log):  # else it was confirmed again: nothing moves
            state = after
    return state, passed


def parse_answer(record: OpenRecord) -> Answer:
    """Return a record of an answer as the engine's own value, as it was typed.

    What was only thought is sealed apart and put back at its place. Raises BadInput if it is none.
    """
    values = record.fields.get("values")
    if not isinstance(values, Mapping):
        raise BadInput("A recorded answer cannot be read.", "Compare with your second copy.")
    typed = opinions.values_with(record).items()
    given = {k: v if isinstance(v, str) else tuple(map(str, as_row_list(v))) for k, v in typed}
    return Answer(record.field_text("step"), given, record.field_text("reason"))


def as_row_list(value: Json) -> Sequence[object]:
    """Return a list value as it is, a single one as a list of one."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def recorded_labels(record: OpenRecord) -> dict[str, str]:
    """Return name and label of each field as it was asked, in the order it was asked."""
    asked = record.fields.get("fields", ())
    pairs = [r for r in as_row_list(asked) if isinstance(r, list | tuple)]
    return {str(pair[0]): str(pair[1]) for pair in pairs if len(pair) > 1}


def names_in_order(record: OpenRecord, names: Iterable[str]) -> list[str]:
    """Return names of fields in the order they were asked; a sealed record has them sorted."""
    asked = list(recorded_labels(record))
    return sorted(names, key=lambda name: asked.index(name) if name in asked else len(asked))
