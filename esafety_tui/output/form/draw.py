"""Draws the Record of reviewing devices and internet sites from a view: one function, one PDF.

Rule: equal views give equal bytes, with both signature fields empty and in place, so the SHA-256
of the output is the rendering that gets frozen. Signs nothing and decides nothing; image bytes are
asked for one at a time and only for images in the view.
"""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from reportlab.platypus import Flowable, KeepTogether, PageBreak, Table, TableStyle

from esafety_tui.output.form.blocks import (
    brief_text,
    cell_parts,
    framed_box,
    label_table,
    note_paragraphs,
    ruled_table,
    section_heading,
    split_for_pages,
    vertical_gap,
)
from esafety_tui.output.form.lettering import describe_non_ascii, paragraph
from esafety_tui.output.form.page import HEIGHT, WIDTH, PageFurniture, build_pdf
from esafety_tui.output.form.picture import PictureBox, prepare_picture
from esafety_tui.output.form.qr import QrBox
from esafety_tui.output.form.route import readiness_section, route_section
from esafety_tui.output.form.signatures import signature_block
from esafety_tui.output.form.view import DRAWN_BY, Exhibit, FormView, Reviewer, utc_and_uk_times

TITLE = "Record of reviewing devices / internet sites"


def _stacked_times(when: datetime) -> str:
    return "\n".join(utc_and_uk_times(when))


def _reviewer_parts(person: Reviewer | None) -> list[Flowable]:
    if person is None:
        return [paragraph("Nobody. This form has one reviewing person only.", "alarm")]
    shown: list[Flowable] = [
        *cell_parts(person.name, "strong"),
        *cell_parts(f"{person.position} · initials {person.initials}", "small"),
    ]
    if not person.signs:
        shown += cell_parts(f"Not signed by {person.name}.", "alarm")
    return shown


def _opening_section(view: FormView) -> list[Flowable]:
    story: list[Flowable] = [
        paragraph(TITLE, "title"),
        *cell_parts(
            f"School record · {view.reference} · form version {view.version} · {view.school}",
            "small",
        ),
        vertical_gap(3),
    ]
    if view.stopped:
        stop = [paragraph("STOP", "alarm"), *cell_parts(view.stopped)]
        story += [framed_box(stop, alarm=True), vertical_gap(3)]
    story.append(
        label_table(
            [
                ("Group", cell_parts(view.group)),
                ("Date", cell_parts(view.date)),
                ("Reason for investigation", cell_parts(view.reason)),
                ("First reviewing person", _reviewer_parts(view.reviewers[0])),
                ("Second reviewing person", _reviewer_parts(view.reviewers[1])),
                ("Computer used for review", cell_parts(view.computer_name)),
                ("Where it stands", cell_parts(view.computer_place)),
            ]
        )
    )
    return story


def _reviewed_section(view: FormView) -> list[Flowable]:
    rows: list[list[list[Flowable]]] = []
    for row in view.rows:
        address: list[Flowable] = [paragraph(part, "mono") for part in split_for_pages(row.address)]
        if odd := describe_non_ascii(row.address):
            address.append(paragraph(odd, "small"))
        rows.append(
            [
                address,
                cell_parts(row.concern, "small"),
                [paragraph(f"#{row.seq}\n{_stacked_times(row.when)}", "small", lines=True)],
            ]
        )
    return [
        *section_heading("What was reviewed"),
        ruled_table(
            ("Web site address / device", "Reason for concern", "Entry and time"),
            rows,
            (0.49, 0.34, 0.17),
            "No address or device was recorded.",
        ),
    ]


def _chronology_section(view: FormView) -> list[Flowable]:
    rows: list[list[list[Flowable]]] = [
        [
            [paragraph(f"#{event.seq}", "small")],
            [paragraph(_stacked_times(event.when), "small", lines=True)],
            [
                *cell_parts(event.what, "label"),
                *cell_parts(event.detail, "small"),
            ],
            cell_parts(event.by, "small"),
        ]
        for event in view.chronology
    ]
    story: list[Flowable] = [
        *section_heading("Answers and decisions in order of time"),
        ruled_table(
            ("Entry", "Time", "What was answered or decided", "By"),
            rows,
            (0.08, 0.16, 0.6, 0.16),
            "No answer or decision was recorded.",
        ),
    ]
    return story + _changes_section(view)


def _changes_section(view: FormView) -> list[Flowable]:
    if not view.changes:
        return []
    changed: list[list[list[Flowable]]] = [
        [
            [paragraph(f"#{change.seq}\n{_stacked_times(change.when)}", "small", lines=True)],
            cell_parts(change.question, "small"),
            cell_parts(change.old, "small"),
            cell_parts(change.new, "small"),
            cell_parts(change.reason, "small"),
        ]
        for change in view.changes
    ]
    return [
        *section_heading("Answers that were changed"),
        ruled_table(
            ("Entry and time", "Question", "Was", "Changed to", "Why"),
            changed,
            (0.16, 0.24, 0.18, 0.18, 0.24),
            "",
        ),
    ]


