"""From opened records to what the form shows. Pure: reads a case file, writes nothing.

domain: Record of reviewing devices / internet sites. A step of the procedure says with its ``part``
which box of the form its answer belongs in; everything else is in the chronology.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime

from esafety_tui.casework.disclosure import route_view
from esafety_tui.casework.disclosure.route_view import answers_in_force
from esafety_tui.casework.incident import clock_check, gates, permissions
from esafety_tui.casework.incident import opinions as thoughts
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.chronology import answer_lines, list_acts, list_changed_answers
from esafety_tui.casework.incident.corrections import Corrections
from esafety_tui.casework.incident.entries import describe_entry, is_counted
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
    Exhibit,
    ExhibitImage,
    FormClockFinding,
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
class FormChoices:
    """What was chosen for a form.

    Attributes:
        opinions: lines marked "think" are printed, as opinion, and leave with the pack.
        missing: what the police would still ask for. reason: why it is sealed all the same.
    """

    opinions: bool = False
    missing: tuple[MissingItem, ...] = ()
    reason: str = field(default="", repr=False)

    @property
    def opinion_printer(self) -> Shown:
        """How words are printed on this form."""
        return thoughts.print_as_opinion if self.opinions else thoughts.print_without_opinion


def _words_of_box(case: CaseFile, part: str, show: Shown) -> str:
    answered = answers_in_force(case).items()
    found = [r for step, r in answered if case.procedure.get_step(step).part == part]
    if part == "reason":
        return "\n".join(answer_lines(r, show) for r in found)
    items = [r for r in case.records if _belongs_to_box(case, r, part)]
    known = Corrections(case.records, show)
    many = {step.id for step in case.procedure.steps if step.kind is StepKind.MANY}
    said = [r for r in found if r.field_text("step") not in many or r.field_text("skipped")]
    lines = [f"{r.field_text('question')} {answer_lines(r, show)}" for r in said]
    lines += [f"{r.field_text('question')}\n{describe_entry(r, known)}" for r in items]
    return "\n".join(lines)


def _belongs_to_box(case: CaseFile, record: OpenRecord, part: str) -> bool:
    """Whether a record is one of several at a step that fills this box."""
    step = record.field_text("step")
    if not is_counted(case, record) or step not in case.procedure:
        return False
    return case.procedure.get_step(step).part == part


def _group_of_pupils(case: CaseFile) -> str:
    """A field called ``group`` fills the form's box of that name, whatever step asks for it."""
    values = [r.fields["values"] for r in answers_in_force(case).values()]
    return "\n".join(str(v["group"]) for v in values if isinstance(v, Mapping) and v.get("group"))


def list_exhibit_rows(case: CaseFile) -> tuple[Exhibit, ...]:
    """Return the list of exhibits, those frozen or held marked."""
    frozen = case.session.store.holds.blobs | permissions.frozen_by_content(case)
    held = case.files_awaiting_police - frozen
    people = case.session.keyring.directory
    known = Corrections(case.records)
    return tuple(
        Exhibit(
            r.field_text("exhibit"), known.original_and_current(r, "description"),
            r.field_text("sha256"),
            int(r.field_text("size")),
            parse_stamp(r.at), people.find_person(r.field_text("producer")).name,
            r.field_text("blob") in frozen,
            r.field_text("blob") in held,
        )
        for r in case.records
        if r.type in {"screenshot", "file"}
    )  # fmt: skip


def describe_exhibit_act(record: OpenRecord) -> str:
    """Return in words what was done with an exhibit."""
    return {"custody": "copied", "released": "released by two officers", "read": "read"}[
        record.type
    ]


def _review_address(known: Corrections, record: OpenRecord) -> ReviewedItem:
    """Return a captured address as the form lists it."""
    concern = known.original_and_current(record, "concern")
    return ReviewedItem(record.field_text("url"), concern, record.seq, parse_stamp(record.at))


def _conclusion(case: CaseFile, show: Shown) -> str:
    """Return the words of the box about the conclusion."""
    return _words_of_box(case, "conclusion", show)


