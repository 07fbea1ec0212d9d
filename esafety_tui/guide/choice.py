"""One line of a list that officers choose from: a value, drawn by either face."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list: opaque id, words, and a few words more at its side or below."""

    id: str
    words: str
    more: str = ""
