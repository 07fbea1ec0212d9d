"""Corrections: a new record by two officers, with a reason. What was sealed first stays as it is.

evidence.md, "Append only". Only words are corrected: never a hash, a time, a producer, the number
of an exhibit or an address. A correction of the same words again, or of a correction, is one more
record; the newest counts and all are shown. An answer is corrected by answering it again, which is
a record ``answer.changed`` of its own. A statement stays one: what is only thought stands apart in
its correction, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from esafety_tui.casework.incident import opinions
from esafety_tui.casework.incident.answer_log import ANSWERS, names_in_order, recorded_labels
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.flows.engine import checks
from esafety_tui.flows.engine.answers import check_field_value
from esafety_tui.flows.procedure.model import FieldCheck, Problem, StepField
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.kernel.records import EntryReceipt, OpenRecord

Names: TypeAlias = tuple[str, ...]

_TEXT = ("text",)
_EXHIBIT = ("description", "provenance")
WORDS: Mapping[str, tuple[str, ...]] = {
    "note": _TEXT, "described": _TEXT, "referral": _TEXT, "seizure": _TEXT, "custody": _TEXT,
    "stop.tick": ("note",), "url": ("concern",), "screenshot": _EXHIBIT, "file": _EXHIBIT,
}  # fmt: skip
"""Record type to the fields that hold words."""


def text_fields(record: OpenRecord) -> tuple[str, ...]:
    """Return the names of a record's fields that hold words; of ``values``, where it has them."""
    values = record.fields.get("values")
    if isinstance(values, Mapping) and is_one_of_many(record):
        return tuple(names_in_order(record, (n for n, v in values.items() if isinstance(v, str))))
    return WORDS.get(record.type, ())


def is_one_of_many(record: OpenRecord) -> bool:
    """Whether a record is one of several at a step, in fields; an older one is a text alone."""
    return record.type == "described" and isinstance(record.fields.get("values"), Mapping)


def field_asked(case: CaseFile, record: OpenRecord, name: str) -> StepField | None:
    """Return the field of the procedure that such a record answers, None where there is none."""
    step = record.field_text("step")
    known = is_one_of_many(record) and step in case.procedure
    return case.procedure.get_step(step).find_field(name) if known else None


class Corrections:
    """The corrections among some records of one incident, read once.

    One that does not fit what it names, its words as they stood or its place, counts for nothing.
    ``show`` says how words are shown: as they were typed, or as the form prints them.
    """

    def __init__(
        self, records: Iterable[OpenRecord], show: opinions.Shown = opinions.text_as_typed
    ) -> None:
        self._show = show
        self._records: dict[int, OpenRecord] = {}
        self._trails: dict[tuple[int, str], list[OpenRecord]] = {}
        for record in records:  # in order: what comes after a correction it cannot be of
            self._records[record.seq] = record
            target = self.corrected_record(record)
            if target is not None and opinions.text_as_typed(record, "was") == self._text_in_force(
                *target
            ):
                key = (target[0].seq, target[1])
                self._trails.setdefault(key, []).append(record)

    def corrected_record(self, correction: OpenRecord) -> tuple[OpenRecord, str] | None:
        """Return the record and the field that a correction is of, None where there is none."""
        of, name = correction.fields.get("of"), correction.field_text("field")
        found = self._records.get(of) if type(of) is int else None
        words = all(isinstance(correction.fields.get(n), str) for n in ("was", "now"))
        if correction.type != "correction" or found is None:
            return None
        return (found, name) if words and name in text_fields(found) else None

    def corrections_of(self, record: OpenRecord, name: str) -> tuple[OpenRecord, ...]:
        """Return the corrections of these words that count, oldest first."""
        return tuple(self._trails.get((record.seq, name), ()))

    def does_count(self, correction: OpenRecord) -> bool:
        """Whether a correction fits what it names."""
        target = self.corrected_record(correction)
        return target is not None and correction in self.corrections_of(*target)

    def current_text(self, record: OpenRecord, name: str) -> str:
        """Return the words as they stand."""
        trail = self.corrections_of(record, name)
        return self._show(trail[-1], "now") if trail else self._show(record, name)

    def _text_in_force(self, record: OpenRecord, name: str) -> str:
        trail = self.corrections_of(record, name)
        return (
            opinions.text_as_typed(trail[-1], "now")
            if trail
            else opinions.text_as_typed(record, name)
        )

    def history_of_text(self, record: OpenRecord, name: str) -> tuple[tuple[OpenRecord, str], ...]:
        """Return where these words stood, as they were sealed first and in each correction."""
        return ((record, name), *((made, "now") for made in self.corrections_of(record, name)))

    def correction_mark(self, record: OpenRecord, name: str) -> str:
        """Return ``corrected, see #9 and #12``, "" where nothing was corrected."""
        seqs = [f"#{c.seq}" for c in self.corrections_of(record, name)]
        return f"corrected, see {' and '.join(seqs)}" if seqs else ""

    def original_and_current(self, record: OpenRecord, name: str) -> str:
        """Return the words as first sealed and, below them, as they stand, for the form."""
        mark = self.correction_mark(record, name)
        if not mark:
            return self._show(record, name)
        return f"{self._show(record, name)}\n[{mark}; it reads: {self.current_text(record, name)}]"

    def describe_correction(self, correction: OpenRecord) -> tuple[str, str]:
        """Return what was corrected and how, as a title and lines for the form."""
        of, name = correction.field_text("of"), correction.field_text("field")
        lines = [
            f"Was: {self._show(correction, 'was')}", f"It reads: {self._show(correction, 'now')}",
            f"Why: {correction.field_text('reason')}",
        ]  # fmt: skip
        if not self.does_count(correction):
            lines.insert(0, "Does not count: it does not fit what it names.")
        target = self.corrected_record(correction)
        called = recorded_labels(target[0]).get(name, name) if target else name
        return f"Correction of #{of} ({called})", "\n".join(lines)


