"""A desk on a real vault, two officers in, at the step where files are taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk_keeping import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from tests.casework.support import TO_CAPTURE, Practice
from tests.promises.b_no_one_in.locked import enter


@pytest.fixture
def desk(real: Practice, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a real vault, the first two officers in."""
    made = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    enter(made, real)
    yield made
    made.close()


@pytest.fixture
def inc(desk: Desk) -> str:
    """An incident at the step where files are taken in."""
    found = desk.open_incident((), "", words_only=False).inc
    for step, values in TO_CAPTURE:
        desk.answer(found, step, values, "")  # type: ignore[arg-type]
    return found
