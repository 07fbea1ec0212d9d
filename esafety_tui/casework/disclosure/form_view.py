"""From opened records to what the form shows. Pure: reads a case file, writes nothing.

domain: Record of reviewing devices / internet sites. A step of the procedure says with its ``part``
which box of the form its answer belongs in; everything else is in the chronology.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime

from esafety_tui.casework.disclosure import route_view
from esafety_tui.casework.disclosure.route_view import in_force
from esafety_tui.casework.incident import clock_check, permissions
from esafety_tui.casework.incident import opinions as thoughts
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.chronology import changes, chronology, words
from esafety_tui.casework.incident.corrections import Corrections
from esafety_tui.casework.incident.entries import counts, told
from esafety_tui.casework.incident.opinions import Shown
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.flows.procedure.model import StepKind
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.guidance import MissingItem
from esafety_tui.kernel.records import OpenRecord, Person
from esafety_tui.kernel.timeline import parse_line_time
from esafety_tui.output.form.view import (
    CertificateFingerprint,
    ClockFinding,
    Exhibit,
    ExhibitImage,
    FormView,
    PrintedHead,
    ReviewedItem,
    Reviewer,
)
from esafety_tui.output.pack.bag import read_verify_page

LIMITS = (
    "This is a school record, not a forensic report.",
    "The times are those of this computer. Compare the entry on its clock, if there is one.",
    "The record shows what two officers wrote down and when. It does not show what they left out.",
    "Addresses were written down, not visited, by this program.",
)


@dataclass(frozen=True, slots=True)
class Sealing:
    """What was chosen for a form.

    Attributes:
        opinions: lines marked "think" are printed, as opinion, and leave with the pack.
        missing: what the police would still ask for. reason: why it is sealed all the same.
    """

    opinions: bool = False
    missing: tuple[MissingItem, ...] = ()
    reason: str = field(default="", repr=False)

    @property
    def show(self) -> Shown:
        """How words are printed on this form."""
        return thoughts.as_opinion if self.opinions else thoughts.left_out


def _part(case: CaseFile, part: str, show: Shown) -> str:
    found = [r for step, r in in_force(case).items() if case.procedure.get_step(step).part == part]
    if part == "reason":
        return "\n".join(words(r, show) for r in found)
    items = [r for r in case.records if _in_part(case, r, part)]
    known = Corrections(case.records, show)
    many = {step.id for step in case.procedure.steps if step.kind is StepKind.MANY}
    said = [r for r in found if r.field_text("step") not in many or r.field_text("skipped")]
    lines = [f"{r.field_text('question')} {words(r, show)}" for r in said]
    return "\n".join(lines + [f"{r.field_text('question')}\n{told(r, known)}" for r in items])


def _in_part(case: CaseFile, record: OpenRecord, part: str) -> bool:
    """Whether a record is one of several at a step that fills this box."""
    step = record.field_text("step")
    if not counts(case, record) or step not in case.procedure:
        return False
    return case.procedure.get_step(step).part == part


def _group(case: CaseFile) -> str:
    """A field called ``group`` fills the form's box of that name, whatever step asks for it."""
    values = [r.fields["values"] for r in in_force(case).values()]
    return "\n".join(str(v["group"]) for v in values if isinstance(v, Mapping) and v.get("group"))


