"""The words procedures are written with: kinds of steps, classes, marks. Closed lists.

Nothing is decided here; docs/procedures.md section 1 says what each word means.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How a step is answered; docs/procedures.md section 1. Only ``CAPTURE`` takes anything in."""

    QUESTION = "question"
    DECISION = "decision"
    GATE = "gate"
    RECORD = "record"
    MANY = "many"
    CAPTURE = "capture"
    ACTION = "action"
    REFERRAL = "referral"
    WAIT = "wait"
    REVIEW = "review"
    SIGN = "sign"
    EXPORT = "export"
    END = "end"


ONE_OPTION = frozenset({Kind.QUESTION, Kind.DECISION, Kind.WAIT})
TICKS = frozenset({Kind.ACTION, Kind.REFERRAL})
ITEMS = frozenset({Kind.CAPTURE, Kind.MANY})
CLOSING = frozenset({Kind.REVIEW, Kind.SIGN, Kind.EXPORT})


class Takes(StrEnum):
    """What a capture step takes in; NOTHING everywhere else."""

    NOTHING = ""
    ADDRESSES = "addresses"
    FILES = "files"


class Forbidden(StrEnum):
    """What nobody does from a step on."""

    LOOK = "look"
    COPY = "copy"
    QUESTION = "question"
    INFORM = "inform"
    CHANGE = "change"
    DELETE = "delete"


FORBIDDEN_WORDS = {
    Forbidden.LOOK: "look again",
    Forbidden.COPY: "copy or print",
    Forbidden.QUESTION: "question anybody",
    Forbidden.INFORM: "tell parents or the person named",
    Forbidden.CHANGE: "change the computer",
    Forbidden.DELETE: "delete",
}


class Group(StrEnum):
    """Whose matrix of the profile a step uses."""

    NONE = ""
    PUPILS = "pupils"
    STAFF = "staff"


class IncidentClass(StrEnum):
    """Triage: A never copied, B police first, C breaks our rules, unsure advice first."""

    A = "A"
    B = "B"
    C = "C"
    UNSURE = "unsure"


FREEZING = frozenset({IncidentClass.A, IncidentClass.UNSURE})


PARTS = frozenset({"reason", "findings", "conclusion"})
"""Boxes of the Record of reviewing devices / internet sites that a step may fill."""


class Status(StrEnum):
    """Where the instruction of a step comes from."""

    SOURCED = "sourced"
    TO_CONFIRM = "to be confirmed"


class Check(StrEnum):
    """Which check of :mod:`esafety_tui.flows.engine.checks` a field goes through."""

    TEXT = "text"
    NAME = "name"
    WHEN = "when"
    URL = "url"
    NUMBER = "number"
    STATEMENT = "statement"


class Mark(StrEnum):
    """How somebody knows what a line of a statement says."""

    SAW = "saw"
    TOLD = "told"
    DID = "did"
    THINK = "think"


NAMES = (
    "dsl", "lado", "head", "chair", "authority", "lead", "technician", "social_care", "guidance",
)  # fmt: skip
"""What may stand in braces in a text; a profile says what its school calls them."""

REQUIRED_GATES = frozenset({"two-seniors", "designated-computer", "watched", "isolated"})
