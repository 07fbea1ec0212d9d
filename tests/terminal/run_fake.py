"""Start the application on the desk of the screen tests, to look at it in a real terminal.

Usage: run_fake.py [fresh|open|stopfail|crash|nodesk|practice] …
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from esafety_tui.app import EsafetyApp
from esafety_tui.guide.ports import IncidentSummary
from tests.fixed_clock import FixedClock
from tests.screens.fake_desk import DISK_FULL, OFFICERS, FakeDesk


class CrashingDesk(FakeDesk):
    """Fails in a way nobody planned, with a secret in a local variable."""

    def contacts(self) -> tuple[tuple[str, str], ...]:
        passphrase = "SENTINEL-in-a-local"
        raise RuntimeError(f"SENTINEL-in-a-message {passphrase}")


def main(words: list[str]) -> int:
    """Run with the wished desk and return the exit code."""
    kind = CrashingDesk if "crash" in words else FakeDesk
    desk = kind(has_vault="fresh" not in words, open_with=OFFICERS[:2] if "open" in words else ())
    if "full" in words:
        for _ in range(1, 15):
            desk.open_incident((), "", False)
    elif "open" in words:
        desk.cards = (IncidentSummary("x", "HVS-2026-0005", "17 Nov 2026", "open", "content"),)
        desk.open_incident((), "", False)
    if "stopfail" in words:
        desk.fail["stop"] = DISK_FULL
    desk.slow = {"unlock": 0.7, "reopen": 0.3}
    idle = float(next((w[5:] for w in words if w.startswith("idle=")), "300"))
    app = EsafetyApp(
        None if "nodesk" in words else desk,
        clock=FixedClock(datetime(2026, 11, 21, 14, 2, tzinfo=UTC), 0),
        practice="practice" in words,
        idle_seconds=idle,
    )
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
