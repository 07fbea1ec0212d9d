"""Whom to call and what not to do, as lines. Only 999, 101 and roles; no school's numbers."""

from __future__ import annotations

URGENT = (
    "Is a child in danger now?            Ring 999.",
    "Otherwise, if it may be a crime:     Ring 101.",
    "Then tell the designated safeguarding lead, at once and in person.",
    "An adult working with children is involved:  tell the LADO the same day.",
    "The head is named in it:             tell the chair of governors.",
    "",
    "Do not look at it again. Do not copy, photograph, print, forward or delete it.",
    "Do not ask a child to show, send or describe it.",
    "Do not switch the computer off or on: ask the police first.",
    "Do not search further and do not question anybody.",
    "Write down what you were told, by whom, and when.",
)
