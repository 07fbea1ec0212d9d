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
from esafety_tui.casework.incident.answer_log import ANSWERS, in_order, labels
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


def fields_of(record: OpenRecord) -> tuple[str, ...]:
    """Return the names of a record's fields that hold words; of ``values``, where it has them."""
    values = record.fields.get("values")
    if isinstance(values, Mapping) and one_of_many(record):
        return tuple(in_order(record, (n for n, v in values.items() if isinstance(v, str))))
    return WORDS.get(record.type, ())


def one_of_many(record: OpenRecord) -> bool:
    """Whether a record is one of several at a step, in fields; an older one is a text alone."""
    return record.type == "described" and isinstance(record.fields.get("values"), Mapping)


def asked(case: CaseFile, record: OpenRecord, name: str) -> StepField | None:
    """Return the field of the procedure that such a record answers, None where there is none."""
    step = record.field_text("step")
    known = one_of_many(record) and step in case.procedure
    return case.procedure.get_step(step).find_field(name) if known else None


class Corrections:
    """The corrections among some records of one incident, read once.

    One that does not fit what it names, its words as they stood or its place, counts for nothing.
    ``show`` says how words are shown: as they were typed, or as the form prints them.
    """

    def __init__(self, records: Iterable[OpenRecord], show: opinions.Shown = opinions.said) -> None:
        self._show = show
        self._records: dict[int, OpenRecord] = {}
        self._trails: dict[tuple[int, str], list[OpenRecord]] = {}
        for record in records:  # in order: what comes after a correction it cannot be of
            self._records[record.seq] = record
            target = self.target(record)
            if target is not None and opinions.said(record, "was") == self._standing(*target):
                key = (target[0].seq, target[1])
                self._trails.setdefault(key, []).append(record)

    def target(self, correction: OpenRecord) -> tuple[OpenRecord, str] | None:
        """Return the record and the field that a correction is of, None where there is none."""
        of, name = correction.fields.get("of"), correction.field_text("field")
        found = self._records.get(of) if type(of) is int else None
        words = all(isinstance(correction.fields.get(n), str) for n in ("was", "now"))
        if correction.type != "correction" or found is None:
            return None
        return (found, name) if words and name in fields_of(found) else None

    def trail(self, record: OpenRecord, name: str) -> tuple[OpenRecord, ...]:
        """Return the corrections of these words that count, oldest first."""
        return tuple(self._trails.get((record.seq, name), ()))

    def counts(self, correction: OpenRecord) -> bool:
        """Whether a correction fits what it names."""
        target = self.target(correction)
        return target is not None and correction in self.trail(*target)

    def now(self, record: OpenRecord, name: str) -> str:
        """Return the words as they stand."""
        trail = self.trail(record, name)
        return self._show(trail[-1], "now") if trail else self._show(record, name)

    def _standing(self, record: OpenRecord, name: str) -> str:
        trail = self.trail(record, name)
        return opinions.said(trail[-1], "now") if trail else opinions.said(record, name)

    def stood(self, record: OpenRecord, name: str) -> tuple[tuple[OpenRecord, str], ...]:
        """Return where these words stood, as they were sealed first and in each correction."""
        return ((record, name), *((made, "now") for made in self.trail(record, name)))

    def mark(self, record: OpenRecord, name: str) -> str:
        """Return ``corrected, see #9 and #12``, "" where nothing was corrected."""
        seqs = [f"#{c.seq}" for c in self.trail(record, name)]
        return f"corrected, see {' and '.join(seqs)}" if seqs else ""

    def both(self, record: OpenRecord, name: str) -> str:
        """Return the words as first sealed and, below them, as they stand, for the form."""
        mark = self.mark(record, name)
        if not mark:
            return self._show(record, name)
        return f"{self._show(record, name)}\n[{mark}; it reads: {self.now(record, name)}]"

    def told(self, correction: OpenRecord) -> tuple[str, str]:
        """Return what was corrected and how, as a title and lines for the form."""
        of, name = correction.field_text("of"), correction.field_text("field")
        lines = [
            f"Was: {self._show(correction, 'was')}", f"It reads: {self._show(correction, 'now')}",
            f"Why: {correction.field_text('reason')}",
        ]  # fmt: skip
        if not self.counts(correction):
            lines.insert(0, "Does not count: it does not fit what it names.")
        target = self.target(correction)
        called = labels(target[0]).get(name, name) if target else name
        return f"Correction of #{of} ({called})", "\n".join(lines)


def correct(case: CaseFile, seq: int, field: str, text: str, reason: str) -> EntryReceipt:
    """Seal other words for ``field`` of the record ``seq``, by two officers.

    ``seq`` may be a correction (``field`` then is ``now``) or an answer, which is answered again.

    Raises:
        NotEligible: one officer alone. BadInput: no reason, no change, or not words.
        Refused: an answer that was changed since, or that is no longer on the way taken.
    """
    case.session.need_pair()
    words, why = _checked(text), _checked(reason, "Write down why it is corrected.")
    known = Corrections(case.records)
    record = next((r for r in case.records if r.seq == seq), None)
    if record is not None and record.type in ANSWERS:
        return _answer(case, record, field, words, why)
    if record is not None and record.type == "correction" and field == "now":
        record, field = known.target(record) or (None, field)
    if record is None or field not in fields_of(record):
        raise BadInput(
            "Only words of this incident can be corrected.",
            "Hashes, times, exhibit numbers and addresses stay. Write a note instead.",
        )
    now, parts = _asked(case, record, field, words)
    if any(opinions.lines(r, n) for r, n in known.stood(record, field)):
        parts = ("was", "now")  # what was opinion where it stood is none of the words it was
    was = known.now(record, field)
    if now == was:
        raise _no_change()
    named: dict[str, Json] = {
        "of": record.seq, "field": field, "was": was, "now": now, "reason": why,
    }  # fmt: skip
    kept, thought = opinions.parted(named, parts)
    return case.write("correction", {**kept, **thought})


def _asked(case: CaseFile, record: OpenRecord, field: str, words: str) -> tuple[str, Names]:
    """Return words as this record asks for them, and which of was and now are statements."""
    if record.type == "note" and not record.fields.get("program"):
        return opinions.checked(words), ("was", "now")
    known = asked(case, record, field)
    if known is None:
        return words, ()
    if known.choices:
        raise BadInput("Only words can be corrected like this.", "Describe it once more instead.")
    given = check_field_value(known, words)
    if isinstance(given, Problem):
        raise BadInput(given.text, "Nothing was saved.")
    return given, ("was", "now") if known.check is FieldCheck.STATEMENT else ()


def _answer(case: CaseFile, record: OpenRecord, field: str, now: str, why: str) -> EntryReceipt:
    step_id = record.field_text("step")
    given = case.state.answer_to_step(step_id)
    last = [r.seq for r in case.counted if r.field_text("step") == step_id][-1:]
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
        raise _no_change()
    receipt = case.answer(step_id, {**given.to_json_values(), field: now}, why)
    if receipt is None:
        raise _no_change()
    return receipt


def _checked(raw: str, empty: str = "") -> str:
    if empty and not raw.strip():
        raise BadInput(empty, "Nothing was saved.")
    words = checks.check_text(raw)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was saved.")
    return words


def _no_change() -> BadInput:
    return BadInput("These are the words as they stand.", "Nothing was saved.")
