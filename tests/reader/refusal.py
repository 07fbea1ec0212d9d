"""The one error of the second reader: which way something is wrong, in one of a few words."""

from __future__ import annotations

ANSWERS = frozenset({
    "malformed", "trailing data", "newer version", "out of bounds", "wrong key",
    "wrong passphrase", "no match", "damaged", "bad signature", "broken link",
    "bad commitment", "bad proof", "one officer", "unknown type", "not listed", "other place",
    "missing", "not held", "changed",
})  # fmt: skip
"""The words of ``expect:`` in tests/vectors besides ``ok``; tests/vectors/README.md explains."""


class Refusal(Exception):
    """Something is not as format v1 says.

    Args:
        answer: one of ANSWERS.
        about: what was being read.
    """

    def __init__(self, answer: str, about: str) -> None:
        assert answer in ANSWERS, answer
        super().__init__(f"{about}: {answer}")
        self.answer = answer
