"""The other sheets of paper: keys, the blank form, whom to call, a passphrase, a referral.

Rule: the same page, fonts and escaping as the form; equal arguments give equal bytes. A secret on
a sheet goes to ``destination`` and nowhere else. None of these sheets is signed digitally.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from reportlab.platypus import Flowable, KeepTogether, PageBreak, Table, TableStyle

from esafety_tui.output.form.blocks import (
    cell_parts,
    framed_box,
    label_table,
    note_paragraphs,
    ruled_table,
    section_heading,
    vertical_gap,
)
from esafety_tui.output.form.draw import TITLE
from esafety_tui.output.form.lettering import paragraph
from esafety_tui.output.form.page import WIDTH, PageFurniture, build_pdf
from esafety_tui.output.form.qr import QrBox

_SIGNING_LINE = "Name, position, signature in ink, date"


def _sheet_furniture(school: str, title: str, practice: bool, reference: str = "") -> PageFurniture:
    return PageFurniture(title=title, left=school, right=reference, foot=title, practice=practice)


def _secret_block(title: str, text: str, side: float) -> KeepTogether:
    words: list[Flowable] = [paragraph(title, "label"), paragraph(text, "key")]
    row = Table([[QrBox(text, side), words]], colWidths=[side + 8, WIDTH - side - 8])
    row.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return KeepTogether([row])


def _writing_room(label: str, lines: int) -> tuple[str, list[Flowable]]:
    return label, [vertical_gap(7.5 * lines)]


_KEY_RULES = (
    "1. Put it in an envelope. Close it. Sign and date it across the flap.",
    "2. Lock the two paper keys away in two different places, kept by two different people. "
    "Neither of them should be a reviewing officer where that can be avoided.",
    "3. Write down here who keeps it, and look once a term whether it is still sealed.",
    "4. It is needed when fewer than two officers can sign in. If it is opened, write down who, "
    "when and why, and make new keys afterwards.",
    "5. Never photograph, scan, e-mail or copy it.",
)


def write_paper_key_sheet(
    destination: BinaryIO,
    *,
    school: str,
    key_name: str,
    identity: str,
    signing_key: str,
    practice: bool,
) -> None:
    """Write the sheet of one paper key for a sealed envelope.

    Args:
        key_name: "Paper key 1".
        identity: ``AGE-SECRET-KEY-1...``, as text and QR.
        signing_key: base64 of the PKCS#8 DER, as text and QR.
    """
    story: list[Flowable] = [
        paragraph(key_name, "title"),
        *cell_parts(school, "large"),
        vertical_gap(2),
        framed_box(
            [
                paragraph(
                    "Secret. Seal this sheet in an envelope as soon as it is printed.", "alarm"
                ),
                paragraph(
                    "Two keys together open every record of the school's evidence. Whoever holds "
                    "this sheet holds one of them."
                ),
            ],
            alarm=True,
        ),
        *section_heading("What to do with it"),
        *(paragraph(line) for line in _KEY_RULES),
        vertical_gap(3),
        label_table(
            [(label, [vertical_gap(7)]) for label in ("Kept by", "Where", "Sealed on, by")]
        ),
        *section_heading("The key"),
        _secret_block("Identity (opens)", identity, 96),
        vertical_gap(2),
        _secret_block("Signing key (PKCS#8, base64)", signing_key, 124),
    ]
    build_pdf(story, _sheet_furniture(school, key_name, practice), destination)


def _paper_form_front() -> list[Flowable]:
    """The first page of the paper form: what must not be done, then the form's own boxes."""
    rows: list[list[list[Flowable]]] = [
        [[vertical_gap(11)], [vertical_gap(11)], [vertical_gap(11)]] for _ in range(6)
    ]
    warning: list[Flowable] = [
        paragraph("Stop if you see, or suspect, sexual images of a child.", "alarm"),
        paragraph(
            "Do not look further. Do not copy, print, photograph, send or delete anything. "
            "Call the police: 101, or 999 if a child is in danger now."
        ),
    ]
    boxes: list[tuple[str, list[Flowable]]] = [
        ("Group", [vertical_gap(7)]),
        ("Date", [vertical_gap(7)]),
        _writing_room("Reason for investigation", 2),
        ("First reviewing person", [paragraph("Name and position", "small"), vertical_gap(8)]),
        ("Second reviewing person", [paragraph("Name and position", "small"), vertical_gap(8)]),
        ("Computer used for the review: name and location", [vertical_gap(10)]),
    ]
    heads = ("Web site address / device, exactly as seen", "Reason for concern", "Date and time")
    return [
        paragraph(TITLE, "title"),
        paragraph(
            "For use on paper when the computer cannot be used. Two people fill it in.", "small"
        ),
        vertical_gap(2),
        framed_box(warning, alarm=True),
        vertical_gap(3),
        label_table(boxes),
        *section_heading("What was reviewed"),
        ruled_table(heads, rows, (0.46, 0.34, 0.2), ""),
    ]


