"""Several files at once, by one key: those taken are exhibits, the others stay in the field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.demo import samples
from esafety_tui.guide.result_text import describe_result
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.views import AddedFile
from tests.screens import real
from tests.screens.real import TO_ADDRESSES, Practice, answered, fill
from tests.screens.rig import SIZE, build, until

FILES = (*TO_ADDRESSES, ("urls", {"done": "none", "why_none": "There is none."}))


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return real.make(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def desk(practice: Practice, tmp_path: Path) -> Iterator[Desk]:
    vault = practice.copy(tmp_path)
    found = vault.desk()
    real.sign_in(found, vault.words[:2])
    yield found
    found.close()


async def test_all_files_named_are_sealed_and_a_bad_one_stays(desk: Desk, tmp_path: Path) -> None:
    inc = answered(desk, FILES)
    shots = samples.write_samples(tmp_path / "samples")
    paths = [shots[0], tmp_path / "empty.png", shots[1]]
    paths[1].touch()
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "Which screenshots and files")
        await fill(pilot, path=" ".join(f"'{path}'" for path in paths))
        await fill(pilot, description="a chat", provenance="from a parent")
        await pilot.click("#all")
        await until(pilot, "That file is empty")
        await pilot.press("enter")
        await until(pilot, "AB/2  screenshot")
        assert "empty.png" in await until(pilot, "Which screenshots and files")
        items = desk.case(inc).items
    assert [(item.label, item.detail) for item in items] == [("AB/1", "a chat"), ("AB/2", "a chat")]


def test_what_nobody_has_read_yet_says_of_each_file_what_became_of_it(
    desk: Desk, tmp_path: Path
) -> None:
    inc = answered(desk, FILES)
    picture = tmp_path / "a.png"
    picture.write_bytes(samples.draw_screenshot(1))
    item = desk.add_file(inc, picture, "a chat", "here", lambda *_: None)
    lost = AddedFile(Path("/x/b.png"), error=BadInput("It is empty.", "Save it again."))
    assert describe_result("Taking it in", (AddedFile(picture, item), lost)) == (
        f"Taking it in.\nTaken in: AB/1, #{item.seq}.\nb.png: It is empty. Save it again."
    )
