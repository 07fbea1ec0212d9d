"""Signing in, coming back from the lock, and what the vault recorded of it."""

from __future__ import annotations

from esafety_tui.casework.desk.desk import Desk
from tests.casework.support import Practice

WORDS = "told: a child said something"


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody looks at this progress."""


def enter(desk: Desk, vault: Practice, *who: str) -> None:
    first, *others = who or ("AB", "CD")
    second, words = (vault.ids[others[0]], vault.words[others[0]]) if others else (None, None)
    desk.unlock(vault.ids[first], vault.words[first], second, words, ())


def back(desk: Desk, vault: Practice, who: str) -> list[str]:
    """Reopen as one officer; return the initials of who has not come back."""
    return [p.initials for p in desk.reopen(vault.ids[who], vault.words[who]).away]


def own(vault: Practice, *who: str) -> list[tuple[str, int]]:
    """Return (type, how many signed) of the vault's own session records."""
    session = vault.sign_in(*who)
    seen = session.store.lines[:-1]
    assert session.keyring.vault is not None
    read = [
        session.store.read_vault_record(x.seq, session.keyring.vault) for x in seen if not x.inc
    ]
    found = [(r.type, len(r.by)) for r in read if r.type.startswith("session.")]
    vault.close()
    return found[1:]  # the first one is of the set-up
