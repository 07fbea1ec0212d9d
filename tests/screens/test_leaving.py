"""What is left, cancelled or carried on with: a plain folder, Esc, another day, a linked one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.screens.dialogs.progress import WorkingScreen
from esafety_tui.screens.widgets.words_box import WordsBox
from tests.screens import real
from tests.screens.real import TO_ADDRESSES, Practice, Rows, answered, fill, put
from tests.screens.rig import SIZE, Driver, build, seen, typed, until

SHIPPED = policy_files.shipped_policy_files()
UNSURE: Rows = (*TO_ADDRESSES[:2], ("triage", {"option": "3"}))


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return real.make(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def vault(practice: Practice, tmp_path: Path) -> Practice:
    return practice.copy(tmp_path)


@pytest.fixture
def desk(vault: Practice) -> Iterator[Desk]:
    found = vault.desk()
    real.sign_in(found, vault.words[:2])
    yield found
    found.close()


async def wanted(pilot: Driver, out: Path) -> None:
    """From the export step to the question of the shape."""
    await until(pilot, "No pack is written yet.")
    await pilot.press("enter")
    await until(pilot, "Where does the pack go?")
    await put(pilot, "target", str(out))
    await fill(pilot, recipient="The trust", purpose="inquiry")
    await pilot.press("enter")
    await until(pilot, "How is it written?")


async def both(pilot: Driver, words: tuple[str, ...]) -> None:
    """Type both passphrases; the focus stands on the last one."""
    await until(pilot, "Both sign the pack")
    await typed(pilot, words[0])
    await pilot.press("tab")
    await typed(pilot, words[1])


async def test_signing_is_left_for_another_day_and_no_pack_is_asked_for_without_a_form(
    desk: Desk, tmp_path: Path
) -> None:
    inc = await asyncio.to_thread(real.reviewed, desk, tmp_path)
    desk.answer(inc, "review", {"done": "yes"}, "")
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "There is no form yet")
        await pilot.press("2", "enter")
        await until(pilot, "Why is it left?")
        await typed(pilot, "Mrs Example is away")
        await pilot.press("f8")
        assert "✓ signed" not in await until(pilot, "No pack is written yet.")
        assert desk.case(inc).signed_by == ()
        await pilot.press("enter")
        await until(pilot, "There is no form yet, and every pack holds it.")
        await pilot.press("enter", "escape")
        await until(pilot, "There is no form yet. Draw it first")


@pytest.mark.long("tests/terminal/test_journey_rules.py, by real keys")
async def test_a_plain_folder_has_its_reason_and_no_passphrase(
    desk: Desk, vault: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a profile: nothing has that file any more, and the result says so."""

    def gone(_session: OpenSession, digest: str) -> bytes:
        if digest == SHIPPED.procedures["misuse"]:
            return SHIPPED.source[digest]
        return policy_files.read_stored_policy(tmp_path, digest)

    await asyncio.to_thread(real.signed, desk, vault, tmp_path)
    (out := tmp_path / "stick").mkdir()
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await wanted(pilot, out)
        await pilot.press("2", "enter")
        await until(pilot, "Why is a plain folder needed?")
        await typed(pilot, "Their computer opens no containers")
        await pilot.press("f8")
        monkeypatch.setattr(current_policy, "read_policy_source", gone)
        await both(pilot, vault.words)
        await pilot.press("enter")
        shown = await until(pilot, "read back and found sound.", seconds=60)
        assert "Passphrase of the pack" not in shown
        assert "⚠ data/profile.toml is not in this pack" in shown and "procedure" not in shown
        await pilot.press("enter")
        await until(pilot, "✓ exported and read back")
    (pack,) = out.iterdir()
    assert (pack / "data/procedure.toml").is_file()


