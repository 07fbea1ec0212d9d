"""Signing in and out, the lock, and coming back from it.

A lock ends the session (casework/desk/locked_session.py). What STOP could not write down without a
key is written before anything else when somebody is back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from esafety_tui.casework.access import reauthenticate, stop_notes, summaries
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.desk import locked_session
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.desk.front import FrontService
from esafety_tui.casework.desk.stops import StopService
from esafety_tui.casework.incident import deferred_stop, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.inspection import audit
from esafety_tui.casework.signin.unlock import Login, unlock_keys, unlock_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.cards import Receipt
from esafety_tui.kernel.door import SignInResult
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible
from esafety_tui.kernel.views import StopResult


class SessionService:
    """Who is in. It alone begins, locks and ends a session."""

    def __init__(self, context: DeskContext, front: FrontService, stops: StopService) -> None:
        self._context, self._front, self._stops = context, front, stops

    def unlock(
        self, first_id: str, first_pass: str, second_id: str | None, second_pass: str | None,
        named: tuple[str, ...], accept: str = "",
    ) -> SignInResult:  # fmt: skip
        """Sign in one officer or two, none of them named. Raises as casework.unlock does.

        ``accept``: why two officers accept that entries they remember are missing.
        """
        context = self._context
        with context.mutex:
            logins = [Login(first_id, first_pass)]
            if second_id is not None:
                logins.append(Login(second_id, second_pass or ""))
            if {login.officer_id for login in logins} & set(named):
                raise NotEligible(
                    "An officer who is named in an incident cannot open it.",
                    "Two officers who are not named must sign in.",
                )
            return self._enter(logins, accept)

    def unlock_paper(self, secrets: Mapping[str, str], officer: str, words: str) -> SignInResult:
        """Sign in with two paper keys, or with one and an officer (``officer`` not "").

        ``secrets``: ``identity1`` and ``signing1``, and of the second sheet where there is one.
        Raises BadInput, WrongPassphrase and what casework.unlock raises.
        """
        with self._context.mutex:
            count = 1 if officer else 2
            papers = [
                OfficerKeys.restore_from_paper("", secrets[f"signing{n}"], secrets[f"identity{n}"])
                for n in range(1, count + 1)
            ]
            return self._enter([Login(officer, words)] if officer else [], papers=papers)

    def _enter(
        self, logins: Sequence[Login], accept: str = "", papers: Sequence[OfficerKeys] = ()
    ) -> SignInResult:
        """Open the vault for these people, and end the session before, if there is one."""
        context = self._context
        if context.signed_in is not None or context.away is not None:
            unlock_keys(context.folder, logins)  # a wrong passphrase ends nobody's session
            self._end()
        with ExitStack() as stack:
            stack.enter_context(platform.lock_vault_file(context.folder / "lock"))
            context.signed_in = unlock_vault(context.folder, logins, context.clock, accept, papers)
            context.vault_lock = stack.pop_all()
        context.signed_in.warnings.extend(audit.check_own_keys(context.signed_in))
        return self._welcome(context.signed_in)

    def lock(self, *, idle: bool = False) -> None:
        """Hide the session at once; its keys go when the running verb, if there is one, has ended.

        Safe to call twice. Of a disk that refuses the record nobody hears here: the keys go all
        the same, and it is written when somebody is back.
        """
        context = self._context
        if context.signed_in is None:
            return
        context.hidden = True
        with context.mutex:
            if context.signed_in is not None:
                self._put_away(context.signed_in, idle)

    def _put_away(self, session: OpenSession, idle: bool) -> None:
        context = self._context
        try:
            context.away = locked_session.put_away(
                session, context.active, self._front.state(), idle=idle, earlier=context.away
            )
        finally:
            context.signed_in, context.hidden = None, context.away is not None
            context.close_cases()
            if context.away is None:  # the keys go whatever went wrong; then two sign in again
                context.vault_lock.close()
        if not context.away.people:  # two paper keys: nobody comes back with a passphrase
            self._end()

    def sign_out(self) -> None:
        """End the session; the head is signed and remembered first."""
        with self._context.mutex:
            self._end()

    def _end(self) -> None:
        context = self._context
        session, context.signed_in, context.hidden = context.signed_in, None, False
        context.away = None
        context.close_cases()
        context.unkept_drafts.clear()
        context.active = ""
        try:
            if session is not None:
                summaries.seal_session_end(session)
        finally:
            if session is not None:
                session.close_session()
            context.vault_lock.close()

    def close(self) -> None:
        """Close everything. Safe to call twice, with or without a session."""
        # A full disk must not keep the program from ending: what was acknowledged is safe, and the
        # officers remember the last head all the same.
        with self._context.mutex, suppress(EvidenceError):
            self._end()

    def this_computer(self, inc: str) -> Receipt:
        """Seal that the computer in question is this one; the session is locked afterwards."""
        with self._context.mutex:
            receipt = summaries.show_receipt(
                stop.record_this_computer(self._stops.case_even_locked(inc))
            )
            self.lock()
            return receipt

    def reopen(self, officer_id: str, passphrase: str) -> SignInResult:
        """Let an officer of the locked session in again, alone or beside the one who came first.

        Raises NotEligible, WrongPassphrase, and what casework.unlock raises; nothing changes then.
        """
        context = self._context
        with context.mutex:
            away, present = context.away, context.signed_in
            if away is None:
                if present is not None:  # the same key pressed twice: the first one opened it
                    reauthenticate.reauthenticate_officer(present, officer_id, passphrase)
                    return self._welcome(present)
                raise NotEligible(*locked_session.NOT_OF_IT)
            login = Login(officer_id, passphrase, away.key_files.get(officer_id))
            made = locked_session.come_back(
                context.folder, self._origin(), away, present, login, context.clock
            )
            if made is not present:
                context.signed_in = made
                context.close_cases()
            context.hidden = False
            kept = locked_session.texts(away, made)
            if not away.missing(made):
                context.away = None
            return replace(self._welcome(made), kept=kept)

    def leave(self, officer_id: str) -> SignInResult:
        """Let one of two officers leave: their keys go, the other stays alone.

        Raises NotEligible, StorageFailed: both are in then, or, where the vault could not be
        opened for the one who stays, it is locked.
        """
        context = self._context
        with context.mutex:
            session = context.session
            locked_session.record_leaving(session, officer_id)
            try:
                made = locked_session.stay(session, officer_id, self._origin())
            except BaseException:
                self._put_away(session, idle=False)
                raise
            context.signed_in, context.away = made, None
            context.close_cases()
            return self._welcome(made)

    def keep_for_both(self, text: str) -> bool:
        """Keep a text, sealed, until everybody of a locked session is back.

        Returns False where nobody is away: then it can be shown at once.
        """
        context = self._context
        with context.mutex:
            if context.away is None:
                return False
            context.away.keep(text)
            return True

    def _origin(self) -> str:
        plate = read_public_info(self._context.folder)
        if plate is None:
            raise BadInput("There is no vault here.", "Sign out, and look for the folder.")
        return plate.origin

    def _welcome(self, session: OpenSession) -> SignInResult:
        """Write first what STOP could not while it was locked; return who is in, what to say."""
        stopped = self._write_pressed(session)
        away = self._context.away
        present = tuple(summaries.officer_card(p) for p in session.people)
        return SignInResult(
            present, not session.is_pair, tuple(session.warnings), session.checked,
            away.missing(session) if away else (), stopped=stopped,
        )  # fmt: skip

    def _write_pressed(self, session: OpenSession) -> StopResult | None:
        """Return the last STOP written: at the door by its note, or here, where none was taken."""
        context = self._context
        late, waiting, context.pressed_stops = list(session.stops), context.pressed_stops, []
        session.stops.clear()
        for done in late:
            if isinstance(done.case, CaseFile):
                context.activate_case(done.case)
        stopped = late[-1].stopped if late else None
        noted = stop_notes.list_waiting_stops(session)
        for one in waiting:
            if one.inc in noted:  # it has been told why, and waits for the next who come in
                context.pressed_stops.append(one)
                continue
            if one.inc in [done.inc for done in late]:
                continue
            try:
                stopped = self._stops.stop(one.inc or None, one.at)
            except EvidenceError:
                context.pressed_stops.append(one)
                session.warnings.append(deferred_stop.WAITS)
                continue
            if one.inc and stopped.inc != one.inc and not session.is_pair:
                # One alone may not write there: again when both are back.
                context.pressed_stops.append(one)
        return stopped
