"""The words procedures are written with: kinds of steps, classes, marks. Closed lists.

Nothing is decided here; docs/procedures.md section 1 says what each word means.
"""

from __future__ import annotations

from enum import StrEnum


class StepKind(StrEnum):
    """The kind of a step; docs/procedures.md section 1. Only ``CAPTURE`` acquires anything."""

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


ONE_OPTION_KINDS = frozenset({StepKind.QUESTION, StepKind.DECISION, StepKind.WAIT})
TICKED_KINDS = frozenset({StepKind.ACTION, StepKind.REFERRAL})
ITEM_KINDS = frozenset({StepKind.CAPTURE, StepKind.MANY})
CLOSING_KINDS = frozenset({StepKind.REVIEW, StepKind.SIGN, StepKind.EXPORT})


class CaptureContent(StrEnum):
    """The content that a capture step acquires; NOTHING everywhere else."""

    NOTHING = ""
    ADDRESSES = "addresses"
    FILES = "files"


class ForbiddenAct(StrEnum):
    """An act that is forbidden from a step on."""

    LOOK = "look"
    COPY = "copy"
    QUESTION = "question"
    INFORM = "inform"
    CHANGE = "change"
    DELETE = "delete"


FORBIDDEN_ACT_TEXTS = {
    ForbiddenAct.LOOK: "look again",
    ForbiddenAct.COPY: "copy or print",
    ForbiddenAct.QUESTION: "question anybody",
    ForbiddenAct.INFORM: "tell parents or the person named",
    ForbiddenAct.CHANGE: "change the computer",
    ForbiddenAct.DELETE: "delete",
}


class PeopleGroup(StrEnum):
    """The group of people whose matrix of the profile a step uses."""

    NONE = ""
    PUPILS = "pupils"
    STAFF = "staff"


class IncidentClass(StrEnum):
    """Triage: A never copied, B police first, C breaks our rules, unsure advice first."""

    A = "A"
    B = "B"
    C = "C"
    UNSURE = "unsure"


FREEZING_CLASSES = frozenset({IncidentClass.A, IncidentClass.UNSURE})


FORM_BOXES = frozenset({"reason", "findings", "conclusion"})
"""Boxes of the Record of reviewing devices / internet sites that a step may fill."""


class SourceStatus(StrEnum):
    """Says if a policy was found for an instruction, or if it is to be confirmed."""

    SOURCED = "sourced"
    TO_CONFIRM = "to be confirmed"


class FieldCheck(StrEnum):
    """The check of :mod:`esafety_tui.flows.engine.checks` that a field goes through."""

    TEXT = "text"
    NAME = "name"
    WHEN = "when"
    URL = "url"
    NUMBER = "number"
    STATEMENT = "statement"


class KnowledgeMark(StrEnum):
    """The ground on which the writer knows a line of a statement."""

    SAW = "saw"
    TOLD = "told"
    DID = "did"
    THINK = "think"


PLACEHOLDER_NAMES = (
    "dsl", "lado", "head", "chair", "authority", "lead", "technician", "social_care", "guidance",
)  # fmt: skip
"""The names allowed in braces in a text; a profile gives the school's words for them."""

REQUIRED_GATES = frozenset({"two-seniors", "designated-computer", "watched", "isolated"})
