"""What the screens need from the desk, said by the screens themselves.

Rule: every call may block (disk, Argon2) and is made from a thread; every call raises
:class:`~esafety_tui.kernel.errors.EvidenceError` with a sentence that is shown as it stands.
The desk takes one call at a time behind its own lock, with one exception: ``stop`` may arrive
while another call runs. It must raise its freeze first and only then wait for the lock, and a
running capture, export or preview must give up at its next progress report.

It does not say how anything is kept. The values stand in :mod:`esafety_tui.kernel.views` and
are offered here as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from esafety_tui.guide.draft_store import DraftPort
from esafety_tui.kernel.cards import OfficerCard, Receipt
from esafety_tui.kernel.door import DeskState, Session, SignInResult
from esafety_tui.kernel.guidance import MissingItem, NextDeadline, PolicyView, Readiness
from esafety_tui.kernel.keeping import Act, ActResult, VaultOverview
from esafety_tui.kernel.setting_up import CONTACT_ROLES, NewOfficer, SetUpRequest, SetUpResult
from esafety_tui.kernel.unsent import UnsentText
from esafety_tui.kernel.views import (
    AddedFile,
    CaseHandle,
    CaseView,
    DescribedRecord,
    EditableText,
    ExhibitView,
    ExportResult,
    FormReady,
    GivenAnswer,
    IncidentSummary,
    OriginalFile,
    Progress,
    SignatureResult,
    StopResult,
    Values,
)

__all__ = [
    "CONTACT_ROLES", "Act", "ActResult", "CaseHandle", "CasePort", "CaseView", "DescribedRecord",
    "DeskPort", "DeskState", "DisclosurePort", "EditableText", "ExhibitView", "ExportResult",
    "FormReady", "GivenAnswer", "GuidancePort", "IncidentSummary", "MissingItem", "NewOfficer",
    "NextDeadline", "OfficerCard", "PolicyView", "Progress", "Readiness", "Receipt", "Session",
    "SessionPort", "SetUpRequest", "SetUpResult", "SignInResult", "SignatureResult", "StopResult",
    "UnsentText", "Values", "VaultOverview", "VaultPort",
]  # fmt: skip


class SessionPort(Protocol):
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

    def set_up(self, wanted: SetUpRequest, progress: Progress) -> SetUpResult:
        """Make the vault, keys, paper keys and sheets. The vault is locked afterwards."""
        ...

    def unlock(
        self,
        first_id: str,
        first_pass: str,
        second_id: str | None,
        second_pass: str | None,
        named: tuple[str, ...],
        accept: str = "",
    ) -> SignInResult:
        """Open the vault for two officers, or for one (second None) for words only.

        ``named`` are officer ids named in the new incident: raises NotEligible for them.
        ``accept``: the reason after :class:`~esafety_tui.kernel.errors.Shortened` was raised.
        """
        ...

    def lock(self, *, idle: bool = False) -> None:
        """Hide the session at once, and drop its keys when a running verb has ended.

        Safe to call twice. ``idle``: nobody did anything for some minutes.
        """
        ...

    def reopen(self, officer_id: str, passphrase: str) -> SignInResult:
        """Let an officer of a locked session in again: alone, or as the second beside the first.

        Raises NotEligible for somebody else, WrongPassphrase, and what ``unlock`` raises.
        """
        ...

    def leave(self, officer_id: str) -> SignInResult:
        """Let one of two officers leave: their keys go, and the other stays alone."""
        ...

    def keep_for_both(self, text: str) -> bool:
        """Keep a text until everybody of a locked session is back; :class:`Unlocked` has it.

        Returns False where nobody is away: then it can be shown at once.
        """
        ...

    def sign_out(self) -> None:
        """End the session: two officers have to open the vault again."""
        ...

    def close(self) -> None:
        """Close everything. Safe to call twice, at any time, with or without a session."""
        ...


class CasePort(Protocol):
    """Incidents: opening, answering, capturing, STOP."""

    def incidents(self) -> tuple[IncidentSummary, ...]:
        """Return the register, newest first."""
        ...

    def open_incident(
        self, named: tuple[str, ...], others: str, words_only: bool, procedure: str = "misuse"
    ) -> CaseHandle:
        """Open a new incident. ``others`` are the names of the people involved, as words."""
        ...

    def link_incident(self, inc: str, procedure: str) -> CaseHandle:
        """Open a new incident of ``procedure``, which an answer in ``inc`` offers, linked to it."""
        ...

    def case(self, inc: str) -> CaseView:
        """Return the incident as recorded so far."""
        ...

    def answer(self, inc: str, step_id: str, values: Values, reason: str) -> Receipt:
        """Seal one answer; ``reason`` says why an earlier answer is replaced, else ""."""
        ...

    def note(self, inc: str, text: str) -> Receipt:
        """Seal words: a statement, each line marked saw, told, did or think."""
        ...

    def describe(self, inc: str, step_id: str, values: Values) -> Receipt:
        """Seal one record of a step that takes down one after another."""
        ...

    def correct(self, inc: str, seq: int, field: str, text: str, reason: str) -> Receipt:
        """Seal other words for one of the case's ``wordings``; what was sealed first stays."""
        ...

    def add_url(self, inc: str, url: str, concern: str, how_known: str) -> Receipt:
        """Seal one address. ``how_known``: "saw it", "was told" or "both". Nothing is fetched."""
        ...

    def add_file(
        self, inc: str, path: Path, description: str, provenance: str, progress: Progress
    ) -> ExhibitView:
        """Take a file or screenshot in, byte-exact, and return it with its exhibit reference."""
        ...

    def add_files(
        self, inc: str, originals: Sequence[OriginalFile], progress: Progress
    ) -> tuple[AddedFile, ...]:
        """Take several in. Each has a result of its own, given after the commit that holds it."""
        ...

    def stop(self, inc: str | None) -> StopResult:
        """Freeze. None: no incident is on screen; a new one is opened, frozen from its start.

        May be called again: what is frozen stays frozen, and the same record is returned.
        Raises Refused when nobody is signed in, and while it is locked: it is written first of all
        then when somebody is back. Raises StorageFailed when the disk refused.
        """
        ...

    def tick(self, inc: str, n: int, note: str) -> Receipt:
        """Seal that STOP step ``n`` (1..3) is done; ``note``: police reference, who was told."""
        ...

    def this_computer(self, inc: str) -> Receipt:
        """Seal that the computer in question is this one; the session is locked afterwards."""
        ...

    def release(
        self, inc: str, seq: int, police_reference: str, passphrases: Mapping[str, str]
    ) -> Receipt:
        """Release one frozen item: a police reference, and both passphrases by officer id."""
        ...


