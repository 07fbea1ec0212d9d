"""One record after another at a step of kind ``many``: people, devices, words of those asked.

Each is a record ``described`` of its own, in the fields the step asks for. It is words: possible in
a frozen incident, too. It counts only at a step on the way taken or ahead, whatever a screen shows.
"""

from __future__ import annotations

from esafety_tui.casework.incident import answer_record, opinions
from esafety_tui.casework.incident.answer_log import is_by_right, recorded_labels
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import Corrections, is_one_of_many, text_fields
from esafety_tui.flows.engine import answers, engine
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import GivenValues, Problem, Step, StepKind
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.kernel.records import EntryReceipt, OpenRecord
from esafety_tui.kernel.views import DescribedRecord


def record_description(case: CaseFile, step_id: str, values: GivenValues) -> EntryReceipt:
    """Seal what was given for one of several. Two officers, unless the incident is words only.

    Raises:
        NotEligible: one officer alone. Refused: the step is not on the way, or not of this kind.
        BadInput: a field is missing or wrong.
    """
    if not case.card.words_only:
        case.session.require_pair()
    step = _step_asked(case, step_id)
    names = {field.name for field in step.fields}
    extra = sorted(set(values) - names)
    if extra:
        raise BadInput(f"This step does not ask for {extra[0]!r}.", "Nothing was saved.")
    given = answers.check_field_values(step.fields, values)
    if isinstance(given, Problem):
        raise BadInput(given.text, "Nothing was saved.")
    if not given:
        raise BadInput("There is nothing here yet.", "Write something, or go on.")
    kept, thought = opinions.separate_opinions(given, opinions.statement_fields(step))
    return case.write_record(
        "described",
        {
            "step": step.id, "values": kept, **thought,
            "fields": answer_record.step_labels(step), "question": step.question,
        },
    )  # fmt: skip


def _step_asked(case: CaseFile, step_id: str) -> Step:
    if not case.is_fully_read:
        raise Refused(
            "One officer alone cannot carry on with the questions of this incident.",
            "Write a note in words, or ask a second officer to sign in.",
        )
    way = engine.steps_on_path(case.procedure, case.state)
    if step_id not in {*way, *graph.cached_reachable_ids(case.procedure, way[-1])}:
        raise Refused("This step is not on the way you have taken.", "Answer the step shown.")
    step = case.procedure.get_step(step_id)
    if step.kind is not StepKind.MANY:
        raise Refused("Nothing is described one by one at this step.", "Answer the step shown.")
    return step


def is_counted(case: CaseFile, record: OpenRecord) -> bool:
    """Whether a record is one of several at a step, sealed by those who may answer the step.

    As with an answer: by two officers or, in an incident of words alone, by whoever opened it.
    """
    return is_by_right(record, case.records, case.card.words_only) and is_one_of_many(record)


def label_of_field(record: OpenRecord, name: str) -> str:
    """Return the label a field had when it was asked, its name where none is recorded."""
    return recorded_labels(record).get(name, name)


def describe_entry(record: OpenRecord, known: Corrections) -> str:
    """Return a record's words with their labels, one line a field, as they stand."""
    return "\n".join(
        f"{label_of_field(record, name)}: {known.current_text(record, name)}"
        for name in text_fields(record)
    )


def show_entry(case: CaseFile, record: OpenRecord, known: Corrections) -> DescribedRecord:
    """Return what a screen shows of a record, and whether one officer alone wrote it."""
    at, alone = format_uk_time(parse_stamp(record.at)), not is_counted(case, record)
    return DescribedRecord(
        record.seq, record.field_text("step"), describe_entry(record, known), at, alone
    )
