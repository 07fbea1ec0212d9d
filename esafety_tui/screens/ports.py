"""What the screens need from the desk, said by the screens themselves.

Rule: every call may block (disk, Argon2) and is made from a thread; every call raises
:class:`~esafety_tui.kernel.errors.EvidenceError` with a sentence that is shown as it stands.
The desk takes one call at a time behind its own lock, with one exception: ``stop`` may arrive
while another call runs. It must raise its freeze first and only then wait for the lock, and a
running capture, export or preview must give up at its next progress report.

It does not say how anything is kept, and no value here holds a key. Values that hold a
passphrase keep it out of their repr.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

Session: TypeAlias = Literal["closed", "open", "locked"]
"""closed: nobody is signed in. open: one or two officers are. locked: they are, behind the lock."""

Progress: TypeAlias = Callable[[str, int, int], None]
"""``(what is being done, done, total)``; done and total in bytes or steps, total 0 = unknown.

Raises ``Frozen`` or ``Refused`` out of the running call when the officer cancelled or stopped.
"""

Values: TypeAlias = Mapping[str, str | Sequence[str]]
"""What was given for one step, as the flow engine takes it (``flows.model.Given``)."""


@dataclass(frozen=True, slots=True)
class OfficerCard:
    """An officer as the clear part of the vault knows them. ``id`` is opaque to the screens."""

    id: str
    name: str
    position: str
    initials: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a record is on the disk.

    Attributes:
        seq: number of the entry in the ledger.
        head8: first eight hexadecimal digits of the entry's hash, without a space.
        at: time for people, zone named.
    """

    seq: int
    head8: str
    at: str


@dataclass(frozen=True, slots=True)
class DeskState:
    """What may be shown before and after signing in.

    Attributes:
        present: the officers of this session, empty when it is closed.
        words_only: one officer is signed in and may only write words.
        machine: name of this computer; machine_ok says it is the designated one.
        second_copy: one sentence about the second copy, "" when there is nothing to say.
    """

    has_vault: bool
    session: Session
    school: str = ""
    officers: tuple[OfficerCard, ...] = ()
    present: tuple[OfficerCard, ...] = ()
    words_only: bool = False
    machine: str = ""
    machine_ok: bool = True
    last: Receipt | None = None
    second_copy: str = ""


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """One officer to enrol."""

    name: str
    position: str
    initials: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetUp:
    """Everything set-up asks for.

    Attributes:
        nation: "england", "wales", "scotland" or "northern-ireland".
        machine_place: where the designated computer stands.
        contacts: role id of :data:`CONTACT_ROLES` to what was typed; "" means "not known".
    """

    school: str
    domain: str
    site_code: str
    nation: str
    machine_name: str
    machine_place: str
    officers: tuple[NewOfficer, ...]
    contacts: Mapping[str, str]


CONTACT_ROLES: tuple[tuple[str, str], ...] = (
    ("dsl", "Designated safeguarding lead"),
    ("chair", "Chair of governors"),
    ("lado", "LADO (local authority designated officer)"),
    ("authority", "Local authority or trust"),
    ("technician", "Technician"),
)
"""Contact slots of set-up as (id, name for people). 999 and 101 are built in."""


@dataclass(frozen=True, slots=True)
class SetUpDone:
    """Where the vault is and which sheets were saved, each as (what it is, path)."""

    vault: Path
    sheets: tuple[tuple[str, Path], ...]


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Who is in, and what the checks at the door found (sentences; empty when sound)."""

    present: tuple[OfficerCard, ...]
    words_only: bool
    warnings: tuple[str, ...] = ()
    checked: int = 0


@dataclass(frozen=True, slots=True)
class IncidentCard:
    """One line of the register. ``inc`` is opaque; ``reference`` is for people."""

    inc: str
    reference: str
    opened: str
    state: str
    category: str = ""
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class CaseHandle:
    """An incident just opened, or one to go to."""

    inc: str
    reference: str


@dataclass(frozen=True, slots=True)
class Item:
    """One URL, file or screenshot as the review shows it.

    Attributes:
        kind: "url", "screenshot" or "file".
        label: exhibit reference or defanged address.
        detail: concern or description.
        frozen: may not be viewed, printed, exported or copied.
    """

    seq: int
    kind: str
    label: str
    detail: str
    at: str
    sha256: str = ""
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One recorded answer, in the order given; ``reason`` is set when it replaced another."""

    step_id: str
    values: Values
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """An incident as the wizard resumes it. ``ticks`` are the STOP steps done, by number."""

    inc: str
    reference: str
    procedure: str
    officers: tuple[OfficerCard, ...]
    words_only: bool
    machine: str
    machine_ok: bool
    answers: tuple[GivenAnswer, ...]
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()
    last: Receipt | None = None
    frozen: bool = False
    stopped_at: str = ""
    ticks: tuple[int, ...] = ()
    restricted: bool = False
    rendered: bool = False
    signed_by: tuple[str, ...] = ()
    exported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """STOP is on the disk, and ``inc`` is frozen."""

    receipt: Receipt
    inc: str
    reference: str


