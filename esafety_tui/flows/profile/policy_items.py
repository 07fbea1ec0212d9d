"""The items that a profile lists, one class for each of its tables; docs/procedures.md section 2.

Frozen data and nothing else: who it is about are roles, never people. The reading of a file is
in :mod:`item_reader`, matrices are in :mod:`sanction_tables`, times in :mod:`timers`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from esafety_tui.flows.procedure.enums import IncidentClass, SourceStatus

SILENT_SOURCES = ("policy says nothing", "policy has no", "no policy")
"""How the source of a clause begins that fills in where the policy is silent."""


class UseVerdict(StrEnum):
    """The verdict of a user-actions table on an activity."""

    ACCEPTABLE = "acceptable"
    AT_TIMES = "at certain times"
    NOMINATED = "nominated users"
    UNACCEPTABLE = "unacceptable"
    ILLEGAL = "illegal"


@dataclass(frozen=True, slots=True)
class PolicyDates:
    """Title and dates of the policy. A date is None where the policy gives none."""

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
    """A role that cannot act in its own case, and the role or contact that acts instead."""

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
        """True if the number is a national one that nobody has to fill in."""
        return bool(self.number)


@dataclass(frozen=True, slots=True)
class ListedCrime:
    """A crime, by the policy. ``statute`` is "" where none is known; the class is A or B."""

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
    """A rule on who is informed of an incident, and when."""

    who: str
    when: str
    source: str
    status: SourceStatus


@dataclass(frozen=True, slots=True)
class LogRule:
    """A log and its audience. ``anonymous``: nobody is named in what they see."""

    what: str
    audience: str
    anonymous: bool
    source: str
    status: SourceStatus


@dataclass(frozen=True, slots=True)
class PolicyClause:
    """A clause of the policy on a step. ``why`` replaces the step's, "" keeps it."""

    procedure: str
    step: str
    source: str
    status: SourceStatus
    why: str = ""

    @property
    def is_from_policy(self) -> bool:
        """True if the policy says it; False if it fills in where the policy is silent."""
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
    """A question the policy leaves open, and what is offered instead.

    ``steps`` are those it is about, as ``procedure.step``; ``procedure`` alone means all of
    its steps on which the policy has no clause of its own. None: it is about the whole policy.
    """

    text: str
    offered: str
    steps: tuple[str, ...] = ()
