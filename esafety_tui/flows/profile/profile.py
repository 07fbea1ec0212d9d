"""The policy of a school as data: docs/procedures.md sections 2 and 3; TOML.

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

from esafety_tui.flows.procedure.enums import PeopleGroup
from esafety_tui.flows.procedure.toml_reader import TomlTable, parse_toml_table, read_each
from esafety_tui.flows.profile import item_reader, text_rules
from esafety_tui.flows.profile.policy_items import (
    InformRule,
    ListedCrime,
    LogRule,
    PolicyClause,
    PolicyContact,
    PolicyDates,
    PolicyGap,
    RoleConflict,
    SafeReading,
    SchoolRole,
    UseRule,
)
from esafety_tui.flows.profile.retention_rules import RetentionRule, parse_retention_rules
from esafety_tui.flows.profile.sanction_tables import SanctionMatrix, read_matrices
from esafety_tui.flows.profile.timers import REQUIRED_TIMERS, Timer, read_timers
from esafety_tui.kernel.errors import BadInput

ListedTables: TypeAlias = Mapping[str, tuple[TomlTable, ...]]

_FORMAT = "profile/2"
_LISTS = ("role", "conflict", "contact", "illegal", "use", "matrix", "inform", "log", "timer",
          "clause", "reading", "gap", "retention")  # fmt: skip
_TOP_KEYS = ("format", "name", "title", "nation", "review_allowed", "external_record", "media_rule",
        "policy", "names", *_LISTS)  # fmt: skip
_REQUIRED_LISTS = ("role", "conflict", "contact", "illegal", "timer", "retention")


class Nation(StrEnum):
    """The nation whose law and names of roles apply."""

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
        names: what the school calls each of :data:`enums.PLACEHOLDER_NAMES`.
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
    roles: tuple[SchoolRole, ...]
    conflicts: tuple[RoleConflict, ...]
    contacts: tuple[PolicyContact, ...]
    illegal: tuple[ListedCrime, ...]
    uses: tuple[UseRule, ...]
    matrices: tuple[SanctionMatrix, ...]
    informs: tuple[InformRule, ...]
    logs: tuple[LogRule, ...]
    timers: tuple[Timer, ...]
    clauses: tuple[PolicyClause, ...]
    readings: tuple[SafeReading, ...]
    gaps: tuple[PolicyGap, ...]
    retention: tuple[RetentionRule, ...]
    digest: str

    def __hash__(self) -> int:
        return hash(self.digest)

    def get_contact(self, kind: str) -> PolicyContact:
        """Return the contact of that kind. Raises KeyError."""
        return {contact.kind: contact for contact in self.contacts}[kind]

    def get_timer(self, key: str) -> Timer:
        """Return the timer of that key. Raises KeyError."""
        return {timer.key: timer for timer in self.timers}[key]

    def find_matrix(self, group: str) -> SanctionMatrix | None:
        """Return the matrix for ``pupils`` or ``staff``, or None."""
        return next((matrix for matrix in self.matrices if matrix.group == group), None)

    def find_clause(self, procedure: str, step: str) -> PolicyClause | None:
        """Return what the policy says of a step, or None where it says nothing."""
        at = (procedure, step)
        return next((c for c in self.clauses if (c.procedure, c.step) == at), None)

    def is_review_overdue(self, today: date) -> bool:
        """Return whether the policy should have been reviewed before ``today``, by its own date."""
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
    top = parse_toml_table(data, file_name)
    if top.read_string("format") != _FORMAT:
        top.raise_mistake(f"'format' must be {_FORMAT!r}", "format")
    top.refuse_unknown_keys(_TOP_KEYS)
    if "review_allowed" not in top.values:
        top.raise_mistake("'review_allowed' is missing")
    lists = {key: top.read_tables(key, key) for key in _LISTS}
    for key in _REQUIRED_LISTS:
        if not lists[key]:
            top.raise_mistake(f"there is no [[{key}]]")
    profile = _build_profile(top, lists, hashlib.sha256(data).hexdigest())
    _check_profile(top, lists, profile)
    text_rules.refuse_private_details(top)
    return profile


def _build_profile(top: TomlTable, lists: ListedTables, digest: str) -> Profile:
    """Return the profile; BadFile with the mistakes of every table, not of the first one alone."""
    keys = [str(table.values.get("key")) for table in lists["role"]]
    kinds = [str(table.values.get("kind")) for table in lists["contact"]]
    parts: dict[str, Callable[[], object]] = {
        "name": lambda: top.read_id("name"),
        "title": lambda: text_rules.read_label(top, "title"),
        "nation": lambda: top.read_choice("nation", Nation),
        "review_allowed": lambda: top.read_flag("review_allowed"),
        "external_record": lambda: text_rules.read_label(
            top, "external_record", "", item_reader.NAME_WIDTH
        ),
        "media_rule": lambda: text_rules.read_prose(top, "media_rule"),
        "policy": lambda: item_reader.read_policy_dates(_read_section(top, "policy")),
        "names": lambda: MappingProxyType(
            item_reader.read_school_names(_read_section(top, "names"))
        ),
        "roles": lambda: read_each(lists["role"], item_reader.read_school_role),
        "conflicts": lambda: read_each(
            lists["conflict"], lambda table: item_reader.read_role_conflict(table, keys, kinds)
        ),
        "contacts": lambda: read_each(lists["contact"], item_reader.read_contact),
        "illegal": lambda: read_each(lists["illegal"], item_reader.read_listed_crime),
        "uses": lambda: read_each(lists["use"], item_reader.read_use_rule),
        "matrices": lambda: read_matrices(lists["matrix"]),
        "informs": lambda: read_each(lists["inform"], item_reader.read_inform_rule),
        "logs": lambda: read_each(lists["log"], item_reader.read_log_rule),
        "timers": lambda: read_timers(lists["timer"]),
        "clauses": lambda: read_each(lists["clause"], item_reader.read_clause),
        "readings": lambda: read_each(lists["reading"], item_reader.read_safe_reading),
        "gaps": lambda: read_each(lists["gap"], item_reader.read_policy_gap),
        "retention": lambda: parse_retention_rules(lists["retention"], kinds),
    }
    made: dict[str, Any] = dict(
        zip(parts, read_each(parts.values(), lambda read: read()), strict=True)
    )
    return Profile(**made, digest=digest)


def _read_section(top: TomlTable, key: str) -> TomlTable:
    """Return the one table under ``[key]``."""
    values = top.values.get(key)
    if not isinstance(values, dict):
        top.raise_mistake(f"there is no [{key}]", key)
    heads = [row.split("#")[0].strip() for row in top.document.lines]
    line = heads.index(f"[{key}]") + 1 if f"[{key}]" in heads else 1
    return TomlTable(top.document, values, line, key)


def _check_profile(top: TomlTable, lists: ListedTables, profile: Profile) -> None:
    """Raise BadInput for what is there twice, and for what every profile has to have."""
    kinds = [contact.kind for contact in profile.contacts]
    keys = [timer.key for timer in profile.timers]
    item_reader.refuse_duplicate_keys(
        lists["role"], [role.key for role in profile.roles], "this role"
    )
    item_reader.refuse_duplicate_keys(lists["contact"], kinds, "this kind of contact")
    steps = [(clause.procedure, clause.step) for clause in profile.clauses]
    item_reader.refuse_duplicate_keys(lists["clause"], steps, "a clause on this step")
    for kind in item_reader.CONTACT_KINDS:
        if kind not in kinds:
            top.raise_mistake(f"there is no contact of kind {kind!r}")
    for key in REQUIRED_TIMERS:
        if key not in keys:
            top.raise_mistake(f"there is no timer {key!r}")
    for group in (PeopleGroup.PUPILS, PeopleGroup.STAFF):
        if profile.find_matrix(group) is None:
            top.raise_mistake(f"there is no matrix for {str(group)!r}")
    if not any(role.reviewer for role in profile.roles):
        top.raise_mistake("no role is a 'reviewer': nobody could review or sign")
