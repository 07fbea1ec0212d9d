"""From opened records to what the form shows. Pure: reads a case file, writes nothing.

domain: Record of reviewing devices / internet sites. A step of the procedure says with its ``part``
which box of the form its answer belongs in; everything else is in the chronology.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from esafety_tui.casework import clockwork, permission
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.correcting import WORDS, Corrections
from esafety_tui.casework.recorded import ANSWERS
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.flows import engine
from esafety_tui.kernel.canon import Json, sha256_hex
from esafety_tui.kernel.clock import for_people, from_stamp
from esafety_tui.kernel.records import OpenRecord, Person
from esafety_tui.kernel.timeline import moment
from esafety_tui.output.form.view import (
    Change,
    ClockFinding,
    Event,
    Exhibit,
    ExhibitImage,
    Fingerprint,
    FormView,
    Head,
    Reviewer,
    Row,
)  # fmt: skip
from esafety_tui.output.pack.bag import verify_page

LIMITS = (
    "This is a school record, not a forensic report.",
    "The times are those of this computer. Compare the entry on its clock, if there is one.",
    "The record shows what two officers wrote down and when. It does not show what they left out.",
    "Addresses were written down, not visited, by this program.",
)
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
_CHOSEN = frozenset({"option", "options", "confirmed"})
_NONE_LABEL = "None, because"
_SKIPPED = frozenset(
    {"read", "form.rendered", "form.signed", "head.signed", "url", "screenshot", "file"}
)


def words(record: OpenRecord) -> str:
    """Return an answer as its labels and texts, one line each, for people."""
    values = record.fields.get("values", {})
    assert isinstance(values, Mapping)  # noqa: S101 - written by casework only
    choices = {**_labels(record, "options"), **_labels(record, "statements")}
    asked = _labels(record, "fields")
    lines: list[str] = []
    for name, value in values.items():
        texts = [value] if isinstance(value, str) else [str(v) for v in _list(value)]
        if name == "done":
            continue
        if name in _CHOSEN:
            lines.insert(0, "; ".join(choices.get(t, t) for t in texts))
        elif any(texts):
            label = _NONE_LABEL if name == "why_none" else asked.get(name, name)
            lines.append(f"{label}: {'; '.join(texts)}")
    return "\n".join(lines) or "Gone on"


def _labels(record: OpenRecord, name: str) -> dict[str, str]:
    rows = record.fields.get(name, [])
    pairs = [row for row in _list(rows) if isinstance(row, list | tuple)]
    return {str(row[0]): str(row[1]) for row in pairs}


def _list(value: Json) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value]


def in_force(case: CaseFile) -> dict[str, OpenRecord]:
    """Return the last answer to each step that is still on the way taken."""
    last = {r.text("step"): r for r in case.counted}
    left = set(engine.unreached(case.procedure, case.state))
    given = [a.step for a in case.state.answers if a.step not in left]
    return {step: last[step] for step in given if step in last}


def _part(case: CaseFile, part: str) -> str:
    found = [r for step, r in in_force(case).items() if case.procedure.step(step).part == part]
    if part == "reason":
        return "\n".join(words(r) for r in found)
    return "\n".join(f"{r.text('question')} {words(r)}" for r in found)


def _group(case: CaseFile) -> str:
    """A field called ``group`` fills the form's box of that name, whatever step asks for it."""
    values = [r.fields["values"] for r in in_force(case).values()]
    return "\n".join(str(v["group"]) for v in values if isinstance(v, Mapping) and v.get("group"))


def _by(case: CaseFile, record: OpenRecord) -> str:
    people = case.session.keyring.directory
    return ", ".join(people.person(i).initials for i in record.by)


def _detail(record: OpenRecord) -> str:
    skipped = {
        "blobs",
        "blob",
        "machine",
        "procedure",
        "profile",
        "recipient",
        "named_officers",
        "eligible",
    }
    rows = [
        f"{name.replace('_', ' ')}: {value}"
        for name, value in record.fields.items()
        if name not in skipped and value not in ("", False, [])
    ]
    return record.text("text") or "\n".join(rows)


def _corrected(known: Corrections, record: OpenRecord) -> str:
    """Return what was sealed first and, below it, how it reads, for every field of words."""
    found = [(n, known.mark(record, n)) for n in WORDS.get(record.type, ())]
    lines = [f"[{mark}; it reads: {known.now(record, name)}]" for name, mark in found if mark]
    return "\n".join([_detail(record), *lines])


def chronology(case: CaseFile) -> tuple[Event, ...]:
    """Return every act but the addresses and exhibits, in the order of the ledger.

    What was corrected stands in both places: where it was sealed first, and where it was corrected.
    """
    rows = []
    counting = {r.seq for r in case.counted}
    known = Corrections(case.records)
    for record in case.records:
        if record.type in _SKIPPED:
            continue
        if record.type in ANSWERS:
            what, detail = record.text("question"), words(record)
            if record.type == "gate" and record.text("reason"):
                detail += f"\nWhy at this computer: {record.text('reason')}"
            if record.seq not in counting:
                detail = f"Does not count: one officer alone wrote this.\n{detail}"
        elif record.type == "clock.checked":
            what, detail = clockwork.title(record), _detail(record)
        elif record.type == "correction":
            what, detail = known.told(record)
        else:
            what, detail = _WHAT.get(record.type, record.type), _corrected(known, record)
        rows.append(Event(record.seq, from_stamp(record.at), what, detail, _by(case, record)))
    return tuple(rows)


