"""The lock: what a locked desk still knows, and how officers come back, one by one.

evidence.md section 11, "Lock". A lock ends the session: vault, incident and signing keys go with
it, and every record that was read. Coming back opens the vault again with the keys of whoever gave
a passphrase, through all the checks of the door; so one officer has the rights of one, and two
those of two. Python cannot wipe memory: docs/threat-model.md says what that means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from esafety_tui.casework.access import stop_notes, summaries
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.inspection import audit
from esafety_tui.casework.signin.unlock import Login, open_session, unlock_keys
from esafety_tui.data.age import Recipient
from esafety_tui.data.kept import open_text, seal_text
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.cards import OfficerCard
from esafety_tui.kernel.clock import Clock, Instant, format_stamp
from esafety_tui.kernel.door import DeskState
from esafety_tui.kernel.errors import EvidenceError, NotEligible

LOCKED, REOPENED, LEFT = "session.locked", "session.reopened", "session.left"
"""Record types of the vault's own, format.md section 5."""

NOT_OF_IT = (
    "Only an officer of this session can reopen it.",
    "Or sign out, and two officers sign in.",
)


@dataclass(slots=True)
class Away:
    """What stays of a locked session. No key, and nothing of the vault but what is sealed.

    Attributes:
        people: its officers who come back with a passphrase, the presenting one first.
        key_files: where a key file was chosen at the door, by officer id.
        inc: the incident at work, "" for none: the place to come back to.
        state: what may be shown while it is locked.
        at: when it was locked. recorded: the entry of it is on the disk.
        note: of a STOP in ``inc``, sealed when it was locked (casework/access/stop_notes.py).
        told: warnings that were said at the door; they are not said again.
        recipient: of the vault. kept: texts sealed to it, for when both are back.
    """

    people: tuple[OfficerCard, ...]
    key_files: Mapping[str, Path]
    inc: str
    state: DeskState
    at: Instant
    recipient: Recipient
    note: bytes = field(repr=False)
    recorded: bool = True
    told: frozenset[str] = frozenset()
    kept: list[bytes] = field(default_factory=list, repr=False)

    def keep(self, text: str) -> None:
        """Seal a text to the vault, so that two officers can read it when they are back."""
        self.kept.append(seal_text(text, self.recipient))

    def missing(self, session: OpenSession | None) -> tuple[OfficerCard, ...]:
        """Return who of the session has not come back."""
        here = {o.id for o in session.officers} if session else set()
        return tuple(p for p in self.people if p.id not in here)


def put_away(
    session: OpenSession, inc: str, state: DeskState, *, idle: bool, earlier: Away | None = None
) -> Away:
    """Record the lock, close the session, and return what stays; the keys go with the session.

    A disk that refuses the record keeps no key here: it is written when somebody is back.
    ``earlier``: the lock that not everybody has come back from.
    """
    at = session.clock.read_clock()
    people = earlier.people if earlier else tuple(
        summaries.officer_card(p) for p in session.people if p.kind == "officer"
    )  # fmt: skip
    shown = replace(state, session="locked", present=people, away=people)
    away = Away(
        people, dict(earlier.key_files if earlier else session.key_files), inc, shown, at,
        session.keyring.directory.vault_recipient, stop_notes.seal_stop_note(session, inc),
        told=(earlier.told if earlier else frozenset()) | frozenset(session.warnings),
        kept=earlier.kept if earlier else [],
    )  # fmt: skip
    said: dict[str, Json] = {"idle": idle, "entries": session.store.chain.size}
    try:
        session.append_record(LOCKED, said)
    except EvidenceError:
        away.recorded = False
    try:
        session.close_session()
    finally:
        session.store.close()
    return away


def come_back(
    folder: Path, origin: str, away: Away, present: OpenSession | None, login: Login, clock: Clock
) -> OpenSession:
    """Open the vault for an officer of a locked session, beside ``present``, who came before.

    Raises NotEligible for somebody else, WrongPassphrase, and what the checks of the door raise;
    whoever is present stays then. An officer who is there already is only asked again.
    """
    if login.officer_id not in {p.id for p in away.people}:
        raise NotEligible(*NOT_OF_IT)
    [officer], keys = unlock_keys(folder, [login])
    there = list(present.officers) if present else []
    if present and officer.id in {o.id for o in there}:
        return present
    if present:
        # Before the vault is opened beside it: afterwards the head would be older.
        present.pin_current_head()
    first = [p.id for p in away.people]
    officers = sorted([*there, officer], key=lambda o: first.index(o.id))
    folders = {**(present.keys if present else {}), **keys}
    said: dict[str, Json] = {"locked": format_stamp(away.at.wall)}
    made = _open(folder, origin, officers, folders, clock, said)
    made.key_files = {i: path for i, path in away.key_files.items() if i in folders}
    if not away.recorded:
        made.append_record(LOCKED, {"late": True, "at": format_stamp(away.at.wall)})
        away.recorded = True
    made.warnings[:] = [said for said in made.warnings if said not in away.told]
    if present:
        present.store.close()
    return made


def record_leaving(session: OpenSession, leaver: str) -> None:
    """Record that one of two officers leaves. Raises NotEligible, StorageFailed."""
    session.require_pair()
    if leaver not in {o.id for o in session.officers}:
        raise NotEligible("This officer is not signed in.", "Choose one of the two of you.")
    session.append_record(LEFT, {"officer": leaver})


def stay(session: OpenSession, leaver: str, origin: str) -> OpenSession:
    """Return a session of the other officer alone; the leaver's keys are gone.

    Raises what the checks of the door raise; ``session`` has all its keys then.
    """
    staying = [o for o in session.officers if o.id != leaver]
    folders = {i: path for i, path in session.keys.items() if i != leaver}
    made = _open(session.folder, origin, staying, folders, session.clock, {"left": leaver})
    made.key_files = {i: path for i, path in session.key_files.items() if i in folders}
    made.warnings[:] = [said for said in made.warnings if said not in session.warnings]
    session.store.close()
    return made


def _open(
    folder: Path, origin: str, officers: list[OfficerKeys], folders: dict[str, Path], clock: Clock,
    said: dict[str, Json],
) -> OpenSession:  # fmt: skip
    made = open_session(folder, origin, officers, folders, clock, say=(REOPENED, said))
    made.warnings.extend(audit.check_own_keys(made))
    return made


def texts(away: Away, session: OpenSession) -> tuple[str, ...]:
    """Return the texts kept for two, where two are back; they are not kept any longer then."""
    vault = session.keyring.vault
    if vault is None:
        return ()
    found = tuple(open_text(sealed, vault) for sealed in away.kept)
    away.kept.clear()
    return found
