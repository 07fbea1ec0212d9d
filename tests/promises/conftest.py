"""A real vault for the promises: practice vaults have proven too little before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.casework.support import Practice, copy_of, make_template

REAL_DOMAIN = "example.org"
"""Reserved by RFC 2606; a vault of this domain takes every path that a school's vault takes."""


@pytest.fixture(scope="session")
def real_template(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """One real vault a run, at the lowest cost the format allows."""
    return make_template(tmp_path_factory.mktemp("real"), REAL_DOMAIN)


@pytest.fixture
def real(real_template: Practice, tmp_path: Path) -> Iterator[Practice]:
    """A fresh copy of the real vault; sessions left open are closed."""
    mine = copy_of(real_template, tmp_path)
    yield mine
    mine.close()
