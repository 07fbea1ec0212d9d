"""Text for a terminal that only writes lines: safe to print, at most 76 characters wide.

Rule: nobody's text reaches the terminal as it is. What cannot be seen is written as ``<U+XXXX>``,
typographic signs become their plain twins, and no line is longer than :data:`WIDTH`. Letters of
other languages stay. Only for eyes and ears: records keep the exact text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import wrap

from esafety_tui.kernel.text import show_invisible

WIDTH = 76
_TWINS = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2026": "...", "\u2013": "-",
     "\u2014": "-", "\u2011": "-", "\u00a0": " ", "\u2192": "->", "\u00d7": "x", "\t": " "}
)  # fmt: skip
_SIGNS = re.compile("\\s*\u00b7\\s*|[\u2713\u2714] ?|[\u2717\u2718] ?|\u26a0 ?")
_SPOKEN = {"\u2713": "done: ", "\u2714": "done: ", "\u2717": "not done: ", "\u2718": "not done: ",
           "\u26a0": "Note: "}  # fmt: skip


def make_printable(text: str) -> str:
    """Return ``text`` with line ends kept, safe to print: no control character, plain signs."""
    spoken = _SIGNS.sub(lambda found: _SPOKEN.get(found[0].strip(), ", "), text)
    return show_invisible(spoken.translate(_TWINS), lines=True)


def wrap_text(text: str, first: str = "", hang: str = "") -> list[str]:
    """Return ``text`` in lines of at most WIDTH, the first begun with ``first``, others ``hang``.

    An empty line of ``text`` stays one line.
    """
    found: list[str] = []
    for number, row in enumerate(make_printable(text).split("\n")):
        before = first if number == 0 else hang
        broken = wrap(
            row, WIDTH, initial_indent=before, subsequent_indent=hang, break_on_hyphens=False
        )
        found.extend(broken or [before.rstrip()])
    return found


def join_broken_lines(text: str) -> str:
    """Return ``text`` with single line ends made blanks: broken for a screen, they are one."""
    return "\n".join(" ".join(part.split("\n")) for part in text.split("\n\n"))


def number_labels(labels: Iterable[str], start: int = 1) -> list[str]:
    """Return a line ``1. label`` for each, continued under itself."""
    found: list[str] = []
    for number, label in enumerate(labels, start):
        head = f"{number}. "
        found.extend(wrap_text(label, head, " " * len(head)))
    return found
