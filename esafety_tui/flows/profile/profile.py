"""What a school brings: its policy as data. docs/procedures.md sections 2 and 3; TOML.

Holds roles, never people: names and numbers are filled in at set-up and sealed in the vault. The
only numbers a profile may carry are the national ones, 999 and 101.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

from esafety_tui.flows.procedure.enums import Group
from esafety_tui.flows.procedure.toml_reader import Table, each, read_table
from esafety_tui.flows.profile import item_reader, text_rules
from esafety_tui.flows.profile.policy_items import (
    Clause,
    Conflict,
    Contact,
    Gap,
    Illegal,
    Inform,
    Log,
    PolicyDates,
    Reading,
    Role,
    Use,
)
from esafety_tui.flows.profile.retention_rules import Rule, parse_rules
from esafety_tui.flows.profile.sanction_tables import Matrix, read_matrices
from esafety_tui.flows.profile.timers import REQUIRED_TIMERS, Timer, read_timers
from esafety_tui.kernel.errors import BadInput

Lists: TypeAlias = Mapping[str, tuple[Table, ...]]

_FORMAT = "profile/2"
_LISTS = ("role", "conflict", "contact", "illegal", "use", "matrix", "inform", "log", "timer",
          "clause", "reading", "gap", "retention")  # fmt: skip
_TOP = ("format", "name", "title", "nation", "review_allowed", "external_record", "media_rule",
        "policy", "names", *_LISTS)  # fmt: skip
_NEEDED = ("role", "conflict", "contact", "illegal", "timer", "retention")


class Nation(StrEnum):
    """Whose law and whose names of roles apply."""

    ENGLAND = "England"
    WALES = "Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"


@dataclass(frozen=True, slots=True)
class Profile:
    """A school policy as far as the program needs it.

    Attributes:
        review_allowed: false means that the policy forbids the school to look for itself.
        external_record: where a text to paste belongs as well, "" for nowhere.
        media_rule: how evidence may be carried.
        names: what the school calls each of :data:`words.NAMES`.
        digest: SHA-256 of the file's bytes, 64 hexadecimal digits.
    """

    name: str
    title: str
    nation: Nation
    review_allowed: bool
    external_record: str
    media_rule: str
    policy: PolicyDates
    names: Mapping[str, str]
    roles: tuple[Role, ...]
    conflicts: tuple[Conflict, ...]
    contacts: tuple[Contact, ...]
    illegal: tuple[Illegal, ...]
    uses: tuple[Use, ...]
    matrices: tuple[Matrix, ...]
    informs: tuple[Inform, ...]
    logs: tuple[Log, ...]
    timers: tuple[Timer, ...]
    clauses: tuple[Clause, ...]
    readings: tuple[Reading, ...]
    gaps: tuple[Gap, ...]
    retention: tuple[Rule, ...]
    digest: str

    def __hash__(self) -> int:
        return hash(self.digest)

    def contact(self, kind: str) -> Contact:
        """Return the contact of that kind. Raises KeyError."""
        return {contact.kind: contact for contact in self.contacts}[kind]

    def timer(self, key: str) -> Timer:
        """Return the timer of that key. Raises KeyError."""
        return {timer.key: timer for timer in self.timers}[key]

    def matrix(self, group: str) -> Matrix | None:
        """Return the matrix for ``pupils`` or ``staff``, or None."""
        return next((matrix for matrix in self.matrices if matrix.group == group), None)

    def clause(self, procedure: str, step: str) -> Clause | None:
        """Return what the policy says of a step, or None where it says nothing."""
        at = (procedure, step)
        return next((c for c in self.clauses if (c.procedure, c.step) == at), None)

    def stale(self, today: date) -> bool:
        """Whether the policy says that it should have been reviewed before ``today``."""
        return self.policy.review_due is not None and self.policy.review_due < today


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the product, sorted."""
    folder = files("esafety_tui.flows") / "profiles"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_profile(name: str = "generic") -> Profile:
    """Return a shipped profile. Raises BadInput if there is none of that name."""
    if name not in shipped_profiles():
        raise BadInput(
            f"There is no profile {name!r}.", f"Choose one of: {', '.join(shipped_profiles())}."
        )
    resource = files("esafety_tui.flows") / "profiles" / f"{name}.toml"
    return parse_profile(resource.read_bytes(), f"{name}.toml")


