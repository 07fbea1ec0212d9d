"""Sentences that stand on many pages of both faces: how work ended, and what is asked again."""

from __future__ import annotations

from pathlib import PurePath

WAS_STOPPED = "This was stopped."
DOES_NOT_COUNT = "What was not finished does not count."
NOTHING_DONE = "Nothing was done."
NOTHING_SAVED = "Nothing was saved."
IS_RIGHT = "Is this right?"
POLICE_REFERENCE = "Police reference"
SCHOOL_NUMBERS = (
    "The school's own numbers: on the printed call sheet, and here while the vault is open."
)


def short_hash(digest: str) -> str:
    """Return the first eight digits of a hash as two groups of four."""
    return f"{digest[:4]} {digest[4:8]}"


def report_saved(path: PurePath) -> str:
    """Return that a file was saved and read back, with its name alone."""
    return f"Saved and read back: {path.name}"
