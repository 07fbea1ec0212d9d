"""The content of the form, as plain values: no drawing, no files, no cryptography.

Casework fills a :class:`FormView` from opened records; the drawing modules turn it into pages.
Rule: everything a person typed is kept as it was typed. Escaping belongs to the drawing. An image
of a frozen exhibit cannot be put into a view at all, by any caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import Frozen, Refused

OFFICER_FIELDS = ("Officer1", "Officer2")
REVIEWING_ROLES = ("First reviewing person", "Second reviewing person")
"""The two who sign, as the form calls them."""
DESTROYING_ROLES = ("First officer", "Second officer")
"""The same two on the certificate of destruction."""
ROLE_PAIRS = (REVIEWING_ROLES, DESTROYING_ROLES)
PRODUCER = "esafety_tui"
NEWEST_LAYOUT = 2
"""Number of the layout in which forms and certificates are drawn. Source: docs/format.md 9."""


def producer_name(layout: int) -> str:
    """Return the producer that the PDF's title names, which identifies the layout."""
    return PRODUCER if layout == 1 else f"{PRODUCER} form {layout}"


DRAWN_BY = producer_name(NEWEST_LAYOUT)
"""What forms and certificates are marked with."""


def utc_and_uk_times(when: datetime) -> tuple[str, str, str]:
    """Return the UTC day, the time in UTC and the time in the UK, each with its zone.

    ``("21 Nov 2026", "14:07:12 UTC", "14:07:12 GMT")``; the UK time carries its own day where it
    differs. ``when`` is aware.
    """
    utc, local = when.astimezone(UTC), when.astimezone(LONDON)
    day = "" if utc.date() == local.date() else f"{local.day} {local.strftime('%b')} "
    return (
        f"{utc.day} {utc.strftime('%b %Y')}",
        f"{utc.strftime('%H:%M:%S')} UTC",
        f"{day}{local.strftime('%H:%M:%S')} {local.tzname()}",
    )


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A reviewing person.

    Attributes:
        signs: False prints "not signed by NAME" instead of a box for the digital signature.
        why_not: the reason a signature is missing, in words; only with ``signs=False``.
    """

    name: str = field(repr=False)
    position: str = field(repr=False)
    initials: str = field(repr=False)
    signs: bool = True
    why_not: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """One line of the table: an address or device, why it is a concern, its entry and time."""

    address: str = field(repr=False)
    concern: str = field(repr=False)
    seq: int
    when: datetime


@dataclass(frozen=True, slots=True)
class ChronologyEvent:
    """One answer, decision, referral or other act, in the order of the ledger."""

    seq: int
    when: datetime
    what: str = field(repr=False)
    detail: str = field(repr=False)
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of the flowchart as it was answered.

    Attributes:
        number: on the way taken, from 1. seq: entry of the answer that counts.
        choice: what was chosen, in the words offered. reason: why it was changed, or "".
        spent: time from when the step was shown to the answer, with its unit.
        source: where the instruction comes from; ``to_confirm``: nobody found it in a policy.
        skipped: why the step was left out, "" where it was answered.
        notes: who had to be notified, what the policy names.
    """

    number: int
    seq: int
    when: datetime
    question: str = field(repr=False)
    choice: str = field(repr=False)
    reason: str = field(repr=False)
    spent: str
    source: str
    to_confirm: bool = False
    skipped: str = field(default="", repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A file that says what is asked: what it is, its name and version, hex SHA-256 of it."""

    label: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that was changed: the old one stays visible beside the new one."""

    seq: int
    when: datetime
    question: str = field(repr=False)
    old: str = field(repr=False)
    new: str = field(repr=False)
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exhibit.

    Attributes:
        ref: producer's initials and number, ``AB/1``.
        sha256: hex SHA-256 of the original bytes.
        size: bytes of the original.
        frozen: its image can never be drawn. awaiting_police: not before they have advised.
    """

    ref: str
    description: str = field(repr=False)
    sha256: str
    size: int
    taken: datetime
    by: str = field(repr=False)
    frozen: bool = False
    awaiting_police: bool = False


@dataclass(frozen=True, slots=True)
class FormClockFinding:
    """A finding of two entries about the clock. A time is None where its entry has none."""

    before: int
    after: int
    times: tuple[datetime | None, datetime | None]
    text: str


@dataclass(frozen=True, slots=True)
class ExhibitImage:
    """A picture that two officers chose to print. ``open`` gives the original bytes, once."""

    ref: str
    open: Callable[[], bytes] = field(repr=False)
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class PrintedHead:
    """The ledger head printed on the form. ``root`` is standard base64 (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: str

    @property
    def checkpoint_body(self) -> str:
        """The checkpoint body: three lines, each ended by a line feed."""
        return f"{self.origin}\n{self.size}\n{self.root}\n"


@dataclass(frozen=True, slots=True)
class CertificateFingerprint:
    """The holder of a certificate, and hex SHA-256 of its DER."""

    name: str = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class FormView:
    """Everything printed on one version of the form.

    Attributes:
        reference: the incident's name for people, ``HVS-2026-0007``.
        reviewers: two places; None where no second person took part at all.
        check_code: four groups of four, as ``docs/format.md`` section 9 makes it.
        sources: procedure and policy that were followed. route: the steps answered.
        missing: what the police would still ask for. why_sealed: why it is sealed all the same.
        clock: what is recorded of comparing the clock, lines.
        clock_findings: what the entries themselves show about it.
        page_sha256: hex SHA-256 of the pack's verify.html, so that a forged page is noticed.
        stopped: the sentence about STOP and the freeze, or "".
        limits: sentences on gaps and on what the form does not prove.

    Raises:
        Frozen: an image of a frozen exhibit was chosen.
        Refused: an image of no listed exhibit was chosen, or an exhibit reference is there twice.
    """

    school: str
    reference: str
    practice: bool
    version: int
    group: str = field(repr=False)
    date: str
    reason: str = field(repr=False)
    reviewers: tuple[Reviewer | None, Reviewer | None]
    computer_name: str = field(repr=False)
    computer_place: str = field(repr=False)
    rows: tuple[ReviewedItem, ...]
    findings: str = field(repr=False)
    conclusion: str = field(repr=False)
    head: PrintedHead
    check_code: str
    sources: tuple[PolicySource, ...]
    clock: str
    page_sha256: str = ""
    clock_findings: tuple[FormClockFinding, ...] = ()
    route: tuple[RouteStep, ...] = ()
    missing: tuple[str, ...] = ()
    why_sealed: str = field(default="", repr=False)
    chronology: tuple[ChronologyEvent, ...] = ()
    changes: tuple[AnswerChange, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    images: tuple[ExhibitImage, ...] = ()
    stopped: str = ""
    restricted: bool = False
    certificates: tuple[CertificateFingerprint, ...] = ()
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        listed = {exhibit.ref: exhibit for exhibit in self.exhibits}
        if len(listed) != len(self.exhibits):
            raise Refused(
                "Two exhibits have the same reference.", "Give each exhibit its own number."
            )
        for image in self.images:
            exhibit = listed.get(image.ref)
            if exhibit is None:
                raise Refused(
                    "An image was chosen that is not in the list of exhibits.",
                    "Choose images from the list of exhibits only.",
                )
            if exhibit.awaiting_police:
                raise Refused(
                    f"Exhibit {image.ref} is held, so its image cannot be printed.",
                    "Leave it out. Ask the police whether you may record.",
                )
            if exhibit.frozen:
                raise Frozen(
                    f"Exhibit {image.ref} is frozen, so its image cannot be printed.",
                    "Leave it out. Ask the police what to do with the item.",
                )