class GuidancePort(Protocol):
    """The school's policy, and what is to be done next."""

    def policy(self) -> PolicyView:
        """Return the policy in force, as digests, and which instructions were confirmed."""
        ...

    def flow_source(self, digest: str) -> bytes:
        """Return the file of a procedure or profile that the vault uses. Raises Refused."""
        ...

    def due_next(self) -> tuple[NextDeadline, ...]:
        """Return what is to be done by a time in open incidents, the earliest first."""
        ...

    def readiness(self, inc: str) -> Readiness:
        """Return what the police would still ask for, in order."""
        ...


class DisclosurePort(Protocol):
    """What leaves the vault: form, signatures, pack."""

    def prepare_form(
        self,
        inc: str,
        images: tuple[int, ...],
        progress: Progress,
        *,
        thoughts: bool = False,
        reason: str = "",
    ) -> FormReady:
        """Freeze the form's content; ``images`` are the items chosen one by one to be shown.

        ``thoughts``: lines marked "think" are printed and leave with the pack. ``reason``: why it
        is sealed although something is missing; Refused without one.
        """
        ...

    def sign(self, inc: str, officer_id: str, passphrase: str) -> SignatureResult:
        """Sign the frozen form as one officer, passphrase asked again."""
        ...

    def save_form(self, inc: str, target: Path) -> Path:
        """Save the newest form as a PDF into the folder ``target``; return the file, read back."""
        ...

    def export(
        self,
        inc: str,
        target: Path,
        recipient: str,
        purpose: str,
        passphrases: Mapping[str, str],
        plain: bool,
        reason: str,
        progress: Progress,
    ) -> ExportResult:
        """Write the pack into the folder ``target`` and read it back from there.

        ``passphrases`` of both officers by id: each signs the pack. ``plain`` needs a ``reason``.
        """
        ...

    def passphrase_sheet(self, inc: str, passphrase: str, target: Path) -> Path:
        """Save the sheet with a container's passphrase into ``target`` and return the file."""
        ...

    def referral_sheet(self, inc: str, target: Path) -> Path:
        """Save the lone officer's own referral sheet into ``target`` and return the file."""
        ...


class VaultPort(Protocol):
    """Keeping the vault: officers, copies, clock, reviews."""

    def unlock_paper(self, secrets: Mapping[str, str], officer: str, words: str) -> SignInResult:
        """Sign in with two paper keys, or with one and an officer (``officer`` not "")."""
        ...

    def keeping(self) -> VaultOverview:
        """Return how officers, copies, rehearsals and reviews stand."""
        ...

    def act(self, act: Act, progress: Progress) -> ActResult:
        """Do one thing, see ``kernel.keeping.Name``; say what was done and checked."""
        ...


class DeskPort(SessionPort, CasePort, DraftPort, GuidancePort, DisclosurePort, VaultPort, Protocol):
    """All of it: what the application hands to the screens."""
