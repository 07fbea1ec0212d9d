"""What the eye cannot see, written as ``<U+XXXX>``. Depends on nothing."""

from __future__ import annotations

import unicodedata

# Control, format (bidi, zero width, tags), surrogate, private use, unassigned, line, paragraph.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that are drawn as nothing although their category says they are visible.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")


def show_invisible(text: str, *, lines: bool = False) -> str:
    """Return ``text`` with everything invisible or acted upon written as ``<U+XXXX>``.

    Control characters, ESC, C1, bidi and zero-width characters, private use, surrogates and
    unassigned characters; with ``lines`` a line feed stays. Applying it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_show_character(char, lines) for char in text)


def _show_character(char: str, lines: bool) -> str:
    if lines and char == "\n":
        return char
    if char in _BLANK or unicodedata.category(char) in _HIDDEN:
        return f"<U+{ord(char):04X}>"
    return char