def parse_profile(data: bytes, file_name: str) -> Profile:
    """Return the profile in a file's bytes. Raises BadInput naming file, line and mistake."""
    top = read_table(data, file_name)
    if top.text("format") != _FORMAT:
        top.fail(f"'format' must be {_FORMAT!r}", "format")
    top.only(_TOP)
    if "review_allowed" not in top.values:
        top.fail("'review_allowed' is missing")
    lists = {key: top.tables(key, key) for key in _LISTS}
    for key in _NEEDED:
        if not lists[key]:
            top.fail(f"there is no [[{key}]]")
    profile = _read(top, lists, hashlib.sha256(data).hexdigest())
    _check(top, lists, profile)
    text_rules.refuse_private(top)
    return profile


def _read(top: Table, lists: Lists, digest: str) -> Profile:
    """Return the profile; BadFile with the mistakes of every table, not of the first one alone."""
    keys = [str(table.values.get("key")) for table in lists["role"]]
    kinds = [str(table.values.get("kind")) for table in lists["contact"]]
    parts: dict[str, Callable[[], object]] = {
        "name": lambda: top.id("name"),
        "title": lambda: text_rules.label(top, "title"),
        "nation": lambda: top.one_of("nation", Nation),
        "review_allowed": lambda: top.flag("review_allowed"),
        "external_record": lambda: text_rules.label(
            top, "external_record", "", item_reader.NAME_WIDTH
        ),
        "media_rule": lambda: text_rules.prose(top, "media_rule"),
        "policy": lambda: item_reader.policy(_section(top, "policy")),
        "names": lambda: MappingProxyType(item_reader.names(_section(top, "names"))),
        "roles": lambda: each(lists["role"], item_reader.role),
        "conflicts": lambda: each(
            lists["conflict"], lambda table: item_reader.conflict(table, keys, kinds)
        ),
        "contacts": lambda: each(lists["contact"], item_reader.contact),
        "illegal": lambda: each(lists["illegal"], item_reader.illegal),
        "uses": lambda: each(lists["use"], item_reader.use),
        "matrices": lambda: read_matrices(lists["matrix"]),
        "informs": lambda: each(lists["inform"], item_reader.inform),
        "logs": lambda: each(lists["log"], item_reader.log),
        "timers": lambda: read_timers(lists["timer"]),
        "clauses": lambda: each(lists["clause"], item_reader.clause),
        "readings": lambda: each(lists["reading"], item_reader.reading),
        "gaps": lambda: each(lists["gap"], item_reader.gap),
        "retention": lambda: parse_rules(lists["retention"], kinds),
    }
    made: dict[str, Any] = dict(zip(parts, each(parts.values(), lambda read: read()), strict=True))
    return Profile(**made, digest=digest)


def _section(top: Table, key: str) -> Table:
    """Return the one table under ``[key]``."""
    values = top.values.get(key)
    if not isinstance(values, dict):
        top.fail(f"there is no [{key}]", key)
    heads = [row.split("#")[0].strip() for row in top.document.lines]
    line = heads.index(f"[{key}]") + 1 if f"[{key}]" in heads else 1
    return Table(top.document, values, line, key)


def _check(top: Table, lists: Lists, profile: Profile) -> None:
    """Raise BadInput for what is there twice, and for what every profile has to have."""
    kinds = [contact.kind for contact in profile.contacts]
    keys = [timer.key for timer in profile.timers]
    item_reader.once(lists["role"], [role.key for role in profile.roles], "this role")
    item_reader.once(lists["contact"], kinds, "this kind of contact")
    steps = [(clause.procedure, clause.step) for clause in profile.clauses]
    item_reader.once(lists["clause"], steps, "a clause on this step")
    for kind in item_reader.CONTACT_KINDS:
        if kind not in kinds:
            top.fail(f"there is no contact of kind {kind!r}")
    for key in REQUIRED_TIMERS:
        if key not in keys:
            top.fail(f"there is no timer {key!r}")
    for group in (Group.PUPILS, Group.STAFF):
        if profile.matrix(group) is None:
            top.fail(f"there is no matrix for {str(group)!r}")
    if not any(role.reviewer for role in profile.roles):
        top.fail("no role is a 'reviewer': nobody could review or sign")
