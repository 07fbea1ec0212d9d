import pytest

from esafety_tui.flows.load import load_procedure
from esafety_tui.flows.model import Procedure


@pytest.fixture(scope="session")
def misuse() -> Procedure:
    return load_procedure("misuse")


@pytest.fixture(scope="session")
def words_only() -> Procedure:
    return load_procedure("words-only")
