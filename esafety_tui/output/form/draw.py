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
    boxed,
    brief,
    cell,
    facts,
    gap,
    heading,
    pieces,
    prose,
    table,
)
from esafety_tui.output.form.lettering import beyond_ascii, para
from esafety_tui.output.form.page import HEIGHT, WIDTH, Furniture, build
from esafety_tui.output.form.picture import PictureBox, picture
from esafety_tui.output.form.qr import QrBox
from esafety_tui.output.form.route import readiness, route
from esafety_tui.output.form.signatures import signature_block
from esafety_tui.output.form.view import DRAWN_BY, Exhibit, FormView, Reviewer, two_times

TITLE = "Record of reviewing devices / internet sites"


def _stacked(when: datetime) -> str:
    return "\n".join(two_times(when))


def _person(person: Reviewer | None) -> list[Flowable]:
    if person is None:
        return [para("Nobody. This form has one reviewing person only.", "alarm")]
    shown: list[Flowable] = [
        *cell(person.name, "strong"),
        *cell(f"{person.position} · initials {person.initials}", "small"),
    ]
    if not person.signs:
        shown += cell(f"Not signed by {person.name}.", "alarm")
    return shown


def _opening(view: FormView) -> list[Flowable]:
    story: list[Flowable] = [
        para(TITLE, "title"),
        *cell(
            f"School record · {view.reference} · form version {view.version} · {view.school}",
            "small",
        ),
        gap(3),
    ]
    if view.stopped:
        story += [boxed([para("STOP", "alarm"), *cell(view.stopped)], alarm=True), gap(3)]
    story.append(
        facts(
            [
                ("Group", cell(view.group)),
                ("Date", cell(view.date)),
                ("Reason for investigation", cell(view.reason)),
                ("First reviewing person", _person(view.reviewers[0])),
                ("Second reviewing person", _person(view.reviewers[1])),
                ("Computer used for review", cell(view.computer_name)),
                ("Where it stands", cell(view.computer_place)),
            ]
        )
    )
    return story


def _reviewed(view: FormView) -> list[Flowable]:
    rows: list[list[list[Flowable]]] = []
    for row in view.rows:
        address: list[Flowable] = [para(part, "mono") for part in pieces(row.address)]
        if odd := beyond_ascii(row.address):
            address.append(para(odd, "small"))
        rows.append(
            [
                address,
                cell(row.concern, "small"),
                [para(f"#{row.seq}\n{_stacked(row.when)}", "small", lines=True)],
            ]
        )
    return [
        *heading("What was reviewed"),
        table(
            ("Web site address / device", "Reason for concern", "Entry and time"),
            rows,
            (0.49, 0.34, 0.17),
            "No address or device was recorded.",
        ),
    ]


def _chronology(view: FormView) -> list[Flowable]:
    rows: list[list[list[Flowable]]] = [
        [
            [para(f"#{event.seq}", "small")],
            [para(_stacked(event.when), "small", lines=True)],
            [
                *cell(event.what, "label"),
                *cell(event.detail, "small"),
            ],
            cell(event.by, "small"),
        ]
        for event in view.chronology
    ]
    story: list[Flowable] = [
        *heading("Answers and decisions in order of time"),
        table(
            ("Entry", "Time", "What was answered or decided", "By"),
            rows,
            (0.08, 0.16, 0.6, 0.16),
            "No answer or decision was recorded.",
        ),
    ]
    return story + _changes(view)


def _changes(view: FormView) -> list[Flowable]:
    if not view.changes:
        return []
    changed: list[list[list[Flowable]]] = [
        [
            [para(f"#{change.seq}\n{_stacked(change.when)}", "small", lines=True)],
            cell(change.question, "small"),
            cell(change.old, "small"),
            cell(change.new, "small"),
            cell(change.reason, "small"),
        ]
        for change in view.changes
    ]
    return [
        *heading("Answers that were changed"),
        table(
            ("Entry and time", "Question", "Was", "Changed to", "Why"),
            changed,
            (0.16, 0.24, 0.18, 0.18, 0.24),
            "",
        ),
    ]


def _exhibits(view: FormView) -> list[Flowable]:
    rows: list[list[list[Flowable]]] = [
        [
            [brief(item.ref, "strong", 40)],
            [
                *cell(item.description, "small"),
                para(item.sha256, "hash"),
                *([para("Frozen after STOP: not shown, not copied.", "alarm")] * item.frozen),
                *(
                    [para("Held until the police advise: not shown, not copied.", "alarm")]
                    * item.held
                ),
            ],
            [para(f"{item.size:,} bytes", "small")],
            cell(f"{_stacked(item.taken)}\nby {item.by}", "small"),
        ]
        for item in view.exhibits
    ]
    return [
        *heading("Exhibits"),
        table(
            ("Reference", "Description and SHA-256 of the original", "Size", "Taken"),
            rows,
            (0.12, 0.53, 0.18, 0.17),
            "There are no exhibits.",
        ),
    ]