def _exhibits_section(view: FormView) -> list[Flowable]:
    rows: list[list[list[Flowable]]] = [
        [
            [brief_text(item.ref, "strong", 40)],
            [
                *cell_parts(item.description, "small"),
                paragraph(item.sha256, "hash"),
                *([paragraph("Frozen after STOP: not shown, not copied.", "alarm")] * item.frozen),
                *(
                    [paragraph("Held until the police advise: not shown, not copied.", "alarm")]
                    * item.awaiting_police
                ),
            ],
            [paragraph(f"{item.size:,} bytes", "small")],
            cell_parts(f"{_stacked_times(item.taken)}\nby {item.by}", "small"),
        ]
        for item in view.exhibits
    ]
    return [
        *section_heading("Exhibits"),
        ruled_table(
            ("Reference", "Description and SHA-256 of the original", "Size", "Taken"),
            rows,
            (0.12, 0.53, 0.18, 0.17),
            "There are no exhibits.",
        ),
    ]


def _clock_section(view: FormView) -> list[Flowable]:
    """Return the list of clock findings, which corrects nothing; empty without findings."""
    if not view.clock_findings:
        return []
    rows: list[list[list[Flowable]]] = [
        [
            [paragraph(f"#{found.before}\n#{found.after}", "small", lines=True)],
            *(cell_parts(_stacked_times(t) if t else "not a time", "small") for t in found.times),
            cell_parts(found.text, "small"),
        ]
        for found in view.clock_findings
    ]
    titles = ("Entries", "Time before", "Time after", "What the computer's clocks show")
    listed = ruled_table(titles, rows, (0.1, 0.16, 0.16, 0.58), "")
    return [*section_heading("The clock of the computer"), listed]


def _proof_section(view: FormView) -> list[Flowable]:
    rows: list[tuple[str, list[Flowable]]] = [
        ("Check code", [paragraph(view.check_code, "code")]),
        (
            "Signed head of the log",
            [paragraph(line, "mono") for line in view.head.checkpoint_body.splitlines()],
        ),
        *(
            (each.label, [*cell_parts(each.name), paragraph(f"SHA-256 {each.sha256}", "mono")])
            for each in view.sources
        ),
        ("Clock of the computer", cell_parts(view.clock)),
    ]
    if view.page_sha256:
        rows.append(("Check page verify.html", [paragraph(f"SHA-256 {view.page_sha256}", "mono")]))
    for seal in view.certificates:
        rows.append(
            (
                "Certificate (SHA-256)",
                [*cell_parts(seal.name, "small"), paragraph(seal.sha256, "mono")],
            )
        )
    title = paragraph("How this record can be checked", "head")
    shown = [title, label_table(rows), _checking_note(view)]
    return [KeepTogether(shown)]


def _checking_note(view: FormView) -> Table:
    words = (
        "The square holds the three lines of the head. Keep this paper: the check code typed from "
        "it shows whether an electronic copy comes from this school and is complete."
    )
    told = [paragraph("How to check this form", "label"), paragraph(words, "small")]
    code = Table([[QrBox(view.head.checkpoint_body, 92), told]], colWidths=[100, WIDTH - 100])
    code.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return code


def _images_section(view: FormView) -> list[Flowable]:
    listed: dict[str, Exhibit] = {item.ref: item for item in view.exhibits}
    story: list[Flowable] = []
    for chosen in view.images:
        item = listed[chosen.ref]
        box = PictureBox(prepare_picture(chosen.open(), chosen.ref), WIDTH - 1, HEIGHT / 2 - 62)
        caption = [
            paragraph(f"Exhibit {item.ref}", "strong"),
            brief_text(item.description, "small"),
            vertical_gap(1.5),
            box,
            paragraph(f"Original: SHA-256 {item.sha256}", "mono"),
        ]
        story += [KeepTogether(caption), vertical_gap(5)]
    if not story:
        return []
    opening = paragraph(
        "These pictures were chosen one by one by the reviewing persons. They are copies without "
        "the files' metadata; the originals are kept unchanged as exhibits.",
        "small",
    )
    title = section_heading("Chosen exhibit images")
    return [PageBreak(), *title, opening, vertical_gap(3), *story]


def draw_form(view: FormView, destination: BinaryIO) -> None:
    """Write the form as a PDF with two empty signature fields: the first revision.

    Raises:
        BadInput: a chosen image cannot be read or is too large.
        OSError: ``destination`` refused.
    """
    limits = view.limits or ("No gap is known.",)
    story = [
        *_opening_section(view),
        *_reviewed_section(view),
        *section_heading("Findings"),
        *note_paragraphs(view.findings),
        *section_heading("Conclusion and action proposed or taken"),
        *note_paragraphs(view.conclusion),
        *_chronology_section(view),
        *route_section(view),
        *_exhibits_section(view),
        *_clock_section(view),
        *readiness_section(view),
        *section_heading("Gaps and limits"),
        *(paragraph(f"• {limit}", "small", lines=True) for limit in limits),
        *_proof_section(view),
        vertical_gap(3),
        signature_block(view),
        *_images_section(view),
    ]
    furniture = PageFurniture(
        title=f"{view.reference} form version {view.version}",
        left=view.school,
        right=view.reference,
        foot=f"School record · form version {view.version}",
        practice=view.practice,
        code=view.check_code,
        mark="RESTRICTED" if view.restricted else "",
        producer=DRAWN_BY,
    )
    build_pdf(story, furniture, destination)
