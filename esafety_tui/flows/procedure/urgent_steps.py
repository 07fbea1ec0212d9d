"""Whom to call and what not to do: shown on the urgent screen, by ``esafety urgent`` and on STOP.

Constants, so that they are there without a vault, a profile or a readable file. Only the
national numbers and roles stand here; a school's own numbers come from its contact slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

LineKind: TypeAlias = Literal["heading", "call", "do", "never"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line for people, at most 72 characters. ``kind`` says how to draw it."""

    kind: LineKind
    text: str


@dataclass(frozen=True, slots=True)
class StopStep:
    """One thing to do on STOP, in order. ``field`` names what to type beside the tick, or ""."""

    key: str
    text: str
    more: str = ""
    field: str = ""


URGENT: tuple[Line, ...] = (
    Line("heading", "Whom to call right now"),
    Line("call", "999  A child is in danger now."),
    Line("call", "101  Otherwise the police. Not 111: that is the health service."),
    Line("do", "Tell the designated safeguarding lead at once."),
    Line("do", "Staff involved: the LADO (DOFA, designated officer). Head: the chair."),
    Line("do", "You need nobody's agreement to ring the police."),
    Line("heading", "What not to do"),
    Line("never", "Do not look again, and let nobody else look."),
    Line("never", "Do not copy, photograph, print, forward or save it."),
    Line("never", "Do not delete it, and do not ask a child to delete it."),
    Line("never", "Do not ask a child to show, send or describe it."),
    Line("heading", "The computer or device"),
    Line("do", "Move people away from it and leave it exactly as it is."),
    Line("do", "Ask the police what to do about its power and its network."),
    Line("do", "Write down what you were told, in the person's own words."),
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
