"""What may be shown at the door, and who came in. Frozen values without a key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from esafety_tui.kernel.cards import OfficerCard, Receipt
    from esafety_tui.kernel.views import StopResult

Session: TypeAlias = Literal["closed", "open", "locked"]
"""closed: nobody is signed in. open: one or two officers are. locked: they are, behind the lock."""


@dataclass(frozen=True, slots=True)
class DeskState:
    """What may be shown before and after signing in.

    Attributes:
        present: the officers of this session, empty when it is closed.
        words_only: one officer is signed in and may only write words.
        machine: name of this computer; machine_ok says it is the designated one.
        second_copy: one sentence about the second copy, "" when there is nothing to say.
        copy_due: entries are in no second copy that is known; never in a practice vault.
        compare_clock: two are signed in, and it is no practice vault.
        away: officers of a locked session who have not come back.
        place: the incident at which it was locked, "" for none.
    """

    has_vault: bool
    session: Session
    school: str = ""
    officers: tuple[OfficerCard, ...] = ()
    present: tuple[OfficerCard, ...] = ()
    words_only: bool = False
    machine: str = ""
    machine_ok: bool = True
    last: Receipt | None = None
    second_copy: str = ""
    copy_due: bool = False
    compare_clock: bool = False
    away: tuple[OfficerCard, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class SignInResult:
    """Who is in, and what the checks at the door found (sentences; empty when sound).

    Attributes:
        away: officers of a locked session who have not come back. kept: texts that were kept for
            both while it was locked, said once both are back.
        stopped: STOP, pressed while it was locked and written down first of all.
    """

    present: tuple[OfficerCard, ...]
    words_only: bool
    warnings: tuple[str, ...] = ()
    checked: int = 0
    away: tuple[OfficerCard, ...] = ()
    kept: tuple[str, ...] = field(default=(), repr=False)
    stopped: StopResult | None = None
