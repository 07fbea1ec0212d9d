"""A desk on a real vault, two officers in; and an incident that was restricted later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from tests.casework.support import TO_CAPTURE, Practice, copy_of
from tests.promises.b_no_one_in import scene as scenes
from tests.promises.b_no_one_in.locked import enter
from tests.promises.b_no_one_in.scene import Scene


@pytest.fixture(scope="session")
def made(real_template: Practice, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The scene, made once; tests that change it take a copy."""
    home = tmp_path_factory.mktemp("scene")
    with pytest.MonkeyPatch.context() as place:
        place.setenv("XDG_STATE_HOME", str(home / ".home" / "state"))
        return scenes.make(copy_of(real_template, home))


@pytest.fixture
def scene(made: Scene, tmp_path: Path) -> Iterator[Scene]:
    """A copy of the scene; sessions left open are closed."""
    mine = replace(made, practice=copy_of(made.practice, tmp_path))
    yield mine
    mine.practice.close()


@pytest.fixture
def desk(real: Practice, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a real vault, the first two officers in."""
    made = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    enter(made, real)
    yield made
    made.close()


@pytest.fixture
def inc(desk: Desk) -> str:
    """An incident, just opened."""
    return desk.open_incident((), "", words_only=False).inc


@pytest.fixture
def capture(desk: Desk, inc: str) -> str:
    """An incident at the step where files are taken in."""
    for step, values in TO_CAPTURE:
        desk.answer(inc, step, values, "")  # type: ignore[arg-type]
    return inc