async def test_a_cancelled_export_is_not_exported_and_keeps_what_was_typed(
    desk: Desk, vault: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(real.signed, desk, vault, tmp_path)
    inc = desk.incidents()[0].inc
    (out := tmp_path / "stick").mkdir()
    # The pack of a test is written faster than a person can press Esc: this one is cancelled first.
    begin = WorkingScreen.on_mount

    def cancelled(screen: WorkingScreen[object]) -> None:
        screen.action_give_up()
        begin(screen)

    monkeypatch.setattr(WorkingScreen, "on_mount", cancelled)
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await wanted(pilot, out)
        await pilot.press("enter")
        await both(pilot, vault.words)
        await pilot.press("enter")
        await until(pilot, "NOT EXPORTED. This was stopped.", seconds=20)
        await pilot.press("enter")
        assert "✓" not in (await until(pilot, "No pack is written yet.")).split("Write a pack")[1]
        await pilot.press("enter")
        await until(pilot, "Where does the pack go?")
        kept = {field.id: field.value for field in pilot.app.screen.query(Input)}
        assert kept == {"f-target": str(out), "f-recipient": "The trust", "f-purpose": "inquiry"}
        assert desk.case(inc).exported == ()
    assert not list(out.glob("*.zip"))


async def test_nothing_illegal_confirmed_carries_on_in_a_linked_incident(desk: Desk) -> None:
    inc = answered(desk, UNSURE)
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Whom have you asked?")
        await pilot.press("space", "f8")
        await until(pilot, "Which of these is it")
        await pilot.press("2", "enter")
        await until(pilot, "Where is the computer or device")
        await fill(pilot, device="a phone", keeper="The head")
        pilot.app.screen.query_one("#f-power").focus()
        await pilot.press("4", "f8")
        await until(pilot, "Who has seen it")
        await fill(pilot, people="nobody we know of")
        await pilot.press("f8")
        await until(pilot, "What do you know, in words?")
        await fill(pilot, account="A picture.")
        pilot.app.screen.query_one("#f-known").focus()
        await pilot.press("2", "f8")
        await until(pilot, "whoever advises you, said?")
        await pilot.press("2", "f8")
        await until(pilot, "Is everything here right")
        await pilot.press("f8")
        for question in ("There is no form yet", "No pack is written yet."):
            await until(pilot, question)
            await pilot.press("f8")
            await until(pilot, "[ Write it down  F8 ]")
            await typed(pilot, "another day")
            await pilot.press("f8")
        shown = await until(pilot, "Carry on in a new, linked incident")
        assert "· FROZEN" in shown
        await pilot.press("1", "enter")
        assert "FROZEN" not in await until(pilot, "Step 1 of about")
        new, old = desk.incidents()
        assert old.inc == inc and desk.case(inc).frozen
        assert not desk.case(new.inc).frozen


async def test_a_note_left_half_written_is_there_the_next_time(desk: Desk) -> None:
    inc = answered(desk, TO_ADDRESSES[:1])
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "in danger right now?")
        await pilot.press("f6")
        await until(pilot, "Write down words")
        await typed(pilot, "half a")
        await pilot.press("escape")
        await until(pilot, "in danger right now?")
        assert desk.case(inc).notes == ()
        await pilot.press("f6")
        await until(pilot, "half a")
        await typed(pilot, " note")
        pilot.app.screen.query_one("#write", Button).press()
        await until(pilot, "✓ Written down")
        await pilot.press("f6")
        await until(pilot, "Write down words")
        assert "half a note" not in seen(pilot.app)
        assert "half a note" in desk.case(inc).notes[0]


async def test_a_screen_without_its_field_yet_stops_no_draft(desk: Desk) -> None:
    """Guards the saving behind a screen that is being put together or taken apart."""
    answered(desk, TO_ADDRESSES[:1])
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "in danger right now?")
        await pilot.press("f6")
        await until(pilot, "Write down words")
        await pilot.app.screen.query_one(WordsBox).remove()
        assert await pilot.app.save_drafts()  # type: ignore[attr-defined]
