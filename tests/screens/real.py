"""A practice vault on the real desk, made once a test module and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textual.widgets import Input, TextArea

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.signin.create_vault import create_vault
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.demo import samples
from esafety_tui.guide.ports import Values
from tests.screens.rig import Driver, typed, until

Rows = Sequence[tuple[str, Values]]
TO_ADDRESSES: Rows = (
    ("reported", {"by": "A parent", "when": "21 Nov 2026", "words": "told: Insults in a forum."}),
    ("danger", {"option": "2"}),
    ("triage", {"option": "4"}),
    ("told-c", {"options": ["dsl"]}),
    ("staff", {"option": "2"}),
    ("two-seniors", {"confirmed": ["two", "stay", "unnamed"]}),
    ("designated", {"confirmed": ["pupils", "police", "same"], "computer": "PC", "location": "R"}),
    ("watched", {"confirmed": ["access", "recorded"]}),
    ("isolated", {"confirmed": ["apart", "as-is"], "device": "there is none"}),
)
TO_REVIEW: Rows = (
    ("findings", {"saw": "saw: Insults."}),
    ("substance", {"option": "1"}),
    ("action", {"options": ["internal"], "conclusion": "We act.", "by": "The head"}),
    ("informed", {"options": ["head"]}),
)


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
    school = samples.make_practice_school()
    create_vault(folder / "vault", school, SystemClock(), FLOOR)
    return Practice(folder / "vault", tuple(f.passphrase for f in school.founders))


def sign_in(desk: Desk, words: Sequence[str]) -> None:
    """Sign in the first two officers (or the first alone) without a screen."""
    ids = [o.id for o in desk.state().officers]
    if len(words) > 1:
        desk.unlock(ids[0], words[0], ids[1], words[1], ())
    else:
        desk.unlock(ids[0], words[0], None, None, ())


def answered(desk: Desk, rows: Rows) -> str:
    """Open an incident, answer ``rows`` without a screen, and return its id."""
    inc = desk.open_incident((), "", False).inc
    for step, values in rows:
        desk.answer(inc, step, values, "")
    return inc


def reviewed(desk: Desk, folder: Path) -> str:
    """Return an incident with an address and a screenshot that waits for its review."""
    inc = answered(desk, TO_ADDRESSES)
    desk.add_url(inc, "https://forum.example.net/t/1", "insults", "saw it")
    desk.answer(inc, "urls", {"done": "yes"}, "")
    shot = samples.write_samples(folder / "samples")[0]
    desk.add_file(inc, shot, "a board", "taken here", lambda *_: None)
    desk.answer(inc, "files", {"done": "yes"}, "")
    for step, values in TO_REVIEW:
        desk.answer(inc, step, values, "")
    return inc


def signed(desk: Desk, vault: Practice, folder: Path) -> str:
    """Bring an incident to its export, signed by both; return the check code."""
    inc = reviewed(desk, folder)
    desk.answer(inc, "review", {"done": "yes"}, "")
    code = desk.prepare_form(inc, (), lambda *_: None, reason="a test").check_code
    for officer, words in zip(desk.state().present, vault.words, strict=False):
        desk.sign(inc, officer.id, words)
    desk.answer(inc, "sign", {"done": "yes"}, "")
    return code


async def open_case(pilot: Driver) -> None:
    """From the register into its newest incident."""
    await until(pilot, "· incidents")
    await pilot.press("enter")


async def fill(pilot: Driver, **texts: str) -> None:
    """Paste a text into each field named."""
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#f-{name}").focus()
        await typed(pilot, text)


async def put(pilot: Driver, name: str, text: str) -> None:
    """Replace what stands in a field."""
    control = pilot.app.screen.query_one(f"#f-{name}")
    if isinstance(control, Input):
        control.value = ""
    elif isinstance(control, TextArea):
        control.text = ""
    control.focus()
    if text:
        await typed(pilot, text)


def here(pilot: Driver) -> str:
    """Return the id of what has the focus."""
    focused = pilot.app.focused
    return focused.id or "" if focused is not None else ""


async def through_door(pilot: Driver, words: Sequence[str]) -> None:
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
    await pilot.press("enter")