def write_blank_form(destination: BinaryIO, *, school: str, practice: bool) -> None:
    """Write the empty form for the day the computer fails: the same questions, for a pen."""
    boxes: list[tuple[str, list[Flowable]]] = [
        _writing_room("Findings", 5),
        _writing_room("Conclusion and action proposed or taken", 6),
        _writing_room("Who was told, when (safeguarding lead, police, authority)", 4),
        _writing_room("Computer in question: where is it kept, who locked it away", 2),
        ("First reviewing person", [paragraph(_SIGNING_LINE, "small"), vertical_gap(12)]),
        ("Second reviewing person", [paragraph(_SIGNING_LINE, "small"), vertical_gap(12)]),
    ]
    story: list[Flowable] = [
        *_paper_form_front(),
        PageBreak(),
        *section_heading("Conclusion and action"),
        label_table(boxes),
        vertical_gap(2),
        paragraph(
            "Keep this paper locked away. Write it into the program as soon as the computer works, "
            "with the times written here.",
            "small",
        ),
    ]
    build_pdf(story, _sheet_furniture(school, "Blank paper form", practice), destination)


def write_call_sheet(
    destination: BinaryIO, *, school: str, contacts: Sequence[tuple[str, str]], practice: bool
) -> None:
    """Write whom to call. 999 and 101 are always first.

    Args:
        contacts: label and value; an empty value prints "not known".
    """
    built_in: list[tuple[str, list[Flowable]]] = [
        (
            "Danger now",
            [paragraph("999", "title"), paragraph("Police and ambulance. Somebody is at risk.")],
        ),
        (
            "Police, not an emergency",
            [paragraph("101", "title"), paragraph("Say: a school, evidence.")],
        ),
    ]
    own: list[tuple[str, list[Flowable]]] = [
        (label, cell_parts(value, "large") if value.strip() else [paragraph("not known", "alarm")])
        for label, value in contacts
    ]
    story: list[Flowable] = [
        paragraph("Whom to call", "title"),
        *cell_parts(school, "large"),
        vertical_gap(3),
        label_table([*built_in, *own]),
        *section_heading("Until somebody answers"),
        *(
            paragraph(line)
            for line in (
                "• Do not look at it again. Do not open links.",
                "• Do not take a screenshot, copy, print, photograph, forward or delete anything.",
                "• Leave the device as it is, and lock it away. Write down who was there and when.",
                "• Do not promise to keep it secret. Write down what was said in the same words.",
            )
        ),
        vertical_gap(4),
        paragraph("Checked on (date, by whom): ______________________________", "small"),
    ]
    build_pdf(story, _sheet_furniture(school, "Whom to call", practice), destination)


def write_passphrase_sheet(
    destination: BinaryIO, *, school: str, reference: str, passphrase: str, practice: bool
) -> None:
    """Write the sheet with the passphrase of one pack container. It travels apart from the pack."""
    story: list[Flowable] = [
        paragraph(f"Passphrase of the pack {reference}", "title"),
        *cell_parts(school, "large"),
        vertical_gap(4),
        framed_box([paragraph("Passphrase", "label"), paragraph(passphrase, "code")]),
        *section_heading("How it travels"),
        *(
            paragraph(line)
            for line in (
                "• Give this sheet to the receiver by hand, or read it out on a number you know.",
                "• Never put it in the same envelope, e-mail or bag as the pack.",
                "• The file is an AES-256 ZIP. 7-Zip opens it; the viewer built into Windows does "
                "not.",
                "• Type the words with the hyphens and spaces exactly as printed.",
            )
        ),
        vertical_gap(4),
        label_table(
            [
                ("Given to", [vertical_gap(8)]),
                ("Date and time", [vertical_gap(8)]),
                ("Given by", [vertical_gap(8)]),
            ]
        ),
    ]
    build_pdf(story, _sheet_furniture(school, "Passphrase sheet", practice, reference), destination)


def write_referral_sheet(
    destination: BinaryIO,
    *,
    school: str,
    officer: str,
    position: str,
    when: str,
    words: Sequence[tuple[str, str]],
    practice: bool,
) -> None:
    """Write one officer's own words, for the police or the local authority.

    Args:
        when: date and time as text, with its zone.
        words: heading and text, exactly as this officer has just typed them.
    """
    story: list[Flowable] = [
        paragraph("Referral", "title"),
        paragraph(
            "Written by one officer alone. Not a reviewed record and not countersigned.", "alarm"
        ),
        vertical_gap(3),
        label_table(
            [
                ("School", cell_parts(school)),
                ("Written by", cell_parts(officer)),
                ("Position", cell_parts(position)),
                ("Date and time", cell_parts(when)),
            ]
        ),
    ]
    for title, text in words:
        story += [*section_heading(title), *note_paragraphs(text)]
    story += [
        vertical_gap(6),
        label_table(
            [
                ("Referred to (name, agency)", [vertical_gap(9)]),
                ("Date, time, reference given", [vertical_gap(9)]),
                ("Signature in ink, date", [vertical_gap(12)]),
            ]
        ),
    ]
    build_pdf(story, _sheet_furniture(school, "Referral", practice), destination)
