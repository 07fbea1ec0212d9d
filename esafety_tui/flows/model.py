"""What a procedure is made of: steps, options, fields, answers. Frozen and typed.

The model holds no rule of any one procedure and no screen. A step screen can draw every kind of
step from what stands here; casework reads classes, gates and advice from the same objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

Value: TypeAlias = str | tuple[str, ...]
Given: TypeAlias = Mapping[str, str | Sequence[str]]


class Kind(StrEnum):
    """How a step is answered. ``URLS`` and ``FILES`` are the only kinds that capture."""

    QUESTION = "question"
    GATE = "gate"
    WORDS = "words"
    URLS = "urls"
    FILES = "files"
    CHOOSE = "choose"
    WAIT = "wait"
    REVIEW = "review"
    SIGN = "sign"
    EXPORT = "export"
    END = "end"


CAPTURES = frozenset({Kind.URLS, Kind.FILES})
ONE_OPTION = frozenset({Kind.QUESTION, Kind.WAIT})
CLOSING = frozenset({Kind.REVIEW, Kind.SIGN, Kind.EXPORT})


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
    """Which check of :mod:`esafety_tui.flows.checks` a field goes through."""

    TEXT = "text"
    NAME = "name"
    WHEN = "when"
    URL = "url"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to type. ``choices``, if any, are the only texts accepted."""

    name: str
    label: str
    check: Check = Check.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a gate that each officer present confirms."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. ``detail`` is the short text on the right.

    Attributes:
        incident_class: what choosing it makes of the incident, or None.
        advice: the police have said that the school may record (``wait`` steps only).
        carry_on: from here a new, linked incident is offered; this one stays as it is.
        next: step that follows, "" for the step's own next.
        tell: contact kinds that must be told when it is chosen.
    """

    key: str
    label: str
    detail: str = ""
    incident_class: IncidentClass | None = None
    advice: bool = False
    carry_on: bool = False
    next: str = ""
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of the procedure.

    ``fields`` are asked once; on ``urls`` and ``files`` steps they are asked for each item, and
    each item is a record of its own. ``may_skip`` allows "none", with a reason. ``part`` is the box
    of the incident form its answer is printed in, one of PARTS, or "" for the chronology alone.
    """

    id: str
    kind: Kind
    title: str
    question: str
    why: str
    source: str
    status: Status
    next: str = ""
    tell: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    statements: tuple[Statement, ...] = ()
    fields: tuple[Field, ...] = ()
    gates: tuple[str, ...] = ()
    classes: tuple[IncidentClass, ...] = ()
    may_skip: bool = False
    part: str = ""

    @property
    def captures(self) -> bool:
        """Whether bytes or addresses under review are taken here."""
        return self.kind in CAPTURES

    def option(self, key: str) -> Option | None:
        """Return the option of that key, or None."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A whole flowchart. ``digest`` is SHA-256 of the file's bytes, 64 hexadecimal digits.

    ``after_stop`` is the step with which STOP and every refused capture go on: words only.
    """

    name: str
    title: str
    version: str
    first: str
    after_stop: str
    steps: tuple[Step, ...]
    digest: str
    _by_id: Mapping[str, Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = MappingProxyType({step.id: step for step in self.steps})
        object.__setattr__(self, "_by_id", by_id)

    def __contains__(self, step_id: object) -> bool:
        return step_id in self._by_id

    def __hash__(self) -> int:
        return hash(self.digest)

    def step(self, step_id: str) -> Step:
        """Return the step of that id. Raises KeyError."""
        return self._by_id[step_id]


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer, as it goes into the ledger. Values are read-only; lists are tuples.

    ``reason`` is why an earlier answer was changed, "" for a first answer.
    """

    step: str
    values: Mapping[str, Value] = field(repr=False)
    reason: str = field(default="", repr=False)

    def __hash__(self) -> int:
        return hash((self.step, tuple(sorted(self.values.items())), self.reason))

    def one(self, name: str) -> str:
        """Return a single text value, "" where there is none."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Return a list value, empty where there is none."""
        value = self.values.get(name, ())
        return value if isinstance(value, tuple) else ()

    def plain(self) -> dict[str, str | list[str]]:
        """Return the values as a new dict with lists, ready for canonical JSON."""
        return {k: v if isinstance(v, str) else list(v) for k, v in self.values.items()}


@dataclass(frozen=True, slots=True)
class Stopped:
    """STOP was pressed at this point of the record."""


Event: TypeAlias = Answer | Stopped


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer cannot be taken, as one or two sentences. ``field`` is where to show it."""

    text: str
    field: str = ""


def given_answer(step: str, given: Given, reason: str = "") -> Answer:
    """Return an Answer that holds its own read-only copy of ``given``."""
    values = {k: v if isinstance(v, str) else tuple(v) for k, v in given.items()}
    return Answer(step, MappingProxyType(values), reason)
