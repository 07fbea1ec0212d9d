"""Invented schools, people and pictures for the tests of forms, sheets and packs."""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO

from PIL import Image

from esafety_tui.output.form.view import (
    AnswerChange,
    CertificateFingerprint,
    ChronologyEvent,
    Exhibit,
    ExhibitImage,
    FormView,
    PolicySource,
    PrintedHead,
    ReviewedItem,
    Reviewer,
    RouteStep,
)

START = datetime(2026, 11, 21, 14, 7, 12, 345000, UTC)
LONG_URL = "https://example.invalid/?q=" + "".join(f"{n:05d}/" for n in range(1662))
HOSTILE = (
    'Cyrillic \u0430pple, RTLO \u202egnp.exe, <img src=/etc/passwd> <b>bold</b> &lt; & "quoted", '
    "Welsh ŵŷ ŴŶ, emoji \U0001f9ff\U0001f1ec, "
    "NUL \x00 ESC \x1b[31m, two  spaces, hidden\u00adhyphen"
)


ACTS = (
    ChronologyEvent(3, START, "What is suspected?", "Breaks our rules; nothing illegal", "AB, CD"),
    ChronologyEvent(4, START, "Two senior members of staff?", "Yes", "AB, CD"),
    ChronologyEvent(20, START, "Substance or not", "Substance: site reachable", "AB, CD"),
)
ROUTE = (
    RouteStep(
        1,
        3,
        START,
        "What is suspected?",
        "Breaks our rules; nothing illegal",
        "",
        "1 min 20 s",
        'policy, "Other Incidents"',
        False,
        "",
        ("To be told: The safeguarding lead.",),
    ),
    RouteStep(
        2,
        9,
        START,
        "Was the site reached by a pupil?",
        "Yes, once",
        "Asked the technician",
        "not known",
        "general practice, to be confirmed",
        True,
    ),
    RouteStep(
        3,
        10,
        START,
        "Who is informed?",
        "Left out",
        "",
        "12 s",
        "policy, page 4",
        True,
        "Nobody but us was there",
    ),
)


def png(width: int = 320, height: int = 200, seed: int = 1) -> bytes:
    """A plain 8-bit RGB PNG with a few coloured bars, as a screenshot might be."""
    dice = random.Random(seed)
    image = Image.new("RGB", (width, height), (250, 250, 250))
    for _ in range(24):
        left, top = dice.randrange(width), dice.randrange(height)
        colour = tuple(dice.randrange(256) for _ in range(3))
        image.paste(colour, (left, top, left + width // 4, top + height // 20 + 1))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def photo_with_gps() -> bytes:
    """A JPEG whose EXIF holds a maker, a place and a comment."""
    image = Image.new("RGB", (240, 160), (200, 120, 40))
    exif = Image.Exif()
    exif[0x010F] = "SENTINEL-MAKER"
    exif[0x9286] = "SENTINEL-COMMENT"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.4), 3: "W", 4: (0.0, 7.0, 39.0)})
    out = BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"SENTINEL-JFIF")
    return out.getvalue()


def view(images: int = 1) -> FormView:
    """An ordinary form with invented people."""
    exhibits = tuple(
        Exhibit(
            f"AB/{n}",
            f"Screenshot {n} of a games site, pop-up window in front",
            f"{n:064x}",
            183_204 + n,
            START + timedelta(minutes=n),
            "A. Bell",
        )
        for n in range(1, max(images, 2) + 1)
    )
    return FormView(
        school="Harbour View School (invented)",
        reference="HVS-2026-0007",
        practice=False,
        version=1,
        group="Year 9, group 4",
        date="21 Nov 2026",
        reason="A pupil reported a games site that opens adult advertising in lesson 3.",
        reviewers=(
            Reviewer("Alex Bell", "Deputy head", "AB"),
            Reviewer("Cerys Dunne", "Designated safeguarding lead", "CD"),
        ),
        computer_name="Designated computer SLT-02",
        computer_place="Deputy head's office, ground floor",
        rows=(
            ReviewedItem(
                "https://games.example.invalid/play?id=77", "Adult adverts beside a game", 12, START
            ),
            ReviewedItem(
                "http://ads.example.invalid/landing",
                "Opened by itself; gambling for under-18s",
                13,
                START + timedelta(minutes=4),
            ),
            ReviewedItem("Tablet 14, class set B", "History shows the same site", 15, START),
        ),
        findings="The site is reached from the school's filter allow-list.\nNo pupil typed it.",
        conclusion="There is substance. The technician blocks both addresses today.\n"
        "Parents of the group are told by letter. No police matter was found.",
        head=PrintedHead(
            "hvs.practice.invalid/evidence", 41, "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k="
        ),
        check_code="7QK4 M2XD 9RTA 0WZE",
        sources=(
            PolicySource("Procedure followed", "Other incidents\nother, version 1", "3f" * 32),
            PolicySource("Policy of the school", "Harbour View\npolicy of 1 Sep 2026", "5a" * 32),
        ),
        clock="Compared with the speaking clock at 14:02 UTC: this computer is 2 s slow.",
        chronology=ACTS,
        route=ROUTE,
        missing=("This computer's clock, compared at the end",),
        why_sealed="The speaking clock did not answer.",
        changes=(
            AnswerChange(
                9,
                START,
                "Was the site reached by a pupil?",
                "No",
                "Yes, once",
                "Log was read again",
            ),
        ),
        exhibits=exhibits,
        images=tuple(
            ExhibitImage(f"AB/{n}", partial(png, 960, 540, n)) for n in range(1, images + 1)
        ),
        certificates=(
            CertificateFingerprint("Alex Bell", "a1" * 32),
            CertificateFingerprint("Cerys Dunne", "c2" * 32),
        ),
        limits=(
            "The form does not show what was on the screen before the review began.",
            "The clock of the computer was not synchronised by a network.",
        ),
    )


def hostile_view() -> FormView:
    """The same form with everything typed by somebody hostile, in practice, after STOP."""
    base = view(1)
    return replace(
        base,
        practice=True,
        restricted=True,
        school="Ysgol Tŷ Ŵyn <script>",
        group=HOSTILE,
        reason=HOSTILE,
        computer_name=HOSTILE,
        computer_place=HOSTILE,
        findings=HOSTILE + "\n" + "word " * 3000,
        conclusion="x" * 9000,
        stopped="STOP was pressed at 14:30 UTC. All files of this incident are frozen.",
        reviewers=(Reviewer("Alex <b>Bell</b>", HOSTILE, "AB"), None),
        rows=(
            ReviewedItem("https://ex\u0430mple.invalid/\u202egnp.exe", HOSTILE, 12, START),
            ReviewedItem(LONG_URL, "Very long address " + "y" * 2500, 13, START),
            *base.rows,
        ),
        chronology=(*base.chronology, ChronologyEvent(21, START, HOSTILE, HOSTILE * 12, "AB")),
        exhibits=(*base.exhibits, Exhibit("CD/1", HOSTILE, "0" * 64, 1, START, "C", frozen=True)),
    )
