"""Every act of an incident in words, in the order of the ledger, for the form and the sheets.

Pure: reads a case file, writes nothing. What was only thought is left out, and how much is told,
unless the caller shows words otherwise. What was changed or corrected stands in both places.
"""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.casework.incident import clock_check, opinions
from esafety_tui.casework.incident.answer_log import ANSWERS, names_in_order
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import Corrections, is_one_of_many, text_fields
from esafety_tui.casework.incident.entries import is_counted, label_of_field
from esafety_tui.casework.incident.opinions import Shown, print_without_opinion
from esafety_tui.flows.procedure.built_in_fields import WHY_NONE
from esafety_tui.flows.procedure.model import KnowledgeMark
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import parse_stamp
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.views import ALONE
from esafety_tui.output.form.view import AnswerChange, ChronologyEvent

_WHAT = {
    "incident.opened": "Incident opened",
    "incident.restricted": "Incident restricted: an officer is named in it",
    "note": "Note",
    "described": "Described in words",
    "referral": "Referral",
    "seizure": "Computer in question",
    "stop": "STOP",
    "stop.tick": "STOP: step done",
    "frozen": "Frozen",
    "released": "Released with a police reference",
    "custody": "Continuity",
    "decision": "Decision",
    "hold.set": "Legal hold set",
    "hold.lifted": "Legal hold lifted",
}
_MARKED = (*(f"{mark}: " for mark in KnowledgeMark), "[")
"""How a line of a statement begins on a form."""
_CHOSEN = frozenset({"option", "options", "confirmed"})
_NONE_LABEL = "None, because"
_SKIPPED = frozenset(
    {"read", "form.rendered", "form.signed", "head.signed", "url", "screenshot", "file"}
)
_UNSAID = frozenset(
    {"blobs", "blob", "machine", "procedure", "policy", "profile", "recipient", "named_officers",
     "eligible", opinions.THOUGHT}
)  # fmt: skip
"""Fields that say nothing to people, or are shown elsewhere."""


def answer_lines(record: OpenRecord, show: Shown = print_without_opinion) -> str:
    """Return an answer as its labels and texts, one line each, for people."""
    choices = {**key_text_pairs(record, "options"), **key_text_pairs(record, "statements")}
    lines: list[str] = []
    values = opinions.values_with(record, show)
    for name in names_in_order(record, values):
        value = values[name]
        texts = [value] if isinstance(value, str) else [str(v) for v in _text_rows(value)]
        if name == "done":
            continue
        if name in _CHOSEN:
            lines.insert(0, "; ".join(choices.get(t, t) for t in texts))
        elif any(texts):
            label = _NONE_LABEL if name == WHY_NONE else label_of_field(record, name)
            lines.append(_labelled_line(label, "; ".join(texts)))
    return "\n".join(lines) or "Gone on"


def _labelled_line(label: str, text: str) -> str:
    """Return a label with its text, a statement or anything longer on lines of its own."""
    label = label.partition(", for example")[0]
    apart = "\n" in text or text.startswith(_MARKED)
    return f"{label}{'' if label.endswith('?') else ':'}{chr(10) if apart else ' '}{text}"


def key_text_pairs(record: OpenRecord, name: str) -> dict[str, str]:
    """Return key and text of each row of ``options`` or ``statements`` as they were shown."""
    rows = [row for row in _text_rows(record.fields.get(name, [])) if isinstance(row, list | tuple)]
    return {str(row[0]): str(row[1]) for row in rows if len(row) > 1}


def _text_rows(value: Json) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value]


def initials_present(case: CaseFile, record: OpenRecord) -> str:
    """Return the initials of those who were there."""
    people = case.session.keyring.directory
    return ", ".join(people.find_person(i).initials for i in record.by)


def _describe_act(record: OpenRecord, show: Shown) -> str:
    if is_one_of_many(record):
        names = text_fields(record)
        return "\n".join(
            _labelled_line(label_of_field(record, name), show(record, name)) for name in names
        )
    rows = [
        f"{name.replace('_', ' ')}: {value}"
        for name, value in record.fields.items()
        if name not in _UNSAID and value not in ("", False, [])
    ]
    return show(record, "text") or "\n".join(rows)


def _corrected_lines(known: Corrections, record: OpenRecord, show: Shown) -> str:
    """Return what was sealed first and, below it, how it reads, for every field of words."""
    lines = [_describe_act(record, show)]
    for name in text_fields(record):
        mark = known.correction_mark(record, name)
        named = f"{label_of_field(record, name)}: " if is_one_of_many(record) else ""
        if mark:
            lines.append(f"[{named}{mark}; it reads: {known.current_text(record, name)}]")
    return "\n".join(lines)


def list_acts(case: CaseFile, show: Shown = print_without_opinion) -> tuple[ChronologyEvent, ...]:
    """Return every act but the addresses and exhibits, in the order of the ledger.

    What was corrected stands in both places: where it was sealed first, and where it was corrected.
    """
    rows = []
    counting = {r.seq for r in case.counted_answers}
    known = Corrections(case.records, show)
    for record in case.records:
        if record.type in _SKIPPED:
            continue
        if record.type in ANSWERS:
            what, detail = record.field_text("question"), answer_lines(record, show)
            if record.type == "gate" and record.field_text("reason"):
                detail += f"\nWhy at this computer: {record.field_text('reason')}"
            if record.seq not in counting:
                detail = f"{ALONE}\n{detail}"
        elif record.type == "clock.checked":
            what, detail = clock_check.comparison_title(record), _describe_act(record, show)
        elif record.type == "correction":
            what, detail = known.describe_correction(record)
        else:
            what = record.field_text("question") if is_one_of_many(record) else ""
            what = what or _WHAT.get(record.type, record.type)
            detail = _corrected_lines(known, record, show)
            if is_one_of_many(record) and not is_counted(case, record):
                detail = f"{ALONE}\n{detail}"
        by = initials_present(case, record)
        rows.append(ChronologyEvent(record.seq, parse_stamp(record.at), what, detail, by))
    return tuple(rows)


def list_changed_answers(
    case: CaseFile, show: Shown = print_without_opinion
) -> tuple[AnswerChange, ...]:
    """Return every changed answer with the one it replaced."""
    before: dict[str, OpenRecord] = {}
    rows = []
    for record in case.counted_answers:
        step = record.field_text("step")
        if record.type == "answer.changed" and step in before:
            rows.append(
                AnswerChange(
                    record.seq, parse_stamp(record.at), record.field_text("question"),
                    answer_lines(before[step], show), answer_lines(record, show),
                    record.field_text("reason"),
                )
            )  # fmt: skip
        before[step] = record
    return tuple(rows)
