"""What a profile lists, one class for each of its tables; docs/procedures.md section 2.

Frozen data and nothing else: who it is about are roles, never people. How it is read from a file
stands in :mod:`listing`, matrices in :mod:`tables`, times in :mod:`timers`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from esafety_tui.flows.procedure.enums import IncidentClass, SourceStatus

SILENT_SOURCES = ("policy says nothing", "policy has no", "no policy")
"""How the source of a clause begins that fills in where the policy is silent."""


class UseVerdict(StrEnum):
    """What a user-actions table says of an activity."""

    ACCEPTABLE = "acceptable"
    AT_TIMES = "at certain times"
    NOMINATED = "nominated users"
    UNACCEPTABLE = "unacceptable"
    ILLEGAL = "illegal"


@dataclass(frozen=True, slots=True)
class PolicyDates:
    """Which policy it is. A date is None where the policy gives none."""

    title: str
    date: datetime.date | None
    review_due: datetime.date | None


@dataclass(frozen=True, slots=True)
class SchoolRole:
    """A position in the school. ``reviewer``: may be one of the two who review and sign."""

    key: str
    label: str
    reviewer: bool = False


@dataclass(frozen=True, slots=True)
class RoleConflict:
    """Who cannot act in their own case, and which role or kind of contact acts instead."""

    who: str
    then: str
    source: str
    status: SourceStatus


@dataclass(frozen=True, slots=True)
class PolicyContact:
    """Somebody to call. ``number`` is "" where the school fills it in; ``about`` says what for."""

    kind: str
    label: str
    number: str = ""
    about: str = ""

    @property
    def is_national(self) -> bool:
        """Whether the number is a national one that nobody has to fill in."""
        return bool(self.number)


@dataclass(frozen=True, slots=True)
class ListedCrime:
    """What the policy calls a crime. ``statute`` is "" where none is known; the class is A or B."""

    label: str
    statute: str
    incident_class: IncidentClass
    source: str
    status: SourceStatus


@dataclass(frozen=True, slots=True)
class UseRule:
    """One line of the user-actions table."""

    activity: str
    verdict: UseVerdict
    note: str
    source: str
    status: SourceStatus


@dataclass(frozen=True, slots=True)
class InformRule:
    """Who hears of an incident, and when."""

    who: str
    when: str
    source: str
    status: SourceStatus


@dataclass(frozen=True, slots=True)
class LogRule:
    """What is logged and who sees it. ``anonymous``: nobody is named in what they see."""

    what: str
    audience: str
    anonymous: bool
    source: str
    status: SourceStatus


@dataclass(frozen=True, slots=True)
class PolicyClause:
    """Where the policy says the same as a step. ``why`` replaces the step's, "" keeps it."""

    procedure: str
    step: str
    source: str
    status: SourceStatus
    why: str = ""

    @property
    def is_from_policy(self) -> bool:
        """Whether the policy says it, and not something that fills in where it is silent."""
        return not self.source.startswith(SILENT_SOURCES)


@dataclass(frozen=True, slots=True)
class SafeReading:
    """The safe reading of a policy that contradicts itself, and what it contradicts.

    ``steps`` are those it is about, as ``procedure.step``; none where it is about no one step.
    """

    text: str
    because: str
    source: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyGap:
    """What the policy does not say, and what is offered instead.

    ``steps`` are those it is about, as ``procedure.step``; ``procedure`` alone stands for all of
    its steps on which the policy has no clause of its own. None: it is about the whole policy.
    """

    text: str
    offered: str
    steps: tuple[str, ...] = ()
