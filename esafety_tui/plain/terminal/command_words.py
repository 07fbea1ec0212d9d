"""The words that work at every prompt, and how they are typed when they are meant literally.

Rule: a word counts only where it stands alone on the line. With a full stop before it, or in
quotation marks, it is taken as it stands, without them. No other line is ever changed. In a hurry
an arrow key comes before it, or an exclamation mark after STOP: it counts all the same.
"""

from __future__ import annotations

import re

EVERYWHERE: tuple[tuple[str, str], ...] = (
    ("stop", "STOP: freeze everything at once, then the three steps"),
    ("call", "whom to call right now"),
    ("back", "one question back; nothing that was written down is lost"),
    ("note", "write down words of your own"),
    ("far", "everything so far, and changing an earlier answer"),
    ("why", "why this is asked, and where the instruction comes from"),
    ("map", "the way taken, and what comes next"),
    ("lock", "lock: the keys go; each comes back with the passphrase"),
    ("list", "leave this incident for the list of incidents"),
    ("help", "these words"),
    ("quit", "leave the program"),
)
WORDS = frozenset(word for word, _ in EVERYWHERE)
LOCKED = frozenset({"stop", "call", "help", "quit"})
"""What works while nobody has reopened the lock."""

_KEYS = re.compile(r"\x1b(?:\[[0-9;]*[@-~]|O[A-Za-z])?|[\x00-\x1f\x7f]")
"""What keys without a letter leave in a line: arrows, Home, Esc."""
_STOP = "stop"
_QUOTES = "\"'"
HELP_TAIL = (
    "Type a word alone on the line, then Enter. To write one of these words down as it is, put a "
    'full stop before it, or quotation marks around it: .stop or "stop".',
    "Every prompt ends with > and waits for one line. Numbers choose. Where words are asked for, "
    "Enter alone ends them. A passphrase is not shown while you type it.",
    "Ctrl+C asks what you want: STOP, go on, or leave. Nothing that was written down is lost.",
    "What was printed stays in this terminal window after locking. Close the window, or clear it, "
    "when you leave.",
    "Set-up of a new vault, paper keys, officers, copies and reviews are not here: use esafety on "
    "an ordinary terminal, or the verbs that esafety --help lists.",
)


def parse_command(line: str) -> str:
    """Return the word that ``line`` is, in small letters, or ""."""
    word = _KEYS.sub("", line).strip().lower()
    if word.rstrip("!. ") == _STOP:
        return _STOP
    return word if word in WORDS else ""


def strip_literal_mark(line: str) -> str:
    """Return ``line`` as it is meant: without what marks one of our words as literal."""
    text = line.strip()
    if text[:1] == "." and parse_command(text[1:]):
        return text[1:]
    if len(text) > 2 and text[0] == text[-1] and text[0] in _QUOTES and parse_command(text[1:-1]):
        return text[1:-1]
    return line
