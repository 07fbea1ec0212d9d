"""A practice vault on the real desk, made once a test module and copied for each test."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from textual.widgets import Input

from esafety_tui.casework import samples
from esafety_tui.casework.desk_leaving import Desk
from esafety_tui.casework.founding import found
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.flows.load import load_procedure, shipped
from tests.screens.rig import Driver, typed, until


@dataclass(frozen=True, slots=True)
class Practice:
    """A vault's folder and its officers' passphrases in the order of the door."""

    folder: Path
    words: tuple[str, ...] = field(repr=False)

    def copy(self, to: Path) -> Practice:
        """Return a copy of the vault in ``to``."""
        return Practice(Path(shutil.copytree(self.folder, to / "vault")), self.words)

    def desk(self) -> Desk:
        """Return a new desk on the vault."""
        return Desk(self.folder, SystemClock(), FLOOR, self.folder.parent / "sheets")


def make(folder: Path) -> Practice:
    """Found a practice vault at the floor of Argon2."""
    school = samples.practice_school({n: load_procedure(n).digest for n in shipped()})
    found(folder / "vault", school, SystemClock(), FLOOR)
    return Practice(folder / "vault", tuple(f.passphrase for f in school.founders))


def sign_in(desk: Desk, words: tuple[str, ...]) -> None:
    """Sign in the first two officers (or the first alone) without a screen."""
    ids = [o.id for o in desk.state().officers]
    if len(words) > 1:
        desk.unlock(ids[0], words[0], ids[1], words[1], ())
    else:
        desk.unlock(ids[0], words[0], None, None, ())


async def field_text(pilot: Driver, name: str, text: str) -> None:
    """Put the focus on the field ``name`` and paste."""
    pilot.app.screen.query_one(f"#f-{name}").focus()
    await typed(pilot, text)


async def through_door(pilot: Driver, words: tuple[str, ...]) -> None:
    """New incident, nobody named, both passphrases."""
    await until(pilot, "What do you want to do?")
    await pilot.press("enter")
    await until(pilot, "named in it")
    await pilot.click("#go")
    await until(pilot, "Two officers open the vault")
    await pilot.press("1", "tab")
    await typed(pilot, words[0])
    await pilot.press("tab", "2", "tab")
    await typed(pilot, words[1])
    assert isinstance(pilot.app.focused, Input)
    await pilot.press("enter")
