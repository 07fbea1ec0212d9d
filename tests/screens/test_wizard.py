"""The wizard on the real desk: route C to an exported pack, resume, back, changed answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.demo import samples
from esafety_tui.screens.dialogs.field_form import FormScreen
from tests.screens import real
from tests.screens.real import TO_ADDRESSES, Practice, answered, fill, here, put
from tests.screens.rig import SIZE, Driver, build, seen, typed, until


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


@pytest.mark.long("tests/terminal/test_journey_rules.py, by real keys")
async def test_from_the_door_to_the_gates(vault: Practice) -> None:
    desk = vault.desk()
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.through_door(pilot, vault.words)
        await until(pilot, "Please read this first.", seconds=20)
        await pilot.press("enter")
        await until(pilot, "What is it about?")
        await pilot.press("enter")
        shown = await until(pilot, "What has been reported, and by whom?", seconds=20)
        assert "A. Bellweather + C. Dunnock · PRACTICE-PC ✓" in shown
        assert "next: is a child in danger" in shown
        await fill(pilot, by="A parent", words="two lines\nthink: of [/x] words")
        await pilot.press("f8")
        shown = await until(pilot, "is empty. Please fill it in.")
        assert "A parent" in shown and "think: of [/x] words" in shown
        assert here(pilot) == "f-when"
        await fill(pilot, when="21 Nov 2026 14:07")
        await pilot.press("f8")
        await until(pilot, "Is a child in danger right now?")
        assert "Must be told: the police (999 in danger" in await until(pilot, "Must be told")
        await pilot.press("2", "enter")
        shown = await until(pilot, "Could any of this be against the law?")
        assert "never copied" in shown and 'template, "Illegal Incidents"' in shown
        await pilot.press("4", "enter")
        await until(pilot, "Who is told before you begin?")
        await pilot.press("f8")
        await until(pilot, "Tick at least one line.")
        await fill(pilot, why_none="told later today")
        await pilot.press("f8")
        await until(pilot, "Could a member of staff")
        await pilot.press("2", "enter")
        await until(pilot, "Are two senior members")
        await pilot.press("space", "f8")
        await until(pilot, "Each line has to be confirmed")
        reported = desk.case(desk.incidents()[0].inc).answers[0]
        assert reported.values["words"] == "told: two lines\nthink: of [/x] words"


@pytest.mark.long("tests/terminal/test_journey_rules.py, by real keys")
async def test_addresses_and_files_become_records_one_by_one(desk: Desk, tmp_path: Path) -> None:
    inc = answered(desk, TO_ADDRESSES)
    shots = samples.write_samples(tmp_path / "samples")
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Which addresses hold")
        await pilot.press("f8")
        await until(pilot, "Write why there is none")
        await fill(pilot, url="https://forum.example.net/[/x]?a=1\nhttps://xn--pple-43d.com/in")
        await until(pilot, "+ 1 more pasted with it")
        await fill(pilot, concern="insults")
        await pilot.press("f8")
        await until(pilot, "This is not sealed yet.")
        await pilot.press("tab", "enter")
        await until(pilot, "Choose how you know of it")
        await pilot.press("1", "enter")
        shown = await until(pilot, "It looks like “apple.com”")
        assert "hxxps://forum.example[.]net/[/x]?a=1" in shown
        assert "https://" not in shown
        await pilot.press("f8")
        await until(pilot, "Which screenshots and files")
        await wrong_paths(pilot, tmp_path)
        await fill(pilot, path=" ".join(f"'{path}'" for path in shots[:2]))
        await pilot.press("tab", "tab", "enter")
        await until(pilot, "AB/1  screenshot")
        shown = await until(pilot, "screenshot-2.png")
        assert "kB" in shown
        await fill(pilot, description="second")
        await pilot.press("tab", "enter")
        await until(pilot, "AB/2  screenshot")
        await pilot.press("f8")
        await until(pilot, "What did the two of you find?")
        case = desk.case(inc)
        assert [item.kind for item in case.items] == ["url", "url", "screenshot", "screenshot"]


async def wrong_paths(pilot: Driver, folder: Path) -> None:
    """Type paths that lead to no file; each is said, and nothing typed is lost."""
    await fill(pilot, path="relative.png", description="x", provenance="taken here")
    await pilot.press("enter")
    await until(pilot, "Type the whole path")
    await put(pilot, "path", str(folder / "no such file"))
    await pilot.press("tab", "tab", "enter")
    await until(pilot, "That file is not there")
    await pilot.press("enter")
    await until(pilot, "no such fil")
    await put(pilot, "path", "")


@pytest.mark.long("tests/terminal/test_journey_rules.py, by real keys")
async def test_review_to_a_form_signed_by_both(desk: Desk, vault: Practice, tmp_path: Path) -> None:
    inc = real.reviewed(desk, tmp_path)
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        shown = await until(pilot, "Is everything here right and complete?")
        assert "against the law?: No, but it breaks our rules" in shown
        await pilot.press("f8")
        await until(pilot, "There is no form yet")
        await pilot.press("enter")
        shown = await until(pilot, "The police would still ask for this.")
        assert "of 11 things" in shown and "clock" in shown
        await pilot.press("1", "enter")
        await until(pilot, "It shows now (UK time)")
        await pilot.press("escape")
        await until(pilot, "The police would still ask for this.")
        await pilot.press("2", "enter")
        await until(pilot, "Why is it sealed although something is missing?")
        await typed(pilot, "the clock is compared tomorrow")
        await pilot.press("f8")
        await until(pilot, "Shall a screenshot be shown")
        await pilot.press("f8")
        for number, name in enumerate(("Ada Bellweather", "Cosmo Dunnock")):
            shown = await until(pilot, f"not signed by {name}", seconds=20)
            code = desk.case(inc).check_code
            assert code in shown
            await pilot.press("enter")
            await until(pilot, f"{name} signs. Check code {code}")
            if not number:
                await typed(pilot, "a wrong passphrase")
                await pilot.press("enter")
                await until(pilot, "✗")
                assert here(pilot) == "pass-0"
            await typed(pilot, vault.words[number])
            await pilot.press("enter")
        await until(pilot, "Signed by both", seconds=20)
        await pilot.press("2", "enter")
        await into_folder(pilot, "Where shall the PDF go?", tmp_path)
        await until(pilot, "Saved and read back", seconds=20)
        await pilot.press("1", "enter")
        await until(pilot, "No pack is written yet.")
    assert len(in_folder(tmp_path, ".pdf")) == 1


@pytest.mark.long("tests/terminal/test_journey_rules.py, by real keys")
async def test_a_pack_is_written_and_its_passphrase_travels_apart(
    desk: Desk, vault: Practice, tmp_path: Path
) -> None:
    code = await asyncio.to_thread(real.signed, desk, vault, tmp_path)
    (out := tmp_path / "stick").mkdir()
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "No pack is written yet.")
        await pilot.press("enter")
        await until(pilot, "Where does the pack go?")
        await put(pilot, "target", str(out))
        await fill(pilot, recipient="Police", purpose="inquiry")
        await pilot.press("enter")
        await until(pilot, "How is it written?")
        await pilot.press("enter")
        await until(pilot, "Both sign the pack")
        await typed(pilot, vault.words[0])
        await pilot.press("tab")
        await typed(pilot, vault.words[1])
        await pilot.press("enter")
        shown = await until(pilot, "read back and found sound.", seconds=60)
        assert code in shown and "Passphrase of the pack" in shown
        await pilot.press("enter")
        await until(pilot, "Is the passphrase of the pack written down?")
        await pilot.press("escape")
        await save_sheet(pilot, out)
        await until(pilot, "the folder of the pack itself")
        await pilot.press("enter")
        await save_sheet(pilot, tmp_path)
        await until(pilot, "✓ Sheet saved", seconds=20)
        await pilot.press("enter")
        await until(pilot, "exported and read back")
        await pilot.press("f8")
        await until(pilot, "This incident is written down.")
    assert len(in_folder(tmp_path, ".pdf")) == 1
    assert in_folder(out, "") == in_folder(out, ".zip")


def in_folder(folder: Path, ending: str) -> list[str]:
    """Return the names in ``folder`` that end so."""
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(ending))


async def save_sheet(pilot: Driver, folder: Path) -> None:
    """From the result, save the passphrase sheet into ``folder``."""
    await until(pilot, "Passphrase of the pack")
    await pilot.click("#sheet")
    await into_folder(pilot, "Where shall the passphrase sheet go?", folder)


async def into_folder(pilot: Driver, title: str, folder: Path) -> None:
    """Answer a question for a folder."""
    await until(pilot, title)
    assert isinstance(pilot.app.screen, FormScreen)
    await put(pilot, "folder", str(folder))
    await pilot.press("enter")


async def test_back_keeps_drafts_and_a_changed_answer_asks_why(desk: Desk) -> None:
    inc = answered(desk, TO_ADDRESSES[:3])
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Who is told before you begin?")
        await fill(pilot, why_none="not sealed yet")
        await pilot.press("escape")
        await until(pilot, "against the law?")
        await pilot.press("enter")
        shown = await until(pilot, "Who is told before you begin?")
        assert "not sealed yet" in shown
        assert len(desk.case(inc).answers) == 3
        await pilot.press("escape")
        await until(pilot, "against the law?")
        await pilot.press("escape")
        await until(pilot, "in danger right now?")
        await pilot.press("1", "enter")
        await until(pilot, "Why is this answer changed?")
        await pilot.press("f8")
        await until(pilot, "Write a few words.")
        await pilot.press("escape")
        shown = await until(pilot, "in danger right now?")
        assert "▸ 1  Yes" in shown
        await pilot.press("enter")
        await until(pilot, "Why is this answer changed?")
        await typed(pilot, "we misread it")
        await pilot.press("f8")
        await until(pilot, "Who is told before you begin?")
        last = desk.case(inc).answers[-1]
        assert (last.step_id, last.values["option"], last.reason) == (
            "danger",
            "1",
            "we misread it",
        )
        await pilot.press("f6")
        await until(pilot, "Write down words")
        await typed(pilot, "a note")
        await pilot.press("f8")
        shown = await until(pilot, "Who is told before you begin?")
        assert "not sealed yet" in shown
        assert desk.case(inc).notes == ("told: a note",)


async def test_a_dropped_application_resumes_at_the_same_step(vault: Practice) -> None:
    first = vault.desk()
    real.sign_in(first, vault.words[:2])
    answered(first, TO_ADDRESSES[:5])
    async with build(first).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        before = await until(pilot, "Are two senior members")
    first.close()
    again = vault.desk()
    real.sign_in(again, vault.words[:2])
    async with build(again).run_test(size=SIZE) as pilot:
        await until(pilot, "· incidents")
        await pilot.press("enter")
        after = await until(pilot, "Are two senior members")
        assert "Step 6 of" in after and "Step 6 of" in before
        await pilot.press("f7")
        await until(pilot, "Everything so far")
        await pilot.press("escape")
        await until(pilot, "Are two senior members")
        assert "Everything so far" not in seen(pilot.app)
    again.close()