@dataclass(frozen=True, slots=True)
class FormReady:
    """The form as frozen for signing: text lines for the screen and its check code."""

    lines: tuple[str, ...]
    sha256: str
    check_code: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature is in the form; ``waiting`` names the officers still to sign."""

    receipt: Receipt
    path: Path
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """A pack that was written and read back. ``passphrase`` is "" for a plain folder."""

    path: Path
    sheet: Path
    check_code: str
    files: int
    bytes: int
    read_back: str
    receipt: Receipt
    passphrase: str = field(repr=False, default="")


class Front(Protocol):
    """The desk's door: set-up, unlocking, locking, whom to call."""

    def state(self) -> DeskState:
        """Return what may be shown. Cheap; never asks for a passphrase."""
        ...

    def machine_name(self) -> str:
        """Return this computer's name, offered in set-up."""
        ...

    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Return (role for people, number or "not known"); empty while the vault is locked."""
        ...

    def generate_passphrase(self) -> str:
        """Return five generated words."""
        ...

    def judge_passphrase(self, text: str) -> str | None:
        """Return advice in one sentence if ``text`` is too weak, else None."""
        ...

    def set_up(self, wanted: SetUp, progress: Progress) -> SetUpDone:
        """Make the vault, keys, paper keys and sheets. The vault is locked afterwards."""
        ...

    def unlock(
        self,
        first_id: str,
        first_pass: str,
        second_id: str | None,
        second_pass: str | None,
        named: tuple[str, ...],
    ) -> Unlocked:
        """Open the vault for two officers, or for one (second None) for words only.

        ``named`` are officer ids named in the new incident: raises NotEligible for them.
        """
        ...

    def lock(self) -> None:
        """Hide the session behind the lock. Safe to call twice."""
        ...

    def reopen(self, officer_id: str, passphrase: str) -> None:
        """Reopen a locked session by either officer of it. Raises WrongPassphrase."""
        ...

    def sign_out(self) -> None:
        """End the session: two officers have to open the vault again."""
        ...

    def close(self) -> None:
        """Close everything. Safe to call twice, at any time, with or without a session."""
        ...


class Cases(Protocol):
    """Incidents: opening, answering, capturing, STOP."""

    def incidents(self) -> tuple[IncidentCard, ...]:
        """Return the register, newest first."""
        ...

    def open_incident(self, named: tuple[str, ...], others: str, words_only: bool) -> CaseHandle:
        """Open a new incident. ``others`` are the names of the people involved, as words."""
        ...

    def case(self, inc: str) -> CaseView:
        """Return the incident as recorded so far."""
        ...

    def answer(self, inc: str, step_id: str, values: Values, reason: str) -> Receipt:
        """Seal one answer; ``reason`` says why an earlier answer is replaced, else ""."""
        ...

    def note(self, inc: str, text: str) -> Receipt:
        """Seal words."""
        ...

    def add_url(self, inc: str, url: str, concern: str, how_known: str) -> Receipt:
        """Seal one address. ``how_known``: "saw", "told" or "both". Nothing is fetched."""
        ...

    def add_file(
        self, inc: str, path: Path, description: str, provenance: str, progress: Progress
    ) -> Item:
        """Take a file or screenshot in, byte-exact, and return it with its exhibit reference."""
        ...

    def stop(self, inc: str | None) -> Stopped:
        """Freeze. None: no incident is on screen; a new one is opened, frozen from its start.

        May be called again: what is frozen stays frozen, and the same record is returned.
        Raises Refused when nobody is signed in, StorageFailed when the disk refused.
        """
        ...

    def tick(self, inc: str, n: int, note: str) -> Receipt:
        """Seal that STOP step ``n`` (1..3) is done; ``note``: police reference, who was told."""
        ...

    def this_computer(self, inc: str) -> Receipt:
        """Seal that the computer in question is this one; the session is locked afterwards."""
        ...

    def release(
        self,
        inc: str,
        seq: int,
        police_reference: str,
        first_pass: str,
        second_pass: str,
    ) -> Receipt:
        """Release one frozen item: both passphrases again and a police reference."""
        ...


class Leaving(Protocol):
    """What leaves the vault: form, signatures, pack."""

    def prepare_form(self, inc: str, images: tuple[int, ...], progress: Progress) -> FormReady:
        """Freeze the form's content; ``images`` are the items chosen one by one to be shown."""
        ...

    def sign(self, inc: str, officer_id: str, passphrase: str) -> Signed:
        """Sign the frozen form as one officer, passphrase asked again."""
        ...

    def export(
        self, inc: str, target: Path, plain: bool, reason: str, progress: Progress
    ) -> Exported:
        """Write the pack into the folder ``target`` and read it back from there."""
        ...

    def referral_sheet(self, inc: str) -> Path:
        """Save the lone officer's own referral sheet and return where it is."""
        ...


class Desk(Front, Cases, Leaving, Protocol):
    """All of it: what the application hands to the screens."""
