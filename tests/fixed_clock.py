"""A clock that a test sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from esafety_tui.kernel.clock import Instant


@dataclass(slots=True)
class FixedClock:
    """A clock that begins at ``start`` and goes on ``step_ms`` milliseconds a reading."""

    start: datetime
    step_ms: int = 1000
    readings: int = 0

    def read_clock(self) -> Instant:
        """Return the next reading, ``step_ms`` after the one before."""
        ms = self.readings * self.step_ms
        self.readings += 1
        wall = datetime.fromtimestamp(self.start.timestamp() + ms / 1000, UTC)
        return Instant(wall, 1_000_000 + ms, "fixed-boot")
