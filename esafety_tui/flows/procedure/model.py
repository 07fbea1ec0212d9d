"""The parts of a procedure: steps, options, fields, answers. Frozen and typed.

The model holds no rule of any one procedure and no screen. A step screen can draw every kind of
step from these objects; casework reads classes, gates and advice from the same objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from esafety_tui.flows.procedure.enums import (
    CLOSING_KINDS,
    FORBIDDEN_ACT_TEXTS,
    FORM_BOXES,
    FREEZING_CLASSES,
    ITEM_KINDS,
    ONE_OPTION_KINDS,
    PLACEHOLDER_NAMES,
    TICKED_KINDS,
    CaptureContent,
    FieldCheck,
    ForbiddenAct,
    IncidentClass,
    KnowledgeMark,
    PeopleGroup,
    SourceStatus,
    StepKind,
)

__all__ = [
    "CLOSING_KINDS", "FORBIDDEN_ACT_TEXTS", "FORM_BOXES", "FREEZING_CLASSES", "ITEM_KINDS",
    "ONE_OPTION_KINDS", "PLACEHOLDER_NAMES", "TICKED_KINDS", "Answer", "AnswerValue",
    "CaptureContent", "FieldCheck", "ForbiddenAct", "GateStatement", "GivenValues",
    "IncidentClass", "KnowledgeMark", "Option", "PeopleGroup", "Problem", "Procedure",
    "ProcedureEvent", "SourceStatus", "Step", "StepField", "StepKind", "StopEvent",
    "build_answer",
]  # fmt: skip

AnswerValue: TypeAlias = str | tuple[str, ...]
GivenValues: TypeAlias = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class StepField:
    """One thing to type. ``choices``, if any, are the only texts accepted.

    ``mark`` is what an empty line of a statement is offered with.
    """

    name: str
    label: str
    check: FieldCheck = FieldCheck.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()
    mark: KnowledgeMark = KnowledgeMark.SAW


@dataclass(frozen=True, slots=True)
class GateStatement:
    """One sentence of a gate that each officer present confirms."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. ``detail`` is the short text on the right.

    Attributes:
        incident_class: what choosing it makes of the incident, or None.
        unsure: it says "we do not know", and has to lead the safer way.
        advice: the police have said that the school may record (``wait`` steps only).
        cleared: the outside lead has said that nothing is illegal.
        carry_on: procedure of a new, linked incident that is offered; this one stays as it is.
        next: step that follows, "" for the step's own next.
        tell: contact kinds that must be notified when it is chosen.
        demands: contact kinds that a referral must offer on every way from here.
        starts, ends: keys of timers that begin, or are met.
        without_review: takes the place of ``next`` where the policy forbids the school's review.
    """

    key: str
    label: str
    detail: str = ""
    incident_class: IncidentClass | None = None
    unsure: bool = False
    advice: bool = False
    cleared: bool = False
    carry_on: str = ""
    next: str = ""
    tell: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    without_review: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of the procedure; docs/procedures.md section 1 says what each part means.

    ``fields`` are asked once; on steps of ITEMS they are asked for each item, and each item is a
    record of its own. ``may_skip`` allows "none", with a reason. ``table`` is the digest of the
    matrix that a fitted step takes its advice from, "" for none. ``part`` is the box of the
    incident form its answer is printed in, one of PARTS, or "" for the chronology alone.
    """

    id: str
    kind: StepKind
    title: str
    question: str
    why: str
    source: str
    status: SourceStatus
    next: str = ""
    roles: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    forbids: tuple[ForbiddenAct, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    statements: tuple[GateStatement, ...] = ()
    fields: tuple[StepField, ...] = ()
    gates: tuple[str, ...] = ()
    classes: tuple[IncidentClass, ...] = ()
    takes: CaptureContent = CaptureContent.NOTHING
    matrix: PeopleGroup = PeopleGroup.NONE
    illegal_next: str = ""
    without_review: str = ""
    may_skip: bool = False
    part: str = ""
    table: str = ""

    @property
    def is_capture(self) -> bool:
        """True if bytes or addresses under review are acquired here."""
        return self.kind is StepKind.CAPTURE

    def find_option(self, key: str) -> Option | None:
        """Return the option of that key, or None."""
        return next((option for option in self.options if option.key == key), None)

    def find_field(self, name: str) -> StepField | None:
        """Return the field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A whole flowchart.

    Attributes:
        offer: its line where a new incident is opened, "" where it is not offered there.
        after_stop: the step with which STOP and every refused capture go on: words only.
        digest: SHA-256 of the file's bytes, 64 hexadecimal digits.
        opens_as: what an incident of it is from its opening, or None before triage.
        alone: one officer may follow it.
        profile: digest of the profile it was fitted to, "" as read from its file.
        contacts: kind of contact to the school's own word for it, empty as read from its file.
    """

    name: str
    title: str
    version: str
    first: str
    after_stop: str
    steps: tuple[Step, ...]
    digest: str
    offer: str = ""
    opens_as: IncidentClass | None = None
    alone: bool = False
    profile: str = ""
    contacts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    _by_id: Mapping[str, Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = MappingProxyType({step.id: step for step in self.steps})
        object.__setattr__(self, "_by_id", by_id)

    def __contains__(self, step_id: object) -> bool:
        return step_id in self._by_id

    def __hash__(self) -> int:
        return hash((self.digest, self.profile))

    def get_step(self, step_id: str) -> Step:
        """Return the step of that id. Raises KeyError."""
        return self._by_id[step_id]


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer, as it goes into the ledger. Values are read-only; lists are tuples.

    ``reason`` is why an earlier answer was changed, "" for a first answer.
    """

    step: str
    values: Mapping[str, AnswerValue] = field(repr=False)
    reason: str = field(default="", repr=False)

    def __hash__(self) -> int:
        return hash((self.step, tuple(sorted(self.values.items())), self.reason))

    def single_value(self, name: str) -> str:
        """Return a single text value, "" where there is none."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def list_values(self, name: str) -> tuple[str, ...]:
        """Return a list value, empty where there is none."""
        value = self.values.get(name, ())
        return value if isinstance(value, tuple) else ()

    def to_json_values(self) -> dict[str, str | list[str]]:
        """Return the values as a new dict with lists, ready for canonical JSON."""
        return {k: v if isinstance(v, str) else list(v) for k, v in self.values.items()}


@dataclass(frozen=True, slots=True)
class StopEvent:
    """STOP was pressed at this point of the record."""


ProcedureEvent: TypeAlias = Answer | StopEvent


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer cannot be taken, as one or two sentences. ``field`` is where to show it."""

    text: str
    field: str = ""


def build_answer(step: str, given: GivenValues, reason: str = "") -> Answer:
    """Return an Answer that holds its own read-only copy of ``given``."""
    values = {k: v if isinstance(v, str) else tuple(v) for k, v in given.items()}
    return Answer(step, MappingProxyType(values), reason)
