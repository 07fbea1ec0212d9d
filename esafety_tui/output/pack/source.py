"""Values that casework gives to have a pack written. Plain values; nothing here reads or writes.

Bytes of exhibits are not held: ``PackExhibit.open`` gives them as a stream when their turn comes,
straight out of the sealed file, so that nothing is ever staged in clear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.output.pack.layout import (
    EXHIBIT_REF,
    EXHIBITS,
    FOLLOWED_FILES,
    PROCEDURE,
    PROFILE,
    REFERENCE,
    exhibit_reference,
)

PRACTICE_ORIGIN = ".practice.invalid/evidence"


@dataclass(frozen=True, slots=True)
class RecordCopy:
    """The copy of a record that goes into the pack; a redacted one leaves disclosures out.

    Attributes:
        type: record type, format.md section 5.
        digests: hex SHA-256 of every disclosure of the original record.
        disclosures: ``(salt, name, value)`` of what is shown.
    """

    type: str
    digests: tuple[str, ...]
    disclosures: tuple[tuple[str, str, Json], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackEntry:
    """One entry of the incident.

    Attributes:
        line: stored bytes of the line.
        sigs: officer id to DER signature.
        proof: inclusion proof in the tree of ``checkpoint_note``, 32 bytes each.
    """

    seq: int
    line: bytes
    sigs: Mapping[str, bytes]
    record: RecordCopy
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PackExhibit:
    """One exhibit that goes along.

    Attributes:
        ref: ``AB/1``. disk_name: from :func:`layout.exhibit_file_name`.
        sha256: hex hash of the original bytes, as its record holds it. size: bytes.
        open: gives the original bytes in pieces; raises if the sealed file is not sound.
        taken_at: aware time. by: who took it in, as printed in the lists.
        corrected: which records corrected the description and what it was at first, or "".
    """

    ref: str
    disk_name: str
    sha256: str
    size: int
    open: Callable[[], Iterator[bytes]] = field(repr=False)
    description: str = field(repr=False)
    taken_at: datetime
    by: str = field(repr=False)
    corrected: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class WithheldExhibit:
    """An exhibit that is left out of the pack, and why."""

    ref: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackOfficer:
    """An officer or paper key that the pack contains. ``spki`` and ``cert`` are DER."""

    id: str
    name: str = field(repr=False)
    spki: bytes = field(repr=False)
    cert: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContinuityRow:
    """One line of the continuity sheet: who had what, when, and what was done."""

    when: datetime
    ref: str
    what: str = field(repr=False)
    by: str = field(repr=False)
    note: str = field(default="", repr=False)


class PackSigner(Protocol):
    """An officer who signs the statement; the passphrase has been asked again for it."""

    @property
    def id(self) -> str:
        """Officer id, 64 hexadecimal digits."""
        ...

    def sign_form_bytes(self, message: bytes) -> bytes:
        """Return the DER signature (ECDSA P-256 with SHA-256) over ``message``."""
        ...


@dataclass(frozen=True, slots=True)
class PackSource:
    """Everything that goes into one pack.

    Attributes:
        reference: the incident's name for people, ``HVS-2026-0007``.
        check_inputs: the object of format.md section 9; origin, incident and the printed
            checkpoint are taken from it.
        checkpoint_note: signed head (C2SP), by the two ``signers``.
        printed_proof: consistency proof from the printed checkpoint to ``checkpoint_note``.
        officers: all who are in a ``by``, review or sign.
        not_signed_by: ids of reviewers whose signature the form lacks.
        created: aware time of the export.
        procedure, profile: bytes of the files that the incident followed, as its first entry
            names them by their hash; b"" for one that the school could not give.

    Raises:
        Refused: one officer was to sign twice, or a signer is not among ``officers``.
        BadInput: a reference or file name is not allowed, or is there twice.
    """

    reference: str
    check_inputs: Mapping[str, Json] = field(repr=False)
    checkpoint_note: bytes = field(repr=False)
    printed_proof: tuple[bytes, ...] = field(repr=False)
    form_pdf: bytes = field(repr=False)
    entries: tuple[PackEntry, ...] = field(repr=False)
    exhibits: tuple[PackExhibit, ...]
    withheld: tuple[WithheldExhibit, ...]
    continuity: tuple[ContinuityRow, ...] = field(repr=False)
    officers: tuple[PackOfficer, ...] = field(repr=False)
    ca_cert: bytes = field(repr=False)
    recipient: str = field(repr=False)
    purpose: str = field(repr=False)
    created: datetime
    signers: tuple[PackSigner, PackSigner] = field(repr=False)
    not_signed_by: tuple[str, ...] = ()
    procedure: bytes = field(default=b"", repr=False)
    profile: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        known = {officer.id for officer in self.officers}
        signing = {signer.id for signer in self.signers}
        if len(signing) != 2 or not signing <= known:
            raise Refused(
                "A pack needs the signatures of two different enrolled officers.",
                "Ask a second officer to sign.",
            )
        refs = [item.ref for item in self.exhibits] + [item.ref for item in self.withheld]
        twice = any(count > 1 for count in Counter(refs).values())
        odd = [x for x in self.exhibits if exhibit_reference(EXHIBITS + x.disk_name) != x.ref]
        if twice or odd or not all(map(EXHIBIT_REF.fullmatch, refs)):
            raise BadInput(
                "An exhibit reference or its file name cannot be used, or stands twice.",
                "Give each exhibit its own number.",
            )
        if REFERENCE.fullmatch(self.reference) is None:
            raise BadInput(
                "This incident reference cannot be a folder name.",
                "Use letters, digits and hyphens only.",
            )

    @property
    def practice(self) -> bool:
        """True for a pack of a practice vault: its origin alone decides (format.md section 2)."""
        return self.origin.endswith(PRACTICE_ORIGIN)

    @property
    def origin(self) -> str:
        """Origin of the vault, ``<site code>.<school domain>/evidence``."""
        return str(self.check_inputs["origin"])

    @property
    def incident(self) -> str:
        """The incident, 32 hexadecimal digits."""
        return str(self.check_inputs["incident"])

    @property
    def followed_files(self) -> dict[str, bytes]:
        """The files of flowchart and policy that go along, by their name in the pack."""
        both = {PROCEDURE: self.procedure, PROFILE: self.profile}
        return {name: data for name, data in both.items() if data}

    @property
    def missing_files(self) -> tuple[str, ...]:
        """Names of those that do not."""
        return tuple(name for name in FOLLOWED_FILES if name not in self.followed_files)

    @property
    def bytes_needed(self) -> int:
        """Room that the pack needs on the target, bytes, generously rounded up."""
        files = 26 + len(self.entries) + len(self.exhibits) + 2 * len(self.officers)
        small = sum(len(entry.line) * 3 + 4096 for entry in self.entries)
        return self.bytes_at_least + small + files * CLUSTER + (1 << 20)

    @property
    def bytes_at_least(self) -> int:
        """Bytes that the files have whatever else there is: exhibits, form, flowchart, policy."""
        exhibits = sum(item.size for item in self.exhibits)
        return exhibits + len(self.form_pdf) + len(self.procedure) + len(self.profile)

    @property
    def largest_exhibit(self) -> int:
        """Bytes of the largest exhibit, 0 for none."""
        return max((item.size for item in self.exhibits), default=0)


CLUSTER = 32 * 1024
"""Bytes that one file may waste on a stick formatted with exFAT."""