def changes(case: CaseFile) -> tuple[Change, ...]:
    """Return every changed answer with the one it replaced."""
    before: dict[str, OpenRecord] = {}
    rows = []
    for record in case.counted:
        step = record.text("step")
        if record.type == "answer.changed" and step in before:
            rows.append(
                Change(
                    record.seq, from_stamp(record.at), record.text("question"),
                    words(before[step]), words(record), record.text("reason"),
                )
            )  # fmt: skip
        before[step] = record
    return tuple(rows)


def exhibit_rows(case: CaseFile) -> tuple[Exhibit, ...]:
    """Return the list of exhibits, frozen ones marked."""
    held = case.session.store.holds.blobs
    people = case.session.keyring.directory
    known = Corrections(case.records)
    return tuple(
        Exhibit(
            r.text("exhibit"), known.both(r, "description"), r.text("sha256"), int(r.text("size")),
            from_stamp(r.at), people.person(r.text("producer")).name, r.text("blob") in held,
        )
        for r in case.records
        if r.type in {"screenshot", "file"}
    )  # fmt: skip


def acted(record: OpenRecord) -> str:
    """Return in words what was done with an exhibit."""
    return {"custody": "copied", "released": "released by two officers", "read": "read"}[
        record.type
    ]


def build(
    case: CaseFile,
    version: int,
    head: Checkpoint,
    code: str,
    images: Iterable[tuple[OpenRecord, Callable[[], bytes]]],
) -> FormView:
    """Return the form's content as of ``head``. Raises Frozen for an image of a frozen item."""
    directory = case.session.keyring.directory
    people = reviewers(case)
    name, _, place = _computer(case).partition(" · ")
    body = head.body().decode().split("\n")
    urls = [r for r in case.records if r.type == "url"]
    known = Corrections(case.records)
    opened = case.records[0]
    return FormView(
        school=directory.school, reference=case.card.reference, practice=directory.practice,
        version=version, group=_group(case), date=for_people(from_stamp(opened.at)),
        reason=_part(case, "reason"), reviewers=_reviewers(people),
        computer_name=name, computer_place=place,
        rows=tuple(
            Row(r.text("url"), known.both(r, "concern"), r.seq, from_stamp(r.at)) for r in urls
        ),
        findings=_part(case, "findings"), conclusion=_part(case, "conclusion"),
        head=Head(body[0], int(body[1]), body[2]), check_code=code,
        procedure=case.procedure.title, procedure_hash=case.procedure.digest,
        clock=clockwork.on_form(case.records), clock_findings=_clock_findings(case),
        page_sha256=sha256_hex(verify_page()),
        chronology=chronology(case), changes=changes(case), exhibits=exhibit_rows(case),
        images=tuple(
            ExhibitImage(r.text("exhibit"), opener, r.text("media")) for r, opener in images
        ),
        stopped=_stopped(case), restricted=case.card.restricted,
        certificates=tuple(Fingerprint(p.name, sha256_hex(p.cert)) for p in people),
        limits=LIMITS,
    )  # fmt: skip


def reviewers(case: CaseFile) -> tuple[Person, ...]:
    """Return who reviewed: the pair of the gate of two, else those signed in.

    Whoever is signed in stands first, because the first place is signed first.
    """
    gate = permission.gate_record(case.procedure, case.counted, "two-seniors")
    if gate is None:
        return case.session.people
    directory = case.session.keyring.directory
    here = [p.id for p in case.session.people]
    found = [directory.person(i) for i in gate.by]
    return tuple(sorted(found, key=lambda p: here.index(p.id) if p.id in here else len(here)))


def _computer(case: CaseFile) -> str:
    """Return the label of the computer the review was made on."""
    gate = permission.gate_record(case.procedure, case.counted, "designated-computer")
    here = case.session.store.lines[gate.seq].machine if gate else case.session.machine
    return case.session.keyring.directory.machines.get(here, "not designated")


def _reviewers(people: tuple[Person, ...]) -> tuple[Reviewer, Reviewer | None]:
    found = [Reviewer(p.name, p.position, p.initials) for p in people]
    return found[0], found[1] if len(found) > 1 else None


def _clock_findings(case: CaseFile) -> tuple[ClockFinding, ...]:
    return tuple(
        ClockFinding(f.before, f.after, (moment(f.before_t), moment(f.after_t)), f.text)
        for f in clockwork.during(case)
    )


def _stopped(case: CaseFile) -> str:
    for record in case.records:
        if record.type in {"stop", "frozen"}:
            when = for_people(from_stamp(record.at))
            return (
                f"Frozen {when}. Nothing was captured after that. What was taken before is "
                "not viewed, printed, exported or copied without a police reference."
            )
    return ""
