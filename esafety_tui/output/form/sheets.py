"""The other sheets of paper: keys, the blank form, whom to call, a passphrase, a referral.

Rule: the same page, fonts and escaping as the form; equal arguments give equal bytes. A secret on
a sheet goes to ``destination`` and nowhere else. None of these sheets is signed digitally.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from reportlab.platypus import Flowable, KeepTogether, PageBreak, Table, TableStyle

from esafety_tui.output.form.blocks import boxed, cell, facts, gap, heading, prose, table
from esafety_tui.output.form.draw import TITLE
from esafety_tui.output.form.lettering import para
from esafety_tui.output.form.page import WIDTH, Furniture, build
from esafety_tui.output.form.qr import QrBox

_SIGN = "Name, position, signature in ink, date"


def _furniture(school: str, title: str, practice: bool, reference: str = "") -> Furniture:
    return Furniture(title=title, left=school, right=reference, foot=title, practice=practice)


def _secret(title: str, text: str, side: float) -> KeepTogether:
    words: list[Flowable] = [para(title, "label"), para(text, "key")]
    row = Table([[QrBox(text, side), words]], colWidths=[side + 8, WIDTH - side - 8])
    row.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return KeepTogether([row])


def _writing_room(label: str, lines: int) -> tuple[str, list[Flowable]]:
    return label, [gap(7.5 * lines)]


_KEEPING = (
    "1. Put it in an envelope. Close it. Sign and date it across the flap.",
    "2. Lock the two paper keys away in two different places, kept by two different people. "
    "Neither of them should be a reviewing officer where that can be avoided.",
    "3. Write down here who keeps it, and look once a term whether it is still sealed.",
    "4. It is needed when fewer than two officers can sign in. If it is opened, write down who, "
    "when and why, and make new keys afterwards.",
    "5. Never photograph, scan, e-mail or copy it.",
)


def paper_key_sheet(
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
        para(key_name, "title"),
        *cell(school, "large"),
        gap(2),
        boxed(
            [
                para("Secret. Seal this sheet in an envelope as soon as it is printed.", "alarm"),
                para(
                    "Two keys together open every record of the school's evidence. Whoever holds "
                    "this sheet holds one of them."
                ),
            ],
            alarm=True,
        ),
        *heading("What to do with it"),
        *(para(line) for line in _KEEPING),
        gap(3),
        facts([("Kept by", [gap(7)]), ("Where", [gap(7)]), ("Sealed on, by", [gap(7)])]),
        *heading("The key"),
        _secret("Identity (opens)", identity, 96),
        gap(2),
        _secret("Signing key (PKCS#8, base64)", signing_key, 124),
    ]
    build(story, _furniture(school, key_name, practice), destination)


def _paper_front() -> list[Flowable]:
    """The first page of the paper form: what must not be done, then the form's own boxes."""
    rows: list[list[list[Flowable]]] = [[[gap(11)], [gap(11)], [gap(11)]] for _ in range(6)]
    warning: list[Flowable] = [
        para("Stop if you see, or suspect, sexual images of a child.", "alarm"),
        para(
            "Do not look further. Do not copy, print, photograph, send or delete anything. "
            "Call the police: 101, or 999 if a child is in danger now."
        ),
    ]
    boxes: list[tuple[str, list[Flowable]]] = [
        ("Group", [gap(7)]),
        ("Date", [gap(7)]),
        _writing_room("Reason for investigation", 2),
        ("First reviewing person", [para("Name and position", "small"), gap(8)]),
        ("Second reviewing person", [para("Name and position", "small"), gap(8)]),
        ("Computer used for the review: name and location", [gap(10)]),
    ]
    heads = ("Web site address / device, exactly as seen", "Reason for concern", "Date and time")
    return [
        para(TITLE, "title"),
        para("For use on paper when the computer cannot be used. Two people fill it in.", "small"),
        gap(2),
        boxed(warning, alarm=True),
        gap(3),
        facts(boxes),
        *heading("What was reviewed"),
        table(heads, rows, (0.46, 0.34, 0.2), ""),
    ]


