"""The desk: every verb behind one lock, in the words the screens asked for (guide/ports.py).

It keeps nothing of its own but who is signed in and which incidents are open. One call at a time;
STOP alone freezes before it waits for its turn. A lock drops the session;
while it is locked only the state and the door answer, and STOP is kept to be written first of all.
"""

from __future__ import annotations

import platform as system_platform
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from esafety_tui.casework.access import passphrases, summaries  # fmt: skip
from esafety_tui.casework.access.public_info import closed_state, doorplate, plate_state
from esafety_tui.casework.access.session import Session
from esafety_tui.casework.desk import desk_state, locked_session
from esafety_tui.casework.desk.verb_mutex import Turn
from esafety_tui.casework.disclosure.sheets import save_set_up_sheets
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.inspection import audit
from esafety_tui.casework.policy import policy_files
from esafety_tui.casework.signin.create_vault import Founder, PaperKey, School, found
from esafety_tui.casework.signin.unlock import Login, unlock, unlock_keys
from esafety_tui.data import platform
from esafety_tui.data.officers import Kdf, Officer
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.clock import LONDON, Clock
from esafety_tui.kernel.door import DeskState, Unlocked
from esafety_tui.kernel.errors import BadInput, EvidenceError, Locked, NotEligible, Refused
from esafety_tui.kernel.records import Contact
from esafety_tui.kernel.setting_up import SetUp, SetUpDone
from esafety_tui.kernel.views import Progress

NATIONAL = frozenset({"emergency", "police"})
"""Kinds of contacts with a number that is the same everywhere."""


