"""Passphrases: five generated words, or an own choice that a guesser would not reach.

The words are drawn from the EFF large list (7,776 words; five give 64 bits).
"""

from __future__ import annotations

import secrets
from functools import cache
from importlib import resources

WORDS = 5
LONGEST_JUDGED = 72


@cache
def read_word_list() -> tuple[str, ...]:
    """Return the 7,776 words."""
    text = (
        resources.files("esafety_tui.casework").joinpath("words/eff-large.txt").read_text("utf-8")
    )
    return tuple(text.split())


def generate_passphrase(words: int = WORDS) -> str:
    """Return ``words`` random words joined by single spaces."""
    return " ".join(secrets.choice(read_word_list()) for _ in range(words))


def judge_passphrase(text: str) -> str | None:
    """Return None for a passphrase strong enough to keep, else one sentence of advice."""
    import zxcvbn

    if len(text) < 12:
        return "That is too short. Use the five generated words, or at least 12 characters."
    # zxcvbn refuses to judge more than 72 characters; what is strong that far is strong enough.
    result = zxcvbn.zxcvbn(text[:LONGEST_JUDGED])
    if int(result["score"]) >= 4:
        return None
    return "That could be guessed. Use the five generated words, or several unrelated words."