def blank_paper_form(destination: BinaryIO, *, school: str, practice: bool) -> None:
    """Write the empty form for the day the computer fails: the same questions, for a pen."""
    boxes: list[tuple[str, list[Flowable]]] = [
        _writing_room("Findings", 5),
        _writing_room("Conclusion and action proposed or taken", 6),
        _writing_room("Who was told, when (safeguarding lead, police, authority)", 4),
        _writing_room("Computer in question: where is it kept, who locked it away", 2),
        ("First reviewing person", [para(_SIGN, "small"), gap(12)]),
        ("Second reviewing person", [para(_SIGN, "small"), gap(12)]),
    ]
    story: list[Flowable] = [
        *_paper_front(),
        PageBreak(),
        *heading("Conclusion and action"),
        facts(boxes),
        gap(2),
        para(
            "Keep this paper locked away. Write it into the program as soon as the computer works, "
            "with the times written here.",
            "small",
        ),
    ]
    build(story, _furniture(school, "Blank paper form", practice), destination)


def call_sheet(
    destination: BinaryIO, *, school: str, contacts: Sequence[tuple[str, str]], practice: bool
) -> None:
    """Write whom to call. 999 and 101 are always first.

    Args:
        contacts: label and value; an empty value prints "not known".
    """
    built_in: list[tuple[str, list[Flowable]]] = [
        ("Danger now", [para("999", "title"), para("Police and ambulance. Somebody is at risk.")]),
        ("Police, not an emergency", [para("101", "title"), para("Say: a school, evidence.")]),
    ]
    own: list[tuple[str, list[Flowable]]] = [
        (label, cell(value, "large") if value.strip() else [para("not known", "alarm")])
        for label, value in contacts
    ]
    story: list[Flowable] = [
        para("Whom to call", "title"),
        *cell(school, "large"),
        gap(3),
        facts([*built_in, *own]),
        *heading("Until somebody answers"),
        *(
            para(line)
            for line in (
                "• Do not look at it again. Do not open links.",
                "• Do not take a screenshot, copy, print, photograph, forward or delete anything.",
                "• Leave the device as it is, and lock it away. Write down who was there and when.",
                "• Do not promise to keep it secret. Write down what was said in the same words.",
            )
        ),
        gap(4),
        para("Checked on (date, by whom): ______________________________", "small"),
    ]
    build(story, _furniture(school, "Whom to call", practice), destination)


def passphrase_sheet(
    destination: BinaryIO, *, school: str, reference: str, passphrase: str, practice: bool
) -> None:
    """Write the sheet with the passphrase of one pack container. It travels apart from the pack."""
    story: list[Flowable] = [
        para(f"Passphrase of the pack {reference}", "title"),
        *cell(school, "large"),
        gap(4),
        boxed([para("Passphrase", "label"), para(passphrase, "code")]),
        *heading("How it travels"),
        *(
            para(line)
            for line in (
                "• Give this sheet to the receiver by hand, or read it out on a number you know.",
                "• Never put it in the same envelope, e-mail or bag as the pack.",
                "• The file is an AES-256 ZIP. 7-Zip opens it; the viewer built into Windows does "
                "not.",
                "• Type the words with the hyphens and spaces exactly as printed.",
            )
        ),
        gap(4),
        facts([("Given to", [gap(8)]), ("Date and time", [gap(8)]), ("Given by", [gap(8)])]),
    ]
    build(story, _furniture(school, "Passphrase sheet", practice, reference), destination)


def referral_sheet(
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
        para("Referral", "title"),
        para("Written by one officer alone. Not a reviewed record and not countersigned.", "alarm"),
        gap(3),
        facts(
            [
                ("School", cell(school)),
                ("Written by", cell(officer)),
                ("Position", cell(position)),
                ("Date and time", cell(when)),
            ]
        ),
    ]
    for title, text in words:
        story += [*heading(title), *prose(text)]
    story += [
        gap(6),
        facts(
            [
                ("Referred to (name, agency)", [gap(9)]),
                ("Date, time, reference given", [gap(9)]),
                ("Signature in ink, date", [gap(12)]),
            ]
        ),
    ]
    build(story, _furniture(school, "Referral", practice), destination)