class FrontDesk:
    """The door: set-up, signing in and out, the lock.

    Args:
        folder: the vault. kdf: cost of new key files. sheets: where set-up saves its PDFs.
    """

    def __init__(self, folder: Path, clock: Clock, kdf: Kdf, sheets: Path) -> None:
        self.folder, self.clock, self._kdf, self._sheets = folder, clock, kdf, sheets
        self.turn = Turn()
        self._session: Session | None = None
        self._hidden = False
        self._away: locked_session.Away | None = None
        self._door: DeskState | None = None
        self._holding = ExitStack()
        self.open_cases: dict[str, CaseFile] = {}
        self.unkept: dict[str, bytes] = {}
        self.active = ""

    @property
    def session(self) -> Session:
        """The open session. Raises Locked, or Refused where nobody is signed in.

        A verb that had begun when it was locked has the session until it ends.
        """
        session = self._session
        if (session is None and self._away) or (self._hidden and not self.turn.begun):
            raise Locked("It is locked.", "Reopen it with an officer's passphrase.")
        if session is None:
            raise Refused("Nobody is signed in.", "Sign in first.")
        self.turn.begin()
        return session

    @property
    def practice(self) -> bool:
        """Whether the vault is a practice vault, told by its origin."""
        plate = doorplate(self.folder)
        return plate is not None and plate.practice

    def state(self) -> DeskState:
        """Return what may be shown. Takes no turn: it answers from memory while a verb runs."""
        session, away = self._session, self._away
        if session is None:
            return away.state if away else self._door_state()
        now = self.clock.now().wall
        state = desk_state.of(session, now, self.machine_name(), locked=self._hidden)
        return replace(
            state,
            away=away.missing(session) if away else (),
            place=away.inc if away else self.active,
        )

    def _door_state(self) -> DeskState:
        """Return the clear text of the vault; as it was last read, while a verb is at work."""
        if self.turn.acquire(blocking=False):
            try:
                self._door = closed_state(self.folder)
            finally:
                self.turn.release()
        return self._door or plate_state(self.folder)

    def machine_name(self) -> str:
        """Return this computer's name, offered in set-up."""
        return system_platform.node() or "this computer"

    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Return (role, number or "not known"); empty while locked or signed out."""
        session = self._session
        if session is None or self._hidden:
            return ()
        known = session.keyring.directory.contacts
        # 999 and 101 stand on every screen of numbers already.
        return tuple((c.label, c.value or "not known") for c in known if c.kind not in NATIONAL)

    def generate_passphrase(self) -> str:
        """Return five generated words."""
        return passphrases.generate()

    def judge_passphrase(self, text: str) -> str | None:
        """Return advice in one sentence if ``text`` is too weak, else None."""
        return passphrases.judge(text)

    def set_up(self, wanted: SetUp, progress: Progress) -> SetUpDone:
        """Make the vault and its sheets. Raises BadInput, StorageFailed, OutputFailed."""
        with self.turn:
            progress("making keys and the vault", 0, 2)
            for officer in wanted.officers:
                advice = passphrases.judge(officer.passphrase)
                if advice is not None:
                    raise BadInput(advice, "Choose another passphrase.")
            platform.make_private(self.folder.parent)
            today = self.clock.now().wall.astimezone(LONDON).date().isoformat()
            school = _school(wanted, today)
            saved: list[tuple[str, Path]] = []

            def save(paper: Sequence[PaperKey]) -> None:
                progress("saving the sheets to print", 1, 2)
                saved.extend(save_set_up_sheets(self._sheets, school, paper))

            found(self.folder, school, self.clock, self._kdf, save)
            progress("saving the sheets to print", 2, 2)
            return SetUpDone(self.folder, tuple(saved))

    def unlock(
        self, first_id: str, first_pass: str, second_id: str | None, second_pass: str | None,
        named: tuple[str, ...], accept: str = "",
    ) -> Unlocked:  # fmt: skip
        """Sign in one officer or two, none of them named. Raises as casework.unlock does.

        ``accept``: why two officers accept that entries they remember are missing.
        """
        with self.turn:
            logins = [Login(first_id, first_pass)]
            if second_id is not None:
                logins.append(Login(second_id, second_pass or ""))
            if {login.officer_id for login in logins} & set(named):
                raise NotEligible(
                    "An officer who is named in an incident cannot open it.",
                    "Two officers who are not named must sign in.",
                )
            return self._enter(logins, accept)

    def _enter(
        self, logins: Sequence[Login], accept: str = "", papers: Sequence[Officer] = ()
    ) -> Unlocked:
        """Open the vault for these people, and end the session before, if there is one."""
        if self._session is not None or self._away is not None:
            unlock_keys(self.folder, logins)  # a wrong passphrase ends nobody's session
            self._end()
        with ExitStack() as stack:
            stack.enter_context(platform.locked(self.folder / "lock"))
            self._session = unlock(self.folder, logins, self.clock, accept, papers)
            self._holding = stack.pop_all()
        self._session.warnings.extend(audit.check_keys(self._session))
        return self._welcome(self._session)

    def _welcome(self, session: Session) -> Unlocked:
        """Return who is in and what is to be said, before anything else is done."""
        present = tuple(summaries.officer_card(p) for p in session.people)
        away = self._away.missing(session) if self._away else ()
        return Unlocked(
            present, not session.pair, tuple(session.warnings), session.checked, away
        )  # fmt: skip

    def lock(self, *, idle: bool = False) -> None:
        """Hide the session at once; its keys go when the running verb, if there is one, has ended.

        Safe to call twice. Of a disk that refuses the record nobody hears here: the keys go all
        the same, and it is written when somebody is back.
        """
        if self._session is None:
            return
        self._hidden = True
        with self.turn:
            if self._session is not None:
                self._put_away(self._session, idle)

    def _put_away(self, session: Session, idle: bool) -> None:
        try:
            self._away = locked_session.put_away(
                session, self.active, self.state(), idle=idle, earlier=self._away
            )
        finally:
            self._session, self._hidden = None, self._away is not None
            self._close_cases()
            if self._away is None:  # the keys go whatever went wrong; then two sign in again
                self._holding.close()
        if not self._away.people:  # two paper keys: nobody comes back with a passphrase
            self._end()

    def sign_out(self) -> None:
        """End the session; the head is signed and remembered first."""
        with self.turn:
            self._end()

    def _end(self) -> None:
        session, self._session, self._hidden = self._session, None, False
        self._away = None
        self._close_cases()
        self.unkept.clear()
        self.active = ""
        try:
            if session is not None:
                summaries.say_goodbye(session)
        finally:
            if session is not None:
                session.close()
            self._holding.close()

    def _close_cases(self) -> None:
        """Let go of the incidents at work, of their keys and of what was read of them."""
        self.open_cases.clear()

    def close(self) -> None:
        """Close everything. Safe to call twice, with or without a session."""
        # A full disk must not keep the program from ending: what was acknowledged is safe, and the
        # officers remember the last head all the same.
        with self.turn, suppress(EvidenceError):
            self._end()


def _school(wanted: SetUp, today: str) -> School:
    profile = load_profile(wanted.profile)
    given = [Contact(kind, "", value) for kind, value in wanted.contacts.items()]
    return School(
        wanted.school.strip(), wanted.domain.strip().lower(), wanted.site_code.strip().upper(),
        wanted.nation, f"{wanted.machine_name.strip()} · {wanted.machine_place.strip()}",
        tuple(
            Founder(o.name.strip(), o.position.strip(), o.initials.strip().upper(), o.passphrase)
            for o in wanted.officers
        ),
        policy_files.slots(profile, given, today), profile.name,
    )  # fmt: skip