def build_form_view(
    case: CaseFile,
    version: int,
    head: Checkpoint,
    code: str,
    images: Iterable[tuple[OpenRecord, Callable[[], bytes]]],
    sealing: FormChoices,
) -> FormView:
    """Return the form's content as of ``head``. Raises Frozen for an image of a frozen item."""
    directory = case.session.keyring.directory
    people = list_reviewers(case)
    name, _, place = _computer_label(case).partition(" · ")
    body = head.signed_body().decode().split("\n")
    urls = [r for r in case.records if r.type == "url"]
    known = Corrections(case.records)
    opened, show = case.records[0], sealing.opinion_printer
    return FormView(
        school=directory.school, reference=case.card.reference, practice=directory.is_practice,
        version=version, group=_group_of_pupils(case), date=format_uk_time(parse_stamp(opened.at)),
        reason=_words_of_box(case, "reason", show), reviewers=_reviewer_views(people),
        computer_name=name, computer_place=place,
        rows=tuple(
            _review_address(known, r) for r in urls
        ),
        findings=_words_of_box(case, "findings", show), conclusion=_conclusion(case, show),
        head=PrintedHead(body[0], int(body[1]), body[2]), check_code=code,
        sources=route_view.list_sources(case), route=route_view.list_route_steps(case),
        missing=tuple(m.what for m in sealing.missing), why_sealed=sealing.reason,
        clock=clock_check.clock_line_of_form(case.records), clock_findings=_clock_findings(case),
        page_sha256=sha256_hex(read_verify_page()),
        chronology=list_acts(case, show), changes=list_changed_answers(case, show),
        exhibits=list_exhibit_rows(case),
        images=tuple(
            ExhibitImage(r.field_text("exhibit"), opener, r.field_text("media"))
            for r, opener in images
        ),
        stopped=_describe_stop(case), restricted=case.card.restricted,
        certificates=tuple(CertificateFingerprint(p.name, sha256_hex(p.cert)) for p in people),
        limits=(*LIMITS, *_describe_opinion(case, sealing), *_describe_awaiting_police(case)),
    )  # fmt: skip


def list_reviewers(case: CaseFile) -> tuple[Person, ...]:
    """Return who reviewed: the pair of the gate of two, else those signed in.

    Whoever is signed in stands first, because the first place is signed first.
    """
    gate = gates.last_gate_record(case.procedure, case.counted_answers, "two-seniors")
    if gate is None:
        return case.session.people
    directory = case.session.keyring.directory
    here = [p.id for p in case.session.people]
    found = [directory.find_person(i) for i in gate.by]
    return tuple(sorted(found, key=lambda p: here.index(p.id) if p.id in here else len(here)))


def _computer_label(case: CaseFile) -> str:
    """Return the label of the computer the review was made on."""
    gate = gates.last_gate_record(case.procedure, case.counted_answers, "designated-computer")
    here = case.session.store.lines[gate.seq].machine if gate else case.session.machine
    return case.session.keyring.directory.machines.get(here, "not designated")


def _reviewer_views(people: tuple[Person, ...]) -> tuple[Reviewer, Reviewer | None]:
    found = [Reviewer(p.name, p.position, p.initials) for p in people]
    return found[0], found[1] if len(found) > 1 else None


def _clock_findings(case: CaseFile) -> tuple[FormClockFinding, ...]:
    return tuple(
        FormClockFinding(
            f.before, f.after, (_parse_entry_time(f.before_t), _parse_entry_time(f.after_t)), f.text
        )
        for f in clock_check.clock_findings_during(case)
    )


def _parse_entry_time(stamp: str) -> datetime | None:
    """Return the time of an entry; the first and last years have none in another zone."""
    found = parse_line_time(stamp)
    return found if found is not None and MINYEAR < found.year < MAXYEAR else None


def _describe_opinion(case: CaseFile, sealing: FormChoices) -> tuple[str, ...]:
    """A form from which something was left out says so; one with opinion says that it is one."""
    number = thoughts.count_opinions(case.records)
    if not number:
        return ()
    if sealing.opinions:
        return ("Lines marked [opinion] are what their writer thinks, not what was seen or told.",)
    held = "It is" if number == 1 else "They are"
    return (f"{thoughts.describe_count(number)} left out. {held} sealed in the school's record.",)


def _describe_awaiting_police(case: CaseFile) -> tuple[str, ...]:
    number = sum(row.awaiting_police for row in list_exhibit_rows(case))
    if not number:
        return ()
    many = "1 exhibit is" if number == 1 else f"{number} exhibits are"
    return (f"{many} held in the vault until the police have advised: listed here by hash alone.",)


def _describe_stop(case: CaseFile) -> str:
    for record in case.records:
        if record.type in {"stop", "frozen"}:
            when = format_uk_time(parse_stamp(record.at))
            return (
                f"Frozen {when}. Nothing was captured after that. What was taken before is "
                "not viewed, printed, exported or copied without a police reference."
            )
    return ""
