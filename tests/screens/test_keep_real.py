"""Keeping a vault at the screen, on the real desk: what is told is what the desk then shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.integrity import backup_status
from esafety_tui.kernel.keeping import VaultOverview
from tests.screens.real import Practice, make, put, sign_in
from tests.screens.rig import SIZE, Driver, build, typed, until

LONG = 30.0
"""Seconds for an act on the disk, with other work beside."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """One practice vault for this module."""
    return make(tmp_path_factory.mktemp("keep"))


@pytest.fixture
def vault(template: Practice, tmp_path: Path) -> Practice:
    """A copy of it."""
    return template.copy(tmp_path)


async def fill_in(pilot: Driver, *texts: str) -> None:
    """Fill the lines from the one with the focus on; Enter after each."""
    for text in texts:
        if text:
            await typed(pilot, text)
        await pilot.press("enter")


async def enrolled(pilot: Driver, words: tuple[str, ...], new: str) -> None:
    """From the list of people: a fourth officer joins."""
    await until(pilot, "Who has a part in the vault")
    await pilot.press("6", "enter")
    await until(pilot, "The new officer")
    await fill_in(pilot, "Gil Sample", "Head of Year", "GS")
    await until(pilot, "only you should see this screen")
    await pilot.press("3", "enter")
    await until(pilot, "choose your own passphrase")
    await fill_in(pilot, new, new)
    await until(pilot, "Gil Sample becomes an officer", seconds=LONG)
    await fill_in(pilot, "A fourth is needed.", *words)
    await until(pilot, "✓ Gil Sample is enrolled.", seconds=LONG)
    await pilot.press("enter")


async def left(pilot: Driver, words: tuple[str, ...]) -> None:
    """From the list of people: the third officer leaves."""
    await until(pilot, "(keys number 2)", seconds=LONG)
    await pilot.press("8", "enter")
    await until(pilot, "Their part ends at once")
    await pilot.press("1")
    await fill_in(pilot, "", "Retires at Easter.", *words)
    await until(pilot, "Collect their stick", seconds=LONG)
    await until(pilot, "✓ Done.", seconds=LONG)
    await pilot.press("enter")
    await until(pilot, "(keys number 3)", seconds=LONG)
    await pilot.press("escape")


async def copied(pilot: Driver, data: Path, keys: Path) -> None:
    """From Keep: a second copy with the keys apart."""
    await until(pilot, "Keeping the vault", seconds=LONG)
    await pilot.press("1", "enter")
    await until(pilot, "Folder for the data")
    await fill_in(pilot, str(data), str(keys), "blue stick")
    await until(pilot, "✓ The second copy is made.", seconds=LONG)
    await until(pilot, "read back from the target itself")
    await pilot.press("enter")


async def changed(pilot: Driver, words: tuple[str, ...]) -> None:
    """From Keep: another number under whom to call."""
    await until(pilot, "0 entries behind", seconds=LONG)
    await pilot.press("4", "enter")
    await until(pilot, "empty means not known")
    await put(pilot, "chair", "the invented chair, room 1")
    pilot.app.screen.query_one("#f-reason").focus()
    await pilot.pause()
    await fill_in(pilot, "A new chair.", *words)
    await until(pilot, "Print the call sheet again.", seconds=LONG)
    await pilot.press("enter")


async def refused(pilot: Driver, words: tuple[str, ...], folder: Path) -> None:
    """From Keep: an incident that is not due is not destroyed."""
    await until(pilot, "Keeping the vault", seconds=LONG)
    await pilot.press("6", "enter")
    shown = await until(pilot, "Reviews: reference")
    reference = shown.split("▸ 1  ")[1].split()[0]
    await pilot.press("enter")
    await until(pilot, "Destroy it for good")
    await pilot.press("4", "enter")
    await until(pilot, "Type its reference")
    await put(pilot, "folder", str(folder))
    pilot.app.screen.query_one("#f-typed").focus()
    await fill_in(pilot, reference, "The shelf is full.", "", *words)
    await until(pilot, "There is no way back")
    await pilot.press("right", "enter")
    await until(pilot, "is to be kept until", seconds=LONG)
    await pilot.press("enter")
    await until(pilot, "The shelf is full.")


@pytest.mark.long("tests/screens/test_keep.py and test_keep_ways.py")
async def test_a_year_of_keeping(vault: Practice, tmp_path: Path) -> None:
    """What the screens say is done is what the desk then shows."""
    data, keys, new = tmp_path / "data", tmp_path / "keys", "zebra candle orbit mellow tinsel"
    data.mkdir()
    keys.mkdir()
    desk = vault.desk()
    sign_in(desk, vault.words[:2])
    desk.open_incident((), "", False)
    before = desk.keeping()
    assert backup_status.is_backup_due(desk.context.session) and not desk.state().copy_due
    words = vault.words[:2]
    async with build(desk).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents", seconds=LONG)
        await pilot.press("k")
        await until(pilot, "Keeping the vault", seconds=LONG)
        await pilot.press("2", "enter")
        await enrolled(pilot, words, new)
        await left(pilot, words)
        await copied(pilot, data, keys)
        assert not backup_status.is_backup_due(desk.context.session)
        await changed(pilot, words)
        await refused(pilot, words, tmp_path)
        assert desk.incidents()
        after = desk.keeping()
    assert any(data.iterdir()) and any(keys.iterdir())
    shows(before, after)
    opens(vault, words[0], new)


def shows(before: VaultOverview, after: VaultOverview) -> None:
    """Who was there, who is there, and the new number."""
    names = [{p.initials for p in v.people if p.present and p.kind == "officer"}
             for v in (before, after)]  # fmt: skip
    assert names[1] - names[0] == {"GS"} and len(names[0] - names[1]) == 1
    assert ("chair", "the invented chair, room 1") in [(k, v) for k, _, v in after.contacts]
    assert after.generation == before.generation + 3


def opens(vault: Practice, first: str, new: str) -> None:
    """The new officer signs in with the first."""
    desk: Desk = vault.desk()
    officers = desk.state().officers
    joined = next(o.id for o in officers if o.name == "Gil Sample")
    try:
        opened = desk.unlock(officers[0].id, first, joined, new, ())
        assert [o.initials for o in opened.present][1] == "GS"
    finally:
        desk.close()
