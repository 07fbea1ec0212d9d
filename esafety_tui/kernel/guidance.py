"""What casework tells the screens about the school's policy: frozen values for people.

The policy itself travels as the bytes of its files, named by their digests; screens parse them with
the same loader that casework uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The policy in force in a vault.

    Attributes:
        profile: digest of the profile's file.
        procedures: name to digest of each procedure's file.
        confirmed: digest of an instruction (flows.policy.instruction) to who confirmed it and when,
            in words: ``A. Bell, DSL, 3 Sep 2026``.
    """

    profile: str
    procedures: Mapping[str, str]
    confirmed: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NextDeadline:
    """One thing to do by a time, for the home screen.

    Attributes:
        inc, reference: the incident. what: ``tell the LADO``.
        by: time for people, zone named. left: ``1 h 50 min`` or ``overdue 1 d``.
        over: the time has passed.
    """

    inc: str
    reference: str
    what: str
    by: str
    left: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class MissingItem:
    """One thing the police would still ask for.

    Attributes:
        step_id: where it can be given, or "".
        late: it could have been given before and cannot be any more; it is said, not offered.
    """

    key: str
    what: str
    step_id: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready an incident is to be sealed: ``done`` of ``asked``, what is missing in order."""

    done: int
    asked: int
    missing: tuple[MissingItem, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing
