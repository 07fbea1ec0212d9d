"""Letters on paper: the three embedded fonts, and the one function that escapes text.

Rule: every word that reaches a page goes through :func:`paragraph` or :func:`visible_text`.
ReportLab reads a small mark-up language in paragraphs, in which ``<img src="/path">`` embeds a
local file; after :func:`paragraph` nothing a person typed is mark-up. What would print as nothing,
or as something else than it is (control and format characters, characters without a glyph, unusual
spaces), prints as ``<U+XXXX>``. Right-to-left text is printed in the order of its characters and
not shaped.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

SANS, BOLD, MONO = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"
INK, GREY, ALARM, RULE = "#1b1f24", "#57606a", "#a40e26", "#c3c9d0"
_MARKUP_NAMES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;"}
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@cache
def load_font_glyphs(font: str) -> frozenset[int]:
    """Register one of the fonts with ReportLab and return the code points it can draw."""
    data = (files("esafety_tui.output") / "fonts" / f"{font}.ttf").read_bytes()
    face = TTFont(font, BytesIO(data))
    pdfmetrics.registerFont(face)
    return frozenset(face.face.charToGlyph)


def _new_style(name: str, font: str, size: float, **more: Any) -> ParagraphStyle:
    load_font_glyphs(font)
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * 1.36, textColor=HexColor(INK), **more
    )


@cache
def paragraph_style(name: str) -> ParagraphStyle:
    """Return one of the paragraph styles: title, head, body, strong, small, label, mono, alarm …"""
    made = {
        "title": lambda: _new_style("title", BOLD, 15, spaceAfter=2),
        "head": lambda: _new_style("head", BOLD, 10.5, spaceBefore=11, spaceAfter=4),
        "body": lambda: _new_style("body", SANS, 9),
        "strong": lambda: _new_style("strong", BOLD, 9),
        "large": lambda: _new_style("large", SANS, 11),
        "small": lambda: _new_style("small", SANS, 7.5),
        "label": lambda: _new_style("label", BOLD, 7.5),
        "right": lambda: _new_style("right", SANS, 7.5, alignment=TA_RIGHT),
        "mono": lambda: _new_style("mono", MONO, 7.5, wordWrap="CJK"),
        "hash": lambda: _new_style("hash", MONO, 6),
        "code": lambda: _new_style("code", MONO, 13),
        "key": lambda: _new_style("key", MONO, 9.5, wordWrap="CJK"),
        "alarm": lambda: _new_style("alarm", BOLD, 9),
    }[name]()
    if name == "alarm":
        made.textColor = HexColor(ALARM)
    return made


def _is_visible(char: str, font: str) -> bool:
    category = unicodedata.category(char)
    if category in _HIDDEN_CATEGORIES or (category == "Zs" and char != " "):
        return False
    return ord(char) in load_font_glyphs(font)


def visible_text(text: str, font: str) -> str:
    """Return ``text`` with every character that would not show in ``font`` as ``<U+XXXX>``.

    For canvas calls that know no mark-up. Line feeds count as characters that do not show.
    """
    return "".join(c if _is_visible(c, font) else f"<U+{ord(c):04X}>" for c in text)


def _escaped_pieces(text: str, font: str) -> list[str]:
    out: list[str] = []
    before = " "
    for char in text:
        if char == " " and before == " ":
            # ReportLab folds runs of spaces into one; a no-break space keeps their number.
            out.append("\N{NO-BREAK SPACE}")
        elif _is_visible(char, font):
            out.append(_MARKUP_NAMES.get(char, char))
        else:
            out.append(f'<font name="{BOLD}" color="{ALARM}">&lt;U+{ord(char):04X}&gt;</font>')
        before = char
    return out


def paragraph(text: str, name: str = "body", *, lines: bool = False) -> Paragraph:
    """Return ``text`` as a paragraph in which nothing is mark-up: the one door to the page.

    Args:
        text: any text, as it was typed.
        name: a style of :func:`paragraph_style`.
        lines: True keeps line feeds as line breaks, for notes; False prints them as ``<U+000A>``.
    """
    look = paragraph_style(name)
    load_font_glyphs(BOLD)
    rows = text.replace("\r\n", "\n").split("\n") if lines else [text]
    return Paragraph(
        "<br/>".join("".join(_escaped_pieces(row, look.fontName)) for row in rows), look
    )


def describe_non_ascii(text: str) -> str:
    """Return a sentence that names the characters of an address beyond ASCII, or "".

    A Cyrillic letter looks like a Latin one on paper; its number does not.
    """
    odd = sorted({c for c in text if ord(c) > 0x7E and _is_visible(c, SANS)})
    if not odd:
        return ""
    named = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in odd[:12])
    more = "" if len(odd) <= 12 else f" and {len(odd) - 12} more"
    return f"Not plain ASCII letters: {named}{more}."
