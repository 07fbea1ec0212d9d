"""The desk's front: what may be shown at any moment, whom to call, and set-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from esafety_tui.casework.access import passphrases
from esafety_tui.casework.access.public_info import front_page_state, signed_out_state
from esafety_tui.casework.desk import desk_state
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.disclosure.sheets import save_set_up_sheets
from esafety_tui.casework.policy import policy_files
from esafety_tui.casework.signin.create_vault import Founder, PaperKey, School, create_vault
from esafety_tui.data import platform
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.door import DeskState
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import Contact
from esafety_tui.kernel.setting_up import SetUpRequest, SetUpResult
from esafety_tui.kernel.views import Progress

NATIONAL = frozenset({"emergency", "police"})
"""Kinds of contacts with a number that is the same everywhere."""


class FrontService:
    """What is asked before anybody is in, and at any moment while a verb runs."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._door: DeskState | None = None

    def state(self) -> DeskState:
        """Return what may be shown. Takes no mutex: from memory while a verb runs."""
        context = self._context
        session, away = context.signed_in, context.away
        if session is None:
            return away.state if away else self._door_state()
        now = context.clock.read_clock().wall
        state = desk_state.of(session, now, context.machine_name(), locked=context.hidden)
        return replace(
            state,
            away=away.missing(session) if away else (),
            place=away.inc if away else context.active,
        )

    def _door_state(self) -> DeskState:
        """Return the clear text of the vault; as it was last read, while a verb is at work."""
        folder, mutex = self._context.folder, self._context.mutex
        if mutex.acquire(blocking=False):
            try:
                self._door = signed_out_state(folder)
            finally:
                mutex.release()
        return self._door or front_page_state(folder)

    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Return (role, number or "not known"); empty while locked or signed out."""
        session = self._context.signed_in
        if session is None or self._context.hidden:
            return ()
        known = session.keyring.directory.contacts
        # 999 and 101 stand on every screen of numbers already.
        return tuple((c.label, c.value or "not known") for c in known if c.kind not in NATIONAL)

    def generate_passphrase(self) -> str:
        """Return five generated words."""
        return passphrases.generate_passphrase()

    def judge_passphrase(self, text: str) -> str | None:
        """Return advice in one sentence if ``text`` is too weak, else None."""
        return passphrases.judge_passphrase(text)

    def set_up(self, wanted: SetUpRequest, progress: Progress) -> SetUpResult:
        """Make the vault and its sheets. Raises BadInput, StorageFailed, OutputFailed."""
        context = self._context
        with context.mutex:
            progress("making keys and the vault", 0, 2)
            for officer in wanted.officers:
                advice = passphrases.judge_passphrase(officer.passphrase)
                if advice is not None:
                    raise BadInput(advice, "Choose another passphrase.")
            platform.make_private(context.folder.parent)
            today = context.clock.read_clock().wall.astimezone(LONDON).date().isoformat()
            school = _school(wanted, today)
            saved: list[tuple[str, Path]] = []

            def save(paper: Sequence[PaperKey]) -> None:
                progress("saving the sheets to print", 1, 2)
                saved.extend(save_set_up_sheets(context.sheets, school, paper))

            create_vault(context.folder, school, context.clock, context.kdf, save)
            progress("saving the sheets to print", 2, 2)
            return SetUpResult(context.folder, tuple(saved))


def _school(wanted: SetUpRequest, today: str) -> School:
    profile = load_profile(wanted.profile)
    given = [Contact(kind, "", value) for kind, value in wanted.contacts.items()]
    return School(
        wanted.school.strip(), wanted.domain.strip().lower(), wanted.site_code.strip().upper(),
        wanted.nation, f"{wanted.machine_name.strip()} · {wanted.machine_place.strip()}",
        tuple(
            Founder(o.name.strip(), o.position.strip(), o.initials.strip().upper(), o.passphrase)
            for o in wanted.officers
        ),
        policy_files.contact_slots(profile, given, today), profile.name,
    )  # fmt: skip
