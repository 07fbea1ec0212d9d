"""What a school brings: its nation, roles, contact slots and retention schedule. Data from TOML.

Holds roles, never people: names and numbers are filled in at set-up and sealed in the vault. The
only numbers a profile may carry are the national ones, 999 and 101.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from esafety_tui.kernel.errors import BadInput

from .reading import Table, read_table
from .schedule import Rule, parse_rules

_FORMAT = "profile/1"
_TOP = ("format", "name", "title", "nation", "review_allowed", "role", "contact", "retention")
_NATIONAL = {"emergency": "999", "police": "101"}


class Nation(StrEnum):
    """Whose law and whose names of roles apply."""

    ENGLAND = "England"
    WALES = "Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"


@dataclass(frozen=True, slots=True)
class Role:
    """A position in the school."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class ContactSlot:
    """Somebody to call. ``number`` is "" where the school fills it in."""

    kind: str
    label: str
    number: str = ""

    @property
    def built_in(self) -> bool:
        """Whether the number is a national one that nobody has to fill in."""
        return bool(self.number)


@dataclass(frozen=True, slots=True)
class Profile:
    """A school policy as far as the program needs it.

    ``review_allowed`` false means: the policy forbids the school to look at the material itself.
    """

    name: str
    title: str
    nation: Nation
    review_allowed: bool
    roles: tuple[Role, ...]
    contacts: tuple[ContactSlot, ...]
    retention: tuple[Rule, ...]


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
    top.only(_TOP)
    if top.text("format") != _FORMAT:
        top.fail(f"'format' must be {_FORMAT!r}", "format")
    if "review_allowed" not in top.values:
        top.fail("'review_allowed' is missing")
    contacts = tuple(_contact(table) for table in top.tables("contact", "contact"))
    kinds = [contact.kind for contact in contacts]
    schedule = top.tables("retention", "retention")
    if not schedule:
        top.fail("there is no [[retention]]")
    profile = Profile(
        name=top.id("name"),
        title=top.text("title"),
        nation=top.one_of("nation", Nation),
        review_allowed=top.flag("review_allowed"),
        roles=tuple(_role(table) for table in top.tables("role", "role")),
        contacts=contacts,
        retention=parse_rules(schedule, kinds),
    )
    for kind in ("emergency", "police", "dsl"):
        if kind not in kinds:
            top.fail(f"there is no contact of kind {kind!r}")
    if len(set(kinds)) != len(kinds):
        top.fail("a kind of contact is there twice", "[[contact]]")
    return profile


def _role(table: Table) -> Role:
    table.only(("key", "label"))
    return Role(table.id("key"), table.text("label"))


def _contact(table: Table) -> ContactSlot:
    table.only(("kind", "label", "number"))
    slot = ContactSlot(table.id("kind"), table.text("label"), table.text("number", ""))
    if slot.number != _NATIONAL.get(slot.kind, ""):
        table.fail("a profile holds no number but 999 (emergency) and 101 (police)", "number")
    return slot
