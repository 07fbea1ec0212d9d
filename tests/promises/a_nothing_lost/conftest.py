"""Officers who sit down at a real vault again and again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.casework.support import Practice
from tests.promises.a_nothing_lost.sittings import Sitting


@pytest.fixture
def sitting(real: Practice) -> Iterator[Sitting]:
    """A real vault to sit down at; desks left open are closed."""
    made = Sitting(real)
    yield made
    for desk in made.desks:
        desk.close()
