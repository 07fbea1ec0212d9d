"""A clock whose hands a test moves: wall, since the start, awake, and which start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.kernel.clock import Instant
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import Practice


@dataclass
class Hands:
    """Satisfies kernel.clock.Clock; stands still until it is moved. Milliseconds."""

    wall: datetime
    mono: int = 10_000
    awake: int = 9_000
    boot: str = "start-1"

    def read_clock(self) -> Instant:
        return Instant(self.wall, self.mono, self.boot, self.awake)

    def run(self, ms: int, *, asleep: bool = False) -> None:
        """Let time pass; asleep: the clock that stops in sleep stands still."""
        self.wall += timedelta(milliseconds=ms)
        self.mono += ms
        self.awake += 0 if asleep else ms

    def set(self, ms: int) -> None:
        """Put the wall clock forward, or back by a negative number."""
        self.wall += timedelta(milliseconds=ms)

    def restart(self) -> None:
        """Start the computer again: the running clocks begin afresh."""
        self.boot += "x"
        self.mono = self.awake = 500


def hands() -> Hands:
    """A clock that goes right, a minute after whatever the template holds."""
    return Hands(datetime.now(UTC) + timedelta(minutes=1))


def sign_in(practice: Practice, clock: Hands, *who: str) -> OpenSession:
    """Sign in by this clock. Default: the first two officers."""
    session = unlock_vault(practice.folder, practice.logins(*(who or ("AB", "CD"))), clock)
    practice.sessions.append(session)
    return session


def of_vault(session: OpenSession, kind: str = "clock.checked") -> list[OpenRecord]:
    """Return the vault's own records of this type, opened by the pair."""
    assert session.keyring.vault is not None
    lines = [line for line in session.store.lines if not line.inc]
    opened = [session.store.read_vault_record(line.seq, session.keyring.vault) for line in lines]
    return [record for record in opened if record.type == kind]


def found(records: list[OpenRecord]) -> list[str]:
    """Return what ``clock.checked`` records found."""
    return [r.field_text("found") for r in records if r.type == "clock.checked"]
