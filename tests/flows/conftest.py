import pytest

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.profile.profile import load_profile


@pytest.fixture(scope="session")
def misuse() -> Procedure:
    """The spine as the generic school has it."""
    return fit_procedure(load_procedure("misuse"), load_profile())


@pytest.fixture(scope="session")
def words_only() -> Procedure:
    return fit_procedure(load_procedure("words-only"), load_profile())