def record_correction(case: CaseFile, seq: int, field: str, text: str, reason: str) -> EntryReceipt:
    """Seal other words for ``field`` of the record ``seq``, by two officers.

    ``seq`` may be a correction (``field`` then is ``now``) or an answer, which is answered again.

    Raises:
        NotEligible: one officer alone. BadInput: no reason, no change, or not words.
        Refused: an answer that was changed since, or that is no longer on the way taken.
    """
    case.session.require_pair()
    words, why = _check_text(text), _check_text(reason, "Write down why it is corrected.")
    known = Corrections(case.records)
    record = next((r for r in case.records if r.seq == seq), None)
    if record is not None and record.type in ANSWERS:
        return _correct_answer(case, record, field, words, why)
    if record is not None and record.type == "correction" and field == "now":
        record, field = known.corrected_record(record) or (None, field)
    if record is None or field not in text_fields(record):
        raise BadInput(
            "Only words of this incident can be corrected.",
            "Hashes, times, exhibit numbers and addresses stay. Write a note instead.",
        )
    now, parts = _check_as_asked(case, record, field, words)
    if any(opinions.opinion_lines(r, n) for r, n in known.history_of_text(record, field)):
        parts = ("was", "now")  # what was opinion where it stood is none of the words it was
    was = known.current_text(record, field)
    if now == was:
        raise _nothing_changed()
    named: dict[str, Json] = {
        "of": record.seq, "field": field, "was": was, "now": now, "reason": why,
    }  # fmt: skip
    kept, thought = opinions.separate_opinions(named, parts)
    return case.write_record("correction", {**kept, **thought})


def _check_as_asked(
    case: CaseFile, record: OpenRecord, field: str, words: str
) -> tuple[str, Names]:
    """Return words as this record asks for them, and which of was and now are statements."""
    if record.type == "note" and not record.fields.get("program"):
        return opinions.check_statement(words), ("was", "now")
    known = field_asked(case, record, field)
    if known is None:
        return words, ()
    if known.choices:
        raise BadInput("Only words can be corrected like this.", "Describe it once more instead.")
    given = check_field_value(known, words)
    if isinstance(given, Problem):
        raise BadInput(given.text, "Nothing was saved.")
    return given, ("was", "now") if known.check is FieldCheck.STATEMENT else ()


def _correct_answer(
    case: CaseFile, record: OpenRecord, field: str, now: str, why: str
) -> EntryReceipt:
    step_id = record.field_text("step")
    given = case.state.answer_to_step(step_id)
    last = [r.seq for r in case.counted_answers if r.field_text("step") == step_id][-1:]
    if given is None or last != [record.seq]:
        raise Refused(
            "This answer was changed since, or it does not count.", "Correct the newest one."
        )
    names = {f.name for f in case.procedure.get_step(step_id).fields if not f.choices} | {
        "why_none"
    }
    if field not in names or field not in given.values:
        raise BadInput("Only words can be corrected like this.", "Go to the question instead.")
    if given.single_value(field) == now:
        raise _nothing_changed()
    receipt = case.record_answer(step_id, {**given.to_json_values(), field: now}, why)
    if receipt is None:
        raise _nothing_changed()
    return receipt


def _check_text(raw: str, empty: str = "") -> str:
    if empty and not raw.strip():
        raise BadInput(empty, "Nothing was saved.")
    words = checks.check_text(raw)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was saved.")
    return words


def _nothing_changed() -> BadInput:
    return BadInput("These are the words as they stand.", "Nothing was saved.")