def exhibit_rows(case: CaseFile) -> tuple[Exhibit, ...]:
    """Return the list of exhibits, those frozen or held marked."""
    frozen = case.session.store.holds.blobs | permissions.closed(case)
    held = case.held - frozen
    people = case.session.keyring.directory
    known = Corrections(case.records)
    return tuple(
        Exhibit(
            r.field_text("exhibit"), known.both(r, "description"), r.field_text("sha256"),
            int(r.field_text("size")),
            parse_stamp(r.at), people.find_person(r.field_text("producer")).name,
            r.field_text("blob") in frozen,
            r.field_text("blob") in held,
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
    sealing: Sealing,
) -> FormView:
    """Return the form's content as of ``head``. Raises Frozen for an image of a frozen item."""
    directory = case.session.keyring.directory
    people = reviewers(case)
    name, _, place = _computer(case).partition(" · ")
    body = head.signed_body().decode().split("\n")
    urls = [r for r in case.records if r.type == "url"]
    known = Corrections(case.records)
    opened, show = case.records[0], sealing.show
    return FormView(
        school=directory.school, reference=case.card.reference, practice=directory.is_practice,
        version=version, group=_group(case), date=format_uk_time(parse_stamp(opened.at)),
        reason=_part(case, "reason", show), reviewers=_reviewers(people),
        computer_name=name, computer_place=place,
        rows=tuple(
            ReviewedItem(r.field_text("url"), known.both(r, "concern"), r.seq,
            parse_stamp(r.at)) for r in urls
        ),
        findings=_part(case, "findings", show), conclusion=_part(case, "conclusion", show),
        head=PrintedHead(body[0], int(body[1]), body[2]), check_code=code,
        sources=route_view.sources(case), route=route_view.steps(case),
        missing=tuple(m.what for m in sealing.missing), why_sealed=sealing.reason,
        clock=clock_check.on_form(case.records), clock_findings=_clock_findings(case),
        page_sha256=sha256_hex(read_verify_page()),
        chronology=chronology(case, show), changes=changes(case, show), exhibits=exhibit_rows(case),
        images=tuple(
            ExhibitImage(r.field_text("exhibit"), opener, r.field_text("media")) for r,
            opener in images
        ),
        stopped=_stopped(case), restricted=case.card.restricted,
        certificates=tuple(CertificateFingerprint(p.name, sha256_hex(p.cert)) for p in people),
        limits=(*LIMITS, *_opinion(case, sealing), *_held(case)),
    )  # fmt: skip


def reviewers(case: CaseFile) -> tuple[Person, ...]:
    """Return who reviewed: the pair of the gate of two, else those signed in.

    Whoever is signed in stands first, because the first place is signed first.
    """
    gate = permissions.gate_record(case.procedure, case.counted, "two-seniors")
    if gate is None:
        return case.session.people
    directory = case.session.keyring.directory
    here = [p.id for p in case.session.people]
    found = [directory.find_person(i) for i in gate.by]
    return tuple(sorted(found, key=lambda p: here.index(p.id) if p.id in here else len(here)))


def _computer(case: CaseFile) -> str:
    """Return the label of the computer the review was made on."""
    gate = permissions.gate_record(case.procedure, case.counted, "designated-computer")
    here = case.session.store.lines[gate.seq].machine if gate else case.session.machine
    return case.session.keyring.directory.machines.get(here, "not designated")


def _reviewers(people: tuple[Person, ...]) -> tuple[Reviewer, Reviewer | None]:
    found = [Reviewer(p.name, p.position, p.initials) for p in people]
    return found[0], found[1] if len(found) > 1 else None


def _clock_findings(case: CaseFile) -> tuple[ClockFinding, ...]:
    return tuple(
        ClockFinding(f.before, f.after, (_time(f.before_t), _time(f.after_t)), f.text)
        for f in clock_check.during(case)
    )


def _time(stamp: str) -> datetime | None:
    """Return the time of an entry; the first and last years have none in another zone."""
    found = parse_line_time(stamp)
    return found if found is not None and MINYEAR < found.year < MAXYEAR else None


def _opinion(case: CaseFile, sealing: Sealing) -> tuple[str, ...]:
    """A form from which something was left out says so; one with opinion says that it is one."""
    number = thoughts.count(case.records)
    if not number:
        return ()
    if sealing.opinions:
        return ("Lines marked [opinion] are what their writer thinks, not what was seen or told.",)
    held = "It is" if number == 1 else "They are"
    return (f"{thoughts.counted(number)} left out. {held} sealed in the school's record.",)


def _held(case: CaseFile) -> tuple[str, ...]:
    number = sum(row.awaiting_police for row in exhibit_rows(case))
    if not number:
        return ()
    many = "1 exhibit is" if number == 1 else f"{number} exhibits are"
    return (f"{many} held in the vault until the police have advised: listed here by hash alone.",)


def _stopped(case: CaseFile) -> str:
    for record in case.records:
        if record.type in {"stop", "frozen"}:
            when = format_uk_time(parse_stamp(record.at))
            return (
                f"Frozen {when}. Nothing was captured after that. What was taken before is "
                "not viewed, printed, exported or copied without a police reference."
            )
    return ""