def _clock(view: FormView) -> list[Flowable]:
    """What the clocks show is listed, never put right; a form without findings has no such list."""
    if not view.clock_findings:
        return []
    rows: list[list[list[Flowable]]] = [
        [
            [para(f"#{found.before}\n#{found.after}", "small", lines=True)],
            *([*cell(_stacked(t) if t else "not a time", "small")] for t in found.times),
            cell(found.text, "small"),
        ]
        for found in view.clock_findings
    ]
    titles = ("Entries", "Time before", "Time after", "What the computer's clocks show")
    return [*heading("The clock of the computer"), table(titles, rows, (0.1, 0.16, 0.16, 0.58), "")]


def _proof(view: FormView) -> list[Flowable]:
    rows: list[tuple[str, list[Flowable]]] = [
        ("Check code", [para(view.check_code, "code")]),
        (
            "Signed head of the log",
            [para(line, "mono") for line in view.head.body.splitlines()],
        ),
        *(
            (each.label, [*cell(each.name), para(f"SHA-256 {each.sha256}", "mono")])
            for each in view.sources
        ),
        ("Clock of the computer", cell(view.clock)),
    ]
    if view.page_sha256:
        rows.append(("Check page verify.html", [para(f"SHA-256 {view.page_sha256}", "mono")]))
    for seal in view.certificates:
        rows.append(
            (
                "Certificate (SHA-256)",
                [*cell(seal.name, "small"), para(seal.sha256, "mono")],
            )
        )
    shown = [para("How this record can be checked", "head"), facts(rows), _how_to_check(view)]
    return [KeepTogether(shown)]


def _how_to_check(view: FormView) -> Table:
    words = (
        "The square holds the three lines of the head. Keep this paper: the check code typed from "
        "it shows whether an electronic copy comes from this school and is complete."
    )
    told = [para("How to check this form", "label"), para(words, "small")]
    code = Table([[QrBox(view.head.body, 92), told]], colWidths=[100, WIDTH - 100])
    code.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return code


def _images(view: FormView) -> list[Flowable]:
    listed: dict[str, Exhibit] = {item.ref: item for item in view.exhibits}
    story: list[Flowable] = []
    for chosen in view.images:
        item = listed[chosen.ref]
        box = PictureBox(picture(chosen.open(), chosen.ref), WIDTH - 1, HEIGHT / 2 - 62)
        caption = [
            para(f"Exhibit {item.ref}", "strong"),
            brief(item.description, "small"),
            gap(1.5),
            box,
            para(f"Original: SHA-256 {item.sha256}", "mono"),
        ]
        story += [KeepTogether(caption), gap(5)]
    if not story:
        return []
    opening = para(
        "These pictures were chosen one by one by the reviewing persons. They are copies without "
        "the files' metadata; the originals are kept unchanged as exhibits.",
        "small",
    )
    return [PageBreak(), *heading("Chosen exhibit images"), opening, gap(3), *story]


def draw(view: FormView, destination: BinaryIO) -> None:
    """Write the form as a PDF with two empty signature fields: the first revision.

    Raises:
        BadInput: a chosen image cannot be read or is too large.
        OSError: ``destination`` refused.
    """
    limits = view.limits or ("No gap is known.",)
    story = [
        *_opening(view),
        *_reviewed(view),
        *heading("Findings"),
        *prose(view.findings),
        *heading("Conclusion and action proposed or taken"),
        *prose(view.conclusion),
        *_chronology(view),
        *route(view),
        *_exhibits(view),
        *_clock(view),
        *readiness(view),
        *heading("Gaps and limits"),
        *(para(f"• {limit}", "small", lines=True) for limit in limits),
        *_proof(view),
        gap(3),
        signature_block(view),
        *_images(view),
    ]
    furniture = Furniture(
        title=f"{view.reference} form version {view.version}",
        left=view.school,
        right=view.reference,
        foot=f"School record · form version {view.version}",
        practice=view.practice,
        code=view.check_code,
        mark="RESTRICTED" if view.restricted else "",
        producer=DRAWN_BY,
    )
    build(story, furniture, destination)
