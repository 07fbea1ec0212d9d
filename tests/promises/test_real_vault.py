"""The fixture of this folder is a real vault: no path of a practice vault is taken."""

from __future__ import annotations

from tests.casework.support import Practice


def test_the_vault_of_these_tests_is_real(real: Practice) -> None:
    """Two officers sign in; neither the origin nor the directory says practice."""
    session = real.sign_in()
    assert session.is_pair
    assert session.store.origin == real.origin == "exs.example.org/evidence"
    assert not session.keyring.directory.is_practice
