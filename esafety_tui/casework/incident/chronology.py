"""Every act of an incident in words, in the order of the ledger, for the form and the sheets.

Pure: reads a case file, writes nothing. What was only thought is left out, and how much is told,
unless the caller shows words otherwise. What was changed or corrected stands in both places.
"""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.casework.incident import clock_check, opinions
from esafety_tui.casework.incident.answer_log import ANSWERS, in_order
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import Corrections, fields_of, one_of_many
from esafety_tui.casework.incident.entries import counts, labelled
from esafety_tui.casework.incident.opinions import Shown, left_out
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


def words(record: OpenRecord, show: Shown = left_out) -> str:
    """Return an answer as its labels and texts, one line each, for people."""
    choices = {**pairs(record, "options"), **pairs(record, "statements")}
    lines: list[str] = []
    values = opinions.values(record, show)
    for name in in_order(record, values):
        value = values[name]
        texts = [value] if isinstance(value, str) else [str(v) for v in _list(value)]
        if name == "done":
            continue
        if name in _CHOSEN:
            lines.insert(0, "; ".join(choices.get(t, t) for t in texts))
        elif any(texts):
            label = _NONE_LABEL if name == WHY_NONE else labelled(record, name)
            lines.append(_line(label, "; ".join(texts)))
    return "\n".join(lines) or "Gone on"


def _line(label: str, text: str) -> str:
    """Return a label with its text, a statement or anything longer on lines of its own."""
    label = label.partition(", for example")[0]
    apart = "\n" in text or text.startswith(_MARKED)
    return f"{label}{'' if label.endswith('?') else ':'}{chr(10) if apart else ' '}{text}"


def pairs(record: OpenRecord, name: str) -> dict[str, str]:
    """Return key and text of each row of ``options`` or ``statements`` as they were shown."""
    rows = [row for row in _list(record.fields.get(name, [])) if isinstance(row, list | tuple)]
    return {str(row[0]): str(row[1]) for row in rows if len(row) > 1}


def _list(value: Json) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value]


def initials(case: CaseFile, record: OpenRecord) -> str:
    """Return the initials of those who were there."""
    people = case.session.keyring.directory
    return ", ".join(people.find_person(i).initials for i in record.by)


def _detail(record: OpenRecord, show: Shown) -> str:
    if one_of_many(record):
        names = fields_of(record)
        return "\n".join(_line(labelled(record, name), show(record, name)) for name in names)
    rows = [
        f"{name.replace('_', ' ')}: {value}"
        for name, value in record.fields.items()
        if name not in _UNSAID and value not in ("", False, [])
    ]
    return show(record, "text") or "\n".join(rows)


def _corrected(known: Corrections, record: OpenRecord, show: Shown) -> str:
    """Return what was sealed first and, below it, how it reads, for every field of words."""
    lines = [_detail(record, show)]
    for name in fields_of(record):
        mark = known.mark(record, name)
        named = f"{labelled(record, name)}: " if one_of_many(record) else ""
        if mark:
            lines.append(f"[{named}{mark}; it reads: {known.now(record, name)}]")
    return "\n".join(lines)


def chronology(case: CaseFile, show: Shown = left_out) -> tuple[ChronologyEvent, ...]:
    """Return every act but the addresses and exhibits, in the order of the ledger.

    What was corrected stands in both places: where it was sealed first, and where it was corrected.
    """
    rows = []
    counting = {r.seq for r in case.counted}
    known = Corrections(case.records, show)
    for record in case.records:
        if record.type in _SKIPPED:
            continue
        if record.type in ANSWERS:
            what, detail = record.field_text("question"), words(record, show)
            if record.type == "gate" and record.field_text("reason"):
                detail += f"\nWhy at this computer: {record.field_text('reason')}"
            if record.seq not in counting:
                detail = f"{ALONE}\n{detail}"
        elif record.type == "clock.checked":
            what, detail = clock_check.title(record), _detail(record, show)
        elif record.type == "correction":
            what, detail = known.told(record)
        else:
            what = record.field_text("question") if one_of_many(record) else ""
            what = what or _WHAT.get(record.type, record.type)
            detail = _corrected(known, record, show)
            if one_of_many(record) and not counts(case, record):
                detail = f"{ALONE}\n{detail}"
        by = initials(case, record)
        rows.append(ChronologyEvent(record.seq, parse_stamp(record.at), what, detail, by))
    return tuple(rows)


def changes(case: CaseFile, show: Shown = left_out) -> tuple[AnswerChange, ...]:
    """Return every changed answer with the one it replaced."""
    before: dict[str, OpenRecord] = {}
    rows = []
    for record in case.counted:
        step = record.field_text("step")
        if record.type == "answer.changed" and step in before:
            rows.append(
                AnswerChange(
                    record.seq, parse_stamp(record.at), record.field_text("question"),
                    words(before[step], show), words(record, show), record.field_text("reason"),
                )
            )  # fmt: skip
        before[step] = record
    return tuple(rows)
