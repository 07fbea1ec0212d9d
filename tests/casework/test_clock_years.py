"""A clock at 1970 or 2099: set-up, words, form and signatures all the same, and it is said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, clock_check, opening
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.inspection.verify_file import verify_any_file
from esafety_tui.casework.signin.create_vault import create_vault
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data.officers import FLOOR
from esafety_tui.kernel.errors import Refused
from tests.casework.support import Practice, school, walk
from tests.fixed_clock import FixedClock

WORDS = {i: f"practice words of {i} five" for i in ("AB", "CD", "EF")}
REPORT = {
    "by": "G. Example",
    "when": "20 Nov 2026",
    "words": "told: Somebody said.",
    "known": "was told",
}
WAY = (
    ("reported", REPORT), ("referrals", {"options": ["dsl"]}), ("police", {"said": "Ring again."}),
    ("others", {"dsl-said": "Thank you."}),
)  # fmt: skip


LONG = pytest.mark.long("the first year of all clocks")


def logins_of(folder: Path) -> list[Login]:
    plate = read_public_info(folder)
    assert plate is not None
    people = [(i, "".join(w[0] for w in name.split())) for i, name in plate.officers[:2]]
    return [Login(officer_id, WORDS[initials]) for officer_id, initials in people]


@pytest.mark.parametrize(
    ("founded", "used"),
    [(1970, 1970), pytest.param(2099, 2099, marks=LONG), pytest.param(2099, 2026, marks=LONG)],
)
def test_set_up_and_a_whole_incident_in_words(founded: int, used: int, tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    create_vault(folder, school(WORDS), FixedClock(datetime(founded, 1, 1, tzinfo=UTC)), FLOOR)
    logins = logins_of(folder)
    session = unlock_vault(folder, logins, FixedClock(datetime(used, 6, 1, tzinfo=UTC)))
    try:
        told = [w for w in session.warnings if "cannot be right" in w]
        assert bool(told) is (used != 2026) and all(str(used) in w for w in told)
        case = opening.open_new_incident(session, words_only=True)
        assert case.card.reference == f"EXS-{used}-0001"
        walk(case, WAY)
        capture.record_note(case, "told: words")
        signed_form.render_form(case, reason="not all is known yet")
        for login in logins:
            signing = signed_form.sign_form(case, login.officer_id, login.passphrase)
        assert signing.verified
        assert bool(_findings(case)) is (used != 2026)
        if used == 2026:
            _export(case, logins, tmp_path / "out")
    finally:
        session.close_session()


def _findings(case: CaseFile) -> list[str]:
    return [f.text for f in clock_check.clock_findings_during(case) if f.kind in {"early", "late"}]


def _export(case: CaseFile, logins: list[Login], target: Path) -> None:
    """Certificates made at 2099 must count in a pack made when the clock is right."""
    target.mkdir()
    pair = tuple((x.officer_id, x.passphrase) for x in logins)
    order = pack_source.PackOrder(target, "police", "a test", pair, True, "a test")
    done = evidence_pack.export_pack(case, order, lambda *_: None)
    assert verify_any_file(done.path, {}, done.code, None)["result"] == "sound"


def test_a_flat_battery_stops_no_words_and_signing_waits_for_the_right_date(
    practice: Practice,
) -> None:
    (login, other) = practice.logins("AB", "CD")
    session = unlock_vault(
        practice.folder, [login, other], FixedClock(datetime(1970, 1, 1, tzinfo=UTC))
    )
    practice.sessions.append(session)
    assert [w for w in session.warnings if "went back by at least" in w]
    assert [w for w in session.warnings if "1 Jan 1970" in w and "written down all the same" in w]
    case = opening.open_new_incident(session)
    assert capture.record_note(case, "told: words").at.startswith("1970-01-01T")
    signed_form.render_form(case, reason="not all is known yet")
    with pytest.raises(Refused, match="Check the date of the computer"):
        signed_form.sign_form(case, login.officer_id, login.passphrase)
