"""Calls to make and acts to avoid: on the urgent screen, by ``esafety urgent`` and on STOP.

Constants, so that they are there without a vault, a profile or a readable file. Only the
national numbers and roles are here; a school's own numbers come from its contact slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

UrgentLineKind: TypeAlias = Literal["heading", "call", "do", "never"]


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """One line for people, at most 72 characters. ``kind`` says how to draw it."""

    kind: UrgentLineKind
    text: str


@dataclass(frozen=True, slots=True)
class StopStep:
    """One thing to do on STOP, in order. ``field`` names what to type beside the tick, or ""."""

    key: str
    text: str
    more: str = ""
    field: str = ""


URGENT_LINES: tuple[UrgentLine, ...] = (
    UrgentLine("heading", "Whom to call right now"),
    UrgentLine("call", "999  A child is in danger now."),
    UrgentLine("call", "101  Otherwise the police. Not 111: that is the health service."),
    UrgentLine("do", "Tell the designated safeguarding lead at once."),
    UrgentLine("do", "Staff involved: the LADO (DOFA, designated officer). Head: the chair."),
    UrgentLine("do", "You need nobody's agreement to ring the police."),
    UrgentLine("heading", "What not to do"),
    UrgentLine("never", "Do not look again, and let nobody else look."),
    UrgentLine("never", "Do not copy, photograph, print, forward or save it."),
    UrgentLine("never", "Do not delete it, and do not ask a child to delete it."),
    UrgentLine("never", "Do not ask a child to show, send or describe it."),
    UrgentLine("heading", "The computer or device"),
    UrgentLine("do", "Move people away from it and leave it exactly as it is."),
    UrgentLine("do", "Ask the police what to do about its power and its network."),
    UrgentLine("do", "Write down what you were told, in the person's own words."),
)

STOP_STEPS: tuple[StopStep, ...] = (
    StopStep("1", "Move people away from the screen. Do not look again, close or delete."),
    StopStep(
        "2",
        "Ring the police: 999 if a child is in danger now, otherwise 101.",
        "Ask them what to do about the computer, its power and its network.",
        "reference",
    ),
    StopStep("3", "Tell the designated safeguarding lead.", field="told"),
)
