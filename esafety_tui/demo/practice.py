"""The practice vault: three invented officers, thrown away at the end.

Everybody's passphrase is the same and stands in the banner of every screen.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.signin.create_vault import create_vault
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.demo import samples


@contextmanager
def open_practice(say: Callable[[str], None]) -> Iterator[tuple[Desk, SystemClock, Path]]:
    """Make a practice vault in a private temporary folder; remove it afterwards.

    Args:
        say: prints one line for the person at the terminal.
    """
    with tempfile.TemporaryDirectory(prefix="esafety-practice-") as name:
        folder = Path(name)
        clock = SystemClock()
        school = samples.make_practice_school(samples.PASSPHRASE)
        create_vault(folder / "vault", school, clock, FLOOR)
        samples.write_samples(folder / "samples")
        say("PRACTICE. Invented people; everything is deleted when you leave.")
        say(f"Harmless sample files: {folder / 'samples'}")
        desk = Desk(folder / "vault", clock, FLOOR, folder / "sheets")
        try:
            yield desk, clock, folder / "samples"
        finally:
            desk.close()
