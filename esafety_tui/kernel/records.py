"""Values that travel between the layers. Frozen; no behaviour beyond what their fields say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from esafety_tui.kernel.canon import Json

RECORD_TYPES = frozenset(
    """vault.created generation.rotated officer.enrolled officer.removed machine.enrolled
    profile.adopted session.opened session.closed clock.checked incident.opened
    incident.restricted gate answer answer.changed note url screenshot file described seizure
    stop stop.tick frozen released referral decision action correction custody read printed
    form.rendered form.signed form.ink pack.exported pack.read-back head.signed head.witnessed
    orphan.moved backup.made restored history.accepted hold.set hold.lifted shredded imported
    token.rfc3161 rehearsed instruction.confirmed session.locked session.reopened
    session.left""".split()  # noqa: SIM905 - fifty words read better unquoted
)
"""The closed list of record types, format.md section 5."""

CAPTURES = frozenset({"screenshot", "file"})
"""Record types that bring bytes of the material itself into the vault."""

TAKEN = CAPTURES | {"url"}
"""Record types by which something of the material is taken: the procedure's gates come first."""

CARRIERS = CAPTURES | {"form.rendered", "form.signed"}
"""Record types that may bring a sealed file; whatever else names one has none (format.md 6)."""

PAIR_ONLY = CAPTURES | {
    "url", "gate", "decision", "correction", "released", "hold.lifted", "form.rendered",
    "form.signed", "pack.exported", "pack.read-back", "shredded", "restored", "history.accepted",
    "generation.rotated", "officer.enrolled", "officer.removed", "machine.enrolled",
    "profile.adopted", "instruction.confirmed", "session.left",
}  # fmt: skip
"""Record types that one officer alone cannot write, and no reader believes of one alone."""


UNREADABLE = "unreadable"
"""What readers call a record that one officer alone wrote and that does not open or count: no type
of the format. It stops nobody from reading the others, and may have been a STOP (format.md 5)."""

FREEZES = frozenset({"stop", "frozen", UNREADABLE})
"""Record types that freeze every sealed file brought before."""

SESSION_BEGINS = frozenset({"session.opened", "session.reopened"})
"""Record types by which somebody comes in; those of two carry on what two know of the vault."""

BRINGS_DIRECTORY = frozenset({
    "vault.created", "generation.rotated", "officer.enrolled", "officer.removed",
    "machine.enrolled", "profile.adopted", "shredded",
})  # fmt: skip
"""Record types that put a new directory in force (format.md section 4a)."""


@dataclass(frozen=True, slots=True)
class EntryReceipt:
    """What the store acknowledges after the commit, and not a moment earlier.

    Attributes:
        seq: number of the entry.
        head: SHA-256 of the entry's line, 64 hexadecimal digits.
        at: UTC stamp as stored in the line.
        type: record type.
    """

    seq: int
    head: str
    at: str
    type: str

    @property
    def short_head(self) -> str:
        """The first eight digits of the head in two groups of four."""
        return f"{self.head[:4]} {self.head[4:8]}"


@dataclass(frozen=True, slots=True)
class Person:
    """An officer or paper key of the directory. Public parts only.

    Attributes:
        id: SHA-256 of the public key (SPKI DER), 64 hexadecimal digits.
        kind: ``officer`` or ``paper``.
        sign_spki: SPKI DER of the P-256 signing key.
        enc_pub: age recipient, ``age1...``.
        cert: X.509 certificate, DER.
        since, until: numbers of the first and the last entry they may witness; ``until`` is -1
            while they are present (format.md section 4).
        follows: id of the same person's earlier key, "" where there was none.
    """

    id: str
    kind: str
    name: str
    position: str
    initials: str
    sign_spki: bytes = field(repr=False)
    enc_pub: str = field(repr=False)
    cert: bytes = field(repr=False)
    since: int = 0
    until: int = -1
    follows: str = ""

    @property
    def is_present(self) -> bool:
        """Whether this person still has a part in the vault."""
        return self.until < 0

    def may_sign_entry(self, seq: int) -> bool:
        """Whether entry ``seq`` lies in this person's time."""
        return self.since <= seq and (self.is_present or seq <= self.until)

    @property
    def short_id(self) -> str:
        """First 16 digits of the id, as file names carry it."""
        return self.id[:16]


@dataclass(frozen=True, slots=True)
class Contact:
    """One slot of the call sheet. ``value`` is "" where the school answered "not known".

    ``verified``: ISO day on which it was last checked, "" for never.
    """

    kind: str
    label: str
    value: str
    verified: str = ""


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record read back from the store, checked against its line.

    Attributes:
        seq, inc, iseq, at, by: from the entry line; ``by`` are officer ids.
        type: record type.
        fields: name to value.
        disclosures: ``[salt, name, value]`` each, as sealed.
        blobs: hashes of sealed files the entry brought.
    """

    seq: int
    inc: str
    iseq: int
    at: str
    by: tuple[str, ...]
    type: str
    fields: Mapping[str, Json] = field(repr=False)
    disclosures: tuple[tuple[str, str, Json], ...] = field(repr=False, default=())
    blobs: tuple[str, ...] = ()

    def field_text(self, name: str) -> str:
        """Return field ``name`` as text, "" where the record has none."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else str(value)
