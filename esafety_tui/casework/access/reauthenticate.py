"""Both passphrases again: what binds the whole school is not done by an open session alone.

evidence.md section 2: releasing, retention, shredding, rotating, enrolling, removing, restoring.
A paper key has no passphrase; its identity line is typed again instead.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from esafety_tui.casework.access.logins import Login, unlock_keys
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.errors import NotEligible, WrongPassphrase


def reauthenticate_both(
    session: OpenSession, passphrases: Mapping[str, str]
) -> tuple[OfficerKeys, OfficerKeys]:
    """Return the two officers signed in, each unlocked again with their own passphrase.

    Args:
        passphrases: officer id to passphrase; for a paper key to its identity line.

    Raises NotEligible, WrongPassphrase.
    """
    session.require_pair()
    if set(passphrases) != {o.id for o in session.officers}:
        raise NotEligible("Both officers confirm this.", "Each types their own passphrase again.")
    first, second = (
        reauthenticate_officer(session, o.id, passphrases[o.id]) for o in session.officers
    )
    return first, second


def reauthenticate_officer(session: OpenSession, officer_id: str, words: str) -> OfficerKeys:
    """Return one officer signed in, unlocked again. Raises NotEligible, WrongPassphrase."""
    officer = next((o for o in session.officers if o.id == officer_id), None)
    if officer is None:
        raise NotEligible("This officer is not signed in.", "Sign in with both officers.")
    if session.keyring.directory.find_person(officer.id).kind == "paper":
        if hmac.compare_digest(words.strip().encode(), officer.identity.to_text.encode()):
            return officer
        raise WrongPassphrase(
            "That is not the line of this paper key.", "Type its first line again, from the sheet."
        )
    key = session.key_files.get(officer.id)
    found, _ = unlock_keys(session.folder, [Login(officer.id, words, key)])
    return found[0]
