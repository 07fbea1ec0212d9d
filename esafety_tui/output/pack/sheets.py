"""The two sheets of a pack that are read on paper: START-HERE.pdf and limits.pdf.

They hold fixed sentences and the incident reference, never what a person typed. Drawn with
ReportLab's own canvas and the same embedded font as the form; identical bytes each time.
"""

from __future__ import annotations

import textwrap
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from esafety_tui.output.form.lettering import BOLD, SANS, load_font_glyphs
from esafety_tui.output.pack.layout import PROCEDURE, PROFILE
from esafety_tui.output.pack.readme import NOT_IN_PACK
from esafety_tui.output.pack.source import PackSource

_WIDTH = 88
_LEFT, _TOP = 62, 780

_START = (
    ("#What you have", ""),
    ("", "A school's record of one incident, given to you by two of its officers together."),
    ("", "The signed form is data/form.pdf. The exhibits are in data/exhibits."),
    ("", "data/exhibit-list.csv lists them. data/continuity.csv says who had what and when."),
)
_FOLLOWED = {
    PROCEDURE: "data/procedure.toml is the flowchart that was followed, as the program asks it.",
    PROFILE: "data/profile.toml is the school's policy as the program knows it.",
}
_CHECK = (
    ("#Check it before you rely on it", ""),
    ("1", "Open verify.html in a browser. No network and no installation is needed."),
    ("2", "Choose this folder."),
    ("3", "Type the check code from the signed paper form. Take it from the paper only."),
    ("4", "Green means: nothing is missing, added or changed, and it belongs to that paper."),
    ("", "Without the code a check can only say that the pack is sound in itself."),
    ("", "README.txt has the same checks for ordinary programs."),
    ("#If it is not sound", ""),
    ("", "Do not rely on it. Ask the school for a fresh copy, and say which file was named."),
    ("#Please", ""),
    ("", "Copy the folder whole and leave it as it is. An added file makes the check fail."),
    ("", "Open copies of exhibits, not the ones in this folder."),
)

_LIMITS = (
    ("#What this pack shows", ""),
    ("", "The files are those over which two named officers signed the statement."),
    ("", "Every entry of this incident is here, in order, up to the signed ledger head."),
    ("", "The entries stood in the school's ledger in this order, and the head printed on"),
    ("", "the paper form is an earlier head of the same ledger."),
    ("", "Each exhibit has the bytes it had when it was taken into the ledger."),
    ("#What it does not show", ""),
    ("", "That what a person wrote down is true, or that nothing was left unwritten."),
    ("", "That the computer's clock was right, beyond the comparisons that are recorded."),
    ("", "What happened on a device before an exhibit was taken in."),
    ("", "That the computer was free of malicious programs while two officers were signed in."),
    ("", "Anything against two officers who acted together before the first paper was printed."),
    ("", "Fields that were left out of a record; their sealed digests are here, their words not."),
    ("", "Exhibits that were left out. The exhibit list names each of them with its reason."),
    ("#Questions you may be asked", ""),
    ("", "Who had the passphrases? Each officer has their own; every export takes two."),
    ("", "Could an entry be removed later? The numbering and the printed head would not agree."),
    ("", "Who can check this? Anyone, with verify.html or with openssl and sha256sum."),
    ("#What it is called", ""),
    ("", "This is a school record. It makes no claim to be a forensic examination."),
)


def start_here_pdf(source: PackSource) -> bytes:
    """Return START-HERE.pdf."""
    followed = tuple(
        ("", text) for name, text in _FOLLOWED.items() if name in source.followed_files
    )
    gone = tuple(("", f"{name} {NOT_IN_PACK}") for name in source.missing_files)
    return _draw_sheet(source, "Start here", (*_START, *followed, *gone, *_CHECK))


def limits_pdf(source: PackSource) -> bytes:
    """Return data/limits.pdf: what the pack shows and what it does not."""
    return _draw_sheet(source, "What this pack shows, and what it does not", _LIMITS)


def _draw_sheet(source: PackSource, title: str, rows: tuple[tuple[str, str], ...]) -> bytes:
    load_font_glyphs(SANS)
    load_font_glyphs(BOLD)
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(f"{source.reference}: {title}")
    y = _draw_line(canvas, BOLD, 16, _TOP, title) - 4
    y = _draw_line(canvas, SANS, 10, y, f"Evidence pack {source.reference}")
    if source.practice:
        y = _draw_line(canvas, BOLD, 12, y - 4, "PRACTICE: made for training. Not evidence.")
    for mark, sentence in rows:
        if mark.startswith("#"):
            y = _draw_line(canvas, BOLD, 11, y - 10, mark[1:])
            continue
        for number, part in enumerate(textwrap.wrap(sentence, _WIDTH)):
            if mark and not number:
                canvas.setFont(BOLD, 9.5)
                canvas.drawString(_LEFT, y, mark)
            y = _draw_line(canvas, SANS, 9.5, y, part, 16 if mark else 0)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_line(
    canvas: Canvas, font: str, size: float, y: float, text: str, indent: int = 0
) -> float:
    canvas.setFont(font, size)
    canvas.drawString(_LEFT + indent, y, text)
    return y - size * 1.5
