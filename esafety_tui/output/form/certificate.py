"""The certificate of destruction: what was destroyed, by whom, why, and what is still elsewhere.

Rule: it says only what the vault's entry says and what was checked afterwards; nothing of
what an incident contained. Equal views give equal bytes, with two empty signature fields.
Source: docs/format.md section 13.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from reportlab.platypus import Flowable, KeepTogether, Table, TableStyle

from esafety_tui.output.form.blocks import (
    cell_parts,
    framed_box,
    label_table,
    ruled_table,
    section_heading,
    vertical_gap,
)
from esafety_tui.output.form.lettering import paragraph
from esafety_tui.output.form.page import WIDTH, PageFurniture, build_pdf
from esafety_tui.output.form.qr import QrBox
from esafety_tui.output.form.signatures import signing_places
from esafety_tui.output.form.view import (
    DESTROYING_ROLES,
    DRAWN_BY,
    PrintedHead,
    Reviewer,
    utc_and_uk_times,
)

TITLE = "Certificate of destruction"
ROLES = DESTROYING_ROLES

_DONE = (
    "The keys of these incidents were destroyed, and their records and sealed files were deleted. "
    "With this vault, nobody can open them again: not the officers, and not this program."
)
_STAYS = (
    "What stays is the chain of entries. It shows how many there were, when, and who was "
    "there. It does not show what they said."
)
_LIMITS = (
    "Deleted files can leave traces on a disk until it writes over them. With such traces and the "
    "keys of two officers, an expert may still open something. Encrypt the disk of this computer, "
    "and destroy the disk when it is retired.",
    "Packs, printed forms and copies that people made by other means are not known here and were "
    "not touched. Ask your technician about copies of the whole computer.",
    "Times are those of this computer.",
)


@dataclass(frozen=True, slots=True)
class DestroyedIncident:
    """One incident that was destroyed.

    Attributes:
        opened, last: the day of its opening, and the day it was last written in, as text.
        size: bytes of its sealed files.
        why: sentences: the schedule, and what the officers decided. left: packs and prints.
    """

    reference: str
    opened: str
    last: str
    entries: int
    files: int
    size: int
    why: tuple[str, ...] = field(repr=False)
    left: str = ""


@dataclass(frozen=True, slots=True)
class RemainingBackup:
    """A backup that may still hold the keys: its name, and when it was last written."""

    label: str = field(repr=False)
    generation: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class DestructionCertificate:
    """Everything on the certificate.

    Attributes:
        number: of the entry. by: those who decided, one line each. signers: who sign this sheet.
        found: what was looked at afterwards, as sentences. before, after: heads around the entry.
        made: when this sheet was drawn.
    """

    school: str
    practice: bool
    number: int
    when: datetime
    made: datetime
    by: tuple[str, ...] = field(repr=False)
    computer: str
    reason: str = field(repr=False)
    gone: tuple[DestroyedIncident, ...]
    copies: tuple[RemainingBackup, ...]
    found: tuple[str, ...]
    before: PrintedHead
    after: PrintedHead
    signers: tuple[Reviewer, Reviewer]


def _destroyed_section(view: DestructionCertificate) -> list[Flowable]:
    rows: list[list[list[Flowable]]] = [
        [
            [*cell_parts(g.reference, "strong")],
            cell_parts(f"Opened {g.opened}\nLast written in {g.last}", "small"),
            [paragraph(f"Entries: {g.entries:,}", "small"), paragraph(f"Files: {g.files:,}",
            "small"),
             paragraph(f"Bytes: {g.size:,}", "small")],
            [*(paragraph(line, "small") for line in g.why), *(cell_parts(g.left,
            "small") if g.left else [])],
        ]
        for g in view.gone
    ]  # fmt: skip
    return [
        *section_heading("What was destroyed"),
        ruled_table(("Reference", "From, to", "How much", "Why it was due"), rows,
              (0.19, 0.21, 0.17, 0.43), ""),
    ]  # fmt: skip


def _both_times(when: datetime) -> str:
    day, utc, local = utc_and_uk_times(when)
    return f"{day}, {utc} ({local} in the UK)"


def _circumstances_table(view: DestructionCertificate) -> Table:
    return label_table(
        [
            ("When", cell_parts(_both_times(view.when))),
            ("By", [part for person in view.by for part in cell_parts(person)]),
            ("Reason", cell_parts(view.reason)),
            ("Computer", cell_parts(view.computer)),
            ("Entry of the log", cell_parts(f"#{view.number}")),
        ]
    )


def _copies_section(view: DestructionCertificate) -> list[Flowable]:
    story = section_heading("Copies that still hold the keys")
    if not view.copies:
        return [*story, paragraph("The log knows of no second copy that holds them.")]
    rows: list[list[list[Flowable]]] = [
        [
            cell_parts(c.label),
            cell_parts(f"{c.last}\nTimes made: {c.count}, generation {c.generation}", "small"),
            [vertical_gap(9)],
        ]
        for c in view.copies
    ]
    words = (
        "Anybody with one of these copies and the keys of two officers can still open what was "
        "destroyed here. Find each of them. Make a new copy over it, or destroy it, and write down "
        "the day. Until then the destruction is not complete."
    )
    return [
        *story,
        framed_box([paragraph("Still to do", "alarm"), paragraph(words)], alarm=True),
        vertical_gap(2),
        ruled_table(("What it is called", "Last made", "Dealt with: how, when, by whom"), rows,
              (0.3, 0.3, 0.4), ""),
    ]  # fmt: skip


def _proof_section(view: DestructionCertificate) -> list[Flowable]:
    said = [paragraph(f"• {line}", "small") for line in view.found]
    heads: list[tuple[str, list[Flowable]]] = [
        (name, [paragraph(line, "mono") for line in head.checkpoint_body.splitlines()])
        for name, head in (("Head before", view.before), ("Head after", view.after))
    ]
    words = paragraph(
        "The square holds the three lines of the head after. The log of the vault goes on from "
        "it: whoever checks the vault can see that nothing else was taken out.", "small",
    )  # fmt: skip
    code = Table([[QrBox(view.after.checkpoint_body, 84), words]], colWidths=[92, WIDTH - 92])
    code.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    checked = paragraph(f"Looked at afterwards, on {_both_times(view.made)}:", "small")
    return [
        *section_heading("How it was checked"), checked, *said, vertical_gap(2),
        KeepTogether([label_table(heads), code])
    ]  # fmt: skip


def draw_certificate(view: DestructionCertificate, destination: BinaryIO) -> None:
    """Write the certificate as a PDF with two empty signature fields: the first revision.

    Raises OSError: ``destination`` refused.
    """
    story: list[Flowable] = [
        paragraph(TITLE, "title"),
        *cell_parts(view.school, "large"),
        vertical_gap(3),
        framed_box([paragraph(_DONE), paragraph(_STAYS)]),
        *_destroyed_section(view),
        vertical_gap(3),
        _circumstances_table(view),
        *_copies_section(view),
        *_proof_section(view),
        *section_heading("What this sheet does not show"),
        *(paragraph(f"• {limit}", "small") for limit in _LIMITS),
        vertical_gap(2),
        signing_places(view.signers, ROLES, "Signatures of the two officers"),
    ]
    name = f"{TITLE} #{view.number}"
    furniture = PageFurniture(
        title=name, left=view.school, right=f"#{view.number}", foot=TITLE, practice=view.practice,
        producer=DRAWN_BY,
    )  # fmt: skip
    build_pdf(story, furniture, destination)
