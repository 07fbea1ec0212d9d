"""One row of the table: what is done to a pack, and what both verifiers must say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.promises.tampers.world import World

AUTHENTIC = "authentic"
SOUND = "sound, origin not shown"
EXTRA = "sound-with-extra"
NOT_SOUND = "not sound"
NEWER = "newer version"
UNUSABLE = "cannot be used"

Make = Callable[["World", Path], Path]
"""Writes the tampered pack into an empty folder and returns the pack's own folder."""

Said = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What one verifier says: the state, and the item it names, "" for none."""

    state: str
    item: str


@dataclass(frozen=True)
class Tamper:
    """One row.

    Attributes:
        keys: whether two officers, or the school's authority, had to sign the tampered pack.
        state: what both must answer. item: what both must name; "" for any one, named by both.
        typed: the check code as it is typed, made from the right one; None for none.
        unseen: the line under "what this page cannot check" that says why the page may differ.
        dropped: the folder is dropped on the page, not chosen with the button.
    """

    kind: str
    name: str
    keys: bool
    make: Make = field(repr=False)
    state: str = NOT_SOUND
    item: str = ""
    typed: Callable[[str], str] | None = field(default=None, repr=False)
    unseen: str = ""
    dropped: bool = False


Rows = Iterable[Tamper]
