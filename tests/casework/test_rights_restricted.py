"""An officer who is named, and one colleague, against the restricted incident: format.md 4a."""

from __future__ import annotations

import pytest

from esafety_tui.casework.access.rekey import NewKeyHolder, VaultChange, rekey_vault
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration.officer_changes import (
    PairConsent,
    enrol_officer,
    renew_officer_keys,
    replace_paper_keys,
    rotate_keys,
)
from esafety_tui.casework.incident import capture, opening
from esafety_tui.casework.signin.create_vault import Founder
from esafety_tui.casework.signin.unlock import open_session
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR, OfficerKeys
from esafety_tui.kernel.errors import EvidenceError, NotEligible, Refused
from tests.casework.support import Practice

ACCUSED, COLLEAGUE = "EF", "AB"
ROTATED = "generation.rotated"


def consent(practice: Practice, *who: str) -> PairConsent:
    return PairConsent({practice.ids[i]: practice.words[i] for i in who}, "a reason")


@pytest.fixture
def restricted(practice: Practice) -> tuple[Practice, str]:
    """Four officers; one of them is named in an incident."""
    words = {**practice.words, "GH": "practice words of GH five", "CX": "known to EF alone five"}
    practice.words = words
    new = Founder("Gita Harbour", "Head of year", "GH", words["GH"])
    session = practice.sign_in()
    made, _ = enrol_officer(session, new, consent(practice, "AB", "CD"), FLOOR)
    practice.ids = {**practice.ids, "GH": made}
    case = opening.open_new_incident(session, named=[practice.ids[ACCUSED]])
    capture.record_note(case, "told: about EF")
    practice.close()
    return practice, case.inc


def reads(practice: Practice, inc: str, *who: str) -> bool:
    session = practice.sign_in(*who)
    try:
        return "told: about EF" in [
            r.field_text("text") for r in session.read_all(session.read_case_card(inc))
        ]
    except NotEligible:
        return False
    finally:
        practice.close()


def _keys_of_a_third(practice: Practice, session: OpenSession) -> None:
    """They say that a third officer lost the key, and make one that the accused holds."""
    third, both = practice.ids["CD"], consent(practice, COLLEAGUE, ACCUSED)
    made, _ = renew_officer_keys(session, third, practice.words["CX"], both, FLOOR)
    practice.ids = {**practice.ids, "CX": made}


def _own_keys(practice: Practice, session: OpenSession) -> None:
    mine, both = practice.ids[ACCUSED], consent(practice, COLLEAGUE, ACCUSED)
    made, _ = renew_officer_keys(session, mine, practice.words["CX"], both, FLOOR)
    practice.ids = {**practice.ids, "CX": made}


def _another_name(practice: Practice, session: OpenSession) -> None:
    new = Founder("Cyril Xenon", "Governor", "CX", practice.words["CX"])
    made, _ = enrol_officer(session, new, consent(practice, COLLEAGUE, ACCUSED), FLOOR)
    practice.ids = {**practice.ids, "CX": made}


@pytest.mark.parametrize(
    ("way", "honest"),
    [
        (_keys_of_a_third, ("AB", "GH")),
        (_keys_of_a_third, None),
        (_own_keys, ("AB", "GH")),
        (_another_name, None),
    ],
)
def test_no_new_key_of_theirs_is_ever_wrapped_for(
    restricted: tuple[Practice, str],
    way: object,
    honest: tuple[str, ...] | None,
) -> None:
    """Later two others, who know nothing of it, give the vault new keys, and wrap it anew."""
    practice, inc = restricted
    session = practice.sign_in(COLLEAGUE, ACCUSED)
    assert callable(way)
    way(practice, session)
    practice.close()
    if honest:
        rotate_keys(practice.sign_in(*honest), consent(practice, *honest))
    else:
        papers = [practice.paper_officer(n) for n in (0, 1)]
        clock = platform.SystemClock()
        session = open_session(practice.folder, practice.origin, papers, {}, clock)
        rotate_keys(session, PairConsent({p.id: p.identity.to_text for p in papers}, "a reason"))
        session.close_session()
    practice.close()
    assert not reads(practice, inc, COLLEAGUE, "CX")
    assert reads(practice, inc, COLLEAGUE, "GH")


def test_their_new_paper_keys_open_nothing_of_it(restricted: tuple[Practice, str]) -> None:
    """The verb refuses; past it, with both keys, the sheets they made are not wrapped for."""
    practice, inc = restricted
    session = practice.sign_in(COLLEAGUE, ACCUSED)
    both = consent(practice, COLLEAGUE, ACCUSED)
    with pytest.raises(Refused, match="closed to one of you"):
        replace_paper_keys(session, both, lambda _: None)
    old = [p for p in session.keyring.directory.people_present if p.kind == "paper"]
    mine = [OfficerKeys.generate_keys(p.name) for p in old]
    fresh = tuple(
        NewKeyHolder(o, "paper", p.position, p.initials, p.id)
        for o, p in zip(mine, old, strict=True)
    )
    change = VaultChange(ROTATED, ("both paper keys are new",), fresh, tuple(p.id for p in old))
    rekey_vault(session, change, both.passphrases, "a reason")
    practice.close()
    rotate_keys(practice.sign_in("CD", "GH"), consent(practice, "CD", "GH"))
    practice.close()
    session = open_session(practice.folder, practice.origin, mine, {}, platform.SystemClock())
    with pytest.raises(EvidenceError):
        session.read_all(session.read_case_card(inc))
    session.close_session()
    assert reads(practice, inc, "CD", "GH")


def test_new_keys_that_those_eligible_give_open_it(restricted: tuple[Practice, str]) -> None:
    """Also for somebody whose key the accused had replaced; and one's own key vouches."""
    practice, inc = restricted
    _keys_of_a_third(practice, practice.sign_in(COLLEAGUE, ACCUSED))
    practice.close()
    words = {**practice.words, "CY": "words of CD once more five", "AY": "words of AB anew five"}
    practice.words = words
    session, both = practice.sign_in("AB", "GH"), consent(practice, "AB", "GH")
    made, _ = renew_officer_keys(session, practice.ids["CX"], words["CY"], both, FLOOR)
    practice.ids = {**practice.ids, "CY": made}
    practice.close()
    session, both = practice.sign_in("AB", ACCUSED), consent(practice, "AB", ACCUSED)
    made, _ = renew_officer_keys(session, practice.ids["AB"], words["AY"], both, FLOOR)
    practice.ids = {**practice.ids, "AY": made}
    practice.close()
    rotate_keys(practice.sign_in("CY", "GH"), consent(practice, "CY", "GH"))
    practice.close()
    assert reads(practice, inc, "AY", "CY")
    assert not reads(practice, inc, "AY", ACCUSED)
